package team

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
		mg     *v1alpha1.Team
		// id in the status after it.
		id   string
		want kindtest.Observed
	}{
		"UpToDate": {
			reason: "a team that is as declared costs one read",
			server: &fake{team: existing()},
			mg:     declared(named(id), func(mg *v1alpha1.Team) { mg.Spec.ForProvider.DisplayName = ptr.To("Core") }),
			id:     id,
			want: kindtest.Observed{
				Observation:  managed.ExternalObservation{ResourceExists: true, ResourceUpToDate: true},
				Calls:        []string{"GetTeam"},
				ExternalName: id,
				Ready:        xpv2.Available(),
			},
		},
		"Undeclared": {
			reason: "what is not declared is the server's, whatever it is",
			server: &fake{team: existing(func(team *model.Team) { team.Description, team.AllowedDomains = "theirs", "theirs" })},
			mg:     declared(named(id)),
			id:     id,
			want: kindtest.Observed{
				Observation:  managed.ExternalObservation{ResourceExists: true, ResourceUpToDate: true},
				Calls:        []string{"GetTeam"},
				ExternalName: id,
				Ready:        xpv2.Available(),
			},
		},
		"Drift": {
			reason: "every field that differs is named",
			server: &fake{team: existing()},
			mg: declared(named(id), func(mg *v1alpha1.Team) {
				mg.Spec.ForProvider = v1alpha1.TeamParameters{
					Name:             "core",
					DisplayName:      ptr.To("a"),
					Description:      ptr.To("b"),
					CompanyName:      ptr.To("c"),
					Type:             ptr.To(model.TeamOpen),
					AllowOpenInvite:  ptr.To(true),
					AllowedDomains:   ptr.To("d"),
					GroupConstrained: ptr.To(true),
					SchemeID:         ptr.To("e"),
				}
			}),
			id: id,
			want: kindtest.Observed{
				Observation: managed.ExternalObservation{
					ResourceExists: true,
					Diff:           "displayName, description, companyName, type, allowOpenInvite, allowedDomains, groupConstrained, schemeId",
				},
				Calls:        []string{"GetTeam"},
				ExternalName: id,
				Ready:        xpv2.Available(),
			},
		},
		"AdoptedByName": {
			reason: "a team of the declared name is taken over, also when an interrupted creation never recorded its id",
			server: &fake{team: existing()},
			mg:     declared(),
			id:     id,
			want: kindtest.Observed{
				Observation:  managed.ExternalObservation{ResourceExists: true, ResourceUpToDate: true, ResourceLateInitialized: true},
				Calls:        []string{"GetTeamByName"},
				ExternalName: id,
				Ready:        xpv2.Available(),
			},
		},
		"ImportedByName": {
			reason: "an external name that is no id is replaced by the id",
			server: &fake{team: existing()},
			mg:     declared(named("core")),
			id:     id,
			want: kindtest.Observed{
				Observation:  managed.ExternalObservation{ResourceExists: true, ResourceUpToDate: true, ResourceLateInitialized: true},
				Calls:        []string{"GetTeamByName"},
				ExternalName: id,
				Ready:        xpv2.Available(),
			},
		},
		"ReplacedOnTheServer": {
			reason: "a team that was deleted and made again under its name is taken over, and not made a third time",
			server: &fake{team: existing()},
			mg:     declared(named("bbbbbbbbbbbbbbbbbbbbbbbbbb")),
			id:     id,
			want: kindtest.Observed{
				Observation:  managed.ExternalObservation{ResourceExists: true, ResourceUpToDate: true, ResourceLateInitialized: true},
				Calls:        []string{"GetTeam", "GetTeamByName"},
				ExternalName: id,
				Ready:        xpv2.Available(),
			},
		},
		"AnotherName": {
			reason: "an id of another team is an error, not a team to change",
			server: &fake{team: existing(func(team *model.Team) { team.Name = "other" })},
			mg:     declared(named(id)),
			want:   kindtest.Observed{Err: cmpopts.AnyError, Calls: []string{"GetTeam"}, ExternalName: id},
		},
		"NotFound": {
			reason: "a team that is not there is to be created",
			server: &fake{},
			mg:     declared(),
			want:   kindtest.Observed{Calls: []string{"GetTeamByName"}},
		},
		"Archived": {
			reason: "an archived team is to be restored, which creation does",
			server: &fake{team: existing(archived)},
			mg:     declared(named(id)),
			id:     id,
			want:   kindtest.Observed{Calls: []string{"GetTeam"}, ExternalName: id},
		},
		"ArchivedAsWanted": {
			reason: "the deletion of an archived team is complete",
			server: &fake{team: existing(archived)},
			mg:     declared(named(id), deleted),
			id:     id,
			want:   kindtest.Observed{Calls: []string{"GetTeam"}, ExternalName: id},
		},
		"ArchivedToBeDeleted": {
			reason: "an archived team is there to be deleted permanently",
			server: &fake{team: existing(archived)},
			mg:     declared(named(id), deleted, permanently),
			id:     id,
			want: kindtest.Observed{
				Observation:  managed.ExternalObservation{ResourceExists: true},
				Calls:        []string{"GetTeam"},
				ExternalName: id,
			},
		},
		"Unreachable": {
			reason: "an error says nothing about the team",
			server: &fake{Record: kindtest.Fails("GetTeam", boom)},
			mg:     declared(named(id)),
			want:   kindtest.Observed{Err: boom, Calls: []string{"GetTeam"}, ExternalName: id},
		},
		"NameOfAnother": {
			reason: "a team that is gone does not take another one of its name with it when its resource is deleted",
			server: &fake{team: existing()},
			mg:     declared(named("bbbbbbbbbbbbbbbbbbbbbbbbbb"), deleted),
			want:   kindtest.Observed{Calls: []string{"GetTeam"}, ExternalName: "bbbbbbbbbbbbbbbbbbbbbbbbbb"},
		},
		"NameOfAnotherForGood": {
			reason: "a team that is gone does not take another one of its name with it when its resource is deleted",
			server: &fake{team: existing()},
			mg:     declared(named("bbbbbbbbbbbbbbbbbbbbbbbbbb"), deleted, permanently),
			want:   kindtest.Observed{Calls: []string{"GetTeam"}, ExternalName: "bbbbbbbbbbbbbbbbbbbbbbbbbb"},
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
