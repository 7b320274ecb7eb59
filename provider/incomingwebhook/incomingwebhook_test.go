package incomingwebhook

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/crossplane/crossplane-runtime/v2/pkg/meta"
	"github.com/crossplane/crossplane-runtime/v2/pkg/reconciler/managed"
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
	hooks := make([]*model.IncomingWebhook, pageSize, pageSize+1)
	for i := range hooks {
		hooks[i] = &model.IncomingWebhook{Id: other, ChannelId: channelID, DisplayName: "other"}
	}

	return append(hooks, existing())
}

func TestObserve(t *testing.T) {
	boom := errors.New("boom")
	details := managed.ConnectionDetails{"url": []byte(hookURL)}

	found := kindtest.Observed{
		Observation:  managed.ExternalObservation{ResourceExists: true, ResourceUpToDate: true, ResourceLateInitialized: true, ConnectionDetails: details},
		ExternalName: pair,
		Ready:        xpv2.Available(),
	}
	asked := func(w kindtest.Observed, calls ...string) kindtest.Observed {
		w.Calls = calls
		return w
	}

	cases := map[string]struct {
		reason string
		server *fake
		url    string
		mg     *v1alpha1.IncomingWebhook
		want   kindtest.Observed
	}{
		"UpToDate": {
			reason: "a webhook that is as declared costs one read, by the URL that was published",
			server: &fake{hooks: []*model.IncomingWebhook{existing()}},
			url:    hookURL,
			mg:     declared(named(pair)),
			want: kindtest.Observed{
				Observation:  managed.ExternalObservation{ResourceExists: true, ResourceUpToDate: true, ConnectionDetails: details},
				Calls:        []string{"GetIncomingWebhook"},
				ExternalName: pair,
				Ready:        xpv2.Available(),
			},
		},
		"Undeclared": {
			reason: "what is not declared is the server's, whatever it is",
			server: &fake{hooks: []*model.IncomingWebhook{existing(func(hook *model.IncomingWebhook) { hook.Description, hook.ChannelLocked = "theirs", true })}},
			url:    hookURL,
			mg:     declared(),
			want:   asked(found, "GetIncomingWebhook"),
		},
		"Drift": {
			reason: "every field that differs is named",
			server: &fake{hooks: []*model.IncomingWebhook{existing()}},
			url:    hookURL,
			mg: declared(named(pair), func(mg *v1alpha1.IncomingWebhook) {
				mg.Spec.ForProvider = v1alpha1.IncomingWebhookParameters{
					ChannelID:     ptr.To(other),
					DisplayName:   ptr.To("a"),
					Description:   ptr.To("b"),
					Username:      ptr.To("c"),
					IconURL:       ptr.To("d"),
					ChannelLocked: ptr.To(true),
				}
			}),
			want: kindtest.Observed{
				Observation: managed.ExternalObservation{
					ResourceExists: true, ConnectionDetails: details,
					Diff: "channelId, displayName, description, username, iconUrl, channelLocked",
				},
				Calls:        []string{"GetIncomingWebhook"},
				ExternalName: pair,
				Ready:        xpv2.Available(),
			},
		},
		"LeftByAnInterruptedCreation": {
			reason: "a webhook whose URL was never published is found by its channel and display name, on whatever page",
			server: &fake{hooks: crowd()},
			mg:     declared(),
			want:   asked(found, "GetChannel", "GetIncomingWebhooksForTeam", "GetIncomingWebhooksForTeam"),
		},
		"Oldest": {
			reason: "of several webhooks it is always the same one",
			server: &fake{hooks: []*model.IncomingWebhook{
				existing(func(hook *model.IncomingWebhook) { hook.Id, hook.CreateAt = other, 2 }),
				existing(),
				existing(func(hook *model.IncomingWebhook) { hook.Id, hook.CreateAt = other, 3 }),
			}},
			mg:   declared(),
			want: asked(found, "GetChannel", "GetIncomingWebhooksForTeam"),
		},
		"ImportedByID": {
			reason: "an id to import by does not stay in the open",
			server: &fake{hooks: []*model.IncomingWebhook{existing()}},
			mg:     declared(named(id)),
			want:   asked(found, "GetIncomingWebhook"),
		},
		"DeletedOnTheServer": {
			reason: "a webhook that is gone is to be created, for another URL",
			server: &fake{},
			url:    hookURL,
			mg:     declared(named(pair)),
			want:   kindtest.Observed{Calls: []string{"GetIncomingWebhook", "GetChannel", "GetIncomingWebhooksForTeam"}, ExternalName: pair},
		},
		"ChannelIsGone": {
			reason: "a webhook is gone with its channel",
			server: &fake{Record: kindtest.Fails("GetChannel", kindtest.NotFound())},
			mg:     declared(named(pair)),
			want:   kindtest.Observed{Calls: []string{"GetChannel"}, ExternalName: pair},
		},
		"Unreachable": {
			reason: "an error says nothing about the webhook",
			server: &fake{Record: kindtest.Fails("GetIncomingWebhook", boom)},
			url:    hookURL,
			mg:     declared(named(pair)),
			want:   kindtest.Observed{Err: boom, Calls: []string{"GetIncomingWebhook"}, ExternalName: pair},
		},
		"CannotGetChannel": {
			reason: "an error says nothing about the webhook",
			server: &fake{Record: kindtest.Fails("GetChannel", boom)},
			mg:     declared(),
			want:   kindtest.Observed{Err: boom, Calls: []string{"GetChannel"}},
		},
		"CannotList": {
			reason: "an error says nothing about the webhook",
			server: &fake{Record: kindtest.Fails("GetIncomingWebhooksForTeam", boom)},
			mg:     declared(),
			want:   kindtest.Observed{Err: boom, Calls: []string{"GetChannel", "GetIncomingWebhooksForTeam"}},
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			kindtest.Observe(t, tc.reason, &external{server: tc.server, url: "http://chat", kube: cluster(tc.url)}, &tc.server.Record, tc.mg, tc.want)
		})
	}
}

// TestURLStaysSecret proves that the id of a webhook, which is all of its URL that is
// secret, is neither in the object nor in an error.
func TestURLStaysSecret(t *testing.T) {
	server := &fake{hooks: []*model.IncomingWebhook{existing()}}
	mg := declared()

	if _, err := (&external{server: server, url: "http://chat", kube: cluster(hookURL)}).Observe(t.Context(), mg); err != nil {
		t.Fatal(err)
	}

	j, err := json.Marshal(mg)
	if err != nil {
		t.Fatal(err)
	}

	if strings.Contains(string(j), id) {
		t.Errorf("the id is in the object: %s", j)
	}

	unreachable := &url.Error{Op: "Get", URL: "http://chat/api/v4/hooks/incoming/" + id, Err: errors.New("boom")}

	for _, call := range []string{"GetIncomingWebhook", "UpdateIncomingWebhook", "DeleteIncomingWebhook"} {
		e := &external{server: &fake{hooks: server.hooks, Record: kindtest.Fails(call, unreachable)}, kube: cluster(hookURL)}
		mg := declared(func(mg *v1alpha1.IncomingWebhook) { mg.Spec.ForProvider.Description = ptr.To("new") })

		_, updated := e.Update(t.Context(), mg)
		_, deleted := e.Delete(t.Context(), mg)

		if err := errors.Join(updated, deleted); err == nil || strings.Contains(err.Error(), id) {
			t.Errorf("%s fails: there is no error, or the id is in it: %v", call, err)
		}
	}
}

// TestURLStaysSecretWithoutServer proves the same of the errors of the real client.
func TestURLStaysSecretWithoutServer(t *testing.T) {
	closed := httptest.NewServer(http.NotFoundHandler())
	closed.Close()

	server, err := mattermost.NewClient(mattermost.Endpoint{
		URL: closed.URL, Credentials: mattermost.Credentials{Token: "token"}, RequestsPerSecond: 10, Burst: 10,
	}, mattermost.NewRequests())
	if err != nil {
		t.Fatal(err)
	}

	_, err = (&external{server: server, url: closed.URL, kube: cluster(hookURL)}).Observe(t.Context(), declared())
	if err == nil || strings.Contains(err.Error(), id) {
		t.Errorf("there is no error, or the id is in it: %v", err)
	}
}

func TestCreate(t *testing.T) {
	boom := errors.New("boom")
	details := managed.ConnectionDetails{"url": []byte(hookURL)}

	type want struct {
		err          error
		calls        []string
		wrote        *model.IncomingWebhook
		details      managed.ConnectionDetails
		externalName string
	}

	cases := map[string]struct {
		reason string
		server *fake
		mg     *v1alpha1.IncomingWebhook
		want   want
	}{
		"Defaults": {
			reason: "a webhook is known by the name of the object",
			server: &fake{},
			mg:     declared(),
			want: want{
				calls:        []string{"GetChannel", "GetIncomingWebhooksForTeam", "CreateIncomingWebhook"},
				wrote:        &model.IncomingWebhook{ChannelId: channelID, DisplayName: "alerts"},
				details:      details,
				externalName: pair,
			},
		},
		"Declared": {
			reason: "a webhook is created as declared",
			server: &fake{},
			mg: declared(func(mg *v1alpha1.IncomingWebhook) {
				mg.Spec.ForProvider = v1alpha1.IncomingWebhookParameters{
					ChannelID:     ptr.To(channelID),
					DisplayName:   ptr.To("a"),
					Description:   ptr.To("b"),
					Username:      ptr.To("c"),
					IconURL:       ptr.To("d"),
					ChannelLocked: ptr.To(true),
				}
			}),
			want: want{
				calls:        []string{"GetChannel", "GetIncomingWebhooksForTeam", "CreateIncomingWebhook"},
				wrote:        &model.IncomingWebhook{ChannelId: channelID, DisplayName: "a", Description: "b", Username: "c", IconURL: "d", ChannelLocked: true},
				details:      details,
				externalName: channelID + "/a",
			},
		},
		"Raced": {
			reason: "a webhook that somebody made meanwhile is taken over",
			server: &fake{hooks: []*model.IncomingWebhook{existing()}},
			mg:     declared(),
			want:   want{calls: []string{"GetChannel", "GetIncomingWebhooksForTeam"}, details: details, externalName: pair},
		},
		"CannotFind": {
			reason: "nothing is created while it is unknown what is there",
			server: &fake{Record: kindtest.Fails("GetIncomingWebhooksForTeam", boom)},
			mg:     declared(),
			want:   want{err: boom, calls: []string{"GetChannel", "GetIncomingWebhooksForTeam"}},
		},
		"CannotCreate": {
			reason: "what fails has no external name",
			server: &fake{Record: kindtest.Fails("CreateIncomingWebhook", boom)},
			mg:     declared(),
			want: want{
				err:   boom,
				calls: []string{"GetChannel", "GetIncomingWebhooksForTeam", "CreateIncomingWebhook"},
				wrote: &model.IncomingWebhook{ChannelId: channelID, DisplayName: "alerts"},
			},
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			creation, err := (&external{server: tc.server, url: "http://chat", kube: cluster("")}).Create(t.Context(), tc.mg)
			got := want{err: err, calls: tc.server.Calls, wrote: tc.server.wrote, details: creation.ConnectionDetails, externalName: meta.GetExternalName(tc.mg)}

			if diff := cmp.Diff(tc.want, got, cmp.AllowUnexported(want{}), cmpopts.EquateErrors()); diff != "" {
				t.Errorf("\n%s\nCreate(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestUpdate(t *testing.T) {
	boom := errors.New("boom")

	type want struct {
		err   error
		calls []string
		wrote *model.IncomingWebhook
	}

	cases := map[string]struct {
		reason string
		server *fake
		mg     *v1alpha1.IncomingWebhook
		want   want
	}{
		"Properties": {
			reason: "properties are written, and those that are not declared are left alone",
			server: &fake{hooks: []*model.IncomingWebhook{existing(func(hook *model.IncomingWebhook) { hook.Username = "theirs" })}},
			mg:     declared(func(mg *v1alpha1.IncomingWebhook) { mg.Spec.ForProvider.Description = ptr.To("new") }),
			want: want{
				calls: []string{"GetIncomingWebhook", "UpdateIncomingWebhook"},
				wrote: existing(func(hook *model.IncomingWebhook) { hook.Username, hook.Description = "theirs", "new" }),
			},
		},
		"Overrides": {
			reason: "what the server allows is set",
			server: &fake{
				hooks:  []*model.IncomingWebhook{existing()},
				config: map[string]string{"EnablePostUsernameOverride": "true", "EnablePostIconOverride": "true"},
			},
			mg: declared(func(mg *v1alpha1.IncomingWebhook) {
				mg.Spec.ForProvider.Username, mg.Spec.ForProvider.IconURL = ptr.To("monitor"), ptr.To("https://example.org/i.png")
			}),
			want: want{
				calls: []string{"GetIncomingWebhook", "config", "UpdateIncomingWebhook"},
				wrote: existing(func(hook *model.IncomingWebhook) {
					hook.Username, hook.IconURL = "monitor", "https://example.org/i.png"
				}),
			},
		},
		"UsernameNotAllowed": {
			reason: "what the server would ignore is not written again and again",
			server: &fake{hooks: []*model.IncomingWebhook{existing()}, config: map[string]string{"EnablePostIconOverride": "true"}},
			mg:     declared(func(mg *v1alpha1.IncomingWebhook) { mg.Spec.ForProvider.Username = ptr.To("monitor") }),
			want:   want{err: cmpopts.AnyError, calls: []string{"GetIncomingWebhook", "config"}},
		},
		"IconNotAllowed": {
			reason: "what the server would ignore is not written again and again",
			server: &fake{hooks: []*model.IncomingWebhook{existing()}, config: map[string]string{"EnablePostUsernameOverride": "true"}},
			mg:     declared(func(mg *v1alpha1.IncomingWebhook) { mg.Spec.ForProvider.IconURL = ptr.To("https://example.org/i.png") }),
			want:   want{err: cmpopts.AnyError, calls: []string{"GetIncomingWebhook", "config"}},
		},
		"CannotAsk": {
			reason: "nothing is written while it is unknown what the server allows",
			server: &fake{hooks: []*model.IncomingWebhook{existing()}, Record: kindtest.Fails("config", boom)},
			mg:     declared(func(mg *v1alpha1.IncomingWebhook) { mg.Spec.ForProvider.Username = ptr.To("monitor") }),
			want:   want{err: boom, calls: []string{"GetIncomingWebhook", "config"}},
		},
		"Nothing": {
			reason: "what does not differ is not written",
			server: &fake{hooks: []*model.IncomingWebhook{existing()}},
			mg:     declared(),
			want:   want{calls: []string{"GetIncomingWebhook"}},
		},
		"Gone": {
			reason: "a webhook that is gone is not updated",
			server: &fake{},
			mg:     declared(),
			want:   want{err: cmpopts.AnyError, calls: []string{"GetIncomingWebhook", "GetChannel", "GetIncomingWebhooksForTeam"}},
		},
		"CannotGet": {
			reason: "nothing is written while it is unknown what is there",
			server: &fake{Record: kindtest.Fails("GetIncomingWebhook", boom)},
			mg:     declared(),
			want:   want{err: boom, calls: []string{"GetIncomingWebhook"}},
		},
		"CannotUpdate": {
			reason: "an error is passed on",
			server: &fake{hooks: []*model.IncomingWebhook{existing()}, Record: kindtest.Fails("UpdateIncomingWebhook", boom)},
			mg:     declared(func(mg *v1alpha1.IncomingWebhook) { mg.Spec.ForProvider.ChannelLocked = ptr.To(true) }),
			want: want{
				err:   boom,
				calls: []string{"GetIncomingWebhook", "UpdateIncomingWebhook"},
				wrote: existing(func(hook *model.IncomingWebhook) { hook.ChannelLocked = true }),
			},
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := (&external{server: tc.server, kube: cluster(hookURL)}).Update(t.Context(), tc.mg)
			got := want{err: err, calls: tc.server.Calls, wrote: tc.server.wrote}

			if diff := cmp.Diff(tc.want, got, cmp.AllowUnexported(want{}), cmpopts.EquateErrors()); diff != "" {
				t.Errorf("\n%s\nUpdate(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestDelete(t *testing.T) {
	boom := errors.New("boom")

	cases := map[string]struct {
		reason string
		server *fake
		want   kindtest.Deleted
	}{
		"Delete": {
			reason: "a webhook is deleted",
			server: &fake{hooks: []*model.IncomingWebhook{existing()}},
			want:   kindtest.Deleted{Calls: []string{"GetIncomingWebhook", "DeleteIncomingWebhook"}},
		},
		"Gone": {
			reason: "a webhook that is gone is deleted",
			server: &fake{},
			want:   kindtest.Deleted{Calls: []string{"GetIncomingWebhook", "GetChannel", "GetIncomingWebhooksForTeam"}},
		},
		"Raced": {
			reason: "a webhook that somebody deleted meanwhile is deleted",
			server: &fake{hooks: []*model.IncomingWebhook{existing()}, Record: kindtest.Fails("DeleteIncomingWebhook", kindtest.NotFound())},
			want:   kindtest.Deleted{Calls: []string{"GetIncomingWebhook", "DeleteIncomingWebhook"}},
		},
		"CannotDelete": {
			reason: "an error keeps the object",
			server: &fake{hooks: []*model.IncomingWebhook{existing()}, Record: kindtest.Fails("DeleteIncomingWebhook", boom)},
			want:   kindtest.Deleted{Err: boom, Calls: []string{"GetIncomingWebhook", "DeleteIncomingWebhook"}},
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			kindtest.Delete(t, tc.reason, &external{server: tc.server, kube: cluster(hookURL)}, &tc.server.Record, declared(), tc.want)
		})
	}
}
