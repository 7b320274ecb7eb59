package installation

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/mattermost/mattermost/server/public/model"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
)

// Client of the server's whole API, logged in with a password.
func (s *Server) Client(ctx context.Context, username, password string) (*model.Client4, error) {
	c := model.NewAPIv4Client(s.address)
	if _, _, err := c.Login(ctx, username, password); err != nil {
		return nil, errors.Errorf("cannot log in as %s", username)
	}
	return c, nil
}

// PostJSON sends a text to a URL of the server, whatever host the URL names. The host is
// one that pods of the cluster know. Errors do not repeat the URL.
func (s *Server) PostJSON(ctx context.Context, address, text string) error {
	to, err := url.Parse(address)
	if err != nil {
		return errors.New("cannot post: this is no URL")
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, s.address+to.Path, strings.NewReader(text))
	if err != nil {
		return errors.New("cannot make the request")
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := s.client.Do(request)
	if err != nil {
		return errors.New("cannot post: the server does not answer")
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		return errors.Errorf("cannot post: the server answers with status %d", response.StatusCode)
	}
	return nil
}
