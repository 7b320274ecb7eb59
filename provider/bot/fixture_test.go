package bot

import (
	"context"

	"github.com/crossplane/crossplane-runtime/v2/pkg/meta"
	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	"github.com/mattermost/mattermost/server/public/model"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"
	fakeclient "sigs.k8s.io/controller-runtime/pkg/client/fake"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/server/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/provider/account"
	"github.com/crossplane-mattermost/crossplane-mattermost/provider/kindtest"
	"github.com/crossplane-mattermost/crossplane-mattermost/provider/mattermost"
)

const (
	id    = "aaaaaaaaaaaaaaaaaaaaaaaaaa"
	other = "bbbbbbbbbbbbbbbbbbbbbbbbbb"
	// owner is the account that the provider uses, unless the provider uses the bot.
	owner = "cccccccccccccccccccccccccc"
)

// fake is a server with at most one bot, that records what it was asked.
type fake struct {
	kindtest.Record

	bot    *model.Bot
	person bool
	tokens []*model.UserAccessToken
	// properties of the bot's account. Own says that the provider uses the bot.
	properties model.StringMap
	own        bool

	created *model.Bot
	patched *model.BotPatch
	marked  model.StringMap
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

func (f *fake) GetUser(_ context.Context, id, _ string) (*model.User, *model.Response, error) {
	if err := f.Call("GetUser"); err != nil {
		return nil, nil, err
	}

	if f.bot == nil || f.bot.UserId != id {
		return nil, nil, kindtest.NotFound()
	}

	return &model.User{Id: f.bot.UserId, Username: f.bot.Username, IsBot: true, Props: f.properties}, nil, nil
}

func (f *fake) GetMe(context.Context, string) (*model.User, *model.Response, error) {
	me := &model.User{Id: owner}
	if f.own {
		me.Id = id
	}

	return me, nil, f.Call("GetMe")
}

func (f *fake) PatchUser(_ context.Context, _ string, patch *model.UserPatch) (*model.User, *model.Response, error) {
	f.marked = patch.Props
	return nil, nil, f.Call("PatchUser")
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

// known says that a condition already reports that all of the bot is managed.
func known(mg *v1alpha1.Bot) { mg.SetConditions(account.Created.Condition("robo", nil)) }

// takeOver a bot, whoever created it.
func takeOver(mg *v1alpha1.Bot) { mg.Spec.ForProvider.TakeOver = true }

// ours are the properties of a bot that the declared Bot created, and theirs those of a bot
// that another resource created.
func ours() model.StringMap { return account.Mark(declared(), nil) }

func theirs() model.StringMap { return account.Mark(&metav1.ObjectMeta{UID: "another"}, nil) }

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
	tokens := make([]*model.UserAccessToken, mattermost.PageSize, mattermost.PageSize+len(ids))
	for i := range tokens {
		tokens[i] = &model.UserAccessToken{Id: "theirs", Description: "theirs"}
	}

	for _, id := range ids {
		tokens = append(tokens, &model.UserAccessToken{Id: id, Description: description(declared())})
	}

	return tokens
}
