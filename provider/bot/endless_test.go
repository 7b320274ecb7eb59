package bot

import (
	"context"
	"strings"
	"testing"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/google/go-cmp/cmp"
	"github.com/mattermost/mattermost/server/public/model"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/server/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/provider/mattermost"
)

// endless is a server whose list of access tokens has no end.
type endless struct {
	fake

	pages int
}

func (e *endless) GetUserAccessTokensForUser(context.Context, string, int, int) ([]*model.UserAccessToken, *model.Response, error) {
	if e.pages++; e.pages > 1000 {
		return nil, nil, errors.New("nobody stops asking")
	}

	page := make([]*model.UserAccessToken, mattermost.PageSize)
	for i := range page {
		page[i] = &model.UserAccessToken{Id: strings.Repeat("x", 40<<10), Description: description(&v1alpha1.Bot{})}
	}

	return page, nil, nil
}

// TestListOfTokensEnds asks a server that lists access tokens without end, each as long as
// an answer allows.
func TestListOfTokensEnds(t *testing.T) {
	server := &endless{}
	err := (&external{server: server}).revoke(t.Context(), &v1alpha1.Bot{}, id)

	if err == nil || server.pages > 100 {
		t.Errorf("want an error after at most 100 pages, got %v after %d", err, server.pages)
	}

	if diff := cmp.Diff(0, len(server.revoked)); diff != "" {
		t.Errorf("revoked: -want, +got:\n%s", diff)
	}
}
