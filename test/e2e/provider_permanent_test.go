package e2e

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/mattermost/mattermost/server/public/model"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/utils/ptr"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/test/kube"
)

// mortals are kinds of which a server deletes something for good, with what tells an object
// of a kind from others.
func mortals() map[string]string {
	return map[string]string{
		"Team":    "{name: mortal, deletion: Permanent}",
		"Channel": "{name: mortal, deletion: Permanent}",
		"User":    "{username: mortal, email: mortal@example.org, deletion: Permanent}",
		"Bot":     "{username: mortal-bot, deletion: Permanent}",
	}
}

// permanently deletes an object of each of these kinds: where the server does not allow it,
// nothing is deleted, and a condition says what to do; where it does, nothing is left.
func permanently(ctx context.Context, t *testing.T, in *inside) {
	t.Helper()
	allowDeletion(ctx, t, in, false)
	found := map[string]lookup{}
	for kind, fields := range mortals() {
		o := mortal(t, in, kind, fields)
		mustApply(ctx, t, o)
		now := synced(ctx, t, o)
		if kind == "Bot" {
			// What would be left of it is the account.
			kind = "User"
		}
		found[o.GetKind()] = lives()[kind].find(now, nil)
	}
	for kind, fields := range mortals() {
		o := mortal(t, in, kind, fields)
		if err := cluster.Delete(ctx, live(o)); err != nil {
			t.Fatal(err)
		}
		now := concerning(ctx, t, o, "Synced", "False", "ReconcileError")
		_, _, message := kube.Condition(now, "Synced")
		if missing := unsaid(message, []string{"delete failed", "permanently", "not enabled"}); len(missing) > 0 {
			t.Errorf("%s: the condition does not say %q: %s", kind, missing, message)
		}
		has(ctx, t, in, kind+" that the server does not delete", found[kind], "{}")
	}

	allowDeletion(ctx, t, in, true)
	for kind, fields := range mortals() {
		gone(ctx, t, mortal(t, in, kind, fields))
		if err := nothingIsLeft(ctx, in, found[kind]); err != nil {
			t.Errorf("%s: %v", kind, err)
		}
	}
}

func mortal(t *testing.T, in *inside, kind, fields string) *unstructured.Unstructured {
	t.Helper()
	o := lives()[kind].with(t, in, fields)
	o.SetName("mortal")
	if _, published, _ := unstructured.NestedMap(o.Object, "spec", "writeConnectionSecretToRef"); published {
		set(t, o, "mortal-"+strings.ToLower(kind), "spec", "writeConnectionSecretToRef", "name")
	}
	return o
}

// allowDeletion for good, or do not, which is what servers do by default.
func allowDeletion(ctx context.Context, t *testing.T, in *inside, allowed bool) {
	t.Helper()
	_, _, err := in.admin.PatchConfig(ctx, &model.Config{ServiceSettings: model.ServiceSettings{
		EnableAPITeamDeletion:    ptr.To(allowed),
		EnableAPIChannelDeletion: ptr.To(allowed),
		EnableAPIUserDeletion:    ptr.To(allowed),
	}})
	if err != nil {
		t.Fatal(err)
	}
}

// nothingIsLeft of what was found, not even something that is archived.
func nothingIsLeft(ctx context.Context, in *inside, what lookup) error {
	_, err := what(ctx, in.admin)
	refusal := &model.AppError{}
	if errors.As(err, &refusal) && refusal.StatusCode == http.StatusNotFound {
		return nil
	}
	return errors.Wrap(errors.Join(err, errors.New("want that it is not found")), "after a permanent deletion")
}
