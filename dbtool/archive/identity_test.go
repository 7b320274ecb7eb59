package archive_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/archive"
)

// TestForeignManifestsPushNoBackupOut: backups that say no repository, or another one, and
// that came later than the repository's identity, count for nothing when it is pruned.
func TestForeignManifestsPushNoBackupOut(t *testing.T) {
	id := archive.Identity{ID: attempt, StoredAt: began}
	honest := stored("honest", -time.Hour)
	honest.Repository = attempt
	all := []archive.Stored{honest}
	for _, repository := range []string{"", "", "", "another"} {
		planted := stored("planted-"+repository, -2*time.Hour)
		planted.FormatVersion, planted.Repository = 1, repository
		all = append(all, planted)
	}
	own := id.Own(all)
	if diff := cmp.Diff([]string{"honest"}, names(own)); diff != "" {
		t.Errorf("its own backups: -want +got:\n%s", diff)
	}
	if doomed := (archive.Retention{Count: 1}).Doomed(own, began.Add(day)); len(doomed) > 0 {
		t.Errorf("deleted: %v", names(doomed))
	}
}

// TestFirstFormatIsPruned: what a repository had before it had an identity is its own, and
// so is all of one that has none yet.
func TestFirstFormatIsPruned(t *testing.T) {
	before, same := stored("before", day), stored("same", 0)
	for _, i := range []archive.Identity{{}, {ID: attempt, StoredAt: began}} {
		if diff := cmp.Diff([]string{"before", "same"}, names(i.Own([]archive.Stored{before, same}))); diff != "" {
			t.Errorf("identity %q: -want +got:\n%s", i.ID, diff)
		}
	}
}
