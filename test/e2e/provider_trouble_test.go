package e2e

import (
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/mattermost/mattermost/server/public/model"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/e2e-framework/pkg/envconf"
	"sigs.k8s.io/e2e-framework/pkg/features"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/test/kube"
)

// many objects of each kind are made while the provider is killed.
const many = 15

// TestProviderTrouble has everything go wrong that may: the provider is killed, the server
// stops, passwords and tokens change. Nothing is ever made twice, and everything
// converges.
func TestProviderTrouble(t *testing.T) {
	in := &inside{xr: restorable(t, "provider-trouble")}
	channel := manages(in, "Channel", "alerts")

	environment.Test(t, features.New("Trouble").
		Setup(func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			prepareInside(ctx, t, in)
			allow(ctx, t, in)
			for _, o := range declared(t, in.xr.GetNamespace(), "team.yaml", "channel.yaml") {
				mustApply(ctx, t, annotate(o, pollInterval, polled))
				synced(ctx, t, o)
			}
			return ctx
		}).
		Assess("KilledWhileCreating", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			objects := crowd(t, in)
			for _, o := range objects {
				mustApply(ctx, t, o)
			}
			for quarter := 1; quarter < 4; quarter++ {
				made(ctx, t, in, len(objects)*quarter/4)
				discreet(ctx, t, in)
				killProvider(ctx, t)
			}
			for _, o := range objects {
				synced(ctx, t, o)
			}
			eachOnce(ctx, t, in)
			return ctx
		}).
		Assess("ServerIsAwayForTwoMinutes", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			serverIsAway(ctx, t, in)
			return ctx
		}).
		Assess("PasswordChanges", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			passwordChanges(ctx, t, in, channel)
			return ctx
		}).
		Assess("TokenIsRevoked", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			tokenIsRevoked(ctx, t, in, channel)
			return ctx
		}).
		Assess("NothingIsSaid", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			discreet(ctx, t, in)
			return ctx
		}).
		Teardown(func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			leave(ctx, t, in)
			return ctx
		}).
		Feature())
}

// crowd is many objects of each kind that has something of its own on the server.
func crowd(t *testing.T, in *inside) []*unstructured.Unstructured {
	t.Helper()
	var out []*unstructured.Unstructured
	for i := range many {
		for _, manifest := range []string{
			"{kind: Channel, metadata: {name: crowd-%[1]d}, spec: {forProvider: {name: crowd-%[1]d, teamRef: {name: engineering}}}}",
			"{kind: IncomingWebhook, metadata: {name: crowd-%[1]d}, spec: {forProvider: {channelRef: {name: alerts}}, writeConnectionSecretToRef: {name: crowd-%[1]d-url}}}",
			"{kind: OutgoingWebhook, metadata: {name: crowd-%[1]d}, spec: {forProvider: {teamRef: {name: engineering}, callbackUrls: ['https://example.org'], triggerWords: [crowd-%[1]d]}, writeConnectionSecretToRef: {name: crowd-%[1]d-outgoing}}}",
			"{kind: User, metadata: {name: crowd-%[1]d}, spec: {forProvider: {username: crowd-%[1]d, email: crowd-%[1]d@example.org}, writeConnectionSecretToRef: {name: crowd-%[1]d-login}}}",
			"{kind: Bot, metadata: {name: crowd-%[1]d}, spec: {forProvider: {username: bot-%[1]d}, writeConnectionSecretToRef: {name: crowd-%[1]d-token}}}",
			"{kind: Command, metadata: {name: crowd-%[1]d}, spec: {forProvider: {teamRef: {name: engineering}, trigger: crowd-%[1]d, url: 'https://example.org'}, writeConnectionSecretToRef: {name: crowd-%[1]d-command}}}",
		} {
			out = append(out, life{manifest: fmt.Sprintf(manifest, i)}.with(t, in, "{}"))
		}
	}
	for _, o := range out {
		// Looked at when they change, and not all the time while others are made.
		annotate(o, pollInterval, "1m")
	}
	return out
}

// made waits until a number of objects have an external name.
func made(ctx context.Context, t *testing.T, in *inside, want int) {
	t.Helper()
	if err := kube.Until(ctx, changeLimit, func(ctx context.Context) error {
		got := 0
		for _, kind := range []string{"Channel", "IncomingWebhook", "OutgoingWebhook", "User", "Bot", "Command"} {
			for _, o := range all(ctx, t, in, kind) {
				if o.GetAnnotations()[externalName] != "" {
					got++
				}
			}
		}
		if got < want {
			return errors.Errorf("%d objects exist on the server, want %d", got, want)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

// eachOnce fails unless the server has as many of everything as are declared, and each of
// the bots one token.
func eachOnce(ctx context.Context, t *testing.T, in *inside) {
	t.Helper()
	team := synced(ctx, t, manages(in, "Team", "engineering")).GetAnnotations()[externalName]
	const page = 200
	incoming, _, err := in.admin.GetIncomingWebhooksForTeam(ctx, team, 0, page, "")
	if err != nil {
		t.Fatal(err)
	}
	outgoing, _, err := in.admin.GetOutgoingWebhooksForTeam(ctx, team, 0, page, "")
	if err != nil {
		t.Fatal(err)
	}
	commands, _, err := in.admin.ListCommands(ctx, team, true)
	if err != nil {
		t.Fatal(err)
	}
	bots, _, err := in.admin.GetBots(ctx, 0, page, "")
	if err != nil {
		t.Fatal(err)
	}
	// The server makes one for itself.
	bots = slices.DeleteFunc(bots, func(b *model.Bot) bool { return !strings.HasPrefix(b.Username, "bot-") })
	for what, got := range map[string]int{"incoming webhooks": len(incoming), "outgoing webhooks": len(outgoing), "commands": len(commands), "bots": len(bots)} {
		if got != many {
			t.Errorf("there are %d %s, want %d", got, what, many)
		}
	}
	for _, b := range bots {
		tokens, _, err := in.admin.GetUserAccessTokensForUser(ctx, b.UserId, 0, page)
		if err != nil {
			t.Fatal(err)
		}
		if len(tokens) != 1 {
			t.Errorf("bot %s has %d access tokens, want 1", b.Username, len(tokens))
		}
	}
}

// passwordChanges on the server, which ends the provider's session, and then in the
// Secret.
func passwordChanges(ctx context.Context, t *testing.T, in *inside, witness *unstructured.Unstructured) {
	t.Helper()
	me, _, err := in.admin.GetMe(ctx, "")
	if err != nil {
		t.Fatal(err)
	}
	was := in.password
	in.password = "Aa1!" + rand.Text()
	if _, err := in.admin.UpdateUserPassword(ctx, me.Id, was, in.password); err != nil {
		t.Fatal("cannot change the administrator's password")
	}
	if _, err := in.admin.RevokeAllSessions(ctx, me.Id); err != nil {
		t.Fatal(err)
	}
	concerning(ctx, t, witness, "Synced", "False", "ReconcileError")
	concerning(ctx, t, manages(in, "Server", "chat"), "Ready", "False", "")
	secret(ctx, t, in.xr, "chat-administrator", map[string]string{"username": "admin", "password": in.password})
	synced(ctx, t, witness)
	if in.admin, err = healthy(ctx, t, in.xr).Client(ctx, "admin", in.password); err != nil {
		t.Fatal(err)
	}
}

// refusedToken is what a token is called that a server comes to refuse.
const refusedToken = "an access token of the administrator"

// tokenIsRevoked that the provider uses instead of the login, and replaced by another.
func tokenIsRevoked(ctx context.Context, t *testing.T, in *inside, witness *unstructured.Unstructured) {
	t.Helper()
	me, _, err := in.admin.GetMe(ctx, "")
	if err != nil {
		t.Fatal(err)
	}
	token := issue(ctx, t, in, me.Id)
	secret(ctx, t, in.xr, "chat-administrator", map[string]string{"token": token.Token})
	resynced(ctx, t, in, witness, "with a token")
	if _, err := in.admin.RevokeUserAccessToken(ctx, token.Id); err != nil {
		t.Fatal(err)
	}
	concerning(ctx, t, witness, "Synced", "False", "ReconcileError")
	secret(ctx, t, in.xr, "chat-administrator", map[string]string{"token": issue(ctx, t, in, me.Id).Token})
	resynced(ctx, t, in, witness, "with another token")
}

// issue an access token for the administrator.
func issue(ctx context.Context, t *testing.T, in *inside, user string) *model.UserAccessToken {
	t.Helper()
	token, _, err := in.admin.CreateUserAccessToken(ctx, user, "provider")
	if err != nil {
		t.Fatal("cannot issue an access token")
	}
	secrecy.Add(refusedToken, token.Token)
	return token
}

// resynced waits until a change of a channel that is made now is on the server.
func resynced(ctx context.Context, t *testing.T, in *inside, o *unstructured.Unstructured, purpose string) {
	t.Helper()
	now := declared(t, in.xr.GetNamespace(), "channel.yaml")[0]
	set(t, now, purpose, "spec", "forProvider", "purpose")
	mustApply(ctx, t, annotate(now, pollInterval, polled))
	id := synced(ctx, t, o).GetAnnotations()[externalName]
	has(ctx, t, in, purpose, func(ctx context.Context, c *model.Client4) (any, error) { return answer(c.GetChannel(ctx, id, "")) }, "{purpose: "+purpose+"}")
}
