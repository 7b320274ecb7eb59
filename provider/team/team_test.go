package team

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

// fake is a server with at most one team, that records what it was asked.
type fake struct {
	kindtest.Record

	team *model.Team

	patched *model.TeamPatch
	created *model.Team
}

func (f *fake) get(request string, there bool) (*model.Team, *model.Response, error) {
	if err := f.Call(request); err != nil {
		return nil, nil, err
	}

	if !there {
		return nil, nil, kindtest.NotFound()
	}

	team := *f.team

	return &team, &model.Response{}, nil
}

func (f *fake) answer(request string) (*model.Team, *model.Response, error) {
	return f.get(request, f.team != nil)
}

func (f *fake) GetTeam(_ context.Context, id, _ string) (*model.Team, *model.Response, error) {
	return f.get("GetTeam", f.team != nil && f.team.Id == id)
}

func (f *fake) GetTeamByName(_ context.Context, name, _ string) (*model.Team, *model.Response, error) {
	return f.get("GetTeamByName", f.team != nil && f.team.Name == name)
}

func (f *fake) CreateTeam(_ context.Context, team *model.Team) (*model.Team, *model.Response, error) {
	f.created, f.team = team, &model.Team{Id: id}
	return f.answer("CreateTeam")
}

func (f *fake) RestoreTeam(context.Context, string) (*model.Team, *model.Response, error) {
	return f.answer("RestoreTeam")
}

func (f *fake) PatchTeam(_ context.Context, _ string, patch *model.TeamPatch) (*model.Team, *model.Response, error) {
	f.patched = patch
	return f.answer("PatchTeam")
}

func (f *fake) UpdateTeamPrivacy(_ context.Context, _, privacy string) (*model.Team, *model.Response, error) {
	f.team.Type, f.team.AllowOpenInvite = privacy, privacy == model.TeamOpen
	return f.answer("UpdateTeamPrivacy")
}

func (f *fake) UpdateTeamScheme(context.Context, string, string) (*model.Response, error) {
	_, rsp, err := f.answer("UpdateTeamScheme")
	return rsp, err
}

func (f *fake) SoftDeleteTeam(context.Context, string) (*model.Response, error) {
	_, rsp, err := f.answer("SoftDeleteTeam")
	return rsp, err
}

func (f *fake) PermanentDeleteTeam(context.Context, string) (*model.Response, error) {
	_, rsp, err := f.answer("PermanentDeleteTeam")
	return rsp, err
}

// declared returns a Team named core, changed by change.
func declared(change ...func(mg *v1alpha1.Team)) *v1alpha1.Team {
	mg := &v1alpha1.Team{Spec: v1alpha1.TeamSpec{ForProvider: v1alpha1.TeamParameters{Name: "core", Deletion: v1alpha1.DeletionArchive}}}

	for _, c := range change {
		c(mg)
	}

	return mg
}

func named(externalName string) func(mg *v1alpha1.Team) {
	return func(mg *v1alpha1.Team) { meta.SetExternalName(mg, externalName) }
}

func deleted(mg *v1alpha1.Team) { mg.DeletionTimestamp = ptr.To(metav1.Now()) }

func permanently(mg *v1alpha1.Team) { mg.Spec.ForProvider.Deletion = v1alpha1.DeletionPermanent }

// existing returns the team core, changed by change.
func existing(change ...func(team *model.Team)) *model.Team {
	team := &model.Team{Id: id, Name: "core", DisplayName: "Core", Type: model.TeamInvite}

	for _, c := range change {
		c(team)
	}

	return team
}

func archived(team *model.Team) { team.DeleteAt = 1 }

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
		created      *model.Team
		externalName string
	}

	cases := map[string]struct {
		reason string
		server *fake
		mg     *v1alpha1.Team
		want   want
	}{
		"Defaults": {
			reason: "a team that is declared by its name alone needs an invitation",
			server: &fake{},
			mg:     declared(),
			want: want{
				calls:        []string{"GetTeamByName", "CreateTeam"},
				created:      &model.Team{Name: "core", DisplayName: "core", Type: model.TeamInvite},
				externalName: id,
			},
		},
		"Declared": {
			reason: "a team is created as declared, but for what needs a license",
			server: &fake{},
			mg: declared(func(mg *v1alpha1.Team) {
				mg.Spec.ForProvider = v1alpha1.TeamParameters{
					Name:             "core",
					DisplayName:      ptr.To("Core"),
					Description:      ptr.To("b"),
					CompanyName:      ptr.To("c"),
					Type:             ptr.To(model.TeamOpen),
					AllowedDomains:   ptr.To("d"),
					GroupConstrained: ptr.To(true),
					SchemeID:         ptr.To("e"),
				}
			}),
			want: want{
				calls: []string{"GetTeamByName", "CreateTeam"},
				created: &model.Team{
					Name: "core", DisplayName: "Core", Description: "b", CompanyName: "c", Type: model.TeamOpen, AllowOpenInvite: true, AllowedDomains: "d",
				},
				externalName: id,
			},
		},
		"Archived": {
			reason: "an archived team is restored",
			server: &fake{team: existing(archived)},
			mg:     declared(),
			want:   want{calls: []string{"GetTeamByName", "RestoreTeam"}, externalName: id},
		},
		"Raced": {
			reason: "a team that somebody made meanwhile is taken over",
			server: &fake{team: existing()},
			mg:     declared(),
			want:   want{calls: []string{"GetTeamByName"}, externalName: id},
		},
		"CannotFind": {
			reason: "nothing is created while it is unknown what is there",
			server: &fake{Record: kindtest.Fails("GetTeamByName", boom)},
			mg:     declared(),
			want:   want{err: boom, calls: []string{"GetTeamByName"}},
		},
		"CannotCreate": {
			reason: "what fails has no external name",
			server: &fake{Record: kindtest.Fails("CreateTeam", boom)},
			mg:     declared(),
			want: want{
				err:     boom,
				calls:   []string{"GetTeamByName", "CreateTeam"},
				created: &model.Team{Name: "core", DisplayName: "core", Type: model.TeamInvite},
			},
		},
		"CannotRestore": {
			reason: "a team that cannot be restored is not made anew",
			server: &fake{team: existing(archived), Record: kindtest.Fails("RestoreTeam", boom)},
			mg:     declared(),
			want:   want{err: boom, calls: []string{"GetTeamByName", "RestoreTeam"}},
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
		patched *model.TeamPatch
	}

	cases := map[string]struct {
		reason string
		server *fake
		spec   v1alpha1.TeamParameters
		want   want
	}{
		"Patch": {
			reason: "properties are patched, and those that are not declared are left alone",
			server: &fake{team: existing()},
			spec:   v1alpha1.TeamParameters{Name: "core", DisplayName: ptr.To("New"), Description: ptr.To("")},
			want: want{
				calls:   []string{"GetTeam", "PatchTeam"},
				patched: &model.TeamPatch{DisplayName: ptr.To("New"), Description: ptr.To("")},
			},
		},
		"PrivacyTakesInvitationsAlong": {
			reason: "a change of privacy opens the team by itself: there is nothing more to write",
			server: &fake{team: existing()},
			spec:   v1alpha1.TeamParameters{Name: "core", Type: ptr.To(model.TeamOpen), AllowOpenInvite: ptr.To(true)},
			want:   want{calls: []string{"GetTeam", "UpdateTeamPrivacy"}},
		},
		"PrivacyThenInvitations": {
			reason: "a team may be open and unlisted",
			server: &fake{team: existing()},
			spec:   v1alpha1.TeamParameters{Name: "core", Type: ptr.To(model.TeamOpen), AllowOpenInvite: ptr.To(false)},
			want: want{
				calls:   []string{"GetTeam", "UpdateTeamPrivacy", "PatchTeam"},
				patched: &model.TeamPatch{AllowOpenInvite: ptr.To(false)},
			},
		},
		"Scheme": {
			reason: "a scheme has a request of its own",
			server: &fake{team: existing()},
			spec:   v1alpha1.TeamParameters{Name: "core", SchemeID: ptr.To("scheme")},
			want:   want{calls: []string{"GetTeam", "UpdateTeamScheme"}},
		},
		"Nothing": {
			reason: "what does not differ is not written",
			server: &fake{team: existing()},
			spec:   v1alpha1.TeamParameters{Name: "core", DisplayName: ptr.To("Core"), Type: ptr.To(model.TeamInvite)},
			want:   want{calls: []string{"GetTeam"}},
		},
		"CannotGet": {
			reason: "nothing is written while it is unknown what is there",
			server: &fake{team: existing(), Record: kindtest.Fails("GetTeam", boom)},
			want:   want{err: boom, calls: []string{"GetTeam"}},
		},
		"CannotUpdatePrivacy": {
			reason: "an error ends the update",
			server: &fake{team: existing(), Record: kindtest.Fails("UpdateTeamPrivacy", boom)},
			spec:   v1alpha1.TeamParameters{Name: "core", Type: ptr.To(model.TeamOpen), DisplayName: ptr.To("New")},
			want:   want{err: boom, calls: []string{"GetTeam", "UpdateTeamPrivacy"}},
		},
		"CannotUpdateScheme": {
			reason: "an error ends the update",
			server: &fake{team: existing(), Record: kindtest.Fails("UpdateTeamScheme", boom)},
			spec:   v1alpha1.TeamParameters{Name: "core", SchemeID: ptr.To("scheme"), DisplayName: ptr.To("New")},
			want:   want{err: boom, calls: []string{"GetTeam", "UpdateTeamScheme"}},
		},
		"CannotPatch": {
			reason: "an error is passed on",
			server: &fake{team: existing(), Record: kindtest.Fails("PatchTeam", boom)},
			spec:   v1alpha1.TeamParameters{Name: "core", DisplayName: ptr.To("New")},
			want:   want{err: boom, calls: []string{"GetTeam", "PatchTeam"}, patched: &model.TeamPatch{DisplayName: ptr.To("New")}},
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			mg := declared(named(id))
			mg.Spec.ForProvider = tc.spec

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
		mg     *v1alpha1.Team
		want   kindtest.Deleted
	}{
		"Archive": {
			reason: "a team is archived by default",
			server: &fake{team: existing()},
			mg:     declared(named(id)),
			want:   kindtest.Deleted{Calls: []string{"SoftDeleteTeam"}},
		},
		"Permanent": {
			reason: "a team is deleted permanently when the spec consents",
			server: &fake{team: existing()},
			mg:     declared(named(id), permanently),
			want:   kindtest.Deleted{Calls: []string{"PermanentDeleteTeam"}},
		},
		"Gone": {
			reason: "a team that is gone is deleted",
			server: &fake{},
			mg:     declared(named(id)),
			want:   kindtest.Deleted{Calls: []string{"SoftDeleteTeam"}},
		},
		"CannotArchive": {
			reason: "an error keeps the object",
			server: &fake{team: existing(), Record: kindtest.Fails("SoftDeleteTeam", boom)},
			mg:     declared(named(id)),
			want:   kindtest.Deleted{Err: boom, Calls: []string{"SoftDeleteTeam"}},
		},
		"CannotDelete": {
			reason: "a team that may not be deleted is not archived instead",
			server: &fake{team: existing(), Record: kindtest.Fails("PermanentDeleteTeam", boom)},
			mg:     declared(named(id), permanently),
			want:   kindtest.Deleted{Err: boom, Calls: []string{"PermanentDeleteTeam"}},
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			kindtest.Delete(t, tc.reason, &external{server: tc.server}, &tc.server.Record, tc.mg, tc.want)
		})
	}
}
