package backup

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/archive"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/codec"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/failure"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/store"
)

// repositoryOf a service that has complete backups: their names, and the repositories that
// they say they were made for.
func repositoryOf(t *testing.T, backups map[string]string) *archive.Repository {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if query := r.URL.Query(); query.Has("list-type") || query.Has("delimiter") {
			list := ""
			for name := range backups {
				list += "<CommonPrefixes><Prefix>" + name + "/</Prefix></CommonPrefixes>"
			}
			_, _ = w.Write([]byte(`<ListBucketResult><Name>bbb</Name><IsTruncated>false</IsTruncated>` + list + `</ListBucketResult>`))
			return
		}
		name := strings.Split(r.URL.Path, "/")[2]
		encoded, err := archive.Manifest{
			FormatVersion: archive.Version, Name: name, Repository: backups[name], Request: "request", CompletedAt: time.Unix(1, 0),
			Dump: archive.DumpObject{Key: archive.DumpName(""), Sums: codec.Sums{SHA256: "x"}},
		}.Encode()
		if err != nil {
			t.Error(err)
		}
		w.Header().Set("ETag", `"e"`)
		w.Header().Set("Last-Modified", "Thu, 01 Jan 2026 00:00:00 GMT")
		_, _ = w.Write(encoded)
	}))
	t.Cleanup(s.Close)
	b, err := store.Open(store.Options{Endpoint: s.URL, Bucket: "bbb", Region: "r", AccessKey: "a", SecretKey: "s"})
	if err != nil {
		t.Fatal(err)
	}
	return archive.NewRepository(b, "")
}

// TestBackupsOfOthersAreNotBelieved: neither their lists of files, of which a backup takes
// what did not change, nor that they are the backup that is asked for.
func TestBackupsOfOthersAreNotBelieved(t *testing.T) {
	own := archive.Identity{ID: "own", StoredAt: time.Unix(1, 0)}
	r := repositoryOf(t, map[string]string{"honest": "own", "planted": "another", "nameless": ""})
	earlier, err := Backup{Repository: r}.earlier(t.Context(), own)
	if err != nil {
		t.Fatal(err)
	}
	names := []string{}
	for _, s := range earlier {
		names = append(names, s.Name)
	}
	if diff := cmp.Diff([]string{"honest"}, names); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	for name, want := range map[string]job.Reason{"honest": "", "planted": job.ReasonTaken, "nameless": job.ReasonTaken} {
		made, err := Backup{Repository: r, Name: name, Request: "request", Log: slog.New(slog.DiscardHandler)}.made(t.Context(), own)
		if made != (want == "") || want == "" && err != nil || want != "" && failure.Reason(err) != want {
			t.Errorf("%s: %v, %v", name, made, err)
		}
	}
}
