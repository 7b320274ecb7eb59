package bot

import (
	"testing"
	"time"

	"github.com/crossplane/crossplane-runtime/v2/pkg/meta"
	"github.com/crossplane/crossplane-runtime/v2/pkg/reconciler/managed"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/mattermost/mattermost/server/public/model"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/server/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/provider/account"
	"github.com/crossplane-mattermost/crossplane-mattermost/provider/kindtest"
)

// madeAt is when the declared Bot was created, and begunAt when the provider began to
// create the bot.
var (
	madeAt  = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	begunAt = madeAt.Add(time.Minute)
)

func begun(at time.Time) func(mg *v1alpha1.Bot) {
	return func(mg *v1alpha1.Bot) {
		mg.CreationTimestamp = metav1.NewTime(madeAt)
		meta.SetExternalCreatePending(mg, at)
	}
}

func hostile(mg *v1alpha1.Bot) {
	mg.Spec.ForProvider.Username, mg.Spec.ForProvider.Description = "eve", ptr.To("new")
}

// made sets the owner and the time of creation of a bot.
func made(by string, at time.Time) func(bot *model.Bot) {
	return func(bot *model.Bot) { bot.OwnerId, bot.CreateAt = by, at.UnixMilli() }
}

// TestBotsOfOthers asserts that the name and the tokens of a bot that the resource did not
// create stay as they are.
func TestBotsOfOthers(t *testing.T) {
	type want struct {
		diff    string
		managed account.Standing
		message string
		patched *model.BotPatch
		marked  model.StringMap
		issued  bool
	}

	left := func(fields string) string {
		return `this resource did not create the account "robo": its username, email, roles, password and tokens stay as they are, ` +
			`and it stays when this resource is deleted` + fields + `: set spec.forProvider.takeOver to true to manage all of it`
	}
	description := &model.BotPatch{Description: ptr.To("new")}

	cases := map[string]struct {
		reason string
		server *fake
		mg     *v1alpha1.Bot
		want   want
	}{
		"Foreign": {
			reason: "a bot of another owner gives out no token, and keeps its name",
			server: &fake{bot: existing(made(other, begunAt))},
			mg:     declared(named, connected, hostile, begun(begunAt)),
			want: want{
				diff: "description", managed: account.NotCreated, message: left(" (not as declared: username, writeConnectionSecretToRef)"),
				patched: description,
			},
		},
		"OfAnotherResource": {
			reason: "a bot of another resource is not managed, although the same account created it",
			server: &fake{bot: existing(made(owner, begunAt)), properties: theirs()},
			mg:     declared(named, connected, begun(begunAt)),
			want:   want{managed: account.NotCreated, message: left(" (not as declared: writeConnectionSecretToRef)")},
		},
		"Older": {
			reason: "a bot that the same account created earlier is not managed",
			server: &fake{bot: existing(made(owner, begunAt.Add(-time.Second)))},
			mg:     declared(named, connected, begun(begunAt)),
			want:   want{managed: account.NotCreated, message: left(" (not as declared: writeConnectionSecretToRef)")},
		},
		"BackDated": {
			reason: "a creation that seems to have begun before the resource existed proves nothing",
			server: &fake{bot: existing(made(owner, madeAt))},
			mg:     declared(named, connected, begun(madeAt.Add(-time.Hour))),
			want:   want{managed: account.NotCreated, message: left(" (not as declared: writeConnectionSecretToRef)")},
		},
		"NeverBegun": {
			reason: "a bot of the same account is not managed by a resource that never began to create one",
			server: &fake{bot: existing(made(owner, begunAt))},
			mg:     declared(named, connected),
			want:   want{managed: account.NotCreated, message: left(" (not as declared: writeConnectionSecretToRef)")},
		},
		"Interrupted": {
			reason: "an interrupted creation is marked first and reported afterwards",
			server: &fake{bot: existing(made(owner, begunAt.Add(time.Second))), properties: model.StringMap{"theme": "dark"}},
			mg:     declared(named, connected, begun(begunAt)),
			want: want{
				diff:   "writeConnectionSecretToRef, account",
				marked: account.Mark(declared(), model.StringMap{"theme": "dark"}),
				issued: true,
			},
		},
		"TakenOver": {
			reason: "all fields are managed if takeOver is true",
			server: &fake{bot: existing(made(other, begunAt))},
			mg:     declared(named, connected, hostile, takeOver),
			want: want{
				diff: "username, description, writeConnectionSecretToRef", managed: account.TakenOver, issued: true,
				patched: &model.BotPatch{Username: ptr.To("eve"), Description: ptr.To("new")},
			},
		},
		"NoLongerTakenOver": {
			reason: "the standing is looked up again when takeOver was removed",
			server: &fake{bot: existing(made(other, begunAt))},
			mg:     declared(named, func(mg *v1alpha1.Bot) { mg.SetConditions(account.TakenOver.Condition("robo", nil)) }),
			want:   want{managed: account.NotCreated, message: left("")},
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			e := &external{server: tc.server, kube: cluster(id, "")}

			observation, err := e.Observe(t.Context(), tc.mg)
			if err != nil {
				t.Fatal(err)
			}

			update, err := e.Update(t.Context(), tc.mg)
			if err != nil {
				t.Fatal(err)
			}

			c := tc.mg.GetCondition(account.TypeFullyManaged)
			got := want{
				diff: observation.Diff, managed: account.Standing(c.Reason), message: c.Message,
				patched: tc.server.patched, marked: tc.server.marked, issued: len(update.ConnectionDetails[keyToken]) > 0,
			}

			if diff := cmp.Diff(tc.want, got, cmp.AllowUnexported(want{})); diff != "" {
				t.Errorf("\n%s\n-want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

// createdBefore says in the status that the resource was seen to have created the bot.
func createdBefore(mg *v1alpha1.Bot) {
	mg.Status.AtProvider.UserID, mg.Status.AtProvider.Created = id, true
}

// TestEndOfBotsOfOthers asserts that deleting a resource does not disable a bot that it did
// not create, or the bot that the provider uses.
func TestEndOfBotsOfOthers(t *testing.T) {
	ends := managed.ExternalObservation{ResourceExists: true}

	cases := map[string]struct {
		reason string
		server *fake
		mg     *v1alpha1.Bot
		want   kindtest.Observed
	}{
		"Foreign": {
			reason: "a bot that something else created stays",
			server: &fake{bot: existing(made(owner, madeAt))},
			mg:     declared(named, deleted),
			want:   kindtest.Observed{Calls: []string{"GetBotIncludeDeleted", "GetUser"}, ExternalName: id},
		},
		"Interrupted": {
			reason: "a bot of an interrupted creation is disabled",
			server: &fake{bot: existing(made(owner, begunAt))},
			mg:     declared(named, deleted, begun(begunAt)),
			want:   kindtest.Observed{Observation: ends, Calls: []string{"GetBotIncludeDeleted", "GetUser", "GetMe", "GetMe"}, ExternalName: id},
		},
		"NoteReplaced": {
			reason: "a bot whose note was replaced does not outlive its resource silently",
			server: &fake{bot: existing(made(other, madeAt)), properties: model.StringMap{"theme": "dark"}},
			mg:     declared(named, deleted, createdBefore),
			want:   kindtest.Observed{Err: cmpopts.AnyError, Calls: []string{"GetBotIncludeDeleted", "GetUser"}, ExternalName: id},
		},
		"NoteOfAnother": {
			reason: "nor one whose note is another's by now",
			server: &fake{bot: existing(made(other, madeAt)), properties: theirs()},
			mg:     declared(named, deleted, createdBefore, known),
			want:   kindtest.Observed{Err: cmpopts.AnyError, Calls: []string{"GetBotIncludeDeleted", "GetUser"}, ExternalName: id},
		},
		"TakenOver": {
			reason: "a bot with takeOver is disabled",
			server: &fake{bot: existing(made(other, madeAt))},
			mg:     declared(named, deleted, takeOver),
			want:   kindtest.Observed{Observation: ends, Calls: []string{"GetBotIncludeDeleted", "GetMe"}, ExternalName: id},
		},
		"InUse": {
			reason: "the bot that the provider uses stays, whoever created it",
			server: &fake{bot: existing(), properties: ours(), own: true},
			mg:     declared(named, deleted, permanently),
			want:   kindtest.Observed{Calls: []string{"GetBotIncludeDeleted", "GetUser", "GetMe"}, ExternalName: id},
		},
		"Unknown": {
			reason: "the deletion waits while the creator of the bot is unknown",
			server: &fake{bot: existing(), Record: kindtest.Fails("GetUser", cmpopts.AnyError)},
			mg:     declared(named, deleted),
			want:   kindtest.Observed{Err: cmpopts.AnyError, Calls: []string{"GetBotIncludeDeleted", "GetUser"}, ExternalName: id},
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			kindtest.Observe(t, tc.reason, &external{server: tc.server, kube: cluster(id, "")}, &tc.server.Record, tc.mg, tc.want)
		})
	}
}

// TestCreatedIsRemembered proves that a resource keeps in mind that it created a bot.
func TestCreatedIsRemembered(t *testing.T) {
	server := &fake{bot: existing(), properties: ours()}
	e := &external{server: server, kube: cluster(id, "")}
	mg := declared(named)

	for _, of := range []struct {
		properties model.StringMap
		username   string
		want       account.Standing
	}{{ours(), "robo", account.Created}, {ours(), "robo", account.Created}, {theirs(), "other", account.Unproven}} {
		server.properties, mg.Spec.ForProvider.Username = of.properties, of.username

		if _, err := e.Observe(t.Context(), mg); err != nil || !mg.Status.AtProvider.Created {
			t.Errorf("created: %t, %v", mg.Status.AtProvider.Created, err)
		}

		if got := account.Standing(mg.GetCondition(account.TypeFullyManaged).Reason); got != of.want {
			t.Errorf("condition: %s, want %s", got, of.want)
		}
	}
}
