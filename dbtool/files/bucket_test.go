package files

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/failure"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/store"
)

// listener remembers what is put into a store.
type listener struct {
	Store
	mu  sync.Mutex
	put []string
}

func (l *listener) Put(_ context.Context, path string, r io.Reader, _ int64) error {
	_, err := io.Copy(io.Discard, r)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.put = append(l.put, path)
	return err
}

// bucketOf a service that has one manifest, and one content below every key.
func bucketOf(t *testing.T, manifest, content string) *store.Bucket {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Has("list-type") || r.URL.Query().Has("delimiter") {
			_, _ = fmt.Fprint(w, `<ListBucketResult><Name>bbb</Name><IsTruncated>false</IsTruncated><Contents><Key>`+manifest+`</Key><Size>3</Size><ETag>"e"</ETag><LastModified>2026-01-01T00:00:00Z</LastModified></Contents></ListBucketResult>`)
			return
		}
		w.Header().Set("ETag", `"e"`)
		w.Header().Set("Last-Modified", "Thu, 01 Jan 2026 00:00:00 GMT")
		_, _ = fmt.Fprint(w, content)
	}))
	t.Cleanup(s.Close)
	b, err := store.Open(store.Options{Endpoint: s.URL, Bucket: "bbb", Region: "r", AccessKey: "a", SecretKey: "s"})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestRestoreLeavesBackupsAlone: a list of files that names objects of backups in the
// bucket that the server keeps files in has none of them written, there or not.
func TestRestoreLeavesBackupsAlone(t *testing.T) {
	const content, there = "x", "backups/ns/nightly/20260101/manifest.json"
	b := bucketOf(t, there, content)
	for except, denied := range map[string][]string{
		"":         {there, "backups/ns/nightly/planted/manifest.json", "backups/ns/other/repository.json"},
		"backups/": {there, "backups/ns/nightly/whatever.txt"},
	} {
		target := &listener{Store: NewBucket(b, "", except, t.TempDir())}
		lines := &strings.Builder{}
		for _, path := range append(denied, "emoji/x/image") {
			_, _ = fmt.Fprintf(lines, `{"path":%q,"bytes":1,"sha256":%q}`+"\n", path, sumOf(content))
		}
		for _, do := range []func(Restoration, context.Context, *Index) (Count, error){Restoration.Prepare, Restoration.Replace} {
			index, err := NewIndex(strings.NewReader(lines.String()))
			if err != nil {
				t.Fatal(err)
			}
			target.put = nil
			count, err := do(Restoration{Store: target, Pool: NewPool(b, "evil/files/"), Request: "r"}, t.Context(), index)
			if err != nil || count.Refused != int64(len(denied)) || count.Files != 1 {
				t.Errorf("%+v, %v", count, err)
			}
			if len(target.put) != 1 || target.put[0] != "emoji/x/image" {
				t.Errorf("except %q: wrote %v", except, target.put)
			}
		}
		for _, path := range denied {
			if err := target.Store.Put(t.Context(), path, strings.NewReader(content), 1); failure.Reason(err) != job.ReasonCorrupt {
				t.Errorf("put %s: %v", path, err)
			}
		}
	}
}

// TestFolderOfABucket: a server may share its bucket with others, each in a folder.
func TestFolderOfABucket(t *testing.T) {
	var mu sync.Mutex
	var asked []string
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		asked = append(asked, r.Method+" "+r.URL.Path+" "+r.URL.Query().Get("prefix"))
		mu.Unlock()
		_, _ = io.Copy(io.Discard, r.Body)
		switch {
		case r.URL.Query().Has("list-type"):
			_, _ = fmt.Fprint(w, `<ListBucketResult><Name>bbb</Name><IsTruncated>false</IsTruncated><Contents><Key>chat/a</Key><Size>3</Size><ETag>"e"</ETag><LastModified>2026-01-01T00:00:00Z</LastModified></Contents></ListBucketResult>`)
		default:
			w.Header().Set("ETag", `"e"`)
			w.Header().Set("Last-Modified", "Thu, 01 Jan 2026 00:00:00 GMT")
			_, _ = fmt.Fprint(w, "abc")
		}
	}))
	t.Cleanup(s.Close)
	of, err := store.Open(store.Options{Endpoint: s.URL, Bucket: "bbb", Region: "r", AccessKey: "a", SecretKey: "s"})
	if err != nil {
		t.Fatal(err)
	}
	b := NewBucket(of, "chat", "", t.TempDir())
	var paths []string
	if err := b.Walk(t.Context(), func(f File) error { paths = append(paths, f.Path); return nil }); err != nil || len(paths) != 1 || paths[0] != "a" {
		t.Errorf("the folder has %v, %v", paths, err)
	}
	r, err := b.Open(t.Context(), "a")
	if err != nil {
		t.Fatal(err)
	}
	_, _ = io.Copy(io.Discard, r)
	_ = r.Close()
	if err := b.Put(t.Context(), "b", strings.NewReader("abc"), 3); err != nil {
		t.Error(err)
	}
	for _, request := range asked {
		listed := strings.HasSuffix(request, " chat/")
		if !listed && !strings.Contains(request, "/bbb/chat/") && request != "GET /bbb/ " && request != "HEAD /bbb/ " {
			t.Errorf("it asks for what is not below its folder: %s", request)
		}
	}
}
