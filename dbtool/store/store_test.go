package store_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/failure"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/store"
)

// bucket that a handler answers for.
func bucket(t *testing.T, h http.HandlerFunc, change ...func(*store.Options)) *store.Bucket {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	o := store.Options{Endpoint: server.URL, Bucket: "bucket", Region: "r", AccessKey: "a", SecretKey: "s"}
	for _, c := range change {
		c(&o)
	}
	b, err := store.Open(o)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// serve an object, and break each connection after some bytes.
func serve(content []byte, etag func() string, breakAfter int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"`+etag()+`"`)
		if m := r.Header.Get("If-Match"); m != "" && m != `"`+etag()+`"` {
			w.WriteHeader(http.StatusPreconditionFailed)
			return
		}
		begin := 0
		if _, err := fmt.Sscanf(r.Header.Get("Range"), "bytes=%d-", &begin); err == nil {
			w.Header().Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", begin, len(content)-1, len(content)))
		}
		rest := content[begin:]
		w.Header().Set("Content-Length", fmt.Sprint(len(rest)))
		w.Header().Set("Last-Modified", time.Unix(0, 0).UTC().Format(http.TimeFormat))
		if begin > 0 {
			w.WriteHeader(http.StatusPartialContent)
		}
		_, _ = w.Write(rest[:min(len(rest), breakAfter)])
	}
}

func TestGetGoesOnWhereConnectionsBreak(t *testing.T) {
	content := make([]byte, 100_000)
	_, _ = rand.NewChaCha8([32]byte{}).Read(content)
	b := bucket(t, serve(content, func() string { return "same" }, 30_000))
	r, o, err := b.Get(t.Context(), "key")
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(r)
	if err != nil || !bytes.Equal(got, content) || o.Bytes != int64(len(content)) {
		t.Errorf("%d of %d bytes, %v", len(got), len(content), err)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
}

func TestGetEndsWhenTheObjectIsReplaced(t *testing.T) {
	count := atomic.Int64{}
	b := bucket(t, serve(make([]byte, 1000), func() string { return fmt.Sprint(count.Add(1) > 1) }, 100))
	r, _, err := b.Get(t.Context(), "key")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadAll(r); failure.Reason(err) != job.ReasonCorrupt {
		t.Errorf("%v", err)
	}
}

func TestErrors(t *testing.T) {
	for _, of := range []struct {
		reason string
		status int
		code   string
		want   job.Reason
		exit   int
	}{
		{"a full disk", http.StatusInsufficientStorage, "XMinioStorageFull", job.ReasonDiskFull, job.CodeFinal},
		{"a full disk without a code", http.StatusInsufficientStorage, "", job.ReasonDiskFull, job.CodeFinal},
		{"a quota", http.StatusForbidden, "QuotaExceeded", job.ReasonDiskFull, job.CodeFinal},
		{"no right", http.StatusForbidden, "AccessDenied", job.ReasonAccessDenied, job.CodeFinal},
		{"a wrong key", http.StatusForbidden, "SignatureDoesNotMatch", job.ReasonAccessDenied, job.CodeFinal},
		{"no bucket", http.StatusNotFound, "NoSuchBucket", job.ReasonNotFound, job.CodeFinal},
		{"a body that was altered on the way", http.StatusBadRequest, "BadDigest", job.ReasonUnavailable, job.CodeRetry},
		{"a part that was cut on the way", http.StatusBadRequest, "EntityTooSmall", job.ReasonUnavailable, job.CodeRetry},
		{"a bad request", http.StatusBadRequest, "InvalidArgument", job.ReasonInvalid, job.CodeFinal},
	} {
		t.Run(of.reason, func(t *testing.T) {
			b := bucket(t, func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(of.status)
				if of.code != "" {
					_, _ = fmt.Fprintf(w, "<Error><Code>%s</Code><Message>no</Message></Error>", of.code)
				}
			})
			_, err := b.PutBytes(t.Context(), "key", []byte("x"))
			if failure.Reason(err) != of.want || failure.Code(err) != of.exit || !strings.Contains(err.Error(), "key of bucket bucket") {
				t.Errorf("%v is %s, want %s", err, failure.Reason(err), of.want)
			}
		})
	}
}

func TestPutWhatCannotBeRead(t *testing.T) {
	b := bucket(t, func(_ http.ResponseWriter, r *http.Request) { _, _ = io.Copy(io.Discard, r.Body) })
	want := failure.New(job.ReasonTooNew, "no")
	broken := io.MultiReader(strings.NewReader("x"), readerFunc(func([]byte) (int, error) { return 0, want }))
	if _, err := b.Put(t.Context(), "key", broken, 10); !errors.Is(err, want) {
		t.Errorf("%v", err)
	}
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

func TestEncryption(t *testing.T) {
	for _, of := range []struct{ encryption, key, want, wantKey string }{
		{"", "", "", ""}, {"AES256", "", "AES256", ""}, {"KMS", "key-1", "aws:kms", "key-1"}, {"KMS", "", "aws:kms", ""},
	} {
		for name, bytes := range map[string]int{"one request": 1, "parts": 9 << 20} {
			s, got, key := newFake(), "", ""
			b := bucket(t, func(w http.ResponseWriter, r *http.Request) {
				if r.Method == http.MethodPost && r.URL.Query().Has("uploads") || r.Method == http.MethodPut && !r.URL.Query().Has("uploadId") {
					got, key = r.Header.Get("X-Amz-Server-Side-Encryption"), r.Header.Get("X-Amz-Server-Side-Encryption-Aws-Kms-Key-Id")
				}
				s.ServeHTTP(w, r)
			}, func(o *store.Options) { o.Encryption, o.KMSKey = of.encryption, of.key })
			if _, err := b.Put(t.Context(), "key", strings.NewReader(strings.Repeat("x", bytes)), 0); err != nil {
				t.Fatal(err)
			}
			if got != of.want || key != of.wantKey {
				t.Errorf("%s, %+v: %q %q", name, of, got, key)
			}
		}
	}
}

func TestOpenRefuses(t *testing.T) {
	for reason, o := range map[string]store.Options{
		"no bucket":          {Endpoint: "s3.example.com"},
		"unknown encryption": {Bucket: "b", Encryption: "ROT13"},
		"a path":             {Bucket: "b", Endpoint: "s3.example.com/path", AccessKey: "a", SecretKey: "s"},
	} {
		if _, err := store.Open(o); failure.Reason(err) != job.ReasonInvalid || failure.Code(err) != job.CodeFinal {
			t.Errorf("%s: %v", reason, err)
		}
	}
}
