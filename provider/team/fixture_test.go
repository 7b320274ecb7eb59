package team

import (
	"context"

	"github.com/crossplane/crossplane-runtime/v2/pkg/meta"
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
