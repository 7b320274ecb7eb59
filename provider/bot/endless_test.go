package bot

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/mattermost/mattermost/server/public/model"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/server/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/provider/kindtest"
)

// endless is a server whose list of access tokens has no end.
type endless struct {
	fake
	kindtest.Endless[*model.UserAccessToken]
}

func (e *endless) GetUserAccessTokensForUser(context.Context, string, int, int) ([]*model.UserAccessToken, *model.Response, error) {
	return e.Next(&model.UserAccessToken{Id: strings.Repeat("x", 40<<10), Description: description(&v1alpha1.Bot{})})
}

// TestListOfTokensEnds asks a server that lists access tokens without end, each as long as
// an answer allows.
func TestListOfTokensEnds(t *testing.T) {
	server := &endless{}

	err := (&external{server: server}).revoke(t.Context(), &v1alpha1.Bot{}, id)
	server.Ended(t, err)

	if diff := cmp.Diff(0, len(server.revoked)); diff != "" {
		t.Errorf("revoked: -want, +got:\n%s", diff)
	}
}
