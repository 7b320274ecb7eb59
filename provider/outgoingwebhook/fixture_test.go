package outgoingwebhook

import (
	"context"

	"github.com/crossplane/crossplane-runtime/v2/pkg/meta"
	"github.com/mattermost/mattermost/server/public/model"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/server/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/provider/kindtest"
	"github.com/crossplane-mattermost/crossplane-mattermost/provider/mattermost"
)

const (
	id     = "aaaaaaaaaaaaaaaaaaaaaaaaaa"
	other  = "bbbbbbbbbbbbbbbbbbbbbbbbbb"
	teamID = "tttttttttttttttttttttttttt"
)

// fake is a server with some webhooks, that records what it was asked.
type fake struct {
	kindtest.Record

	hooks []*model.OutgoingWebhook

	wrote *model.OutgoingWebhook
}

func (f *fake) GetOutgoingWebhook(_ context.Context, id string) (*model.OutgoingWebhook, *model.Response, error) {
	if err := f.Call("GetOutgoingWebhook"); err != nil {
		return nil, nil, err
	}

	for _, hook := range f.hooks {
		if hook.Id == id {
			found := *hook
			return &found, nil, nil
		}
	}

	return nil, nil, kindtest.NotFound()
}

func (f *fake) GetOutgoingWebhooksForTeam(_ context.Context, team string, page, perPage int, _ string) ([]*model.OutgoingWebhook, *model.Response, error) {
	if err := f.Call("GetOutgoingWebhooksForTeam"); err != nil {
		return nil, nil, err
	}

	if team != teamID {
		return nil, nil, nil
	}

	return f.hooks[min(page*perPage, len(f.hooks)):min((page+1)*perPage, len(f.hooks))], nil, nil
}

func (f *fake) CreateOutgoingWebhook(_ context.Context, hook *model.OutgoingWebhook) (*model.OutgoingWebhook, *model.Response, error) {
	f.wrote = hook
	created := *hook
	created.Id, created.Token = id, "token"

	return &created, nil, f.Call("CreateOutgoingWebhook")
}

func (f *fake) UpdateOutgoingWebhook(_ context.Context, hook *model.OutgoingWebhook) (*model.OutgoingWebhook, *model.Response, error) {
	f.wrote = hook
	return hook, nil, f.Call("UpdateOutgoingWebhook")
}

func (f *fake) DeleteOutgoingWebhook(context.Context, string) (*model.Response, error) {
	return nil, f.Call("DeleteOutgoingWebhook")
}

// declared returns an OutgoingWebhook named builds, changed by change.
func declared(change ...func(mg *v1alpha1.OutgoingWebhook)) *v1alpha1.OutgoingWebhook {
	mg := &v1alpha1.OutgoingWebhook{
		ObjectMeta: metav1.ObjectMeta{Name: "builds"},
		Spec: v1alpha1.OutgoingWebhookSpec{ForProvider: v1alpha1.OutgoingWebhookParameters{
			TeamID: ptr.To(teamID), CallbackURLs: []string{"https://a", "https://b"}, TriggerWords: []string{"build"},
		}},
	}

	for _, c := range change {
		c(mg)
	}

	return mg
}

// different declares another value of every field that can change.
func different(mg *v1alpha1.OutgoingWebhook) {
	mg.Spec.ForProvider = v1alpha1.OutgoingWebhookParameters{
		TeamID:       ptr.To(teamID),
		ChannelID:    ptr.To(other),
		CallbackURLs: []string{"https://c"},
		TriggerWords: []string{"deploy"},
		TriggerWhen:  ptr.To(int32(1)),
		ContentType:  ptr.To("application/json"),
		DisplayName:  ptr.To("d"),
		Description:  ptr.To("e"),
		Username:     ptr.To("f"),
		IconURL:      ptr.To("g"),
	}
}

// asDifferent changes a webhook to what different declares.
func asDifferent(hook *model.OutgoingWebhook) *model.OutgoingWebhook {
	hook.TeamId, hook.ChannelId = teamID, other
	hook.CallbackURLs, hook.TriggerWords, hook.TriggerWhen = []string{"https://c"}, []string{"deploy"}, 1
	hook.ContentType, hook.DisplayName, hook.Description, hook.Username, hook.IconURL = "application/json", "d", "e", "f", "g"

	return hook
}

func named(mg *v1alpha1.OutgoingWebhook) { meta.SetExternalName(mg, id) }

func deleted(mg *v1alpha1.OutgoingWebhook) { mg.DeletionTimestamp = ptr.To(metav1.Now()) }

// existing returns the webhook builds, changed by change.
func existing(change ...func(hook *model.OutgoingWebhook)) *model.OutgoingWebhook {
	hook := &model.OutgoingWebhook{
		Id: id, Token: "token", CreateAt: 1, TeamId: teamID, DisplayName: "builds", ContentType: contentTypeForm,
		CallbackURLs: []string{"https://a", "https://b"}, TriggerWords: []string{"build"},
	}

	for _, c := range change {
		c(hook)
	}

	return hook
}

// crowd returns a page of webhooks of others, and two of ours.
func crowd() []*model.OutgoingWebhook {
	hooks := make([]*model.OutgoingWebhook, mattermost.PageSize, mattermost.PageSize+2)
	for i := range hooks {
		hooks[i] = &model.OutgoingWebhook{Id: other, TeamId: teamID, DisplayName: "other"}
	}

	newer := existing(func(hook *model.OutgoingWebhook) { hook.Id, hook.CreateAt = other, 2 })

	return append(hooks, newer, existing())
}
