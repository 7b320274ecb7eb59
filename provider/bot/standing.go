package bot

import (
	"context"
	"time"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/crossplane/crossplane-runtime/v2/pkg/meta"
	"github.com/mattermost/mattermost/server/public/model"
	corev1 "k8s.io/api/core/v1"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/server/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/provider/account"
	"github.com/crossplane-mattermost/crossplane-mattermost/provider/drift"
)

// guarded are the fields that give access to a bot.
var guarded = []string{"username", fieldToken} //nolint:gochecknoglobals // A constant in all but syntax.

// changes are the fields that differ.
type changes struct {
	// write are the fields that are updated.
	write drift.Drift

	// left are the fields that differ and stay as they are.
	left drift.Drift

	// standing of the bot. It is empty if it was not looked up, because no field depends on
	// it and a condition already reports it.
	standing account.Standing

	// properties of the account that gets the mark.
	properties model.StringMap
}

// told says whether a condition can report the standing. While the account has no mark, the
// standing must be looked up again.
func (c changes) told() bool { return c.standing != "" && !c.write.Has(fieldAccount) }

// plan what to do about the differences between mg and bot, given the token in the
// connection Secret.
func (e *external) plan(ctx context.Context, mg *v1alpha1.Bot, bot *model.Bot, token string) (changes, error) {
	differs := compare(mg.Spec.ForProvider, bot)
	if token == "" && mg.GetWriteConnectionSecretToReference() != nil {
		differs = append(differs, fieldToken)
	}

	switch known := mg.GetCondition(account.TypeFullyManaged); {
	case mg.Spec.ForProvider.TakeOver:
		return changes{write: differs, standing: account.TakenOver}, nil
	case differs.Only(guarded...).None() && known.Status != corev1.ConditionUnknown && account.Standing(known.Reason) != account.TakenOver:
		return changes{write: differs}, nil
	}

	user, _, err := e.server.GetUser(ctx, bot.UserId, "")
	if err != nil {
		return changes{}, errors.Wrap(err, "cannot get the account of bot")
	}

	created, err := e.created(ctx, mg, bot, user)

	switch {
	case err != nil:
		return changes{}, err
	case !created:
		return changes{write: differs.Without(guarded...), left: differs.Only(guarded...), standing: account.NotCreated}, nil
	case !account.Marked(user):
		differs = append(differs, fieldAccount)
	}

	return changes{write: differs, standing: account.Created, properties: user.Props}, nil
}

// created says whether mg created bot, whose account is user. A server cannot mark a bot
// when it creates it, so an interrupted creation may leave no mark. Such a bot belongs to
// the provider's own account and is not older than the attempt to create it.
func (e *external) created(ctx context.Context, mg *v1alpha1.Bot, bot *model.Bot, user *model.User) (bool, error) {
	if account.Marked(user) {
		return account.CreatedBy(mg, user), nil
	}

	began := meta.GetExternalCreatePending(mg)
	if made := mg.GetCreationTimestamp().Time; began.IsZero() || began.Before(made) {
		return false, nil
	}

	// The annotation has a precision of seconds, and the server has its own clock.
	if began = began.Truncate(time.Second); time.UnixMilli(bot.CreateAt).Before(began) {
		return false, nil
	}

	me, _, err := e.server.GetMe(ctx, "")
	if err != nil {
		return false, errors.Wrap(err, "cannot get the account that the provider uses")
	}

	return bot.OwnerId == me.Id, nil
}

// mark the account of a bot as created by mg, besides its other properties.
func (e *external) mark(ctx context.Context, mg *v1alpha1.Bot, userID string, properties model.StringMap) error {
	_, _, err := e.server.PatchUser(ctx, userID, &model.UserPatch{Props: account.Mark(mg, properties)})
	return errors.Wrap(err, "cannot note who created bot")
}

// mayEnd says whether bot may be disabled or deleted with mg.
func (e *external) mayEnd(ctx context.Context, mg *v1alpha1.Bot, bot *model.Bot) (bool, error) {
	if !mg.Spec.ForProvider.TakeOver {
		user, _, err := e.server.GetUser(ctx, bot.UserId, "")
		if err != nil {
			return false, errors.Wrap(err, "cannot get the account of bot")
		}

		created, err := e.created(ctx, mg, bot, user)
		if err != nil {
			return false, err
		}

		if !created {
			return false, account.Released(bot.Username, mg.Status.AtProvider.Created)
		}
	}

	me, _, err := e.server.GetMe(ctx, "")

	return err == nil && me.Id != bot.UserId, errors.Wrap(err, "cannot get the account that the provider uses")
}
