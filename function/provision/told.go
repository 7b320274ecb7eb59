package provision

import "github.com/crossplane-mattermost/crossplane-mattermost/function/compose"

// Told says whether a backend told a connection before. No more is read of the connection
// in the status: whoever may write a status may name there what is somebody else's.
func Told(s compose.State, backend string) bool {
	composite := s.Composite()
	return composite.String("status", "backend") == backend && composite.Has("status", "connection")
}

// Tell a connection once nothing is waited for. After that it stays told while something is
// away for a moment: servers go on using it.
func Tell[C any](told bool, connection *C, waiting string) (*C, string, error) {
	if waiting != "" && !told {
		return nil, waiting, nil
	}
	return connection, waiting, nil
}
