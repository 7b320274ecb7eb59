// Package command manages slash commands.
package command

import (
	"context"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/crossplane/crossplane-runtime/v2/pkg/meta"
	"github.com/crossplane/crossplane-runtime/v2/pkg/reconciler/managed"
	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	"github.com/mattermost/mattermost/server/public/model"
	"k8s.io/utils/ptr"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/server/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/provider/kind"
	"github.com/crossplane-mattermost/crossplane-mattermost/provider/mattermost"
)

// Service is what of Mattermost's API a command needs.
type Service interface {
	GetCommandById(ctx context.Context, id string) (*model.Command, *model.Response, error)
	ListCommands(ctx context.Context, teamID string, customOnly bool) ([]*model.Command, *model.Response, error)
	CreateCommand(ctx context.Context, command *model.Command) (*model.Command, *model.Response, error)
	UpdateCommand(ctx context.Context, command *model.Command) (*model.Command, *model.Response, error)
	MoveCommand(ctx context.Context, teamID, id string) (*model.Response, error)
	DeleteCommand(ctx context.Context, id string) (*model.Response, error)
}

// SetupGated sets up the controller of commands once their definition is served.
func SetupGated(mgr ctrl.Manager, o kind.Options) {
	kind.SetupGated(mgr, o, kind.Kind[*v1alpha1.Command]{
		Name:       v1alpha1.CommandKind,
		Identified: true,
		External: func(server *model.Client4, _ client.Client) managed.TypedExternalClient[*v1alpha1.Command] {
			return &external{server: server}
		},
	})
}

// keyToken of the connection Secret.
const keyToken = "token"

// fieldTeam has a request of its own.
const fieldTeam = "teamId"

type external struct {
	server Service
}

// Observe the command of mg's id, or of its trigger in its team where there is none.
func (e *external) Observe(ctx context.Context, mg *v1alpha1.Command) (managed.ExternalObservation, error) {
	command, err := e.find(ctx, mg)
	if err != nil || command == nil {
		return managed.ExternalObservation{}, err
	}

	mg.Status.AtProvider = observation(command)

	found := meta.GetExternalName(mg) != command.Id
	meta.SetExternalName(mg, command.Id)
	mg.SetConditions(xpv2.Available())

	differs := compare(mg.Spec.ForProvider, command)

	return managed.ExternalObservation{
		ResourceExists:          true,
		ResourceUpToDate:        differs.None(),
		ResourceLateInitialized: found,
		Diff:                    differs.String(),
		ConnectionDetails:       details(command),
	}, nil
}

// Create a command.
func (e *external) Create(ctx context.Context, mg *v1alpha1.Command) (managed.ExternalCreation, error) {
	command, err := e.find(ctx, mg)
	if err != nil {
		return managed.ExternalCreation{}, err
	}

	if command == nil {
		if command, _, err = e.server.CreateCommand(ctx, desired(mg.Spec.ForProvider, model.Command{Method: model.CommandMethodPost})); err != nil {
			return managed.ExternalCreation{}, errors.Wrap(err, "cannot create command")
		}
	}

	meta.SetExternalName(mg, command.Id)

	return managed.ExternalCreation{ConnectionDetails: details(command)}, nil
}

// Update what differs.
func (e *external) Update(ctx context.Context, mg *v1alpha1.Command) (managed.ExternalUpdate, error) {
	p := mg.Spec.ForProvider

	command, err := e.find(ctx, mg)
	if err != nil {
		return managed.ExternalUpdate{}, err
	}

	if command == nil {
		return managed.ExternalUpdate{}, errors.New("cannot update command: it is gone")
	}

	differs := compare(p, command)

	// The team comes first: an update has to name it.
	if differs.Has(fieldTeam) {
		if _, err := e.server.MoveCommand(ctx, *p.TeamID, command.Id); err != nil {
			return managed.ExternalUpdate{}, errors.Wrap(err, "cannot move command")
		}
	}

	if differs.Has(updated...) {
		if _, _, err := e.server.UpdateCommand(ctx, desired(p, *command)); err != nil {
			return managed.ExternalUpdate{}, errors.Wrap(err, "cannot update command")
		}
	}

	return managed.ExternalUpdate{}, nil
}

// Delete the command. A server keeps nothing that could be restored.
func (e *external) Delete(ctx context.Context, mg *v1alpha1.Command) (managed.ExternalDelete, error) {
	mg.SetConditions(xpv2.Deleting())

	_, err := e.server.DeleteCommand(ctx, meta.GetExternalName(mg))

	return managed.ExternalDelete{}, errors.Wrap(mattermost.IgnoreNotFound(err), "cannot delete command")
}

// Disconnect does nothing: the client outlives a reconcile.
func (e *external) Disconnect(context.Context) error { return nil }

// details to publish of a command.
func details(command *model.Command) managed.ConnectionDetails {
	return managed.ConnectionDetails{keyToken: []byte(command.Token)}
}

// find the command that mg stands for, or nil. One whose id is gone is looked for by its
// trigger, which another may have taken over. One whose object is being deleted is gone
// then: whatever has its name by now is somebody else's.
func (e *external) find(ctx context.Context, mg *v1alpha1.Command) (*model.Command, error) {
	if id := meta.GetExternalName(mg); model.IsValidId(id) {
		command, _, err := e.server.GetCommandById(ctx, id)
		if mattermost.IsNotFound(err) && meta.WasDeleted(mg) {
			return nil, nil
		}

		if !mattermost.IsNotFound(err) {
			return command, errors.Wrap(err, "cannot get command")
		}
	}

	commands, _, err := e.server.ListCommands(ctx, ptr.Deref(mg.Spec.ForProvider.TeamID, ""), true)
	if err != nil {
		return nil, errors.Wrap(mattermost.IgnoreNotFound(err), "cannot list commands")
	}

	for _, command := range commands {
		if command.Trigger == mg.Spec.ForProvider.Trigger {
			return command, nil
		}
	}

	return nil, nil
}
