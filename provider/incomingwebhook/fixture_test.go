package incomingwebhook

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/crossplane/crossplane-runtime/v2/pkg/meta"
	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	"github.com/mattermost/mattermost/server/public/model"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"
	fakeclient "sigs.k8s.io/controller-runtime/pkg/client/fake"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/server/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/provider/kindtest"
	"github.com/crossplane-mattermost/crossplane-mattermost/provider/mattermost"
)

const (
	id        = "aaaaaaaaaaaaaaaaaaaaaaaaaa"
	other     = "bbbbbbbbbbbbbbbbbbbbbbbbbb"
	channelID = "cccccccccccccccccccccccccc"
	teamID    = "tttttttttttttttttttttttttt"
	pair      = channelID + "/alerts"
	hookURL   = "http://chat/hooks/" + id
)

// fake is a server with one channel and some webhooks, that records what it was asked.
type fake struct {
	kindtest.Record

	hooks  []*model.IncomingWebhook
	config map[string]string

	wrote *model.IncomingWebhook
}

func (f *fake) DoAPIGet(context.Context, string, string) (*http.Response, error) {
	j, err := json.Marshal(f.config)
	return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(strings.NewReader(string(j)))}, errors.Join(err, f.Call("config"))
}

func (f *fake) GetChannel(_ context.Context, id, _ string) (*model.Channel, *model.Response, error) {
	if err := f.Call("GetChannel"); err != nil {
		return nil, nil, err
	}

	if id != channelID {
		return nil, nil, kindtest.NotFound()
	}

	return &model.Channel{Id: channelID, TeamId: teamID}, nil, nil
}

func (f *fake) GetIncomingWebhook(_ context.Context, id, _ string) (*model.IncomingWebhook, *model.Response, error) {
	if err := f.Call("GetIncomingWebhook"); err != nil {
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

func (f *fake) GetIncomingWebhooksForTeam(_ context.Context, team string, page, perPage int, _ string) ([]*model.IncomingWebhook, *model.Response, error) {
	if err := f.Call("GetIncomingWebhooksForTeam"); err != nil {
		return nil, nil, err
	}

	if team != teamID {
		return nil, nil, kindtest.NotFound()
	}

	return f.hooks[min(page*perPage, len(f.hooks)):min((page+1)*perPage, len(f.hooks))], nil, nil
}

func (f *fake) CreateIncomingWebhook(_ context.Context, hook *model.IncomingWebhook) (*model.IncomingWebhook, *model.Response, error) {
	f.wrote = hook
	created := *hook
	created.Id = id

	return &created, nil, f.Call("CreateIncomingWebhook")
}

func (f *fake) UpdateIncomingWebhook(_ context.Context, hook *model.IncomingWebhook) (*model.IncomingWebhook, *model.Response, error) {
	f.wrote = hook
	return hook, nil, f.Call("UpdateIncomingWebhook")
}

func (f *fake) DeleteIncomingWebhook(context.Context, string) (*model.Response, error) {
	return nil, f.Call("DeleteIncomingWebhook")
}

// cluster whose Secret connection holds url, unless that is empty.
func cluster(url string) client.Reader {
	c := fakeclient.NewClientBuilder()
	if url != "" {
		c.WithObjects(&corev1.Secret{ObjectMeta: metav1.ObjectMeta{Namespace: "ns", Name: "connection"}, Data: map[string][]byte{keyURL: []byte(url)}})
	}

	return c.Build()
}

// declared returns an IncomingWebhook named alerts, changed by change.
func declared(change ...func(mg *v1alpha1.IncomingWebhook)) *v1alpha1.IncomingWebhook {
	mg := &v1alpha1.IncomingWebhook{
		ObjectMeta: metav1.ObjectMeta{Namespace: "ns", Name: "alerts"},
		Spec:       v1alpha1.IncomingWebhookSpec{ForProvider: v1alpha1.IncomingWebhookParameters{ChannelID: ptr.To(channelID)}},
	}
	mg.Spec.WriteConnectionSecretToReference = &xpv2.LocalSecretReference{Name: "connection"}

	for _, c := range change {
		c(mg)
	}

	return mg
}

func named(externalName string) func(mg *v1alpha1.IncomingWebhook) {
	return func(mg *v1alpha1.IncomingWebhook) { meta.SetExternalName(mg, externalName) }
}

func deleted(mg *v1alpha1.IncomingWebhook) { mg.DeletionTimestamp = ptr.To(metav1.Now()) }

// existing returns the webhook alerts, changed by change.
func existing(change ...func(hook *model.IncomingWebhook)) *model.IncomingWebhook {
	hook := &model.IncomingWebhook{Id: id, CreateAt: 1, ChannelId: channelID, TeamId: teamID, DisplayName: "alerts"}

	for _, c := range change {
		c(hook)
	}

	return hook
}

// crowd returns a page of webhooks of others, and one of ours.
func crowd() []*model.IncomingWebhook {
	hooks := make([]*model.IncomingWebhook, mattermost.PageSize, mattermost.PageSize+1)
	for i := range hooks {
		hooks[i] = &model.IncomingWebhook{Id: other, ChannelId: channelID, DisplayName: "other"}
	}

	return append(hooks, existing())
}
