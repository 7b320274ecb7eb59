package e2e

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/rand"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/mattermost/mattermost/server/public/model"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/utils/ptr"

	"github.com/crossplane-mattermost/crossplane-mattermost/test/kube"
)

// ofServer is an object that has something of a whole server, and declares fields.
func ofServer(t *testing.T, in *inside, kind, fields string) *unstructured.Unstructured {
	t.Helper()
	return life{manifest: "{kind: " + kind + ", metadata: {name: chat}, spec: {forProvider: {}}}"}.with(t, in, fields)
}

// settings that are named are set, corrected and changed. All others are left alone, as
// are these when the object is deleted.
func settings(ctx context.Context, t *testing.T, in *inside) {
	t.Helper()
	password := rand.Text()
	secret(ctx, t, in.xr, "chat-smtp", map[string]string{"password": password})
	named := func(name string) *unstructured.Unstructured {
		return ofServer(t, in, "Settings", "{config: {TeamSettings: {SiteName: "+name+"}}, "+
			"secretConfig: [{path: EmailSettings.SMTPPassword, valueSecretRef: {name: chat-smtp, key: password}}]}")
	}
	mustApply(ctx, t, named("One"))
	has(ctx, t, in, "set", teamSettings, "{siteName: One}")

	if _, _, err := in.admin.PatchConfig(ctx, &model.Config{TeamSettings: model.TeamSettings{SiteName: ptr.To(foreign), CustomDescriptionText: ptr.To(foreign)}}); err != nil {
		t.Fatal(err)
	}
	has(ctx, t, in, "corrected", teamSettings, "{siteName: One, customDescriptionText: "+foreign+"}")

	mustApply(ctx, t, named("Two"))
	has(ctx, t, in, "changed", teamSettings, "{siteName: Two, customDescriptionText: "+foreign+"}")
	withdraw(ctx, t, synced(ctx, t, named("Two")))
	has(ctx, t, in, "left", teamSettings, "{siteName: Two, customDescriptionText: "+foreign+"}")
}

// lacks proves that a setting of later servers is refused by its name, and that what is
// declared with it is not written either.
func lacks(ctx context.Context, t *testing.T, in *inside) {
	t.Helper()
	before, err := teamSettings(ctx, in.admin)
	if err != nil {
		t.Fatal(err)
	}
	o := ofServer(t, in, "Settings", "{config: {ServiceSettings: {ScheduledPosts: true}, TeamSettings: {SiteName: Refused}}}")
	mustApply(ctx, t, o)
	now := concerning(ctx, t, o, "Synced", "False", "ReconcileError")
	_, _, message := kube.Condition(now, "Synced")
	if missing := unsaid(message, []string{"the server has no setting ServiceSettings.ScheduledPosts"}); len(missing) > 0 {
		t.Errorf("the condition does not say %q: %s", missing, message)
	}
	after, err := teamSettings(ctx, in.admin)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(before, after); diff != "" {
		t.Errorf("settings beside one that is refused were written, -before, +after:\n%s", diff)
	}
	withdraw(ctx, t, o)
}

// teamSettings of a server, by the names that a custom resource would have for them.
func teamSettings(ctx context.Context, c *model.Client4) (any, error) {
	config, _, err := c.GetConfig(ctx)
	if err != nil {
		return nil, err
	}
	return map[string]any{
		"site_name":               *config.TeamSettings.SiteName,
		"custom_description_text": *config.TeamSettings.CustomDescriptionText,
	}, nil
}

// license proves that what is no license is refused, and not repeated.
func license(ctx context.Context, t *testing.T, in *inside) {
	t.Helper()
	text := rand.Text()
	secret(ctx, t, in.xr, "chat-license", map[string]string{"license": text})
	o := ofServer(t, in, "License", "{licenseSecretRef: {name: chat-license, key: license}}")
	mustApply(ctx, t, o)
	now := concerning(ctx, t, o, "Synced", "False", "ReconcileError")
	t.Logf("of no license: %v", now.Object["status"])
	withdraw(ctx, t, o)
}

// plugin of a server runs while it is declared to, whoever stops it.
func plugin(ctx context.Context, t *testing.T, in *inside) {
	t.Helper()
	const id = "org.example.life"
	// A run that was interrupted may have left it in the bucket.
	if _, _, err := in.admin.UploadPluginForced(ctx, bundle(t, id)); err != nil {
		t.Fatal(err)
	}
	state := func(ctx context.Context, c *model.Client4) (any, error) {
		list, _, err := c.GetPluginStatuses(ctx)
		for _, s := range list {
			if s.PluginId == id {
				return map[string]any{"runs": s.State == model.PluginStateRunning}, err
			}
		}
		return map[string]any{}, err
	}
	declare := func(enabled bool) *unstructured.Unstructured {
		return ofServer(t, in, "Plugin", fmt.Sprintf("{id: %s, enabled: %t}", id, enabled))
	}
	mustApply(ctx, t, declare(true))
	has(ctx, t, in, "enabled", state, "{runs: true}")
	if _, err := in.admin.DisablePlugin(ctx, id); err != nil {
		t.Fatal(err)
	}
	has(ctx, t, in, "corrected", state, "{runs: true}")
	mustApply(ctx, t, declare(false))
	has(ctx, t, in, "disabled", state, "{runs: false}")
	mustApply(ctx, t, declare(true))
	has(ctx, t, in, "enabled again", state, "{runs: true}")
	withdraw(ctx, t, synced(ctx, t, declare(true)))
	has(ctx, t, in, "deleted", state, "{runs: false}")

	forGood := declare(false)
	set(t, forGood, "Permanent", "spec", "forProvider", "deletion")
	mustApply(ctx, t, forGood)
	withdraw(ctx, t, synced(ctx, t, forGood))
	if left, err := state(ctx, in.admin); err != nil || len(left.(map[string]any)) > 0 { //nolint:forcetypeassert // A panic fails the test.
		t.Errorf("a plugin that was deleted permanently is still there: %v, error: %v", left, err)
	}
}

// bundle of a plugin that does nothing, in browsers.
func bundle(t *testing.T, id string) *bytes.Buffer {
	t.Helper()
	out := &bytes.Buffer{}
	zipped := gzip.NewWriter(out)
	files := tar.NewWriter(zipped)
	for name, content := range map[string]string{
		id + "/plugin.json": `{"id": "` + id + `", "name": "Life", "version": "1.0.0", "webapp": {"bundle_path": "main.js"}}`,
		id + "/main.js":     "// Nothing.",
	} {
		if err := files.WriteHeader(&tar.Header{Name: name, Mode: 0o644, Size: int64(len(content))}); err != nil {
			t.Fatal(err)
		}
		if _, err := files.Write([]byte(content)); err != nil {
			t.Fatal(err)
		}
	}
	if err := files.Close(); err != nil {
		t.Fatal(err)
	}
	if err := zipped.Close(); err != nil {
		t.Fatal(err)
	}
	return out
}
