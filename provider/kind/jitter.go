package kind

import (
	"math/rand/v2"
	"time"

	"github.com/crossplane/crossplane-runtime/v2/pkg/reconciler/managed"
	"github.com/crossplane/crossplane-runtime/v2/pkg/resource"
)

// jitter spreads observations, so that resources that were created together are not
// observed together for ever. A fraction of 0.1 makes an interval up to a tenth shorter
// or longer.
func jitter(fraction float64) managed.PollIntervalHook {
	return func(_ resource.Managed, interval time.Duration) time.Duration {
		return interval + time.Duration((rand.Float64()*2-1)*fraction*float64(interval)) //nolint:gosec // Nobody gains by guessing it.
	}
}
