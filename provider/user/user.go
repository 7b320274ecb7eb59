// Package user manages the accounts of people.
package user

import (
	"context"
	"strings"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/crossplane/crossplane-runtime/v2/pkg/meta"
	"github.com/crossplane/crossplane-runtime/v2/pkg/reconciler/managed"
	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	"github.com/mattermost/mattermost/server/public/model"
	"k8s.io/utils/ptr"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/server/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/provider/account"
	"github.com/crossplane-mattermost/crossplane-mattermost/provider/kind"
	"github.com/crossplane-mattermost/crossplane-mattermost/provider/mattermost"
)

// Service is what of Mattermost's API a user needs.
type Service interface {
	GetUser(ctx context.Context, id, etag string) (*model.User, *model.Response, error)
	GetMe(ctx context.Context, etag string) (*model.User, *model.Response, error)
	GetUserByUsername(ctx context.Context, username, etag string) (*model.User, *model.Response, error)
	CreateUser(ctx context.Context, user *model.User) (*model.User, *model.Response, error)
	PatchUser(ctx context.Context, id string, patch *model.UserPatch) (*model.User, *model.Response, error)
	UpdateUserActive(ctx context.Context, id string, active bool) (*model.Response, error)
	UpdateUserRoles(ctx context.Context, id, roles string) (*model.Response, error)
	UpdateUserPassword(ctx context.Context, id, currentPassword, newPassword string) (*model.Response, error)
	VerifyUserEmailWithoutToken(ctx context.Context, id string) (*model.User, *model.Response, error)
	DeleteUser(ctx context.Context, id string) (*model.Response, error)
	PermanentDeleteUser(ctx context.Context, id string) (*model.Response, error)
}

// SetupGated sets up the controller of users once their definition is served.
func SetupGated(mgr ctrl.Manager, o kind.Options) {
	kind.SetupGated(mgr, o, kind.Kind[*v1alpha1.User]{
		Name:       v1alpha1.UserKind,
		Identified: true,
		External: func(server *model.Client4, kube client.Client) managed.TypedExternalClient[*v1alpha1.User] {
			return &external{server: server, passwords: newPasswords(kube)}
		},
	})
}

type external struct {
	server    Service
	passwords passwords
}

// Observe the user by mg's id, or by its username if there is no id. A deactivated user
// does not exist, unless it is to be deleted permanently. When mg is deleted, a user that
// must not be deactivated does not exist either.
func (e *external) Observe(ctx context.Context, mg *v1alpha1.User) (managed.ExternalObservation, error) {
	user, err := e.find(ctx, mg)
	if err != nil {
		return managed.ExternalObservation{}, errors.Wrap(mattermost.IgnoreNotFound(err), "cannot get user")
	}

	was := mg.Status.AtProvider
	mg.Status.AtProvider = observation(user, was.PasswordSecretVersion)
	mg.Status.AtProvider.Created = account.CreatedBy(mg, user) || was.ID == user.Id && (was.Created || account.WasCreated(mg))

	if meta.WasDeleted(mg) {
		meta.SetExternalName(mg, user.Id)

		if user.DeleteAt > 0 && mg.Spec.ForProvider.Deletion != v1alpha1.DeletionPermanent {
			return managed.ExternalObservation{}, nil
		}

		toEnd, err := e.mayEnd(ctx, mg, user)

		return managed.ExternalObservation{ResourceExists: toEnd}, err
	}

	if user.DeleteAt > 0 {
		return managed.ExternalObservation{}, nil
	}

	secrets, err := e.passwords.read(ctx, mg)
	if err != nil {
		return managed.ExternalObservation{}, err
	}

	changes, err := e.plan(ctx, mg, user, secrets)
	if err != nil {
		return managed.ExternalObservation{}, err
	}

	found := meta.GetExternalName(mg) != user.Id
	meta.SetExternalName(mg, user.Id)
	mg.SetConditions(xpv2.Available(), told(mg, changes.standing).Condition(user.Username, changes.left))

	return managed.ExternalObservation{
		ResourceExists:          true,
		ResourceUpToDate:        changes.write.None(),
		ResourceLateInitialized: found,
		Diff:                    changes.write.String(),
		ConnectionDetails:       secrets.details(mg, user, changes.standing),
	}, nil
}

// Create a user, or activate the deactivated one of the same id or username, who keeps
// the password. A new user's password is in the connection Secret before the user is
// there, so that it is never lost.
func (e *external) Create(ctx context.Context, mg *v1alpha1.User) (managed.ExternalCreation, error) {
	user, err := e.find(ctx, mg)

	switch {
	case mattermost.IsNotFound(err):
		return e.create(ctx, mg)
	case err != nil:
		return managed.ExternalCreation{}, errors.Wrap(err, "cannot get user")
	case user.DeleteAt > 0 && !mg.Spec.ForProvider.TakeOver && !account.Marked(user):
		return managed.ExternalCreation{}, errors.Errorf("cannot activate user: no managed resource created the account %q, which somebody deactivated: set spec.forProvider.takeOver to true to activate it", user.Username)
	case user.DeleteAt > 0:
		if _, err := e.server.UpdateUserActive(ctx, user.Id, true); err != nil {
			return managed.ExternalCreation{}, errors.Wrap(err, "cannot activate user")
		}
	}

	meta.SetExternalName(mg, user.Id)

	return managed.ExternalCreation{}, nil
}

func (e *external) create(ctx context.Context, mg *v1alpha1.User) (managed.ExternalCreation, error) {
	password, err := e.passwords.initial(ctx, mg)
	if err != nil {
		return managed.ExternalCreation{}, err
	}

	user, _, err := e.server.CreateUser(ctx, desired(mg, password))
	if err != nil {
		return managed.ExternalCreation{}, errors.Wrap(err, "cannot create user")
	}

	meta.SetExternalName(mg, user.Id)

	return managed.ExternalCreation{ConnectionDetails: details(user.Username, password)}, nil
}

// Update the fields that differ, except those that must stay as they are.
func (e *external) Update(ctx context.Context, mg *v1alpha1.User) (managed.ExternalUpdate, error) {
	p := mg.Spec.ForProvider

	user, err := e.find(ctx, mg)
	if err != nil {
		return managed.ExternalUpdate{}, errors.Wrap(err, "cannot get user")
	}

	secrets, err := e.passwords.read(ctx, mg)
	if err != nil {
		return managed.ExternalUpdate{}, err
	}

	changes, err := e.plan(ctx, mg, user, secrets)
	if err != nil {
		return managed.ExternalUpdate{}, err
	}

	differs := changes.write

	if differs.Has(patched...) {
		if _, _, err := e.server.PatchUser(ctx, user.Id, patch(p, changes.left)); err != nil {
			return managed.ExternalUpdate{}, errors.Wrap(err, "cannot update user")
		}
	}

	// A new address is unverified.
	if differs.Has("email") && ptr.Deref(p.EmailVerified, false) {
		if _, _, err := e.server.VerifyUserEmailWithoutToken(ctx, user.Id); err != nil {
			return managed.ExternalUpdate{}, errors.Wrap(err, "cannot verify the email address of user")
		}
	}

	if differs.Has(fieldRoles) {
		if _, err := e.server.UpdateUserRoles(ctx, user.Id, strings.Join(p.Roles, " ")); err != nil {
			return managed.ExternalUpdate{}, errors.Wrap(err, "cannot update the roles of user")
		}
	}

	if !differs.Has(fieldPassword) {
		return managed.ExternalUpdate{}, nil
	}

	return e.updatePassword(ctx, mg, user, secrets)
}

func (e *external) updatePassword(ctx context.Context, mg *v1alpha1.User, user *model.User, secrets known) (managed.ExternalUpdate, error) {
	if secrets.declared != secrets.published {
		// An administrator does not need the old password of another account.
		if _, err := e.server.UpdateUserPassword(ctx, user.Id, "", secrets.declared); err != nil {
			return managed.ExternalUpdate{}, errors.Wrap(err, "cannot update the password of user")
		}
	}

	mg.Status.AtProvider.PasswordSecretVersion = secrets.version

	return managed.ExternalUpdate{ConnectionDetails: details(mg.Spec.ForProvider.Username, secrets.declared)}, nil
}

// Delete deactivates the user, or deletes the account for good if the spec says so.
func (e *external) Delete(ctx context.Context, mg *v1alpha1.User) (managed.ExternalDelete, error) {
	mg.SetConditions(xpv2.Deleting())

	id := meta.GetExternalName(mg)

	if mg.Spec.ForProvider.Deletion == v1alpha1.DeletionPermanent {
		_, err := e.server.PermanentDeleteUser(ctx, id)
		return managed.ExternalDelete{}, errors.Wrap(mattermost.IgnoreNotFound(err), "cannot delete user permanently")
	}

	_, err := e.server.DeleteUser(ctx, id)

	return managed.ExternalDelete{}, errors.Wrap(mattermost.IgnoreNotFound(err), "cannot deactivate user")
}

// Disconnect does nothing: the client outlives a reconcile.
func (e *external) Disconnect(context.Context) error { return nil }

// find the user that mg stands for. A user whose id is gone is looked for by username,
// which another may have taken over. One whose object is being deleted is gone then:
// whatever has its name by now is somebody else's.
func (e *external) find(ctx context.Context, mg *v1alpha1.User) (*model.User, error) {
	if id := meta.GetExternalName(mg); model.IsValidId(id) {
		user, _, err := e.server.GetUser(ctx, id, "")
		if !mattermost.IsNotFound(err) || meta.WasDeleted(mg) {
			return person(user, err)
		}
	}

	user, _, err := e.server.GetUserByUsername(ctx, mg.Spec.ForProvider.Username, "")

	return person(user, err)
}

// person refuses the account of a bot, which is another kind.
func person(user *model.User, err error) (*model.User, error) {
	if err == nil && user.IsBot {
		return nil, errors.Errorf("the account %q is a bot's: declare a Bot", user.Username)
	}

	return user, err
}
