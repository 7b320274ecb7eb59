package channelmember

import (
	"testing"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/crossplane/crossplane-runtime/v2/pkg/reconciler/managed"
	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
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
		mg     *v1alpha1.ChannelMember
		want   kindtest.Observed
	}{
		"UpToDate": {
			reason: "a membership that is as declared costs one read",
			server: &fake{member: existing()},
			mg:     declared(named),
			want: kindtest.Observed{
				Observation:  managed.ExternalObservation{ResourceExists: true, ResourceUpToDate: true},
				Calls:        []string{"GetChannelMember"},
				ExternalName: pair,
				Ready:        xpv2.Available(),
			},
		},
		"Undeclared": {
			reason: "who is an administrator is left one, if nothing else is declared",
			server: &fake{member: existing(func(member *model.ChannelMember) { member.SchemeAdmin = true })},
			mg:     declared(named),
			want: kindtest.Observed{
				Observation:  managed.ExternalObservation{ResourceExists: true, ResourceUpToDate: true},
				Calls:        []string{"GetChannelMember"},
				ExternalName: pair,
				Ready:        xpv2.Available(),
			},
		},
		"Drift": {
			reason: "what differs is named",
			server: &fake{member: existing()},
			mg:     declared(named, administrator),
			want: kindtest.Observed{
				Observation:  managed.ExternalObservation{ResourceExists: true, Diff: "schemeAdmin"},
				Calls:        []string{"GetChannelMember"},
				ExternalName: pair,
				Ready:        xpv2.Available(),
			},
		},
		"Adopted": {
			reason: "a membership that exists is taken over, also when an interrupted creation never recorded it",
			server: &fake{member: existing()},
			mg:     declared(),
			want: kindtest.Observed{
				Observation:  managed.ExternalObservation{ResourceExists: true, ResourceUpToDate: true, ResourceLateInitialized: true},
				Calls:        []string{"GetChannelMember"},
				ExternalName: pair,
				Ready:        xpv2.Available(),
			},
		},
		"Bot": {
			reason: "a bot may be a member",
			server: &fake{member: existing()},
			mg: declared(named, func(mg *v1alpha1.ChannelMember) {
				mg.Spec.ForProvider.UserID, mg.Spec.ForProvider.BotID = nil, ptr.To(userID)
			}),
			want: kindtest.Observed{
				Observation:  managed.ExternalObservation{ResourceExists: true, ResourceUpToDate: true},
				Calls:        []string{"GetChannelMember"},
				ExternalName: pair,
				Ready:        xpv2.Available(),
			},
		},
		"Another": {
			reason: "a membership does not become another, whose like nobody would remove",
			server: &fake{member: existing()},
			mg:     declared(named, func(mg *v1alpha1.ChannelMember) { mg.Spec.ForProvider.UserID = ptr.To("other") }),
			want:   kindtest.Observed{Err: cmpopts.AnyError, ExternalName: pair},
		},
		"NotFound": {
			reason: "a membership that is not there is to be created",
			server: &fake{},
			mg:     declared(named),
			want:   kindtest.Observed{Calls: []string{"GetChannelMember"}, ExternalName: pair},
		},
		"ToBeRemoved": {
			reason: "a member is there until it is removed",
			server: &fake{member: existing(), channel: "alerts"},
			mg:     declared(named, deleted),
			want: kindtest.Observed{
				Observation:  managed.ExternalObservation{ResourceExists: true, ResourceUpToDate: true},
				Calls:        []string{"GetChannel", "GetChannelMember"},
				ExternalName: pair,
				Ready:        xpv2.Available(),
			},
		},
		"DefaultChannel": {
			reason: "nobody can be removed from the default channel of a team, so that deletion leaves it as it is",
			server: &fake{member: existing(), channel: model.DefaultChannelName},
			mg:     declared(named, deleted),
			want:   kindtest.Observed{Calls: []string{"GetChannel"}, ExternalName: pair},
		},
		"ChannelIsGone": {
			reason: "a membership is gone with its channel",
			server: &fake{},
			mg:     declared(named, deleted),
			want:   kindtest.Observed{Calls: []string{"GetChannel"}, ExternalName: pair},
		},
		"CannotGetChannel": {
			reason: "an error keeps the object",
			server: &fake{Record: kindtest.Fails("GetChannel", boom)},
			mg:     declared(named, deleted),
			want:   kindtest.Observed{Err: boom, Calls: []string{"GetChannel"}, ExternalName: pair},
		},
		"Unreachable": {
			reason: "an error says nothing about the membership",
			server: &fake{Record: kindtest.Fails("GetChannelMember", boom)},
			mg:     declared(named),
			want:   kindtest.Observed{Err: boom, Calls: []string{"GetChannelMember"}, ExternalName: pair},
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			kindtest.Observe(t, tc.reason, &external{server: tc.server}, &tc.server.Record, tc.mg, tc.want)
		})
	}
}
