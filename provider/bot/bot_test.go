package bot

import (
	"context"
	"testing"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/crossplane/crossplane-runtime/v2/pkg/meta"
	"github.com/crossplane/crossplane-runtime/v2/pkg/reconciler/managed"
	"github.com/crossplane/crossplane-runtime/v2/pkg/test"
	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/mattermost/mattermost/server/public/model"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"
	fakeclient "sigs.k8s.io/controller-runtime/pkg/client/fake"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/server/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/provider/kindtest"
)

const (
	id    = "aaaaaaaaaaaaaaaaaaaaaaaaaa"
	other = "bbbbbbbbbbbbbbbbbbbbbbbbbb"
)

// fake is a server with at most one bot, that records what it was asked.
type fake struct {
	kindtest.Record

	bot    *model.Bot
	person bool
	tokens []*model.UserAccessToken

	created *model.Bot
	patched *model.BotPatch
	revoked []string
}

func (f *fake) GetBotIncludeDeleted(_ context.Context, id, _ string) (*model.Bot, *model.Response, error) {
	if err := f.Call("GetBotIncludeDeleted"); err != nil {
		return nil, nil, err
	}

	if f.bot == nil || f.bot.UserId != id {
		return nil, nil, kindtest.NotFound()
	}

	bot := *f.bot

	return &bot, nil, nil
}

func (f *fake) GetUserByUsername(_ context.Context, username, _ string) (*model.User, *model.Response, error) {
	if err := f.Call("GetUserByUsername"); err != nil {
		return nil, nil, err
	}

	if f.bot == nil || f.bot.Username != username {
		return nil, nil, kindtest.NotFound()
	}

	return &model.User{Id: f.bot.UserId, Username: username, IsBot: !f.person}, nil, nil
}

func (f *fake) CreateBot(_ context.Context, bot *model.Bot) (*model.Bot, *model.Response, error) {
	f.created = bot
	return &model.Bot{UserId: id, Username: bot.Username}, nil, f.Call("CreateBot")
}

func (f *fake) PatchBot(_ context.Context, _ string, patch *model.BotPatch) (*model.Bot, *model.Response, error) {
	f.patched = patch
	return f.bot, nil, f.Call("PatchBot")
}

func (f *fake) EnableBot(context.Context, string) (*model.Bot, *model.Response, error) {
	return f.bot, nil, f.Call("EnableBot")
}

func (f *fake) DisableBot(context.Context, string) (*model.Bot, *model.Response, error) {
	return f.bot, nil, f.Call("DisableBot")
}

func (f *fake) PermanentDeleteUser(context.Context, string) (*model.Response, error) {
	return nil, f.Call("PermanentDeleteUser")
}

func (f *fake) CreateUserAccessToken(_ context.Context, _, description string) (*model.UserAccessToken, *model.Response, error) {
	return &model.UserAccessToken{Id: "new", Token: "new-token", Description: description}, nil, f.Call("CreateUserAccessToken")
}

func (f *fake) GetUserAccessTokensForUser(_ context.Context, _ string, page, perPage int) ([]*model.UserAccessToken, *model.Response, error) {
	return f.tokens[min(page*perPage, len(f.tokens)):min((page+1)*perPage, len(f.tokens))], nil, f.Call("GetUserAccessTokensForUser")
}

func (f *fake) RevokeUserAccessToken(_ context.Context, id string) (*model.Response, error) {
	f.revoked = append(f.revoked, id)
	return nil, f.Call("RevokeUserAccessToken")
}

// cluster whose Secret connection holds token of the bot userID, unless that is empty.
func cluster(userID, token string) client.Reader {
	c := fakeclient.NewClientBuilder()
	if token != "" {
		c.WithObjects(&corev1.Secret{
			ObjectMeta: metav1.ObjectMeta{Namespace: "ns", Name: "connection"},
			Data:       map[string][]byte{keyUserID: []byte(userID), keyToken: []byte(token)},
		})
	}

	return c.Build()
}

// declared returns a Bot named robo, changed by change.
func declared(change ...func(mg *v1alpha1.Bot)) *v1alpha1.Bot {
	mg := &v1alpha1.Bot{
		ObjectMeta: metav1.ObjectMeta{Namespace: "ns", Name: "robo", UID: "uid"},
		Spec:       v1alpha1.BotSpec{ForProvider: v1alpha1.BotParameters{Username: "robo", Deletion: v1alpha1.DeletionArchive}},
	}

	for _, c := range change {
		c(mg)
	}

	return mg
}

func named(mg *v1alpha1.Bot) { meta.SetExternalName(mg, id) }

func connected(mg *v1alpha1.Bot) {
	mg.Spec.WriteConnectionSecretToReference = &xpv2.LocalSecretReference{Name: "connection"}
}

func deleted(mg *v1alpha1.Bot) { mg.DeletionTimestamp = ptr.To(metav1.Now()) }

func permanently(mg *v1alpha1.Bot) { mg.Spec.ForProvider.Deletion = v1alpha1.DeletionPermanent }

// existing returns the bot robo, changed by change.
func existing(change ...func(bot *model.Bot)) *model.Bot {
	bot := &model.Bot{UserId: id, Username: "robo", DisplayName: "Robo"}

	for _, c := range change {
		c(bot)
	}

	return bot
}

func disabled(bot *model.Bot) { bot.DeleteAt = 1 }

// issued returns access tokens of the bot, of which those with ids are ours.
func issued(ids ...string) []*model.UserAccessToken {
	tokens := make([]*model.UserAccessToken, pageSize, pageSize+len(ids))
	for i := range tokens {
		tokens[i] = &model.UserAccessToken{Id: "theirs", Description: "theirs"}
	}

	for _, id := range ids {
		tokens = append(tokens, &model.UserAccessToken{Id: id, Description: description(declared())})
	}

	return tokens
}

func TestObserve(t *testing.T) {
	boom := errors.New("boom")
	username := managed.ConnectionDetails{"username": []byte("robo")}
	withToken := managed.ConnectionDetails{"username": []byte("robo"), "userId": []byte(id), "token": []byte("pw")}

	cases := map[string]struct {
		reason string
		server *fake
		kube   client.Reader
		mg     *v1alpha1.Bot
		want   kindtest.Observed
	}{
		"UpToDate": {
			reason: "a bot that is as declared costs one read, and its token is published as it was",
			server: &fake{bot: existing()},
			kube:   cluster(id, "pw"),
			mg:     declared(named, connected),
			want: kindtest.Observed{
				Observation:  managed.ExternalObservation{ResourceExists: true, ResourceUpToDate: true, ConnectionDetails: withToken},
				Calls:        []string{"GetBotIncludeDeleted"},
				ExternalName: id,
				Ready:        xpv2.Available(),
			},
		},
		"NoSecret": {
			reason: "a bot without a connection Secret needs no token",
			server: &fake{bot: existing()},
			kube:   cluster(id, ""),
			mg:     declared(named),
			want: kindtest.Observed{
				Observation:  managed.ExternalObservation{ResourceExists: true, ResourceUpToDate: true, ConnectionDetails: username},
				Calls:        []string{"GetBotIncludeDeleted"},
				ExternalName: id,
				Ready:        xpv2.Available(),
			},
		},
		"NoToken": {
			reason: "a token is to be issued where there is none",
			server: &fake{bot: existing()},
			kube:   cluster(id, ""),
			mg:     declared(named, connected),
			want: kindtest.Observed{
				Observation:  managed.ExternalObservation{ResourceExists: true, Diff: "writeConnectionSecretToRef", ConnectionDetails: username},
				Calls:        []string{"GetBotIncludeDeleted"},
				ExternalName: id,
				Ready:        xpv2.Available(),
			},
		},
		"TokenOfAnother": {
			reason: "the token of a bot that is gone is none of the bot that took its name",
			server: &fake{bot: existing()},
			kube:   cluster(other, "pw"),
			mg:     declared(named, connected),
			want: kindtest.Observed{
				Observation:  managed.ExternalObservation{ResourceExists: true, Diff: "writeConnectionSecretToRef", ConnectionDetails: username},
				Calls:        []string{"GetBotIncludeDeleted"},
				ExternalName: id,
				Ready:        xpv2.Available(),
			},
		},
		"Drift": {
			reason: "every field that differs is named",
			server: &fake{bot: existing()},
			kube:   cluster(id, ""),
			mg: declared(named, func(mg *v1alpha1.Bot) {
				mg.Spec.ForProvider = v1alpha1.BotParameters{Username: "new", DisplayName: ptr.To("a"), Description: ptr.To("b")}
			}),
			want: kindtest.Observed{
				Observation:  managed.ExternalObservation{ResourceExists: true, Diff: "username, displayName, description", ConnectionDetails: username},
				Calls:        []string{"GetBotIncludeDeleted"},
				ExternalName: id,
				Ready:        xpv2.Available(),
			},
		},
		"AdoptedByUsername": {
			reason: "a bot of the declared username is taken over, also when an interrupted creation never recorded its id",
			server: &fake{bot: existing()},
			kube:   cluster(id, ""),
			mg:     declared(),
			want: kindtest.Observed{
				Observation:  managed.ExternalObservation{ResourceExists: true, ResourceUpToDate: true, ResourceLateInitialized: true, ConnectionDetails: username},
				Calls:        []string{"GetUserByUsername", "GetBotIncludeDeleted"},
				ExternalName: id,
				Ready:        xpv2.Available(),
			},
		},
		"Person": {
			reason: "the account of a person is not a bot's",
			server: &fake{bot: existing(), person: true},
			kube:   cluster(id, ""),
			mg:     declared(),
			want:   kindtest.Observed{Err: cmpopts.AnyError, Calls: []string{"GetUserByUsername"}},
		},
		"NotFound": {
			reason: "a bot that is not there is to be created",
			server: &fake{},
			kube:   cluster(id, ""),
			mg:     declared(named),
			want:   kindtest.Observed{Calls: []string{"GetBotIncludeDeleted", "GetUserByUsername"}, ExternalName: id},
		},
		"Disabled": {
			reason: "a bot that was disabled is to be enabled, which creation does",
			server: &fake{bot: existing(disabled)},
			kube:   cluster(id, ""),
			mg:     declared(named),
			want:   kindtest.Observed{Calls: []string{"GetBotIncludeDeleted"}, ExternalName: id},
		},
		"DisabledAsWanted": {
			reason: "the deletion of a disabled bot is complete",
			server: &fake{bot: existing(disabled)},
			kube:   cluster(id, ""),
			mg:     declared(named, deleted),
			want:   kindtest.Observed{Calls: []string{"GetBotIncludeDeleted"}, ExternalName: id},
		},
		"ToBeDisabled": {
			reason: "a bot is there until it is disabled",
			server: &fake{bot: existing()},
			kube:   cluster(id, ""),
			mg:     declared(named, deleted),
			want:   kindtest.Observed{Observation: managed.ExternalObservation{ResourceExists: true}, Calls: []string{"GetBotIncludeDeleted"}, ExternalName: id},
		},
		"DisabledToBeDeleted": {
			reason: "a disabled bot is there to be deleted permanently",
			server: &fake{bot: existing(disabled)},
			kube:   cluster(id, ""),
			mg:     declared(named, deleted, permanently),
			want:   kindtest.Observed{Observation: managed.ExternalObservation{ResourceExists: true}, Calls: []string{"GetBotIncludeDeleted"}, ExternalName: id},
		},
		"Unreachable": {
			reason: "an error says nothing about the bot",
			server: &fake{Record: kindtest.Fails("GetBotIncludeDeleted", boom)},
			kube:   cluster(id, ""),
			mg:     declared(named),
			want:   kindtest.Observed{Err: boom, Calls: []string{"GetBotIncludeDeleted"}, ExternalName: id},
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			kindtest.Observe(t, tc.reason, &external{server: tc.server, kube: tc.kube}, &tc.server.Record, tc.mg, tc.want)
		})
	}
}

func TestCreate(t *testing.T) {
	boom := errors.New("boom")

	type want struct {
		err          error
		calls        []string
		created      *model.Bot
		externalName string
	}

	cases := map[string]struct {
		reason string
		server *fake
		mg     *v1alpha1.Bot
		want   want
	}{
		"Declared": {
			reason: "a bot is created as declared",
			server: &fake{},
			mg: declared(func(mg *v1alpha1.Bot) {
				mg.Spec.ForProvider.DisplayName, mg.Spec.ForProvider.Description = ptr.To("a"), ptr.To("b")
			}),
			want: want{
				calls:        []string{"GetUserByUsername", "CreateBot"},
				created:      &model.Bot{Username: "robo", DisplayName: "a", Description: "b"},
				externalName: id,
			},
		},
		"Disabled": {
			reason: "a disabled bot is enabled, and not made a second time",
			server: &fake{bot: existing(disabled)},
			mg:     declared(),
			want:   want{calls: []string{"GetUserByUsername", "GetBotIncludeDeleted", "EnableBot"}, externalName: id},
		},
		"Raced": {
			reason: "a bot that somebody made meanwhile is taken over",
			server: &fake{bot: existing()},
			mg:     declared(),
			want:   want{calls: []string{"GetUserByUsername", "GetBotIncludeDeleted"}, externalName: id},
		},
		"CannotFind": {
			reason: "nothing is created while it is unknown what is there",
			server: &fake{Record: kindtest.Fails("GetUserByUsername", boom)},
			mg:     declared(),
			want:   want{err: boom, calls: []string{"GetUserByUsername"}},
		},
		"CannotCreate": {
			reason: "what fails has no external name",
			server: &fake{Record: kindtest.Fails("CreateBot", boom)},
			mg:     declared(),
			want:   want{err: boom, calls: []string{"GetUserByUsername", "CreateBot"}, created: &model.Bot{Username: "robo"}},
		},
		"CannotEnable": {
			reason: "a bot that cannot be enabled is not made anew",
			server: &fake{bot: existing(disabled), Record: kindtest.Fails("EnableBot", boom)},
			mg:     declared(),
			want:   want{err: boom, calls: []string{"GetUserByUsername", "GetBotIncludeDeleted", "EnableBot"}},
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := (&external{server: tc.server, kube: cluster(id, "")}).Create(t.Context(), tc.mg)
			got := want{err: err, calls: tc.server.Calls, created: tc.server.created, externalName: meta.GetExternalName(tc.mg)}

			if diff := cmp.Diff(tc.want, got, cmp.AllowUnexported(want{}), cmpopts.EquateErrors()); diff != "" {
				t.Errorf("\n%s\nCreate(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestUpdate(t *testing.T) {
	boom := errors.New("boom")

	type want struct {
		err     error
		calls   []string
		patched *model.BotPatch
		revoked []string
		details managed.ConnectionDetails
		tokenID string
	}

	described := func(mg *v1alpha1.Bot) { mg.Spec.ForProvider.Description = ptr.To("new") }
	newToken := managed.ConnectionDetails{"username": []byte("robo"), "userId": []byte(id), "token": []byte("new-token")}

	cases := map[string]struct {
		reason string
		server *fake
		kube   client.Reader
		mg     *v1alpha1.Bot
		want   want
	}{
		"Patch": {
			reason: "properties are patched, and those that are not declared are left alone",
			server: &fake{bot: existing()},
			kube:   cluster(id, "pw"),
			mg:     declared(named, connected, described),
			want: want{
				calls:   []string{"GetBotIncludeDeleted", "PatchBot"},
				patched: &model.BotPatch{Username: ptr.To("robo"), Description: ptr.To("new")},
			},
		},
		"Token": {
			reason: "a token is issued once, and published",
			server: &fake{bot: existing()},
			kube:   cluster(id, ""),
			mg:     declared(named, connected),
			want: want{
				calls:   []string{"GetBotIncludeDeleted", "GetUserAccessTokensForUser", "CreateUserAccessToken"},
				details: newToken,
				tokenID: "new",
			},
		},
		"TokenWasLost": {
			reason: "a token that was never published is revoked, and those of others are not",
			server: &fake{bot: existing(), tokens: issued("lost")},
			kube:   cluster(id, ""),
			mg:     declared(named, connected),
			want: want{
				calls: []string{
					"GetBotIncludeDeleted", "GetUserAccessTokensForUser", "GetUserAccessTokensForUser", "RevokeUserAccessToken", "CreateUserAccessToken",
				},
				revoked: []string{"lost"},
				details: newToken,
				tokenID: "new",
			},
		},
		"Nothing": {
			reason: "what does not differ is not written",
			server: &fake{bot: existing()},
			kube:   cluster(id, ""),
			mg:     declared(named),
			want:   want{calls: []string{"GetBotIncludeDeleted"}},
		},
		"CannotGet": {
			reason: "nothing is written while it is unknown what is there",
			server: &fake{Record: kindtest.Fails("GetBotIncludeDeleted", boom)},
			kube:   cluster(id, ""),
			mg:     declared(named),
			want:   want{err: boom, calls: []string{"GetBotIncludeDeleted"}},
		},
		"CannotPatch": {
			reason: "an error ends the update",
			server: &fake{bot: existing(), Record: kindtest.Fails("PatchBot", boom)},
			kube:   cluster(id, ""),
			mg:     declared(named, connected, described),
			want: want{
				err:     boom,
				calls:   []string{"GetBotIncludeDeleted", "PatchBot"},
				patched: &model.BotPatch{Username: ptr.To("robo"), Description: ptr.To("new")},
			},
		},
		"CannotList": {
			reason: "no token is issued while it is unknown which there are",
			server: &fake{bot: existing(), Record: kindtest.Fails("GetUserAccessTokensForUser", boom)},
			kube:   cluster(id, ""),
			mg:     declared(named, connected),
			want:   want{err: boom, calls: []string{"GetBotIncludeDeleted", "GetUserAccessTokensForUser"}},
		},
		"CannotRevoke": {
			reason: "no token is issued beside one that was lost",
			server: &fake{bot: existing(), tokens: issued("lost"), Record: kindtest.Fails("RevokeUserAccessToken", boom)},
			kube:   cluster(id, ""),
			mg:     declared(named, connected),
			want: want{
				err:     boom,
				calls:   []string{"GetBotIncludeDeleted", "GetUserAccessTokensForUser", "GetUserAccessTokensForUser", "RevokeUserAccessToken"},
				revoked: []string{"lost"},
			},
		},
		"CannotIssue": {
			reason: "an error is passed on",
			server: &fake{bot: existing(), Record: kindtest.Fails("CreateUserAccessToken", boom)},
			kube:   cluster(id, ""),
			mg:     declared(named, connected),
			want:   want{err: boom, calls: []string{"GetBotIncludeDeleted", "GetUserAccessTokensForUser", "CreateUserAccessToken"}},
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			update, err := (&external{server: tc.server, kube: tc.kube}).Update(t.Context(), tc.mg)
			got := want{
				err: err, calls: tc.server.Calls, patched: tc.server.patched, revoked: tc.server.revoked,
				details: update.ConnectionDetails, tokenID: tc.mg.Status.AtProvider.TokenID,
			}

			if diff := cmp.Diff(tc.want, got, cmp.AllowUnexported(want{}), cmpopts.EquateErrors()); diff != "" {
				t.Errorf("\n%s\nUpdate(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestDelete(t *testing.T) {
	boom := errors.New("boom")

	type want struct {
		err     error
		calls   []string
		revoked []string
	}

	cases := map[string]struct {
		reason string
		server *fake
		mg     *v1alpha1.Bot
		want   want
	}{
		"Disable": {
			reason: "a bot is disabled by default, and nobody is left with its token",
			server: &fake{bot: existing(), tokens: issued("ours")},
			mg:     declared(named),
			want: want{
				calls:   []string{"GetUserAccessTokensForUser", "GetUserAccessTokensForUser", "RevokeUserAccessToken", "DisableBot"},
				revoked: []string{"ours"},
			},
		},
		"Permanent": {
			reason: "a bot is deleted permanently when the spec consents",
			server: &fake{bot: existing()},
			mg:     declared(named, permanently),
			want:   want{calls: []string{"PermanentDeleteUser"}},
		},
		"Gone": {
			reason: "a bot that is gone is deleted",
			server: &fake{Record: kindtest.Record{Fails: map[string]error{"GetUserAccessTokensForUser": kindtest.NotFound(), "DisableBot": kindtest.NotFound()}}},
			mg:     declared(named),
			want:   want{calls: []string{"GetUserAccessTokensForUser", "DisableBot"}},
		},
		"CannotRevoke": {
			reason: "an error keeps the object",
			server: &fake{bot: existing(), tokens: issued("ours"), Record: kindtest.Fails("RevokeUserAccessToken", boom)},
			mg:     declared(named),
			want: want{
				err:     boom,
				calls:   []string{"GetUserAccessTokensForUser", "GetUserAccessTokensForUser", "RevokeUserAccessToken"},
				revoked: []string{"ours"},
			},
		},
		"CannotDisable": {
			reason: "an error keeps the object",
			server: &fake{bot: existing(), Record: kindtest.Fails("DisableBot", boom)},
			mg:     declared(named),
			want:   want{err: boom, calls: []string{"GetUserAccessTokensForUser", "DisableBot"}},
		},
		"CannotDelete": {
			reason: "a bot that may not be deleted is not disabled instead",
			server: &fake{bot: existing(), Record: kindtest.Fails("PermanentDeleteUser", boom)},
			mg:     declared(named, permanently),
			want:   want{err: boom, calls: []string{"PermanentDeleteUser"}},
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := (&external{server: tc.server}).Delete(t.Context(), tc.mg)
			got := want{err: err, calls: tc.server.Calls, revoked: tc.server.revoked}

			if diff := cmp.Diff(tc.want, got, cmp.AllowUnexported(want{}), cmpopts.EquateErrors()); diff != "" {
				t.Errorf("\n%s\nDelete(...): -want, +got:\n%s", tc.reason, diff)
			}

			if diff := cmp.Diff(xpv2.Deleting(), tc.mg.GetCondition(xpv2.TypeReady), test.EquateConditions()); diff != "" {
				t.Errorf("\n%s\nDelete(...): condition Ready: -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}
