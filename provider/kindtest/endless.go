package kindtest

import (
	"testing"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/mattermost/mattermost/server/public/model"

	"github.com/crossplane-mattermost/crossplane-mattermost/provider/mattermost"
)

// Endless is a list that a hostile server never ends.
type Endless[T any] struct {
	pages int
}

// Next returns a full page, each element of which is one. A caller that never stops gets an
// error after a thousand pages, so that the test ends.
func (e *Endless[T]) Next(one T) ([]T, *model.Response, error) {
	if e.pages++; e.pages > 1000 {
		return nil, nil, errors.New("nobody stops asking")
	}

	page := make([]T, mattermost.PageSize)
	for i := range page {
		page[i] = one
	}

	return page, nil, nil
}

// Ended asserts that the reader of the list stopped early, with an error.
func (e *Endless[T]) Ended(t *testing.T, err error) {
	t.Helper()

	if err == nil || e.pages > 100 {
		t.Errorf("want an error after at most 100 pages, got %v after %d", err, e.pages)
	}
}
