package mattermost

import (
	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/mattermost/mattermost/server/public/model"
)

const (
	// PageSize is the most that a server lists at once.
	PageSize = 200

	// maxPages is how many pages of a list are read. A hostile server's list may never end.
	maxPages = 50
)

// EachListed calls look with everything that list returns, page by page.
func EachListed[T any](list func(page int) ([]T, *model.Response, error), look func(T)) error {
	for page := range maxPages {
		listed, _, err := list(page)
		if err != nil {
			return err
		}

		for _, one := range listed {
			look(one)
		}

		if len(listed) < PageSize {
			return nil
		}
	}

	return errors.Errorf("the server lists more than %d", maxPages*PageSize)
}
