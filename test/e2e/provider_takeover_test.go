package e2e

import (
	"context"
	"crypto/rand"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/mattermost/mattermost/server/public/model"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/e2e-framework/pkg/envconf"
	"sigs.k8s.io/e2e-framework/pkg/features"

	"github.com/crossplane-mattermost/crossplane-mattermost/test/installation"
	"github.com/crossplane-mattermost/crossplane-mattermost/test/kube"
)

// victim is a system administrator that a person created.
type victim struct {
	id, password string
}

// TestProviderTakeOver declares existing accounts, as a user would who wants access to
// them. The fields that give access stay as they are until takeOver is true. The account
// that the provider uses always keeps them.
func TestProviderTakeOver(t *testing.T) {
	in := &inside{xr: restorable(t, "provider-takeover")}
	boss := &victim{password: "Aa1!" + rand.Text()}
	stolen := "Bb2!" + rand.Text()

	environment.Test(t, features.New("TakeOver").
		Setup(func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			prepareInside(ctx, t, in)
			allow(ctx, t, in)
			boss.id = administrator(ctx, t, in, "boss", boss.password)
			secret(ctx, t, in.xr, "stolen", map[string]string{"password": stolen})
			return ctx
		}).
		Assess("ByName", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			o := grab(t, in, "by-name", "boss")
			mustApply(ctx, t, o)
			keepsAll(ctx, t, in, o, boss)
			withdraw(ctx, t, o)
			keepsAll(ctx, t, in, nil, boss)
			return ctx
		}).
		Assess("ByID", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			o := grab(t, in, "by-id", "chief")
			annotate(o, externalName, boss.id)
			annotate(o, "crossplane.io/external-create-pending", "2026-01-02T03:04:05Z")
			annotate(o, "crossplane.io/external-create-succeeded", "2026-01-02T03:04:06Z")
			mustApply(ctx, t, o)
			keepsAll(ctx, t, in, o, boss)
			withdraw(ctx, t, o)
			keepsAll(ctx, t, in, nil, boss)
			return ctx
		}).
		Assess("InUse", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			o := grab(t, in, "in-use", "admin")
			set(t, o, true, "spec", "forProvider", "takeOver")
			mustApply(ctx, t, o)
			concerning(ctx, t, o, "FullyManaged", "False", "InUse")
			synced(ctx, t, o)
			logsIn(ctx, t, in, "admin", in.password)
			withdraw(ctx, t, o)
			me, _, err := in.admin.GetMe(ctx, "")
			if err != nil {
				t.Fatalf("the account that the provider uses does not work any more: %v", err)
			}
			if diff := cmp.Diff([]any{int64(0), true}, []any{me.DeleteAt, me.IsSystemAdmin()}); diff != "" {
				t.Errorf("deletion, and whether it is an administrator: -want, +got:\n%s", diff)
			}
			return ctx
		}).
		Assess("WithConsent", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			o := grab(t, in, "consent", "boss")
			set(t, o, true, "spec", "forProvider", "takeOver")
			mustApply(ctx, t, o)
			concerning(ctx, t, o, "FullyManaged", "True", "TakenOver")
			now := synced(ctx, t, o)
			has(ctx, t, in, "taken over", lives()["User"].find(now, nil), "{email: grabbed@example.org, roles: [system_user]}")
			logsIn(ctx, t, in, "boss", stolen)
			withdraw(ctx, t, o)
			ended(ctx, t, in, lives()["User"].find(now, nil))
			return ctx
		}).
		Assess("OwnAccount", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			o := grab(t, in, "own", "own")
			mustApply(ctx, t, o)
			concerning(ctx, t, o, "FullyManaged", "True", "Created")
			synced(ctx, t, o)
			logsIn(ctx, t, in, "own", stolen)
			another := "Cc3!" + rand.Text()
			secret(ctx, t, in.xr, "stolen", map[string]string{"password": another})
			until(ctx, t, func(ctx context.Context) error { return login(ctx, in, "own", another) })
			withdraw(ctx, t, o)
			return ctx
		}).
		Assess("Bots", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			bots(ctx, t, in)
			return ctx
		}).
		Teardown(func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			leave(ctx, t, in)
			return ctx
		}).
		Feature())
}

// grab returns a User that declares all fields that give access to an account.
func grab(t *testing.T, in *inside, name, username string) *unstructured.Unstructured {
	t.Helper()
	o := life{manifest: "{kind: User, metadata: {name: " + name + "}, spec: {forProvider: {passwordSecretRef: {name: stolen, key: password}}, writeConnectionSecretToRef: {name: " + name + "-login}}}"}.
		with(t, in, "{username: "+username+", email: grabbed@example.org, roles: [system_user], nickname: Grabbed}")
	if username == "own" {
		set(t, o, "own@example.org", "spec", "forProvider", "email")
	}
	return o
}

// administrator creates an administrator as a person would.
func administrator(ctx context.Context, t *testing.T, in *inside, username, password string) string {
	t.Helper()
	user, _, err := in.admin.GetUserByUsername(ctx, username, "")
	if err != nil {
		user, _, err = in.admin.CreateUser(ctx, &model.User{Username: username, Email: username + "@example.org", Password: password})
	}
	if err == nil {
		_, err = in.admin.UpdateUserRoles(ctx, user.Id, "system_user system_admin")
	}
	if err != nil {
		t.Fatalf("cannot make an administrator: %v", err)
	}
	return user.Id
}

// keepsAll asserts that an administrator is unchanged, while the object that declares it
// exists and after it was deleted.
func keepsAll(ctx context.Context, t *testing.T, in *inside, o *unstructured.Unstructured, v *victim) {
	t.Helper()
	if o != nil {
		concerning(ctx, t, o, "FullyManaged", "False", "NotCreated")
		now := synced(ctx, t, o)
		_, _, message := kube.Condition(now, "FullyManaged")
		if missing := unsaid(message, []string{"email", "roles", "passwordSecretRef", "spec.forProvider.takeOver"}); len(missing) > 0 {
			t.Errorf("the condition does not say %q: %s", missing, message)
		}
		if password := connectionSecret(ctx, t, now)["password"]; len(password) > 0 {
			t.Error("the connection Secret has a password")
		}
		has(ctx, t, in, "what does no harm", lives()["User"].find(now, nil), "{nickname: Grabbed}")
	}
	logsIn(ctx, t, in, "boss", v.password)
	user, _, err := in.admin.GetUser(ctx, v.id, "")
	if err != nil {
		t.Fatal(err)
	}
	got := []any{user.Username, user.Email, user.IsSystemAdmin(), user.DeleteAt}
	if diff := cmp.Diff([]any{"boss", "boss@example.org", true, int64(0)}, got); diff != "" {
		t.Errorf("an administrator: -want, +got:\n%s", diff)
	}
}

// logsIn asserts that a login works.
func logsIn(ctx context.Context, t *testing.T, in *inside, username, password string) {
	t.Helper()
	if err := login(ctx, in, username, password); err != nil {
		t.Errorf("cannot log in as %s: %v", username, err)
	}
}

func login(ctx context.Context, in *inside, username, password string) error {
	server, err := installation.Reach(ctx, cluster, in.xr.GetNamespace(), in.xr.GetName())
	if err != nil {
		return err
	}
	_, err = server.Client(ctx, username, password)
	return err
}

func until(ctx context.Context, t *testing.T, check func(ctx context.Context) error) {
	t.Helper()
	if err := kube.Until(ctx, changeLimit, check); err != nil {
		t.Error(err)
	}
}

// bots asserts that a bot that a person created gives out no token until takeOver is true,
// and that the resource's own bot does.
func bots(ctx context.Context, t *testing.T, in *inside) {
	t.Helper()
	if _, _, err := in.admin.GetUserByUsername(ctx, "handmade", ""); err != nil {
		if _, _, err := in.admin.CreateBot(ctx, &model.Bot{Username: "handmade"}); err != nil {
			t.Fatal(err)
		}
	}
	handmade := life{manifest: "{kind: Bot, metadata: {name: handmade}, spec: {forProvider: {}, writeConnectionSecretToRef: {name: handmade-token}}}"}
	o := handmade.with(t, in, "{username: handmade, description: Declared.}")
	mustApply(ctx, t, o)
	concerning(ctx, t, o, "FullyManaged", "False", "NotCreated")
	now := synced(ctx, t, o)
	has(ctx, t, in, "what does no harm", lives()["Bot"].find(now, nil), "{description: Declared.}")
	if token := connectionSecret(ctx, t, now)["token"]; len(token) > 0 {
		t.Error("a bot that a person made gave out a token")
	}
	withdraw(ctx, t, o)
	has(ctx, t, in, "left alone", lives()["Bot"].find(now, nil), "{description: Declared.}")

	o = handmade.with(t, in, "{username: handmade, takeOver: true}")
	mustApply(ctx, t, o)
	concerning(ctx, t, o, "FullyManaged", "True", "TakenOver")
	if token := connectionSecret(ctx, t, synced(ctx, t, o))["token"]; len(token) == 0 {
		t.Error("a bot that is taken over gave out no token")
	}
	withdraw(ctx, t, o)

	own := life{manifest: "{kind: Bot, metadata: {name: own-bot}, spec: {forProvider: {}, writeConnectionSecretToRef: {name: own-token}}}"}.
		with(t, in, "{username: own-bot}")
	mustApply(ctx, t, own)
	concerning(ctx, t, own, "FullyManaged", "True", "Created")
	if token := connectionSecret(ctx, t, synced(ctx, t, own))["token"]; len(token) == 0 {
		t.Error("the resource's own bot gave out no token")
	}
	withdraw(ctx, t, own)
}
