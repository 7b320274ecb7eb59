package outgoingwebhook

import (
	"context"
	"testing"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/mattermost/mattermost/server/public/model"

	"github.com/crossplane-mattermost/crossplane-mattermost/provider/mattermost"
)

// endless is a server whose list of webhooks has no end.
type endless struct {
	fake

	pages int
}

func (e *endless) GetOutgoingWebhooksForTeam(context.Context, string, int, int, string) ([]*model.OutgoingWebhook, *model.Response, error) {
	if e.pages++; e.pages > 1000 {
		return nil, nil, errors.New("nobody stops asking")
	}

	page := make([]*model.OutgoingWebhook, mattermost.PageSize)
	for i := range page {
		page[i] = &model.OutgoingWebhook{}
	}

	return page, nil, nil
}

// TestListOfWebhooksEnds asks a server that lists webhooks without end.
func TestListOfWebhooksEnds(t *testing.T) {
	server := &endless{}

	_, err := (&external{server: server}).search(t.Context(), teamID, "name")
	if err == nil || server.pages > 100 {
		t.Errorf("want an error after at most 100 pages, got %v after %d", err, server.pages)
	}
}
