package provision

import (
	"fmt"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
)

// Part is a composed object that a connection waits for.
type Part struct {
	// Composed is the name that it is composed under.
	Composed string
	// Resource and Name are what kubectl knows it by.
	Resource, Name string
}

// Awaited says which part is waited for, the first one that is not ready. It is empty
// when all are.
func Awaited(s compose.State, parts ...Part) string {
	for _, p := range parts {
		if !compose.Ready(s.Observed(p.Composed)) {
			return fmt.Sprintf("waiting for %s %q to be ready: should it not, `kubectl describe %s %s` says why", p.Resource, p.Name, p.Resource, p.Name)
		}
	}
	return ""
}
