package store_test

import (
	"bytes"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/failure"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
)

// TestPutThroughFaults stores objects, in one request and in parts, through a faulty
// connection or store. Either the stored object is what was sent, or Put fails.
func TestPutThroughFaults(t *testing.T) {
	for _, of := range []struct {
		reason string
		// fault of the nth request with a body. It returns whether it sent the answer.
		fault func(f *fake, n int, w http.ResponseWriter, r *http.Request) bool
		fails bool
	}{
		{"no fault", func(*fake, int, http.ResponseWriter, *http.Request) bool { return false }, false},
		{"a 502 after half of the body", func(_ *fake, n int, w http.ResponseWriter, r *http.Request) bool {
			if n > 1 {
				return false
			}
			_, _ = io.CopyN(io.Discard, r.Body, r.ContentLength/2)
			w.WriteHeader(http.StatusBadGateway)
			return true
		}, false},
		{"an answer that is lost", func(f *fake, n int, w http.ResponseWriter, r *http.Request) bool {
			if n%2 == 0 {
				return false
			}
			f.ServeHTTP(httptest.NewRecorder(), r)
			w.WriteHeader(http.StatusServiceUnavailable)
			return true
		}, false},
		{"a proxy that passes on half of every body", func(f *fake, _ int, w http.ResponseWriter, r *http.Request) bool {
			half, _ := io.ReadAll(io.LimitReader(r.Body, r.ContentLength/2))
			r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(half)), int64(len(half))
			f.ServeHTTP(w, r)
			return true
		}, true},
		{"a store that drops the end of what it accepted", func(f *fake, _ int, w http.ResponseWriter, r *http.Request) bool {
			f.ServeHTTP(w, r)
			for key, content := range f.objects {
				f.objects[key] = content[:len(content)-1]
			}
			return true
		}, true},
		{"a store that alters what it accepted", func(f *fake, _ int, w http.ResponseWriter, r *http.Request) bool {
			f.ServeHTTP(w, r)
			for _, content := range f.objects {
				content[len(content)/2] ^= 1
			}
			return true
		}, true},
	} {
		for name, size := range map[string]int{"one request": 700 << 10, "two parts": 9 << 20, "many parts": 25 << 20} {
			for hint, expected := range map[string]int64{"known": int64(size), "unknown": 0, "wrong": 1000} {
				if name == "many parts" && hint != "unknown" {
					continue
				}
				t.Run(of.reason+", "+name+", "+hint, func(t *testing.T) {
					f, n := newFake(), 0
					b := bucket(t, func(w http.ResponseWriter, r *http.Request) {
						if r.Method == http.MethodPut || r.Method == http.MethodPost {
							f.lock.Lock()
							n++
							now := n
							f.lock.Unlock()
							if of.fault(f, now, w, r) {
								return
							}
						}
						f.ServeHTTP(w, r)
					})
					content := make([]byte, size)
					_, _ = rand.NewChaCha8([32]byte{}).Read(content)
					o, err := b.Put(t.Context(), "key", iotest.HalfReader(bytes.NewReader(content)), expected)
					if (err != nil) != of.fails {
						t.Fatalf("error %v", err)
					}
					if err != nil {
						if failure.Reason(err) == job.ReasonCorrupt || failure.Reason(err) == job.ReasonNotFound {
							t.Errorf("the error of a store that alters objects does not ask for a retry: %v", err)
						}
						return
					}
					if !bytes.Equal(f.objects["/bucket/key"], content) || o.Bytes != int64(size) {
						t.Errorf("the %d stored bytes are not what was sent", len(f.objects["/bucket/key"]))
					}
					if f.unchecked > 0 {
						t.Errorf("%d bodies were sent without a checksum", f.unchecked)
					}
				})
			}
		}
	}
}

// TestPutOfAReaderThatBreaks asserts that nothing is stored, whatever error the reader
// returns.
func TestPutOfAReaderThatBreaks(t *testing.T) {
	for _, size := range []int{10, 9 << 20} {
		f := newFake()
		b := bucket(t, f.ServeHTTP)
		r := io.MultiReader(strings.NewReader(strings.Repeat("x", size)), iotest.ErrReader(io.ErrUnexpectedEOF))
		if _, err := b.Put(t.Context(), "key", r, 0); err == nil || len(f.objects) > 0 || len(f.parts) > 0 {
			t.Errorf("%d bytes: error %v, %d objects and %d parts are stored", size, err, len(f.objects), len(f.parts))
		}
	}
}

// TestPutBytesTriesAgain asserts that an object is stored again if the store altered it.
func TestPutBytesTriesAgain(t *testing.T) {
	f, altered := newFake(), 0
	b := bucket(t, func(w http.ResponseWriter, r *http.Request) {
		f.ServeHTTP(w, r)
		if r.Method == http.MethodPut && altered < 2 {
			altered++
			f.objects["/bucket/key"] = []byte("other")
		}
	})
	o, err := b.PutBytes(t.Context(), "key", []byte("content"))
	if err != nil || string(f.objects["/bucket/key"]) != "content" || o.Bytes != 7 || o.Modified.IsZero() {
		t.Errorf("%q is stored: %+v, %v", f.objects["/bucket/key"], o, err)
	}
}

func TestCreate(t *testing.T) {
	for _, conditions := range []bool{true, false} {
		f := newFake()
		f.conditions = conditions
		b := bucket(t, f.ServeHTTP)
		for _, content := range []string{"first", "second"} {
			if err := b.Create(t.Context(), "key", []byte(content)); err != nil {
				t.Fatal(err)
			}
		}
		if got := string(f.objects["/bucket/key"]); got != "first" {
			t.Errorf("conditions %t: %q is stored", conditions, got)
		}
	}
	refusing := newFake()
	b := bucket(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("If-None-Match") != "" && r.Method == http.MethodPut {
			refuse(w, http.StatusNotImplemented, "NotImplemented")
			return
		}
		refusing.ServeHTTP(w, r)
	})
	if err := b.Create(t.Context(), "key", []byte("x")); err != nil || len(refusing.objects) != 1 {
		t.Errorf("a store that refuses the condition: %v", err)
	}
}
