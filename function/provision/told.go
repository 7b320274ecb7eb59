package provision

import (
	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
)

// Told is the connection that a backend told until now, nil when it told none. What it
// is made of may be out of sight for a moment, and servers go on using it.
func Told[C any](s compose.State, backend string) (*C, error) {
	composite := s.Composite()
	if composite.String("status", "backend") != backend {
		return nil, nil //nolint:nilnil // No connection is known, and that is no error.
	}
	var out *C
	return out, errors.Wrap(composite.Decode(&out, "status", "connection"), "cannot read status.connection")
}
