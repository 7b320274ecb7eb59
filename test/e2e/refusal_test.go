package e2e

import (
	"context"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	kstatus "sigs.k8s.io/cli-utils/pkg/kstatus/status"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/e2e-framework/pkg/envconf"
	"sigs.k8s.io/e2e-framework/pkg/features"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/test/installation"
	"github.com/crossplane-mattermost/crossplane-mattermost/test/kube"
)

// refusal is one kind of bad input, given to an installation that runs.
type refusal struct {
	reason string
	// edit the installation badly.
	edit func(t *testing.T, xr *unstructured.Unstructured)
	// condition that must be False; empty when the API refuses the edit.
	condition string
	// want are words of the refusal: the field and the remedy.
	want []string
}

// refusals that an edit of the installation causes. The fixture's platform allows
// versions below 12 and no size above 1000users.
var refusals = map[string]refusal{
	"UnknownSize": {
		reason: "A size that is in no table is refused at apply.",
		edit:   field("5000user", "spec", "size"),
		want:   []string{"spec.size", "not a known size", "5000users"},
	},
	"SizeAboveTheLargest": {
		reason: "Above the largest size the refusal says whom to ask.",
		edit:   field("200001users", "spec", "size"),
		want:   []string{"spec.size", "above the largest size", "ask Mattermost"},
	},
	"SizeNotOffered": {
		reason:    "A size that the platform does not offer is refused in a condition.",
		edit:      field("25000users", "spec", "size"),
		condition: "Accepted",
		want:      []string{"spec.size", "not offered", "1000users"},
	},
	"NoDatabase": {
		reason: "Nothing is provisioned silently.",
		edit:   without("spec", "database"),
		want:   []string{"spec.database.external", "DB_CONNECTION_STRING"},
	},
	"NoFileStore": {
		reason: "Nothing is provisioned silently.",
		edit:   without("spec", "fileStore"),
		want:   []string{"spec.fileStore", "exactly one"},
	},
	"TwoFileStores": {
		reason: "Only one file store can hold the files.",
		edit:   field(map[string]any{"volumeClaimName": "other"}, "spec", "fileStore", "externalVolume"),
		want:   []string{"spec.fileStore", "exactly one"},
	},
	"DatabaseSecretMissing": {
		reason:    "A Secret that does not exist is named with the key it needs.",
		edit:      field("absent", "spec", "database", "external", "secret"),
		condition: "DatabaseReady",
		want:      []string{"spec.database.external.secret", `"absent"`, "DB_CONNECTION_STRING"},
	},
	"DatabaseSecretWithoutKey": {
		reason:    "A Secret without the key is named with the key it needs.",
		edit:      field("keyless", "spec", "database", "external", "secret"),
		condition: "DatabaseReady",
		want:      []string{"spec.database.external.secret", `"keyless"`, "DB_CONNECTION_STRING"},
	},
	"HostMissing": {
		reason: "An Ingress needs a host.",
		edit:   field(map[string]any{"enabled": true}, "spec", "ingress"),
		want:   []string{"spec.ingress.host is required"},
	},
	"VersionForbidden": {
		reason:    "The platform says which versions may run.",
		edit:      field("12.0.0", "spec", "version"),
		condition: "Accepted",
		want:      []string{"spec.version", "12.0.0", "<12"},
	},
	"VolumeTypeDisallowed": {
		reason: "A volume of the node is refused with the remedy, not dropped.",
		edit:   field([]any{map[string]any{"name": "host", "hostPath": map[string]any{"path": "/"}}}, "spec", "volumes"),
		want:   []string{"spec.volumes", "hostPath", "persistentVolumeClaim"},
	},
	"EnvNameBad": {
		reason: "A name that no shell could set is refused.",
		edit:   field([]any{map[string]any{"name": "1-BAD", "value": "x"}}, "spec", "mattermostEnv"),
		want:   []string{"spec.mattermostEnv", "letters, digits and underscores"},
	},
	"RequestAboveLimit": {
		reason:    "What Kubernetes would refuse later is refused now.",
		edit:      field(map[string]any{"requests": map[string]any{"cpu": "3"}, "limits": map[string]any{"cpu": "1"}}, "spec", "scheduling", "resources"),
		condition: "Accepted",
		want:      []string{"spec.scheduling.resources.requests[cpu]", "the limit is 1"},
	},
	"LocalVolumeLeft": {
		reason: "A move to another file store would delete the files.",
		edit: field(map[string]any{"external": map[string]any{
			"url": "http://s3.storage.svc:7070", "bucket": "elsewhere", "secret": "files",
		}}, "spec", "fileStore"),
		condition: "FileStoreReady",
		want:      []string{"spec.fileStore", "discardLocal"},
	},
}

// TestInstallRefusals gives a running installation bad input of every kind. Each is
// refused with field and remedy, and the server runs on, untouched.
func TestInstallRefusals(t *testing.T) {
	xr := refusable(t)
	running := &untouched{}
	feature := features.New("Refusals").
		Setup(func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			prepareRefusals(ctx, t, xr)
			install(ctx, t, xr.DeepCopy())
			running.remember(ctx, t, xr)
			return ctx
		})
	for name, r := range refusals {
		feature = feature.Assess(name, func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			t.Log(r.reason)
			bad := xr.DeepCopy()
			r.edit(t, bad)
			refused(ctx, t, bad, r)
			running.check(ctx, t, xr)
			return ctx
		})
	}
	environment.Test(t, feature.
		Assess("RecoversWhenCorrected", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			mustApply(ctx, t, xr.DeepCopy())
			becomes(ctx, t, live(xr), changeLimit, "Accepted", "True")
			becomes(ctx, t, live(xr), changeLimit, "RolloutComplete", "True")
			gitopsSees(ctx, t, xr, kstatus.CurrentStatus)
			running.check(ctx, t, xr)
			return ctx
		}).
		Assess("SecretDeletedAndRestored", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			secretComesBack(ctx, t, xr)
			running.check(ctx, t, xr)
			return ctx
		}).
		Assess("SeenWhileCrossplaneIsDeaf", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			deafen(ctx, t, xr)
			secretComesBack(ctx, t, xr)
			running.check(ctx, t, xr)
			return ctx
		}).
		Teardown(func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			uninstall(ctx, t, xr)
			return ctx
		}).
		Feature())
}

// refusable is an installation on a platform with a policy, with its files on a
// volume.
func refusable(t *testing.T) *unstructured.Unstructured {
	t.Helper()
	xr, err := installation.Example("external.yaml", "refusals")
	if err != nil {
		t.Fatal(err)
	}
	set(t, xr, "miniSingleton", "spec", "size")
	set(t, xr, map[string]any{"local": map[string]any{"enabled": true, "storageSize": "1Gi"}}, "spec", "fileStore")
	set(t, xr, map[string]any{"compositionRef": map[string]any{"name": "restrictive"}}, "spec", "crossplane")
	return xr
}

func prepareRefusals(ctx context.Context, t *testing.T, xr *unstructured.Unstructured) {
	t.Helper()
	if err := kube.Namespace(ctx, cluster, xr.GetNamespace()); err != nil {
		t.Fatal(err)
	}
	url, err := storage.Postgres.Database(ctx, xr.GetNamespace())
	if err != nil {
		t.Fatal(err)
	}
	for name, values := range map[string]map[string]string{
		"mattermost-database": {"DB_CONNECTION_STRING": url},
		"keyless":             {"URL": "under-another-key"},
		"files":               {"accesskey": storage.S3.AccessKey, "secretkey": storage.S3.SecretKey},
	} {
		if err := kube.Secret(ctx, cluster, xr.GetNamespace(), name, values); err != nil {
			t.Fatal(err)
		}
	}
	platform(ctx, t, "restrictive", map[string]any{
		"versions": []any{"<12"},
		"sizes":    []any{"miniSingleton", "100users", "1000users"},
	})
}

// platform makes a Composition with a policy of its own, from the packaged one.
func platform(ctx context.Context, t *testing.T, name string, policy map[string]any) {
	t.Helper()
	c := &unstructured.Unstructured{}
	c.SetAPIVersion("apiextensions.crossplane.io/v1")
	c.SetKind("Composition")
	if err := cluster.Get(ctx, client.ObjectKey{Name: "mattermostinstallations.mattermost.crossplane.io"}, c); err != nil {
		t.Fatal(err)
	}
	own := &unstructured.Unstructured{Object: map[string]any{"spec": c.Object["spec"]}}
	own.SetGroupVersionKind(c.GroupVersionKind())
	own.SetName(name)
	steps, _, _ := unstructured.NestedSlice(own.Object, "spec", "pipeline")
	step, ok := steps[0].(map[string]any)
	if !ok {
		t.Fatal("the packaged Composition has no pipeline")
	}
	input, ok := step["input"].(map[string]any)
	if !ok {
		t.Fatal("the packaged Composition has no input")
	}
	for k, v := range policy {
		input[k] = v
	}
	set(t, own, steps, "spec", "pipeline")
	mustApply(ctx, t, own)
}

// refused applies bad input and reads the refusal, from the API or from the
// condition.
func refused(ctx context.Context, t *testing.T, bad *unstructured.Unstructured, r refusal) {
	t.Helper()
	err := kube.Apply(ctx, cluster, bad)
	if r.condition == "" {
		if err == nil {
			t.Fatal("the API accepted it")
		}
		if missing := unsaid(err.Error(), r.want); len(missing) > 0 {
			t.Errorf("the refusal does not say %q: %v", missing, err)
		}
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	now := live(bad)
	if err := kube.Until(ctx, changeLimit, func(ctx context.Context) error {
		if err := cluster.Get(ctx, client.ObjectKeyFromObject(bad), now); err != nil {
			return err
		}
		status, _, message := kube.Condition(now, r.condition)
		if missing := unsaid(message, r.want); status != "False" || len(missing) > 0 {
			return errors.Errorf("condition %s is %q and does not say %q: %s", r.condition, status, missing, message)
		}
		return nil
	}); err != nil {
		t.Error(err)
	}
	gitopsSees(ctx, t, bad, kstatus.FailedStatus)
}

// unsaid are the words that a refusal lacks.
func unsaid(said string, want []string) []string {
	var out []string
	for _, w := range want {
		if !strings.Contains(said, w) {
			out = append(out, w)
		}
	}
	return out
}

func field(value any, path ...string) func(*testing.T, *unstructured.Unstructured) {
	return func(t *testing.T, xr *unstructured.Unstructured) {
		t.Helper()
		set(t, xr, value, path...)
	}
}

func without(path ...string) func(*testing.T, *unstructured.Unstructured) {
	return func(_ *testing.T, xr *unstructured.Unstructured) {
		unstructured.RemoveNestedField(xr.Object, path...)
	}
}
