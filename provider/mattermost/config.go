package mattermost

import (
	"context"
	"net/http"

	"github.com/mattermost/mattermost/server/public/model"
)

// ConfigService is what of Mattermost's API the configuration of clients needs.
type ConfigService interface {
	DoAPIGet(ctx context.Context, url, etag string) (*http.Response, error)
}

// ClientConfig returns what server tells its clients of its configuration, which is
// more when they have logged in.
func ClientConfig(ctx context.Context, server ConfigService) (map[string]string, error) {
	// Servers before 11 answer in no other format, which the client does not ask for.
	rsp, err := server.DoAPIGet(ctx, "/config/client?format=old", "")
	if err != nil {
		return nil, err
	}

	defer func() { _ = rsp.Body.Close() }()

	config, _, err := model.DecodeJSONFromResponse[map[string]string](rsp)

	return config, err
}
