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
	"github.com/crossplane-mattermost/crossplane-mattermost/provider/kind"
	"github.com/crossplane-mattermost/crossplane-mattermost/provider/mattermost"
)

// Service is what of Mattermost's API a bot needs.
type Service interface {
	GetBotIncludeDeleted(ctx context.Context, id, etag string) (*model.Bot, *model.Response, error)
	GetUserByUsername(ctx context.Context, username, etag string) (*model.User, *model.Response, error)
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

// fieldToken differs while there is no token in the connection Secret.
const fieldToken = "writeConnectionSecretToRef"

type external struct {
	server Service
	kube   client.Reader
}

// Observe the bot of mg's id, or of its username where there is none. A bot that is
// disabled does not exist, unless it is to be deleted for good.
func (e *external) Observe(ctx context.Context, mg *v1alpha1.Bot) (managed.ExternalObservation, error) {
	bot, err := e.find(ctx, mg)
	if err != nil {
		return managed.ExternalObservation{}, errors.Wrap(mattermost.IgnoreNotFound(err), "cannot get bot")
	}

	mg.Status.AtProvider = observation(bot, mg.Status.AtProvider.TokenID)

	found := meta.GetExternalName(mg) != bot.UserId
	meta.SetExternalName(mg, bot.UserId)

	if bot.DeleteAt > 0 || meta.WasDeleted(mg) {
		permanently := mg.Spec.ForProvider.Deletion == v1alpha1.DeletionPermanent
		return managed.ExternalObservation{ResourceExists: meta.WasDeleted(mg) && (bot.DeleteAt == 0 || permanently)}, nil
	}

	differs := compare(mg.Spec.ForProvider, bot)

	token, err := e.published(ctx, mg, bot)
	if err != nil {
		return managed.ExternalObservation{}, err
	}

	if token == "" && mg.GetWriteConnectionSecretToReference() != nil {
		differs = append(differs, fieldToken)
	}

	mg.SetConditions(xpv2.Available())

	return managed.ExternalObservation{
		ResourceExists:          true,
		ResourceUpToDate:        differs.None(),
		ResourceLateInitialized: found,
		Diff:                    differs.String(),
		ConnectionDetails:       details(bot, token),
	}, nil
}

// Create a bot, or enable the disabled one of the same id or username. Its access token
// is issued by an update, which is tried again until it is published.
func (e *external) Create(ctx context.Context, mg *v1alpha1.Bot) (managed.ExternalCreation, error) {
	bot, err := e.find(ctx, mg)

	switch {
	case mattermost.IsNotFound(err):
		bot, _, err = e.server.CreateBot(ctx, desired(mg.Spec.ForProvider))
		err = errors.Wrap(err, "cannot create bot")
	case err != nil:
		err = errors.Wrap(err, "cannot get bot")
	case bot.DeleteAt > 0:
		bot, _, err = e.server.EnableBot(ctx, bot.UserId)
		err = errors.Wrap(err, "cannot enable bot")
	}

	if err != nil {
		return managed.ExternalCreation{}, err
	}

	meta.SetExternalName(mg, bot.UserId)

	return managed.ExternalCreation{}, nil
}

// Update what differs.
func (e *external) Update(ctx context.Context, mg *v1alpha1.Bot) (managed.ExternalUpdate, error) {
	p := mg.Spec.ForProvider

	bot, err := e.find(ctx, mg)
	if err != nil {
		return managed.ExternalUpdate{}, errors.Wrap(err, "cannot get bot")
	}

	if !compare(p, bot).None() {
		if bot, _, err = e.server.PatchBot(ctx, bot.UserId, patch(p)); err != nil {
			return managed.ExternalUpdate{}, errors.Wrap(err, "cannot update bot")
		}
	}

	known, err := e.published(ctx, mg, bot)
	if err != nil || known != "" || mg.GetWriteConnectionSecretToReference() == nil {
		return managed.ExternalUpdate{}, err
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
// another may have taken over.
func (e *external) find(ctx context.Context, mg *v1alpha1.Bot) (*model.Bot, error) {
	if id := meta.GetExternalName(mg); model.IsValidId(id) {
		bot, _, err := e.server.GetBotIncludeDeleted(ctx, id, "")
		if !mattermost.IsNotFound(err) {
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
