// Package team manages the teams of a server.
package team

import (
	"context"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/crossplane/crossplane-runtime/v2/pkg/meta"
	"github.com/crossplane/crossplane-runtime/v2/pkg/reconciler/managed"
	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	"github.com/mattermost/mattermost/server/public/model"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/server/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/provider/kind"
	"github.com/crossplane-mattermost/crossplane-mattermost/provider/mattermost"
)

// Service is what of Mattermost's API a team needs.
type Service interface {
	GetTeam(ctx context.Context, id, etag string) (*model.Team, *model.Response, error)
	GetTeamByName(ctx context.Context, name, etag string) (*model.Team, *model.Response, error)
	CreateTeam(ctx context.Context, team *model.Team) (*model.Team, *model.Response, error)
	RestoreTeam(ctx context.Context, id string) (*model.Team, *model.Response, error)
	PatchTeam(ctx context.Context, id string, patch *model.TeamPatch) (*model.Team, *model.Response, error)
	UpdateTeamPrivacy(ctx context.Context, id, privacy string) (*model.Team, *model.Response, error)
	UpdateTeamScheme(ctx context.Context, id, schemeID string) (*model.Response, error)
	SoftDeleteTeam(ctx context.Context, id string) (*model.Response, error)
	PermanentDeleteTeam(ctx context.Context, id string) (*model.Response, error)
}

// SetupGated sets up the controller of teams once their definition is served.
func SetupGated(mgr ctrl.Manager, o kind.Options) {
	kind.SetupGated(mgr, o, kind.Kind[*v1alpha1.Team]{
		Name:       v1alpha1.TeamKind,
		Identified: true,
		External: func(server *model.Client4, _ client.Client) managed.TypedExternalClient[*v1alpha1.Team] {
			return &external{server: server}
		},
	})
}

type external struct {
	server Service
}

// Observe the team of mg's id, or of its name where there is none. An archived team
// does not exist, unless it is to be deleted for good.
func (e *external) Observe(ctx context.Context, mg *v1alpha1.Team) (managed.ExternalObservation, error) {
	team, err := e.find(ctx, mg)
	if err != nil {
		return managed.ExternalObservation{}, errors.Wrap(mattermost.IgnoreNotFound(err), "cannot get team")
	}

	mg.Status.AtProvider = observation(team)

	found := meta.GetExternalName(mg) != team.Id
	meta.SetExternalName(mg, team.Id)

	if team.DeleteAt > 0 {
		return managed.ExternalObservation{ResourceExists: meta.WasDeleted(mg) && mg.Spec.ForProvider.Deletion == v1alpha1.DeletionPermanent}, nil
	}

	mg.SetConditions(xpv2.Available())

	differs := compare(mg.Spec.ForProvider, team)

	return managed.ExternalObservation{
		ResourceExists:          true,
		ResourceUpToDate:        differs.None(),
		ResourceLateInitialized: found,
		Diff:                    differs.String(),
	}, nil
}

// Create a team, or restore the archived one of the same id or name.
func (e *external) Create(ctx context.Context, mg *v1alpha1.Team) (managed.ExternalCreation, error) {
	team, err := e.find(ctx, mg)

	switch {
	case mattermost.IsNotFound(err):
		team, _, err = e.server.CreateTeam(ctx, desired(mg.Spec.ForProvider))
		err = errors.Wrap(err, "cannot create team")
	case err != nil:
		err = errors.Wrap(err, "cannot get team")
	case team.DeleteAt > 0:
		team, _, err = e.server.RestoreTeam(ctx, team.Id)
		err = errors.Wrap(err, "cannot restore team")
	}

	if err != nil {
		return managed.ExternalCreation{}, err
	}

	meta.SetExternalName(mg, team.Id)

	return managed.ExternalCreation{}, nil
}

// Update what differs.
func (e *external) Update(ctx context.Context, mg *v1alpha1.Team) (managed.ExternalUpdate, error) {
	p := mg.Spec.ForProvider

	team, err := e.find(ctx, mg)
	if err != nil {
		return managed.ExternalUpdate{}, errors.Wrap(err, "cannot get team")
	}

	// The privacy comes first: it takes allowOpenInvite with it.
	if compare(p, team).Has("type") {
		if team, _, err = e.server.UpdateTeamPrivacy(ctx, team.Id, *p.Type); err != nil {
			return managed.ExternalUpdate{}, errors.Wrap(err, "cannot update the privacy of team")
		}
	}

	differs := compare(p, team)

	if differs.Has("schemeId") {
		if _, err := e.server.UpdateTeamScheme(ctx, team.Id, *p.SchemeID); err != nil {
			return managed.ExternalUpdate{}, errors.Wrap(err, "cannot update the scheme of team")
		}
	}

	if differs.Has(patched...) {
		if _, _, err := e.server.PatchTeam(ctx, team.Id, patch(p)); err != nil {
			return managed.ExternalUpdate{}, errors.Wrap(err, "cannot update team")
		}
	}

	return managed.ExternalUpdate{}, nil
}

// Delete archives the team, or deletes it for good if the spec says so.
func (e *external) Delete(ctx context.Context, mg *v1alpha1.Team) (managed.ExternalDelete, error) {
	mg.SetConditions(xpv2.Deleting())

	id := meta.GetExternalName(mg)

	if mg.Spec.ForProvider.Deletion == v1alpha1.DeletionPermanent {
		_, err := e.server.PermanentDeleteTeam(ctx, id)
		return managed.ExternalDelete{}, errors.Wrap(mattermost.IgnoreNotFound(err), "cannot delete team permanently")
	}

	_, err := e.server.SoftDeleteTeam(ctx, id)

	return managed.ExternalDelete{}, errors.Wrap(mattermost.IgnoreNotFound(err), "cannot archive team")
}

// Disconnect does nothing: the client outlives a reconcile.
func (e *external) Disconnect(context.Context) error { return nil }

// find the team that mg stands for. A team whose id is gone is looked for by its name,
// which another may have taken over. One whose object is being deleted is gone then:
// whatever has its name by now is somebody else's.
func (e *external) find(ctx context.Context, mg *v1alpha1.Team) (*model.Team, error) {
	name := mg.Spec.ForProvider.Name

	if id := meta.GetExternalName(mg); model.IsValidId(id) {
		team, _, err := e.server.GetTeam(ctx, id, "")
		if err == nil && team.Name != name {
			return nil, errors.Errorf("team %s has the name %q, and not that in spec.forProvider.name: correct one of the two", id, team.Name)
		}

		if !mattermost.IsNotFound(err) || meta.WasDeleted(mg) {
			return team, err
		}
	}

	team, _, err := e.server.GetTeamByName(ctx, name, "")

	return team, err
}
