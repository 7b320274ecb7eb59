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

// changes are what is to be done about what differs.
type changes struct {
	// write is to be written.
	write drift.Drift

	// left differs, and stays as it is.
	left drift.Drift

	// standing of the bot. It is empty where nobody asked, since nothing depends on it and
	// a condition tells it already.
	standing account.Standing

	// properties of the account that is to be marked.
	properties model.StringMap
}

// told says whether there is something to tell of the bot's standing. What is not noted
// on the server yet has to be asked again.
func (c changes) told() bool { return c.standing != "" && !c.write.Has(fieldAccount) }

// plan what to do about what differs between mg and bot, whose token is published.
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

// created says whether mg created bot, whose account is user. A server takes no note of
// that when it creates a bot, so that an interrupted creation may have left none: such a
// bot is the provider's own, and is not older than the attempt to create it.
func (e *external) created(ctx context.Context, mg *v1alpha1.Bot, bot *model.Bot, user *model.User) (bool, error) {
	if account.Marked(user) {
		return account.CreatedBy(mg, user), nil
	}

	began := meta.GetExternalCreatePending(mg)
	if made := mg.GetCreationTimestamp().Time; began.IsZero() || began.Before(made) {
		return false, nil
	}

	// The annotation has seconds, and the server has a clock of its own.
	if began = began.Truncate(time.Second); time.UnixMilli(bot.CreateAt).Before(began) {
		return false, nil
	}

	me, _, err := e.server.GetMe(ctx, "")
	if err != nil {
		return false, errors.Wrap(err, "cannot get the account that the provider uses")
	}

	return bot.OwnerId == me.Id, nil
}

// mark the account of a bot, which has properties, with the note that mg created it.
func (e *external) mark(ctx context.Context, mg *v1alpha1.Bot, userID string, properties model.StringMap) error {
	_, _, err := e.server.PatchUser(ctx, userID, &model.UserPatch{Props: account.Mark(mg, properties)})
	return errors.Wrap(err, "cannot note who created bot")
}

// mayEnd says whether bot may be disabled, or deleted, with mg.
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
