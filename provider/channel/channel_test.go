package channel

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

const id = "aaaaaaaaaaaaaaaaaaaaaaaaaa"

const team = "tttttttttttttttttttttttttt"

// fake is a server with at most one channel, that records what it was asked.
type fake struct {
	kindtest.Record

	channel *model.Channel

	patched *model.ChannelPatch
	created *model.Channel
}

func (f *fake) get(request string, there bool) (*model.Channel, *model.Response, error) {
	if err := f.Call(request); err != nil {
		return nil, nil, err
	}

	if !there {
		return nil, nil, kindtest.NotFound()
	}

	channel := *f.channel

	return &channel, &model.Response{}, nil
}

func (f *fake) answer(request string) (*model.Channel, *model.Response, error) {
	return f.get(request, f.channel != nil)
}

func (f *fake) GetChannel(_ context.Context, id, _ string) (*model.Channel, *model.Response, error) {
	return f.get("GetChannel", f.channel != nil && f.channel.Id == id)
}

func (f *fake) GetChannelByNameIncludeDeleted(_ context.Context, name, teamID, _ string) (*model.Channel, *model.Response, error) {
	return f.get("GetChannelByName", f.channel != nil && f.channel.Name == name && f.channel.TeamId == teamID)
}

func (f *fake) CreateChannel(_ context.Context, channel *model.Channel) (*model.Channel, *model.Response, error) {
	f.created, f.channel = channel, &model.Channel{Id: id}
	return f.answer("CreateChannel")
}

func (f *fake) RestoreChannel(context.Context, string) (*model.Channel, *model.Response, error) {
	return f.answer("RestoreChannel")
}

func (f *fake) PatchChannel(_ context.Context, _ string, patch *model.ChannelPatch) (*model.Channel, *model.Response, error) {
	f.patched = patch
	return f.answer("PatchChannel")
}

func (f *fake) UpdateChannelPrivacy(context.Context, string, model.ChannelType) (*model.Channel, *model.Response, error) {
	return f.answer("UpdateChannelPrivacy")
}

func (f *fake) UpdateChannelScheme(context.Context, string, string) (*model.Response, error) {
	_, rsp, err := f.answer("UpdateChannelScheme")
	return rsp, err
}

func (f *fake) DeleteChannel(context.Context, string) (*model.Response, error) {
	_, rsp, err := f.answer("DeleteChannel")
	return rsp, err
}

func (f *fake) PermanentDeleteChannel(context.Context, string) (*model.Response, error) {
	_, rsp, err := f.answer("PermanentDeleteChannel")
	return rsp, err
}

// declared returns a Channel named alerts, changed by change.
func declared(change ...func(mg *v1alpha1.Channel)) *v1alpha1.Channel {
	mg := &v1alpha1.Channel{Spec: v1alpha1.ChannelSpec{ForProvider: v1alpha1.ChannelParameters{
		TeamID: ptr.To(team), Name: "alerts", Deletion: v1alpha1.DeletionArchive,
	}}}

	for _, c := range change {
		c(mg)
	}

	return mg
}

func named(externalName string) func(mg *v1alpha1.Channel) {
	return func(mg *v1alpha1.Channel) { meta.SetExternalName(mg, externalName) }
}

func deleted(mg *v1alpha1.Channel) { mg.DeletionTimestamp = ptr.To(metav1.Now()) }

func permanently(mg *v1alpha1.Channel) { mg.Spec.ForProvider.Deletion = v1alpha1.DeletionPermanent }

// existing returns the channel alerts, changed by change.
func existing(change ...func(channel *model.Channel)) *model.Channel {
	channel := &model.Channel{Id: id, TeamId: team, Name: "alerts", DisplayName: "Alerts", Type: model.ChannelTypeOpen}

	for _, c := range change {
		c(channel)
	}

	return channel
}

func archived(channel *model.Channel) { channel.DeleteAt = 1 }

func TestObserve(t *testing.T) {
	boom := errors.New("boom")

	cases := map[string]struct {
		reason string
		server *fake
		mg     *v1alpha1.Channel
		// id in the status after it.
		id   string
		want kindtest.Observed
	}{
		"UpToDate": {
			reason: "a channel that is as declared costs one read",
			server: &fake{channel: existing()},
			mg:     declared(named(id), func(mg *v1alpha1.Channel) { mg.Spec.ForProvider.DisplayName = ptr.To("Alerts") }),
			id:     id,
			want: kindtest.Observed{
				Observation:  managed.ExternalObservation{ResourceExists: true, ResourceUpToDate: true},
				Calls:        []string{"GetChannel"},
				ExternalName: id,
				Ready:        xpv2.Available(),
			},
		},
		"Undeclared": {
			reason: "what is not declared is the server's, whatever it is",
			server: &fake{channel: existing(func(channel *model.Channel) { channel.Header, channel.Purpose = "theirs", "theirs" })},
			mg:     declared(named(id)),
			id:     id,
			want: kindtest.Observed{
				Observation:  managed.ExternalObservation{ResourceExists: true, ResourceUpToDate: true},
				Calls:        []string{"GetChannel"},
				ExternalName: id,
				Ready:        xpv2.Available(),
			},
		},
		"Drift": {
			reason: "every field that differs is named",
			server: &fake{channel: existing()},
			mg: declared(named(id), func(mg *v1alpha1.Channel) {
				mg.Spec.ForProvider = v1alpha1.ChannelParameters{
					TeamID:           ptr.To(team),
					Name:             "renamed",
					DisplayName:      ptr.To("a"),
					Type:             ptr.To("P"),
					Header:           ptr.To("b"),
					Purpose:          ptr.To("c"),
					GroupConstrained: ptr.To(true),
					SchemeID:         ptr.To("d"),
				}
			}),
			id: id,
			want: kindtest.Observed{
				Observation: managed.ExternalObservation{
					ResourceExists: true,
					Diff:           "name, displayName, type, header, purpose, groupConstrained, schemeId",
				},
				Calls:        []string{"GetChannel"},
				ExternalName: id,
				Ready:        xpv2.Available(),
			},
		},
		"AdoptedByName": {
			reason: "a channel of the declared name is taken over, also when an interrupted creation never recorded its id",
			server: &fake{channel: existing()},
			mg:     declared(),
			id:     id,
			want: kindtest.Observed{
				Observation:  managed.ExternalObservation{ResourceExists: true, ResourceUpToDate: true, ResourceLateInitialized: true},
				Calls:        []string{"GetChannelByName"},
				ExternalName: id,
				Ready:        xpv2.Available(),
			},
		},
		"ImportedByName": {
			reason: "an external name that is no id is replaced by the id",
			server: &fake{channel: existing()},
			mg:     declared(named("alerts")),
			id:     id,
			want: kindtest.Observed{
				Observation:  managed.ExternalObservation{ResourceExists: true, ResourceUpToDate: true, ResourceLateInitialized: true},
				Calls:        []string{"GetChannelByName"},
				ExternalName: id,
				Ready:        xpv2.Available(),
			},
		},
		"ReplacedOnTheServer": {
			reason: "a channel that was deleted and made again under its name is taken over, and not made a third time",
			server: &fake{channel: existing()},
			mg:     declared(named("bbbbbbbbbbbbbbbbbbbbbbbbbb")),
			id:     id,
			want: kindtest.Observed{
				Observation:  managed.ExternalObservation{ResourceExists: true, ResourceUpToDate: true, ResourceLateInitialized: true},
				Calls:        []string{"GetChannel", "GetChannelByName"},
				ExternalName: id,
				Ready:        xpv2.Available(),
			},
		},
		"AnotherTeam": {
			reason: "an id in another team is an error, not something to change",
			server: &fake{channel: existing(func(channel *model.Channel) { channel.TeamId = "other" })},
			mg:     declared(named(id)),
			want:   kindtest.Observed{Err: cmpopts.AnyError, Calls: []string{"GetChannel"}, ExternalName: id},
		},
		"DefaultChannel": {
			reason: "the town-square that each team has stays when it is no longer declared",
			server: &fake{channel: existing(func(channel *model.Channel) { channel.Name = model.DefaultChannelName })},
			mg:     declared(named(id), deleted),
			id:     id,
			want:   kindtest.Observed{Calls: []string{"GetChannel"}, ExternalName: id},
		},
		"NotFound": {
			reason: "a channel that is not there is to be created",
			server: &fake{},
			mg:     declared(),
			want:   kindtest.Observed{Calls: []string{"GetChannelByName"}},
		},
		"Archived": {
			reason: "an archived channel is to be restored, which creation does",
			server: &fake{channel: existing(archived)},
			mg:     declared(named(id)),
			id:     id,
			want:   kindtest.Observed{Calls: []string{"GetChannel"}, ExternalName: id},
		},
		"ArchivedAsWanted": {
			reason: "the deletion of an archived channel is complete",
			server: &fake{channel: existing(archived)},
			mg:     declared(named(id), deleted),
			id:     id,
			want:   kindtest.Observed{Calls: []string{"GetChannel"}, ExternalName: id},
		},
		"ArchivedToBeDeleted": {
			reason: "an archived channel is there to be deleted permanently",
			server: &fake{channel: existing(archived)},
			mg:     declared(named(id), deleted, permanently),
			id:     id,
			want: kindtest.Observed{
				Observation:  managed.ExternalObservation{ResourceExists: true},
				Calls:        []string{"GetChannel"},
				ExternalName: id,
			},
		},
		"Unreachable": {
			reason: "an error says nothing about the channel",
			server: &fake{Record: kindtest.Fails("GetChannel", boom)},
			mg:     declared(named(id)),
			want:   kindtest.Observed{Err: boom, Calls: []string{"GetChannel"}, ExternalName: id},
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			kindtest.Observe(t, tc.reason, &external{server: tc.server}, &tc.server.Record, tc.mg, tc.want)

			if diff := cmp.Diff(tc.id, tc.mg.Status.AtProvider.ID); diff != "" {
				t.Errorf("\n%s\nObserve(...): status.atProvider.id: -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestCreate(t *testing.T) {
	boom := errors.New("boom")

	type want struct {
		err          error
		calls        []string
		created      *model.Channel
		externalName string
	}

	cases := map[string]struct {
		reason string
		server *fake
		mg     *v1alpha1.Channel
		want   want
	}{
		"Defaults": {
			reason: "a channel that is declared by its name alone is public",
			server: &fake{},
			mg:     declared(),
			want: want{
				calls:        []string{"GetChannelByName", "CreateChannel"},
				created:      &model.Channel{TeamId: team, Name: "alerts", DisplayName: "alerts", Type: model.ChannelTypeOpen},
				externalName: id,
			},
		},
		"Declared": {
			reason: "a channel is created as declared, but for what needs a license",
			server: &fake{},
			mg: declared(func(mg *v1alpha1.Channel) {
				mg.Spec.ForProvider = v1alpha1.ChannelParameters{
					TeamID:           ptr.To(team),
					Name:             "alerts",
					DisplayName:      ptr.To("Alerts"),
					Type:             ptr.To("P"),
					Header:           ptr.To("b"),
					Purpose:          ptr.To("c"),
					GroupConstrained: ptr.To(true),
					SchemeID:         ptr.To("d"),
				}
			}),
			want: want{
				calls: []string{"GetChannelByName", "CreateChannel"},
				created: &model.Channel{
					TeamId: team, Name: "alerts", DisplayName: "Alerts", Type: model.ChannelTypePrivate, Header: "b", Purpose: "c",
				},
				externalName: id,
			},
		},
		"Archived": {
			reason: "an archived channel is restored",
			server: &fake{channel: existing(archived)},
			mg:     declared(),
			want:   want{calls: []string{"GetChannelByName", "RestoreChannel"}, externalName: id},
		},
		"Raced": {
			reason: "a channel that somebody made meanwhile is taken over",
			server: &fake{channel: existing()},
			mg:     declared(),
			want:   want{calls: []string{"GetChannelByName"}, externalName: id},
		},
		"CannotFind": {
			reason: "nothing is created while it is unknown what is there",
			server: &fake{Record: kindtest.Fails("GetChannelByName", boom)},
			mg:     declared(),
			want:   want{err: boom, calls: []string{"GetChannelByName"}},
		},
		"CannotCreate": {
			reason: "what fails has no external name",
			server: &fake{Record: kindtest.Fails("CreateChannel", boom)},
			mg:     declared(),
			want: want{
				err:     boom,
				calls:   []string{"GetChannelByName", "CreateChannel"},
				created: &model.Channel{TeamId: team, Name: "alerts", DisplayName: "alerts", Type: model.ChannelTypeOpen},
			},
		},
		"CannotRestore": {
			reason: "a channel that cannot be restored is not made anew",
			server: &fake{channel: existing(archived), Record: kindtest.Fails("RestoreChannel", boom)},
			mg:     declared(),
			want:   want{err: boom, calls: []string{"GetChannelByName", "RestoreChannel"}},
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := (&external{server: tc.server}).Create(t.Context(), tc.mg)
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
		patched *model.ChannelPatch
	}

	cases := map[string]struct {
		reason string
		server *fake
		spec   v1alpha1.ChannelParameters
		want   want
	}{
		"Patch": {
			reason: "properties are patched, and those that are not declared are left alone",
			server: &fake{channel: existing()},
			spec:   v1alpha1.ChannelParameters{Name: "alerts", DisplayName: ptr.To("New"), Header: ptr.To("")},
			want: want{
				calls:   []string{"GetChannel", "PatchChannel"},
				patched: &model.ChannelPatch{Name: ptr.To("alerts"), DisplayName: ptr.To("New"), Header: ptr.To("")},
			},
		},
		"Privacy": {
			reason: "privacy has a request of its own",
			server: &fake{channel: existing()},
			spec:   v1alpha1.ChannelParameters{Name: "alerts", Type: ptr.To("P")},
			want:   want{calls: []string{"GetChannel", "UpdateChannelPrivacy"}},
		},
		"Rename": {
			reason: "what is renamed stays the same",
			server: &fake{channel: existing()},
			spec:   v1alpha1.ChannelParameters{Name: "renamed"},
			want: want{
				calls:   []string{"GetChannel", "PatchChannel"},
				patched: &model.ChannelPatch{Name: ptr.To("renamed")},
			},
		},
		"Scheme": {
			reason: "a scheme has a request of its own",
			server: &fake{channel: existing()},
			spec:   v1alpha1.ChannelParameters{Name: "alerts", SchemeID: ptr.To("scheme")},
			want:   want{calls: []string{"GetChannel", "UpdateChannelScheme"}},
		},
		"Nothing": {
			reason: "what does not differ is not written",
			server: &fake{channel: existing()},
			spec:   v1alpha1.ChannelParameters{Name: "alerts", DisplayName: ptr.To("Alerts"), Type: ptr.To("O")},
			want:   want{calls: []string{"GetChannel"}},
		},
		"CannotGet": {
			reason: "nothing is written while it is unknown what is there",
			server: &fake{channel: existing(), Record: kindtest.Fails("GetChannel", boom)},
			want:   want{err: boom, calls: []string{"GetChannel"}},
		},
		"CannotUpdatePrivacy": {
			reason: "an error ends the update",
			server: &fake{channel: existing(), Record: kindtest.Fails("UpdateChannelPrivacy", boom)},
			spec:   v1alpha1.ChannelParameters{Name: "alerts", Type: ptr.To("P"), DisplayName: ptr.To("New")},
			want:   want{err: boom, calls: []string{"GetChannel", "UpdateChannelPrivacy"}},
		},
		"CannotUpdateScheme": {
			reason: "an error ends the update",
			server: &fake{channel: existing(), Record: kindtest.Fails("UpdateChannelScheme", boom)},
			spec:   v1alpha1.ChannelParameters{Name: "alerts", SchemeID: ptr.To("scheme"), DisplayName: ptr.To("New")},
			want:   want{err: boom, calls: []string{"GetChannel", "UpdateChannelScheme"}},
		},
		"CannotPatch": {
			reason: "an error is passed on",
			server: &fake{channel: existing(), Record: kindtest.Fails("PatchChannel", boom)},
			spec:   v1alpha1.ChannelParameters{Name: "alerts", DisplayName: ptr.To("New")},
			want:   want{err: boom, calls: []string{"GetChannel", "PatchChannel"}, patched: &model.ChannelPatch{Name: ptr.To("alerts"), DisplayName: ptr.To("New")}},
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			mg := declared(named(id))
			mg.Spec.ForProvider = tc.spec
			mg.Spec.ForProvider.TeamID = ptr.To(team)

			_, err := (&external{server: tc.server}).Update(t.Context(), mg)
			got := want{err: err, calls: tc.server.Calls, patched: tc.server.patched}

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
		mg     *v1alpha1.Channel
		want   kindtest.Deleted
	}{
		"Archive": {
			reason: "a channel is archived by default",
			server: &fake{channel: existing()},
			mg:     declared(named(id)),
			want:   kindtest.Deleted{Calls: []string{"DeleteChannel"}},
		},
		"Permanent": {
			reason: "a channel is deleted permanently when the spec consents",
			server: &fake{channel: existing()},
			mg:     declared(named(id), permanently),
			want:   kindtest.Deleted{Calls: []string{"PermanentDeleteChannel"}},
		},
		"Gone": {
			reason: "a channel that is gone is deleted",
			server: &fake{},
			mg:     declared(named(id)),
			want:   kindtest.Deleted{Calls: []string{"DeleteChannel"}},
		},
		"CannotArchive": {
			reason: "an error keeps the object",
			server: &fake{channel: existing(), Record: kindtest.Fails("DeleteChannel", boom)},
			mg:     declared(named(id)),
			want:   kindtest.Deleted{Err: boom, Calls: []string{"DeleteChannel"}},
		},
		"CannotDelete": {
			reason: "a channel that may not be deleted is not archived instead",
			server: &fake{channel: existing(), Record: kindtest.Fails("PermanentDeleteChannel", boom)},
			mg:     declared(named(id), permanently),
			want:   kindtest.Deleted{Err: boom, Calls: []string{"PermanentDeleteChannel"}},
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			kindtest.Delete(t, tc.reason, &external{server: tc.server}, &tc.server.Record, tc.mg, tc.want)
		})
	}
}
