package mattermost

import (
	"net/http"

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

func hasStatus(err error, status int) bool {
	answer := &model.AppError{}
	return errors.As(err, &answer) && answer.StatusCode == status
}
