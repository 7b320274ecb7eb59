package incomingwebhook

import (
	"context"
	"testing"

	"github.com/mattermost/mattermost/server/public/model"

	"github.com/crossplane-mattermost/crossplane-mattermost/provider/kindtest"
)

// endless is a server whose list of webhooks has no end.
type endless struct {
	fake
	kindtest.Endless[*model.IncomingWebhook]
}

func (e *endless) GetIncomingWebhooksForTeam(context.Context, string, int, int, string) ([]*model.IncomingWebhook, *model.Response, error) {
	return e.Next(&model.IncomingWebhook{})
}

// TestListOfWebhooksEnds asks a server that lists webhooks without end.
func TestListOfWebhooksEnds(t *testing.T) {
	server := &endless{}

	_, err := (&external{server: server}).search(t.Context(), channelID, "name")
	server.Ended(t, err)
}
