package archive

import (
	"slices"
	"time"
)

// Retention says which backups are kept. A limit of 0 is none.
type Retention struct {
	// Count of the newest backups that are kept.
	Count int
	// Days that a backup is kept.
	Days int
}

const day = 24 * time.Hour

// Doomed returns the backups that the retention does not keep, oldest last. It never
// includes the newest one. Only the store's time counts, both for the age of a manifest and
// for the present.
func (r Retention) Doomed(backups []Stored, now time.Time) []Stored {
	sorted := slices.SortedFunc(slices.Values(backups), newer)
	var doomed []Stored
	for i, s := range sorted {
		many := r.Count > 0 && i >= r.Count
		old := r.Days > 0 && now.Sub(s.StoredAt) > time.Duration(r.Days)*day
		if i > 0 && (many || old) {
			doomed = append(doomed, s)
		}
	}
	return doomed
}
