package provision

import "github.com/crossplane-mattermost/crossplane-mattermost/function/compose"

// Told says whether the status has a connection of a backend. Nothing else of the
// connection in the status is used: whoever may write the status could name another owner's
// objects there.
func Told(s compose.State, backend string) bool {
	composite := s.Composite()
	return composite.String("status", "backend") == backend && composite.Has("status", "connection")
}

// Tell a connection once nothing is waited for. After that it stays in the status while an
// object is temporarily missing, since servers keep using it.
func Tell[C any](told bool, connection *C, waiting string) (*C, string, error) {
	if waiting != "" && !told {
		return nil, waiting, nil
	}
	return connection, waiting, nil
}
