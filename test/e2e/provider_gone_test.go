package e2e

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/mattermost/mattermost/server/public/model"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
)

// noSuchRoute is the error of a server for an unknown request.
const noSuchRoute = "api.context.404.app_error"

// goneRequests are requests whose 404 tells the provider that an object does not exist.
var goneRequests = map[string]func(ctx context.Context, c *model.Client4, id string) error{
	"GetTeam": func(ctx context.Context, c *model.Client4, id string) error {
		_, _, err := c.GetTeam(ctx, id, "")
		return err
	},
	"GetTeamByName": func(ctx context.Context, c *model.Client4, id string) error {
		_, _, err := c.GetTeamByName(ctx, id, "")
		return err
	},
	"SoftDeleteTeam": func(ctx context.Context, c *model.Client4, id string) error {
		_, err := c.SoftDeleteTeam(ctx, id)
		return err
	},
	"GetChannel": func(ctx context.Context, c *model.Client4, id string) error {
		_, _, err := c.GetChannel(ctx, id, "")
		return err
	},
	"DeleteChannel": func(ctx context.Context, c *model.Client4, id string) error {
		_, err := c.DeleteChannel(ctx, id)
		return err
	},
	"GetUser": func(ctx context.Context, c *model.Client4, id string) error {
		_, _, err := c.GetUser(ctx, id, "")
		return err
	},
	"GetUserByUsername": func(ctx context.Context, c *model.Client4, id string) error {
		_, _, err := c.GetUserByUsername(ctx, id, "")
		return err
	},
	"DeleteUser": func(ctx context.Context, c *model.Client4, id string) error {
		_, err := c.DeleteUser(ctx, id)
		return err
	},
	"GetBotIncludeDeleted": func(ctx context.Context, c *model.Client4, id string) error {
		_, _, err := c.GetBotIncludeDeleted(ctx, id, "")
		return err
	},
	"DisableBot": func(ctx context.Context, c *model.Client4, id string) error {
		_, _, err := c.DisableBot(ctx, id)
		return err
	},
	"GetTeamMember": func(ctx context.Context, c *model.Client4, id string) error {
		_, _, err := c.GetTeamMember(ctx, id, id, "")
		return err
	},
	"GetIncomingWebhook": func(ctx context.Context, c *model.Client4, id string) error {
		_, _, err := c.GetIncomingWebhook(ctx, id, "")
		return err
	},
	"DeleteIncomingWebhook": func(ctx context.Context, c *model.Client4, id string) error {
		_, err := c.DeleteIncomingWebhook(ctx, id)
		return err
	},
	"GetOutgoingWebhook": func(ctx context.Context, c *model.Client4, id string) error {
		_, _, err := c.GetOutgoingWebhook(ctx, id)
		return err
	},
	"DeleteOutgoingWebhook": func(ctx context.Context, c *model.Client4, id string) error {
		_, err := c.DeleteOutgoingWebhook(ctx, id)
		return err
	},
	"GetCommandById": func(ctx context.Context, c *model.Client4, id string) error {
		_, _, err := c.GetCommandById(ctx, id)
		return err
	},
	"DeleteCommand": func(ctx context.Context, c *model.Client4, id string) error {
		_, err := c.DeleteCommand(ctx, id)
		return err
	},
}

// goneIsUnderstood asks a server for objects that do not exist. The provider recognizes the
// server's own 404 by the id and the repeated status in it.
func goneIsUnderstood(ctx context.Context, t *testing.T, in *inside) {
	t.Helper()
	for name, request := range goneRequests {
		if said := refusalOf(request(ctx, in.admin, model.NewId())); said.StatusCode != http.StatusNotFound || !strings.Contains(said.Id, ".") || said.Id == noSuchRoute {
			t.Errorf("%s: the server's answer does not say that something does not exist: %+v", name, said)
		}
	}
	answer, err := in.admin.DoAPIGet(ctx, "/no/such/route", "")
	if err == nil {
		_ = answer.Body.Close()
	}
	if said := refusalOf(err); said.Id != noSuchRoute {
		t.Errorf("the answer to an unknown request is %+v, want error %s", said, noSuchRoute)
	}
}

// refusalOf returns a server's error.
func refusalOf(err error) model.AppError {
	said := &model.AppError{}
	if !errors.As(err, &said) {
		return model.AppError{}
	}
	return *said
}
