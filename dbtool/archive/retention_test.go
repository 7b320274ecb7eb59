package archive_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/archive"
)

const day = 24 * time.Hour

func stored(name string, age time.Duration) archive.Stored {
	return archive.Stored{Manifest: manifest(name), StoredAt: began.Add(-age)}
}

func names(of []archive.Stored) []string {
	var all []string
	for _, s := range of {
		all = append(all, s.Name)
	}
	return all
}

func TestRetention(t *testing.T) {
	backups := []archive.Stored{stored("d", 30*day), stored("a", 0), stored("c", 8*day), stored("b", day)}
	for _, of := range []struct {
		reason    string
		retention archive.Retention
		backups   []archive.Stored
		now       time.Time
		want      []string
	}{
		{"no limit keeps all", archive.Retention{}, backups, began, nil},
		{"a count keeps the newest", archive.Retention{Count: 2}, backups, began, []string{"c", "d"}},
		{"days keep the young", archive.Retention{Days: 8}, backups, began, []string{"d"}},
		{"both limits count", archive.Retention{Count: 3, Days: 2}, backups, began, []string{"c", "d"}},
		{"the newest stays however old it is", archive.Retention{Count: 1, Days: 1}, backups, began.Add(100 * day), []string{"b", "c", "d"}},
		{"nothing", archive.Retention{Count: 1}, nil, began, nil},
	} {
		if diff := cmp.Diff(of.want, names(of.retention.Doomed(of.backups, of.now))); diff != "" {
			t.Errorf("%s: -want +got:\n%s", of.reason, diff)
		}
	}
}

// TestRetentionCountsInTheStoresTime asserts that the clocks of the machines that made the
// backups do not matter.
func TestRetentionCountsInTheStoresTime(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ages := rapid.SliceOfN(rapid.IntRange(0, 60*24), 0, 20).Draw(t, "hours ago")
		retention := archive.Retention{Count: rapid.IntRange(0, 8).Draw(t, "count"), Days: rapid.IntRange(0, 40).Draw(t, "days")}
		var right, wrong []archive.Stored
		for i, hours := range ages {
			s := stored(fmt.Sprintf("b%d", i), time.Duration(hours)*time.Hour+time.Duration(i)*time.Second)
			right = append(right, s)
			off := time.Duration(rapid.IntRange(-40, 40).Draw(t, "clock off by days")) * day
			s.StartedAt, s.CompletedAt = s.StartedAt.Add(off), s.CompletedAt.Add(off)
			wrong = append(wrong, s)
		}
		doomed := names(retention.Doomed(right, began))
		if diff := cmp.Diff(doomed, names(retention.Doomed(wrong, began))); diff != "" {
			t.Fatalf("a clock that is wrong changes what is kept:\n%s", diff)
		}
		for _, s := range right {
			young := retention.Days == 0 || began.Sub(s.StoredAt) <= time.Duration(retention.Days)*day
			fresher := 0
			for _, other := range right {
				if other.StoredAt.After(s.StoredAt) {
					fresher++
				}
			}
			among := retention.Count == 0 || fresher < retention.Count
			isDoomed := slices.Contains(doomed, s.Name)
			if keep := fresher == 0 || young && among; keep == isDoomed {
				t.Fatalf("%s, stored %s ago, with %d newer ones: deleted %t", s.Name, began.Sub(s.StoredAt), fresher, isDoomed)
			}
		}
	})
}
