package outgoingwebhook

import (
	"context"
	"testing"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/crossplane/crossplane-runtime/v2/pkg/meta"
	"github.com/crossplane/crossplane-runtime/v2/pkg/reconciler/managed"
	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/mattermost/mattermost/server/public/model"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/server/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/provider/kindtest"
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
	hooks := make([]*model.OutgoingWebhook, pageSize, pageSize+2)
	for i := range hooks {
		hooks[i] = &model.OutgoingWebhook{Id: other, TeamId: teamID, DisplayName: "other"}
	}

	newer := existing(func(hook *model.OutgoingWebhook) { hook.Id, hook.CreateAt = other, 2 })

	return append(hooks, newer, existing())
}

func TestObserve(t *testing.T) {
	boom := errors.New("boom")
	token := managed.ConnectionDetails{"token": []byte("token")}

	cases := map[string]struct {
		reason string
		server *fake
		mg     *v1alpha1.OutgoingWebhook
		want   kindtest.Observed
	}{
		"UpToDate": {
			reason: "a webhook that is as declared costs one read",
			server: &fake{hooks: []*model.OutgoingWebhook{existing()}},
			mg:     declared(named),
			want: kindtest.Observed{
				Observation:  managed.ExternalObservation{ResourceExists: true, ResourceUpToDate: true, ConnectionDetails: token},
				Calls:        []string{"GetOutgoingWebhook"},
				ExternalName: id,
				Ready:        xpv2.Available(),
			},
		},
		"Undeclared": {
			reason: "what is not declared is the server's, whatever it is",
			server: &fake{hooks: []*model.OutgoingWebhook{existing(func(hook *model.OutgoingWebhook) { hook.Description, hook.Username = "theirs", "theirs" })}},
			mg:     declared(named),
			want: kindtest.Observed{
				Observation:  managed.ExternalObservation{ResourceExists: true, ResourceUpToDate: true, ConnectionDetails: token},
				Calls:        []string{"GetOutgoingWebhook"},
				ExternalName: id,
				Ready:        xpv2.Available(),
			},
		},
		"Drift": {
			reason: "every field that differs is named",
			server: &fake{hooks: []*model.OutgoingWebhook{existing()}},
			mg:     declared(named, different),
			want: kindtest.Observed{
				Observation:  managed.ExternalObservation{ResourceExists: true, ConnectionDetails: token, Diff: "channelId, callbackUrls, triggerWords, triggerWhen, contentType, displayName, description, username, iconUrl"},
				Calls:        []string{"GetOutgoingWebhook"},
				ExternalName: id,
				Ready:        xpv2.Available(),
			},
		},
		"LeftByAnInterruptedCreation": {
			reason: "a webhook whose id was never recorded is found by its display name, on whatever page, and is always the oldest",
			server: &fake{hooks: crowd()},
			mg:     declared(),
			want: kindtest.Observed{
				Observation:  managed.ExternalObservation{ResourceExists: true, ResourceUpToDate: true, ResourceLateInitialized: true, ConnectionDetails: token},
				Calls:        []string{"GetOutgoingWebhooksForTeam", "GetOutgoingWebhooksForTeam"},
				ExternalName: id,
				Ready:        xpv2.Available(),
			},
		},
		"NotFound": {
			reason: "a webhook that is not there is to be created",
			server: &fake{},
			mg:     declared(named),
			want:   kindtest.Observed{Calls: []string{"GetOutgoingWebhook", "GetOutgoingWebhooksForTeam"}, ExternalName: id},
		},
		"SameInAnotherOrder": {
			reason: "the order of URLs is of no meaning",
			server: &fake{hooks: []*model.OutgoingWebhook{existing(func(hook *model.OutgoingWebhook) { hook.CallbackURLs = []string{"https://b", "https://a"} })}},
			mg:     declared(named),
			want: kindtest.Observed{
				Observation:  managed.ExternalObservation{ResourceExists: true, ResourceUpToDate: true, ConnectionDetails: token},
				Calls:        []string{"GetOutgoingWebhook"},
				ExternalName: id,
				Ready:        xpv2.Available(),
			},
		},
		"AnotherTeam": {
			reason: "a webhook does not move to another team",
			server: &fake{hooks: []*model.OutgoingWebhook{existing(func(hook *model.OutgoingWebhook) { hook.TeamId = other })}},
			mg:     declared(named),
			want:   kindtest.Observed{Err: cmpopts.AnyError, Calls: []string{"GetOutgoingWebhook"}, ExternalName: id},
		},
		"Unreachable": {
			reason: "an error says nothing about the webhook",
			server: &fake{Record: kindtest.Fails("GetOutgoingWebhook", boom)},
			mg:     declared(named),
			want:   kindtest.Observed{Err: boom, Calls: []string{"GetOutgoingWebhook"}, ExternalName: id},
		},
		"CannotList": {
			reason: "an error says nothing about the webhook",
			server: &fake{Record: kindtest.Fails("GetOutgoingWebhooksForTeam", boom)},
			mg:     declared(),
			want:   kindtest.Observed{Err: boom, Calls: []string{"GetOutgoingWebhooksForTeam"}},
		},
		"TeamIsGone": {
			reason: "a webhook is gone with its team",
			server: &fake{Record: kindtest.Fails("GetOutgoingWebhooksForTeam", kindtest.NotFound())},
			mg:     declared(),
			want:   kindtest.Observed{Calls: []string{"GetOutgoingWebhooksForTeam"}},
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			kindtest.Observe(t, tc.reason, &external{server: tc.server}, &tc.server.Record, tc.mg, tc.want)
		})
	}
}

func TestCreate(t *testing.T) {
	boom := errors.New("boom")
	token := managed.ConnectionDetails{"token": []byte("token")}

	type want struct {
		err          error
		calls        []string
		wrote        *model.OutgoingWebhook
		details      managed.ConnectionDetails
		externalName string
	}

	cases := map[string]struct {
		reason string
		server *fake
		mg     *v1alpha1.OutgoingWebhook
		want   want
	}{
		"Defaults": {
			reason: "a webhook is known by the name of the object, and posts forms",
			server: &fake{},
			mg:     declared(),
			want:   want{calls: []string{"GetOutgoingWebhooksForTeam", "CreateOutgoingWebhook"}, wrote: existing(func(hook *model.OutgoingWebhook) { hook.Id, hook.Token, hook.CreateAt = "", "", 0 }), details: token, externalName: id},
		},
		"Declared": {
			reason: "a webhook is created as declared",
			server: &fake{},
			mg:     declared(different),
			want:   want{calls: []string{"GetOutgoingWebhooksForTeam", "CreateOutgoingWebhook"}, wrote: asDifferent(&model.OutgoingWebhook{}), details: token, externalName: id},
		},
		"Raced": {
			reason: "a webhook that somebody made meanwhile is taken over",
			server: &fake{hooks: []*model.OutgoingWebhook{existing()}},
			mg:     declared(),
			want:   want{calls: []string{"GetOutgoingWebhooksForTeam"}, details: token, externalName: id},
		},
		"CannotFind": {
			reason: "nothing is created while it is unknown what is there",
			server: &fake{Record: kindtest.Fails("GetOutgoingWebhooksForTeam", boom)},
			mg:     declared(),
			want:   want{err: boom, calls: []string{"GetOutgoingWebhooksForTeam"}},
		},
		"CannotCreate": {
			reason: "what fails has no external name",
			server: &fake{Record: kindtest.Fails("CreateOutgoingWebhook", boom)},
			mg:     declared(),
			want:   want{err: boom, calls: []string{"GetOutgoingWebhooksForTeam", "CreateOutgoingWebhook"}, wrote: existing(func(hook *model.OutgoingWebhook) { hook.Id, hook.Token, hook.CreateAt = "", "", 0 })},
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			creation, err := (&external{server: tc.server}).Create(t.Context(), tc.mg)
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
		wrote *model.OutgoingWebhook
	}

	cases := map[string]struct {
		reason string
		server *fake
		mg     *v1alpha1.OutgoingWebhook
		want   want
	}{
		"Properties": {
			reason: "properties are written, and those that are not declared are left alone",
			server: &fake{hooks: []*model.OutgoingWebhook{existing(func(hook *model.OutgoingWebhook) { hook.Username = "theirs" })}},
			mg:     declared(named, func(mg *v1alpha1.OutgoingWebhook) { mg.Spec.ForProvider.Description = ptr.To("new") }),
			want: want{
				calls: []string{"GetOutgoingWebhook", "UpdateOutgoingWebhook"},
				wrote: existing(func(hook *model.OutgoingWebhook) { hook.Username, hook.Description = "theirs", "new" }),
			},
		},
		"Everything": {
			reason: "every field that can change is written",
			server: &fake{hooks: []*model.OutgoingWebhook{existing()}},
			mg:     declared(named, different),
			want:   want{calls: []string{"GetOutgoingWebhook", "UpdateOutgoingWebhook"}, wrote: asDifferent(existing())},
		},
		"Nothing": {
			reason: "what does not differ is not written",
			server: &fake{hooks: []*model.OutgoingWebhook{existing()}},
			mg:     declared(named),
			want:   want{calls: []string{"GetOutgoingWebhook"}},
		},
		"Gone": {
			reason: "a webhook that is gone is not updated",
			server: &fake{},
			mg:     declared(named),
			want:   want{err: cmpopts.AnyError, calls: []string{"GetOutgoingWebhook", "GetOutgoingWebhooksForTeam"}},
		},
		"CannotGet": {
			reason: "nothing is written while it is unknown what is there",
			server: &fake{Record: kindtest.Fails("GetOutgoingWebhook", boom)},
			mg:     declared(named),
			want:   want{err: boom, calls: []string{"GetOutgoingWebhook"}},
		},
		"CannotUpdate": {
			reason: "an error is passed on",
			server: &fake{hooks: []*model.OutgoingWebhook{existing()}, Record: kindtest.Fails("UpdateOutgoingWebhook", boom)},
			mg:     declared(named, func(mg *v1alpha1.OutgoingWebhook) { mg.Spec.ForProvider.Description = ptr.To("new") }),
			want: want{
				err:   boom,
				calls: []string{"GetOutgoingWebhook", "UpdateOutgoingWebhook"},
				wrote: existing(func(hook *model.OutgoingWebhook) { hook.Description = "new" }),
			},
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := (&external{server: tc.server}).Update(t.Context(), tc.mg)
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
		fails  error
		want   error
	}{
		"Delete":       {reason: "a webhook is deleted"},
		"Gone":         {reason: "a webhook that is gone is deleted", fails: kindtest.NotFound()},
		"CannotDelete": {reason: "an error keeps the object", fails: boom, want: boom},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			server := &fake{Record: kindtest.Fails("DeleteOutgoingWebhook", tc.fails)}
			kindtest.Delete(t, tc.reason, &external{server: server}, &server.Record, declared(named), kindtest.Deleted{Err: tc.want, Calls: []string{"DeleteOutgoingWebhook"}})
		})
	}
}
