package archive_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/archive"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/failure"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
)

func TestParse(t *testing.T) {
	sum := strings.Repeat("0f", 32)
	for _, prefix := range []string{"", "team/chat", "/team/chat/"} {
		r := archive.NewRepository(nil, prefix)
		for key, want := range map[string]archive.Kind{
			"repository.json":                           archive.IdentityObject,
			"b-1/manifest.json":                         archive.ManifestObject,
			"b-1/database-" + attempt + ".dump.zst":     archive.DataObject,
			"b-1/files-" + attempt + ".index.zst":       archive.DataObject,
			"b-1/database.dump.zst":                     archive.DataObject,
			"b-1/files.index.zst":                       archive.DataObject,
			"files/" + sum:                              archive.ContentObject,
			"leases/" + attempt + "-1.json":             archive.LeaseObject,
			"files/report.pdf":                          archive.Foreign,
			"files/" + strings.ToUpper(sum):             archive.Foreign,
			"files/" + sum + "0":                        archive.Foreign,
			"files/" + sum + "/x":                       archive.Foreign,
			"files/x/" + sum:                            archive.Foreign,
			"files/manifest.json":                       archive.Foreign,
			"files/database.dump.zst":                   archive.Foreign,
			"leases/manifest.json":                      archive.Foreign,
			"leases/contract.json":                      archive.Foreign,
			"b-1/files/" + sum:                          archive.Foreign,
			"b-1/files/database.dump.zst":               archive.Foreign,
			"b-1/database-x.dump.zst":                   archive.Foreign,
			"b-1/database-" + attempt + ".dump.zst.old": archive.Foreign,
			"b-1/database" + attempt + ".dump.zst":      archive.Foreign,
			"b-1/b-2/database-" + attempt + ".dump.zst": archive.Foreign,
			"b-1/other.txt":                             archive.Foreign,
			"../b-1/database.dump.zst":                  archive.Foreign,
			"..//database.dump.zst":                     archive.Foreign,
			"/database.dump.zst":                        archive.Foreign,
			"database.dump.zst":                         archive.Foreign,
			"b 1/database.dump.zst":                     archive.Foreign,
			"":                                          archive.Foreign,
		} {
			if got := r.Parse(r.Prefix() + key).Kind; got != want {
				t.Errorf("%q below %q is %d, want %d", key, prefix, got, want)
			}
			if r.Prefix() != "" && r.Parse(key).Kind != archive.Foreign {
				t.Errorf("%q is not below %q", key, prefix)
			}
		}
	}
}

// TestReserves: what a backup's objects are called is reserved for them below every prefix,
// and what somebody attached to a post is a file by every name.
func TestReserves(t *testing.T) {
	sum, id := strings.Repeat("0f", 32), strings.Repeat("a", 26)
	for _, prefix := range []string{"", "ns/nightly/", "/", "backups/ns/nightly/", "mattermost/20260101/"} {
		for key, want := range map[string]bool{
			"repository.json": true, "b-1/manifest.json": true, "b-1/database-" + attempt + ".dump.zst": true, "b-1/files.index.zst": true,
			"files/" + sum: true, "leases/" + attempt + "-1.json": true,
			"manifest.json": false, "report.pdf": false, "emoji/x/image": false, "b-1/other.json": false,
			"20260101/teams/noteam/channels/" + id + "/users/" + id + "/" + id + "/manifest.json":         false,
			"20260101/teams/noteam/channels/" + id + "/users/" + id + "/" + id + "/repository.json":       false,
			"bookmark/teams/noteam/channels/" + id + "/" + id + "/database.dump.zst":                      false,
			"20260101/teams/noteam/channels/" + id + "/users/" + id + "/leases/" + attempt + "-0.json":    true,
			"20260101/teams/noteam/channels/" + id + "/users/" + id + "/" + id + "/b-1/database.dump.zst": true,
			"backups/teams/nightly/" + id + "/manifest.json":                                              true,
			"20260101/teams/noteam/channels/" + id + "/users/" + id + "/" + id + "/a.txt":                 false,
		} {
			if prefix != "" && key == "manifest.json" {
				continue // Then the prefix ends with the backup's name.
			}
			if got := archive.Reserves(prefix + key); got != want {
				t.Errorf("%s: %t, want %t", prefix+key, got, want)
			}
		}
	}
}

// TestParseRepeats asserts that a key that is not foreign can be rebuilt from its parsed
// name.
func TestParseRepeats(t *testing.T) {
	part := rapid.SampledFrom([]string{
		"files", "leases", "b-1", "database", "manifest.json", "repository.json", "/", "-", ".dump.zst", ".index.zst", "-0.json", "-1.json", attempt, attempt + attempt, "..", "ü", "x",
	})
	rapid.Check(t, func(t *rapid.T) {
		r := archive.NewRepository(nil, rapid.SampledFrom([]string{"", "p", "p/q"}).Draw(t, "prefix"))
		key := rapid.SampledFrom([]string{"", r.Prefix()}).Draw(t, "below") + strings.Join(rapid.SliceOfN(part, 0, 7).Draw(t, "key"), "")
		name := r.Parse(key)
		var want []string
		switch name.Kind {
		case archive.Foreign:
			return
		case archive.IdentityObject:
			want = []string{r.Prefix() + archive.IdentityName}
		case archive.LeaseObject:
			want = []string{r.Prefix() + archive.LeasesName + "/" + name.Attempt + "-0.json", r.Prefix() + archive.LeasesName + "/" + name.Attempt + "-1.json"}
		case archive.ContentObject:
			want = []string{r.PoolPrefix() + attempt + attempt}
		case archive.ManifestObject:
			want = []string{r.Key(name.Backup, archive.ManifestName)}
		case archive.DataObject:
			want = []string{r.Key(name.Backup, archive.DumpName(name.Attempt)), r.Key(name.Backup, archive.IndexName(name.Attempt))}
		}
		if !slices.Contains(want, key) {
			t.Fatalf("%q was parsed as %+v, which is written as %q", key, name, want)
		}
		if name.Backup != "" && archive.CheckName(name.Backup) != nil {
			t.Fatalf("%q belongs to a backup with an invalid name: %q", key, name.Backup)
		}
	})
}

func TestCheckName(t *testing.T) {
	for _, name := range []string{"a", "chat-backup-1a2b3c4d", "Chat_1.2"} {
		if err := archive.CheckName(name); err != nil {
			t.Error(err)
		}
	}
	for _, name := range []string{"", ".", "..", "-a", "a/", "a/b", "../a", "files", "leases", "a b", "ü", "a\n"} {
		if err := archive.CheckName(name); failure.Reason(err) != job.ReasonInvalid {
			t.Errorf("%q: %v", name, err)
		}
	}
}
