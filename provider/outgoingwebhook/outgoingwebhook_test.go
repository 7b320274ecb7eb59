package outgoingwebhook

import (
	"context"
	"net/http"
	"testing"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/crossplane/crossplane-runtime/v2/pkg/meta"
	"github.com/crossplane/crossplane-runtime/v2/pkg/reconciler/managed"
	"github.com/crossplane/crossplane-runtime/v2/pkg/test"
	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/mattermost/mattermost/server/public/model"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/server/v1alpha1"
)

const (
	id     = "aaaaaaaaaaaaaaaaaaaaaaaaaa"
	other  = "bbbbbbbbbbbbbbbbbbbbbbbbbb"
	teamID = "tttttttttttttttttttttttttt"
)

// fake is a server with some webhooks, that records what it was asked.
type fake struct {
	hooks []*model.OutgoingWebhook
	fails map[string]error
	calls []string

	wrote *model.OutgoingWebhook
}

func (f *fake) call(name string) error {
	f.calls = append(f.calls, name)
	return f.fails[name]
}

func (f *fake) GetOutgoingWebhook(_ context.Context, id string) (*model.OutgoingWebhook, *model.Response, error) {
	if err := f.call("GetOutgoingWebhook"); err != nil {
		return nil, nil, err
	}

	for _, hook := range f.hooks {
		if hook.Id == id {
			found := *hook
			return &found, nil, nil
		}
	}

	return nil, nil, notFound()
}

func (f *fake) GetOutgoingWebhooksForTeam(_ context.Context, team string, page, perPage int, _ string) ([]*model.OutgoingWebhook, *model.Response, error) {
	if err := f.call("GetOutgoingWebhooksForTeam"); err != nil {
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

	return &created, nil, f.call("CreateOutgoingWebhook")
}

func (f *fake) UpdateOutgoingWebhook(_ context.Context, hook *model.OutgoingWebhook) (*model.OutgoingWebhook, *model.Response, error) {
	f.wrote = hook
	return hook, nil, f.call("UpdateOutgoingWebhook")
}

func (f *fake) DeleteOutgoingWebhook(context.Context, string) (*model.Response, error) {
	return nil, f.call("DeleteOutgoingWebhook")
}

func notFound() error { return &model.AppError{StatusCode: http.StatusNotFound, Message: "not found"} }

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

	type want struct {
		observation  managed.ExternalObservation
		err          error
		calls        []string
		externalName string
		ready        xpv2.Condition
	}

	cases := map[string]struct {
		reason string
		server *fake
		mg     *v1alpha1.OutgoingWebhook
		want   want
	}{
		"UpToDate": {
			reason: "a webhook that is as declared costs one read",
			server: &fake{hooks: []*model.OutgoingWebhook{existing()}},
			mg:     declared(named),
			want: want{
				observation:  managed.ExternalObservation{ResourceExists: true, ResourceUpToDate: true, ConnectionDetails: token},
				calls:        []string{"GetOutgoingWebhook"},
				externalName: id,
				ready:        xpv2.Available(),
			},
		},
		"Undeclared": {
			reason: "what is not declared is the server's, whatever it is",
			server: &fake{hooks: []*model.OutgoingWebhook{existing(func(hook *model.OutgoingWebhook) { hook.Description, hook.Username = "theirs", "theirs" })}},
			mg:     declared(named),
			want: want{
				observation:  managed.ExternalObservation{ResourceExists: true, ResourceUpToDate: true, ConnectionDetails: token},
				calls:        []string{"GetOutgoingWebhook"},
				externalName: id,
				ready:        xpv2.Available(),
			},
		},
		"Drift": {
			reason: "every field that differs is named",
			server: &fake{hooks: []*model.OutgoingWebhook{existing()}},
			mg:     declared(named, different),
			want: want{
				observation:  managed.ExternalObservation{ResourceExists: true, ConnectionDetails: token, Diff: "channelId, callbackUrls, triggerWords, triggerWhen, contentType, displayName, description, username, iconUrl"},
				calls:        []string{"GetOutgoingWebhook"},
				externalName: id,
				ready:        xpv2.Available(),
			},
		},
		"LeftByAnInterruptedCreation": {
			reason: "a webhook whose id was never recorded is found by its display name, on whatever page, and is always the oldest",
			server: &fake{hooks: crowd()},
			mg:     declared(),
			want: want{
				observation:  managed.ExternalObservation{ResourceExists: true, ResourceUpToDate: true, ResourceLateInitialized: true, ConnectionDetails: token},
				calls:        []string{"GetOutgoingWebhooksForTeam", "GetOutgoingWebhooksForTeam"},
				externalName: id,
				ready:        xpv2.Available(),
			},
		},
		"NotFound": {
			reason: "a webhook that is not there is to be created",
			server: &fake{},
			mg:     declared(named),
			want:   want{calls: []string{"GetOutgoingWebhook", "GetOutgoingWebhooksForTeam"}, externalName: id},
		},
		"SameInAnotherOrder": {
			reason: "the order of URLs is of no meaning",
			server: &fake{hooks: []*model.OutgoingWebhook{existing(func(hook *model.OutgoingWebhook) { hook.CallbackURLs = []string{"https://b", "https://a"} })}},
			mg:     declared(named),
			want: want{
				observation:  managed.ExternalObservation{ResourceExists: true, ResourceUpToDate: true, ConnectionDetails: token},
				calls:        []string{"GetOutgoingWebhook"},
				externalName: id,
				ready:        xpv2.Available(),
			},
		},
		"AnotherTeam": {
			reason: "a webhook does not move to another team",
			server: &fake{hooks: []*model.OutgoingWebhook{existing(func(hook *model.OutgoingWebhook) { hook.TeamId = other })}},
			mg:     declared(named),
			want:   want{err: cmpopts.AnyError, calls: []string{"GetOutgoingWebhook"}, externalName: id},
		},
		"Unreachable": {
			reason: "an error says nothing about the webhook",
			server: &fake{fails: map[string]error{"GetOutgoingWebhook": boom}},
			mg:     declared(named),
			want:   want{err: boom, calls: []string{"GetOutgoingWebhook"}, externalName: id},
		},
		"CannotList": {
			reason: "an error says nothing about the webhook",
			server: &fake{fails: map[string]error{"GetOutgoingWebhooksForTeam": boom}},
			mg:     declared(),
			want:   want{err: boom, calls: []string{"GetOutgoingWebhooksForTeam"}},
		},
		"TeamIsGone": {
			reason: "a webhook is gone with its team",
			server: &fake{fails: map[string]error{"GetOutgoingWebhooksForTeam": notFound()}},
			mg:     declared(),
			want:   want{calls: []string{"GetOutgoingWebhooksForTeam"}},
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			observation, err := (&external{server: tc.server}).Observe(t.Context(), tc.mg)
			got := want{observation: observation, err: err, calls: tc.server.calls, externalName: meta.GetExternalName(tc.mg)}

			if c := tc.mg.GetCondition(xpv2.TypeReady); c.Reason != "" {
				got.ready = c
			}

			if diff := cmp.Diff(tc.want, got, cmp.AllowUnexported(want{}), cmpopts.EquateErrors(), test.EquateConditions()); diff != "" {
				t.Errorf("\n%s\nObserve(...): -want, +got:\n%s", tc.reason, diff)
			}
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
			server: &fake{fails: map[string]error{"GetOutgoingWebhooksForTeam": boom}},
			mg:     declared(),
			want:   want{err: boom, calls: []string{"GetOutgoingWebhooksForTeam"}},
		},
		"CannotCreate": {
			reason: "what fails has no external name",
			server: &fake{fails: map[string]error{"CreateOutgoingWebhook": boom}},
			mg:     declared(),
			want:   want{err: boom, calls: []string{"GetOutgoingWebhooksForTeam", "CreateOutgoingWebhook"}, wrote: existing(func(hook *model.OutgoingWebhook) { hook.Id, hook.Token, hook.CreateAt = "", "", 0 })},
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			creation, err := (&external{server: tc.server}).Create(t.Context(), tc.mg)
			got := want{err: err, calls: tc.server.calls, wrote: tc.server.wrote, details: creation.ConnectionDetails, externalName: meta.GetExternalName(tc.mg)}

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
			server: &fake{fails: map[string]error{"GetOutgoingWebhook": boom}},
			mg:     declared(named),
			want:   want{err: boom, calls: []string{"GetOutgoingWebhook"}},
		},
		"CannotUpdate": {
			reason: "an error is passed on",
			server: &fake{hooks: []*model.OutgoingWebhook{existing()}, fails: map[string]error{"UpdateOutgoingWebhook": boom}},
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
			got := want{err: err, calls: tc.server.calls, wrote: tc.server.wrote}

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
		"Gone":         {reason: "a webhook that is gone is deleted", fails: notFound()},
		"CannotDelete": {reason: "an error keeps the object", fails: boom, want: boom},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			server, mg := &fake{fails: map[string]error{"DeleteOutgoingWebhook": tc.fails}}, declared(named)

			_, err := (&external{server: server}).Delete(t.Context(), mg)
			if diff := cmp.Diff(tc.want, err, cmpopts.EquateErrors()); diff != "" {
				t.Errorf("\n%s\nDelete(...): -want error, +got error:\n%s", tc.reason, diff)
			}

			if diff := cmp.Diff([]string{"DeleteOutgoingWebhook"}, server.calls); diff != "" {
				t.Errorf("\n%s\nDelete(...): requests: -want, +got:\n%s", tc.reason, diff)
			}

			if diff := cmp.Diff(xpv2.Deleting(), mg.GetCondition(xpv2.TypeReady), test.EquateConditions()); diff != "" {
				t.Errorf("\n%s\nDelete(...): condition Ready: -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}
