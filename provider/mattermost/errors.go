package mattermost

import (
	"net/http"
	"net/url"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/mattermost/mattermost/server/public/model"
)

// IsNotFound says whether err is a server's answer that something does not exist.
func IsNotFound(err error) bool {
	return hasStatus(err, http.StatusNotFound)
}

// IgnoreNotFound returns nil for a server's answer that something does not exist, and
// any other err as it is.
func IgnoreNotFound(err error) error {
	if IsNotFound(err) {
		return nil
	}

	return err
}

// WithoutURL returns why a request failed, without the URL that it was for. It is for
// requests whose URL is a secret.
func WithoutURL(err error) error {
	request := &url.Error{}
	if errors.As(err, &request) {
		return request.Err
	}

	return err
}

func hasStatus(err error, status int) bool {
	answer := &model.AppError{}
	return errors.As(err, &answer) && answer.StatusCode == status
}
