package kind

import (
	"maps"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/types"
)

// renamePause is between two changes of a resource's external name.
const renamePause = time.Minute

// renames limit how often the external name of a resource changes.
type renames struct {
	mu   sync.Mutex
	last map[types.UID]time.Time
}

func newRenames() *renames { return &renames{last: map[types.UID]time.Time{}} }

// allow another name of a resource now. What is older than the pause is forgotten.
func (r *renames) allow(resource types.UID, now time.Time) bool {
	r.mu.Lock()
	defer r.mu.Unlock()

	maps.DeleteFunc(r.last, func(_ types.UID, at time.Time) bool { return now.Sub(at) >= renamePause })

	if _, again := r.last[resource]; again {
		return false
	}

	r.last[resource] = now

	return true
}
