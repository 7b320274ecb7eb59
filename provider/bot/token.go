package bot

import (
	"context"
	"fmt"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/crossplane/crossplane-runtime/v2/pkg/reconciler/managed"
	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	"github.com/mattermost/mattermost/server/public/model"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/server/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/provider/mattermost"
	"github.com/crossplane-mattermost/crossplane-mattermost/provider/secret"
)

// Keys of the connection Secret, beside the username.
const (
	keyToken = "token"
	// keyUserID says whose the token is: a bot that was made anew has another id.
	keyUserID = "userId"
)

// idLength is how long an id is.
const idLength = 26

// details to publish of a bot. A token that is unknown is left out.
func details(bot *model.Bot, token string) managed.ConnectionDetails {
	d := managed.ConnectionDetails{xpv2.CredentialsSecretUserKey: []byte(bot.Username)}
	if token != "" {
		d[keyUserID], d[keyToken] = []byte(bot.UserId), []byte(token)
	}

	return d
}

// published returns the token of the bot in mg's connection Secret, or nothing.
func (e *external) published(ctx context.Context, mg *v1alpha1.Bot, bot *model.Bot) (string, error) {
	known, err := secret.Published(ctx, e.kube, mg)
	if string(known[keyUserID]) != bot.UserId {
		return "", err
	}

	return string(known[keyToken]), err
}

// issue an access token. One that was lost before it was published is revoked, so that
// there is never more than one.
func (e *external) issue(ctx context.Context, mg *v1alpha1.Bot, botID string) (*model.UserAccessToken, error) {
	if err := e.revoke(ctx, mg, botID); err != nil {
		return nil, err
	}

	token, _, err := e.server.CreateUserAccessToken(ctx, botID, description(mg))

	return token, errors.Wrap(err, "cannot create the access token of bot")
}

// revoke the access tokens that were issued for mg, and no others of the bot.
func (e *external) revoke(ctx context.Context, mg *v1alpha1.Bot, botID string) error {
	var issued []string

	list := func(page int) ([]*model.UserAccessToken, *model.Response, error) {
		return e.server.GetUserAccessTokensForUser(ctx, botID, page, mattermost.PageSize)
	}

	// Ids are kept until all are listed. A longer text is no id, and would take memory.
	err := mattermost.EachListed(list, func(token *model.UserAccessToken) {
		if token.Description == description(mg) && len(token.Id) <= idLength {
			issued = append(issued, token.Id)
		}
	})
	if err != nil {
		return errors.Wrap(mattermost.IgnoreNotFound(err), "cannot list the access tokens of bot")
	}

	for _, id := range issued {
		if _, err := e.server.RevokeUserAccessToken(ctx, id); mattermost.IgnoreNotFound(err) != nil {
			return errors.Wrap(err, "cannot revoke the access token of bot")
		}
	}

	return nil
}

// description of the access token that is issued for mg, which no other has.
func description(mg *v1alpha1.Bot) string {
	return fmt.Sprintf("provider-mattermost, Bot %s", mg.GetUID())
}
