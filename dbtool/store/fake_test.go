package store_test

import (
	"bytes"
	"crypto/md5" //nolint:gosec // As S3.
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/xml"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"
)

// fake S3 service. Like a real one, it refuses a body that does not match its checksums and
// stores nothing.
type fake struct {
	lock    sync.Mutex
	objects map[string][]byte
	parts   map[int][]byte
	// conditions says that it supports If-None-Match.
	conditions bool
	// unchecked counts bodies that were sent without a checksum.
	unchecked int
}

func newFake() *fake { return &fake{objects: map[string][]byte{}, parts: map[int][]byte{}} }

func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil || r.ContentLength >= 0 && int64(len(body)) != r.ContentLength {
		refuse(w, http.StatusBadRequest, "IncompleteBody")
		return
	}
	f.lock.Lock()
	defer f.lock.Unlock()
	key, query := r.URL.Path, r.URL.Query()
	switch {
	case r.Method == http.MethodPost && query.Has("uploads"):
		f.parts = map[int][]byte{}
		_, _ = fmt.Fprint(w, "<InitiateMultipartUploadResult><UploadId>upload</UploadId></InitiateMultipartUploadResult>")
	case r.Method == http.MethodPost:
		f.complete(w, key, body)
	case r.Method == http.MethodPut && !f.intact(r, body):
		refuse(w, http.StatusBadRequest, "BadDigest")
	case r.Method == http.MethodPut && query.Has("uploadId"):
		n, _ := strconv.Atoi(query.Get("partNumber"))
		f.parts[n] = body
		w.Header().Set("ETag", tag(body))
	case r.Method == http.MethodPut:
		if _, exists := f.objects[key]; exists && f.conditions && r.Header.Get("If-None-Match") == "*" {
			refuse(w, http.StatusPreconditionFailed, "PreconditionFailed")
			return
		}
		f.objects[key] = body
		w.Header().Set("ETag", tag(body))
	case r.Method == http.MethodDelete:
		delete(f.objects, key)
		f.parts = map[int][]byte{}
		w.WriteHeader(http.StatusNoContent)
	default:
		content, exists := f.objects[key]
		if !exists {
			refuse(w, http.StatusNotFound, "NoSuchKey")
			return
		}
		w.Header().Set("ETag", tag(content))
		http.ServeContent(w, r, "", time.Unix(1, 0), bytes.NewReader(content))
	}
}

// complete an object from its parts. After that the upload no longer exists.
func (f *fake) complete(w http.ResponseWriter, key string, body []byte) {
	list := struct {
		Part []struct {
			PartNumber int
			ETag       string
		}
	}{}
	if err := xml.Unmarshal(body, &list); err != nil || len(list.Part) == 0 || len(f.parts) == 0 {
		refuse(w, http.StatusNotFound, "NoSuchUpload")
		return
	}
	var whole []byte
	for _, n := range slices.Sorted(maps.Keys(f.parts)) {
		whole = append(whole, f.parts[n]...)
	}
	f.objects[key], f.parts = whole, map[int][]byte{}
	_, _ = fmt.Fprint(w, "<CompleteMultipartUploadResult><Bucket>bucket</Bucket><Key>key</Key></CompleteMultipartUploadResult>")
}

// intact says whether a body matches its checksums.
func (f *fake) intact(r *http.Request, body []byte) bool {
	m, s := md5.Sum(body), sha256.Sum256(body) //nolint:gosec // As above.
	md5Base64, sha256Hex := r.Header.Get("Content-Md5"), r.Header.Get("X-Amz-Content-Sha256")
	if md5Base64 == "" || len(sha256Hex) != hex.EncodedLen(sha256.Size) {
		f.unchecked++
	}
	return md5Base64 == base64.StdEncoding.EncodeToString(m[:]) && sha256Hex == hex.EncodeToString(s[:])
}

func tag(content []byte) string {
	sum := sha256.Sum256(content)
	return `"` + hex.EncodeToString(sum[:16]) + `"`
}

func refuse(w http.ResponseWriter, status int, code string) {
	w.WriteHeader(status)
	_, _ = fmt.Fprintf(w, "<Error><Code>%s</Code><Message>no</Message></Error>", code)
}
