package user

import (
	"context"
	"slices"
	"strings"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/mattermost/mattermost/server/public/model"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/server/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/provider/account"
	"github.com/crossplane-mattermost/crossplane-mattermost/provider/drift"
)

// guarded are the fields that give access to an account.
var guarded = []string{"username", "email", fieldRoles, fieldPassword} //nolint:gochecknoglobals // A constant in all but syntax.

// changes are the fields that differ.
type changes struct {
	// write are the fields that are updated.
	write drift.Drift

	// left are the fields that differ and stay as they are.
	left drift.Drift

	standing account.Standing
}

// plan what to do about the differences between mg and user, given the known passwords.
func (e *external) plan(ctx context.Context, mg *v1alpha1.User, user *model.User, secrets known) (changes, error) {
	differs := compare(mg.Spec.ForProvider, user)
	if secrets.changed(mg) {
		differs = append(differs, fieldPassword)
	}

	standing := standingOf(mg, user)
	if standing == account.NotCreated {
		return changes{write: differs.Without(guarded...), left: differs.Only(guarded...), standing: standing}, nil
	}

	kept := differs.Only(guarded...)
	if !demotes(mg.Spec.ForProvider.Roles, user) {
		kept = kept.Without(fieldRoles)
	}

	if kept.None() {
		return changes{write: differs, standing: standing}, nil
	}

	own, err := e.isOwn(ctx, user)
	if err != nil || !own {
		return changes{write: differs, standing: standing}, err
	}

	return changes{write: differs.Without(kept...), left: kept, standing: account.InUse}, nil
}

// standingOf returns the standing of user for mg, without asking the server.
func standingOf(mg *v1alpha1.User, user *model.User) account.Standing {
	switch {
	case account.CreatedBy(mg, user):
		return account.Created
	case mg.Spec.ForProvider.TakeOver:
		return account.TakenOver
	default:
		return account.NotCreated
	}
}

// told of a standing is what the condition says.
func told(mg *v1alpha1.User, standing account.Standing) account.Standing {
	if standing == account.NotCreated && mg.Status.AtProvider.Created {
		return account.Unproven
	}

	return standing
}

// isOwn says whether the provider itself uses the account.
func (e *external) isOwn(ctx context.Context, user *model.User) (bool, error) {
	me, _, err := e.server.GetMe(ctx, "")
	if err != nil {
		return false, errors.Wrap(err, "cannot get the account that the provider uses")
	}

	return me.Id == user.Id, nil
}

// mayEnd says whether user may be deactivated or deleted with mg.
func (e *external) mayEnd(ctx context.Context, mg *v1alpha1.User, user *model.User) (bool, error) {
	if standingOf(mg, user) == account.NotCreated {
		return false, account.Released(user.Username, mg.Status.AtProvider.Created)
	}

	own, err := e.isOwn(ctx, user)

	return err == nil && !own, err
}

// demotes says whether user would lose a role.
func demotes(roles []string, user *model.User) bool {
	return slices.ContainsFunc(strings.Fields(user.Roles), func(role string) bool { return !slices.Contains(roles, role) })
}
