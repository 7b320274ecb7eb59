// Package bot manages bot accounts, and their access tokens.
package bot

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
	"github.com/crossplane-mattermost/crossplane-mattermost/provider/account"
	"github.com/crossplane-mattermost/crossplane-mattermost/provider/kind"
	"github.com/crossplane-mattermost/crossplane-mattermost/provider/mattermost"
)

// Service is what of Mattermost's API a bot needs.
type Service interface {
	GetBotIncludeDeleted(ctx context.Context, id, etag string) (*model.Bot, *model.Response, error)
	GetUser(ctx context.Context, id, etag string) (*model.User, *model.Response, error)
	GetMe(ctx context.Context, etag string) (*model.User, *model.Response, error)
	GetUserByUsername(ctx context.Context, username, etag string) (*model.User, *model.Response, error)
	PatchUser(ctx context.Context, id string, patch *model.UserPatch) (*model.User, *model.Response, error)
	CreateBot(ctx context.Context, bot *model.Bot) (*model.Bot, *model.Response, error)
	PatchBot(ctx context.Context, id string, patch *model.BotPatch) (*model.Bot, *model.Response, error)
	EnableBot(ctx context.Context, id string) (*model.Bot, *model.Response, error)
	DisableBot(ctx context.Context, id string) (*model.Bot, *model.Response, error)
	PermanentDeleteUser(ctx context.Context, id string) (*model.Response, error)
	CreateUserAccessToken(ctx context.Context, userID, description string) (*model.UserAccessToken, *model.Response, error)
	GetUserAccessTokensForUser(ctx context.Context, userID string, page, perPage int) ([]*model.UserAccessToken, *model.Response, error)
	RevokeUserAccessToken(ctx context.Context, id string) (*model.Response, error)
}

// SetupGated sets up the controller of bots once their definition is served.
func SetupGated(mgr ctrl.Manager, o kind.Options) {
	kind.SetupGated(mgr, o, kind.Kind[*v1alpha1.Bot]{
		Name:       v1alpha1.BotKind,
		Identified: true,
		External: func(server *model.Client4, kube client.Client) managed.TypedExternalClient[*v1alpha1.Bot] {
			return &external{server: server, kube: kube}
		},
	})
}

const (
	// fieldToken differs while there is no token in the connection Secret.
	fieldToken = "writeConnectionSecretToRef"

	// fieldAccount differs while the bot's account on the server has no mark of its
	// creator.
	fieldAccount = "account"
)

type external struct {
	server Service
	kube   client.Reader
}

// Observe the bot by mg's id, or by its username if there is no id. A disabled bot does not
// exist, unless it is to be deleted permanently. When mg is deleted, a bot that must not be
// disabled does not exist either.
func (e *external) Observe(ctx context.Context, mg *v1alpha1.Bot) (managed.ExternalObservation, error) {
	bot, err := e.find(ctx, mg)
	if err != nil {
		return managed.ExternalObservation{}, errors.Wrap(mattermost.IgnoreNotFound(err), "cannot get bot")
	}

	was := mg.Status.AtProvider
	mg.Status.AtProvider = observation(bot, was.TokenID)
	mg.Status.AtProvider.Created = was.UserID == bot.UserId && (was.Created || account.WasCreated(mg))

	found := meta.GetExternalName(mg) != bot.UserId
	meta.SetExternalName(mg, bot.UserId)

	if meta.WasDeleted(mg) {
		if bot.DeleteAt > 0 && mg.Spec.ForProvider.Deletion != v1alpha1.DeletionPermanent {
			return managed.ExternalObservation{}, nil
		}

		toEnd, err := e.mayEnd(ctx, mg, bot)

		return managed.ExternalObservation{ResourceExists: toEnd}, err
	}

	if bot.DeleteAt > 0 {
		return managed.ExternalObservation{}, nil
	}

	token, err := e.published(ctx, mg, bot)
	if err != nil {
		return managed.ExternalObservation{}, err
	}

	changes, err := e.plan(ctx, mg, bot, token)
	if err != nil {
		return managed.ExternalObservation{}, err
	}

	mg.SetConditions(xpv2.Available())

	mg.Status.AtProvider.Created = mg.Status.AtProvider.Created || changes.standing == account.Created
	if changes.standing == account.NotCreated && mg.Status.AtProvider.Created {
		changes.standing = account.Unproven
	}

	if changes.told() {
		mg.SetConditions(changes.standing.Condition(bot.Username, changes.left))
	}

	return managed.ExternalObservation{
		ResourceExists:          true,
		ResourceUpToDate:        changes.write.None(),
		ResourceLateInitialized: found,
		Diff:                    changes.write.String(),
		ConnectionDetails:       details(bot, token),
	}, nil
}

// Create a bot, or enable the disabled one of the same id or username. Its access token
// is issued by an update, which is tried again until it is published.
func (e *external) Create(ctx context.Context, mg *v1alpha1.Bot) (managed.ExternalCreation, error) {
	bot, err := e.find(ctx, mg)

	switch {
	case mattermost.IsNotFound(err):
		bot, err = e.create(ctx, mg)
	case err != nil:
		err = errors.Wrap(err, "cannot get bot")
	case bot.DeleteAt > 0:
		err = e.enable(ctx, mg, bot)
	}

	if err != nil {
		return managed.ExternalCreation{}, err
	}

	meta.SetExternalName(mg, bot.UserId)

	return managed.ExternalCreation{}, nil
}

// create a bot and mark its account. If the mark fails, an update sets it.
func (e *external) create(ctx context.Context, mg *v1alpha1.Bot) (*model.Bot, error) {
	bot, _, err := e.server.CreateBot(ctx, desired(mg.Spec.ForProvider))
	if err != nil {
		return nil, errors.Wrap(err, "cannot create bot")
	}

	return bot, e.mark(ctx, mg, bot.UserId, nil)
}

// enable a bot that a managed resource created, or that the spec takes over.
func (e *external) enable(ctx context.Context, mg *v1alpha1.Bot, bot *model.Bot) error {
	if !mg.Spec.ForProvider.TakeOver {
		user, _, err := e.server.GetUser(ctx, bot.UserId, "")
		if err != nil {
			return errors.Wrap(err, "cannot get the account of bot")
		}

		if !account.Marked(user) {
			return errors.Errorf("cannot enable bot: no managed resource created the bot %q, which somebody disabled: set spec.forProvider.takeOver to true to enable it", bot.Username)
		}
	}

	_, _, err := e.server.EnableBot(ctx, bot.UserId)

	return errors.Wrap(err, "cannot enable bot")
}

// Update the fields that differ, except those that must stay as they are.
func (e *external) Update(ctx context.Context, mg *v1alpha1.Bot) (managed.ExternalUpdate, error) {
	bot, err := e.find(ctx, mg)
	if err != nil {
		return managed.ExternalUpdate{}, errors.Wrap(err, "cannot get bot")
	}

	known, err := e.published(ctx, mg, bot)
	if err != nil {
		return managed.ExternalUpdate{}, err
	}

	changes, err := e.plan(ctx, mg, bot, known)
	if err != nil {
		return managed.ExternalUpdate{}, err
	}

	if changes.write.Has(fieldAccount) {
		if err := e.mark(ctx, mg, bot.UserId, changes.properties); err != nil {
			return managed.ExternalUpdate{}, err
		}
	}

	if changes.write.Has(patched...) {
		if bot, _, err = e.server.PatchBot(ctx, bot.UserId, patch(mg.Spec.ForProvider, changes.left)); err != nil {
			return managed.ExternalUpdate{}, errors.Wrap(err, "cannot update bot")
		}
	}

	if !changes.write.Has(fieldToken) {
		return managed.ExternalUpdate{}, nil
	}

	token, err := e.issue(ctx, mg, bot.UserId)
	if err != nil {
		return managed.ExternalUpdate{}, err
	}

	mg.Status.AtProvider.TokenID = token.Id

	return managed.ExternalUpdate{ConnectionDetails: details(bot, token.Token)}, nil
}

// Delete disables the bot and revokes its access token, or deletes the account for good
// if the spec says so.
func (e *external) Delete(ctx context.Context, mg *v1alpha1.Bot) (managed.ExternalDelete, error) {
	mg.SetConditions(xpv2.Deleting())

	id := meta.GetExternalName(mg)

	if mg.Spec.ForProvider.Deletion == v1alpha1.DeletionPermanent {
		_, err := e.server.PermanentDeleteUser(ctx, id)
		return managed.ExternalDelete{}, errors.Wrap(mattermost.IgnoreNotFound(err), "cannot delete bot permanently")
	}

	// Whoever enables the bot again finds no token that nobody knows of.
	if err := e.revoke(ctx, mg, id); err != nil {
		return managed.ExternalDelete{}, err
	}

	_, _, err := e.server.DisableBot(ctx, id)

	return managed.ExternalDelete{}, errors.Wrap(mattermost.IgnoreNotFound(err), "cannot disable bot")
}

// Disconnect does nothing: the client outlives a reconcile.
func (e *external) Disconnect(context.Context) error { return nil }

// find the bot that mg stands for. A bot whose id is gone is looked for by username, which
// another may have taken over. One whose object is being deleted is gone then: whatever
// has its name by now is somebody else's.
func (e *external) find(ctx context.Context, mg *v1alpha1.Bot) (*model.Bot, error) {
	if id := meta.GetExternalName(mg); model.IsValidId(id) {
		bot, _, err := e.server.GetBotIncludeDeleted(ctx, id, "")
		if !mattermost.IsNotFound(err) || meta.WasDeleted(mg) {
			return bot, err
		}
	}

	user, _, err := e.server.GetUserByUsername(ctx, mg.Spec.ForProvider.Username, "")
	if err != nil {
		return nil, err
	}

	if !user.IsBot {
		return nil, errors.Errorf("the account %q is a person's: declare a User", user.Username)
	}

	bot, _, err := e.server.GetBotIncludeDeleted(ctx, user.Id, "")

	return bot, err
}
