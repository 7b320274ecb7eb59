package channel

import (
	"testing"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/crossplane/crossplane-runtime/v2/pkg/reconciler/managed"
	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/mattermost/mattermost/server/public/model"
	"k8s.io/utils/ptr"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/server/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/provider/kindtest"
)

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
		"NameOfAnother": {
			reason: "a channel that is gone does not take another one of its name with it when its resource is deleted",
			server: &fake{channel: existing()},
			mg:     declared(named("bbbbbbbbbbbbbbbbbbbbbbbbbb"), deleted),
			want:   kindtest.Observed{Calls: []string{"GetChannel"}, ExternalName: "bbbbbbbbbbbbbbbbbbbbbbbbbb"},
		},
		"NameOfAnotherForGood": {
			reason: "a channel that is gone does not take another one of its name with it when its resource is deleted",
			server: &fake{channel: existing()},
			mg:     declared(named("bbbbbbbbbbbbbbbbbbbbbbbbbb"), deleted, permanently),
			want:   kindtest.Observed{Calls: []string{"GetChannel"}, ExternalName: "bbbbbbbbbbbbbbbbbbbbbbbbbb"},
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
