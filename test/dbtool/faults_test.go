package dbtool_test

import (
	"bytes"
	"crypto/rand"
	"errors"
	"io"
	"maps"
	mathrand "math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
	"github.com/crossplane-mattermost/crossplane-mattermost/test/local"
)

// faults is a proxy before the real gateway that causes faults. A seed determines them if
// requests come in the same order.
type faults struct {
	proxy *httputil.ReverseProxy
	// behind is a client of the gateway itself, to store altered objects.
	behind minio.Core

	lock sync.Mutex
	draw *mathrand.Rand
	// percent of the requests that fail.
	percent int
	// seen faults, by name.
	seen map[string]int
}

// newFaults starts the proxy.
func newFaults(t *testing.T) (*faults, string) {
	t.Helper()
	core, err := minio.NewCore(here.Gateway, &minio.Options{Creds: credentials.NewStaticV4(local.AccessKey, local.SecretKey, ""), Region: "us-east-1"})
	if err != nil {
		t.Fatal(err)
	}
	f := &faults{proxy: httputil.NewSingleHostReverseProxy(&url.URL{Scheme: "http", Host: here.Gateway}), behind: *core, seen: map[string]int{}}
	f.proxy.ErrorHandler = func(http.ResponseWriter, *http.Request, error) { panic(http.ErrAbortHandler) }
	server := httptest.NewServer(f)
	t.Cleanup(server.Close)
	return f, server.URL
}

// begin again with a seed.
func (f *faults) begin(seed uint64, percent int) {
	f.lock.Lock()
	defer f.lock.Unlock()
	f.draw, f.percent = mathrand.New(mathrand.NewPCG(seed, 1)), percent //nolint:gosec // Any numbers will do.
}

// next returns the next fault, or an empty name.
func (f *faults) next(r *http.Request) (name string, at float64) {
	f.lock.Lock()
	defer f.lock.Unlock()
	if f.draw.IntN(100) >= f.percent {
		return "", 0
	}
	names := []string{"502", "503", "answer lost", "cut"}
	if r.Method == http.MethodPut {
		names = append(names, "502 after half", "503 after half", "truncated", "altered", "cut after half")
	}
	name = names[f.draw.IntN(len(names))]
	f.seen[name]++
	return name, f.draw.Float64()
}

func (f *faults) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name, at := f.next(r)
	half := int64(at * float64(r.ContentLength))
	switch name {
	case "":
		f.proxy.ServeHTTP(w, r)
	case "502":
		w.WriteHeader(http.StatusBadGateway)
	case "503":
		w.Header().Set("Retry-After", "0")
		w.WriteHeader(http.StatusServiceUnavailable)
	case "502 after half":
		_, _ = io.CopyN(io.Discard, r.Body, half)
		w.WriteHeader(http.StatusBadGateway)
	case "503 after half":
		_, _ = io.CopyN(io.Discard, r.Body, half)
		w.WriteHeader(http.StatusServiceUnavailable)
	case "cut after half":
		_, _ = io.CopyN(io.Discard, r.Body, half)
		panic(http.ErrAbortHandler)
	case "answer lost":
		f.proxy.ServeHTTP(httptest.NewRecorder(), r)
		panic(http.ErrAbortHandler)
	case "cut":
		answer := httptest.NewRecorder()
		f.proxy.ServeHTTP(answer, r)
		maps.Copy(w.Header(), answer.Header())
		w.WriteHeader(answer.Code)
		_, _ = w.Write(answer.Body.Bytes()[:int(at*float64(answer.Body.Len()))])
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	case "truncated", "altered":
		f.storeOther(w, r, name, half)
	}
}

// storeOther accepts a body and stores an altered one, as a gateway might that checks
// nothing.
func (f *faults) storeOther(w http.ResponseWriter, r *http.Request, name string, at int64) {
	body, err := io.ReadAll(r.Body)
	if err != nil || len(body) == 0 || r.Header.Get("X-Amz-Copy-Source") != "" {
		panic(http.ErrAbortHandler)
	}
	if name == "truncated" {
		body = body[:at]
	} else {
		body[min(at, int64(len(body))-1)] ^= 1
	}
	bucket, key, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	etag := ""
	if query := r.URL.Query(); query.Has("uploadId") {
		n, _ := strconv.Atoi(query.Get("partNumber"))
		part, failed := f.behind.PutObjectPart(r.Context(), bucket, key, query.Get("uploadId"), n, bytes.NewReader(body), int64(len(body)), minio.PutObjectPartOptions{})
		etag, err = part.ETag, failed
	} else {
		stored, failed := f.behind.Client.PutObject(r.Context(), bucket, key, bytes.NewReader(body), int64(len(body)), minio.PutObjectOptions{DisableMultipart: true})
		etag, err = stored.ETag, failed
	}
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	w.Header().Set("ETag", `"`+etag+`"`)
}

// TestFaultyBackups makes a hundred backups with a network and a store that fail in many
// ways. Every backup that is reported complete must be whole, and so must all earlier ones.
func TestFaultyBackups(t *testing.T) {
	const runs = 100
	source, bucket := newDatabase(t, mattermost(100, "new")+wide(20000)+"CREATE TABLE noise AS SELECT string_agg(gen_random_uuid()::text, '') FROM generate_series(1, 600000);"), newBucket(t)
	want, dir := dumped(t, source), t.TempDir()
	for name, size := range map[string]int{"empty": 0, "small": 100, "a/medium": 600 << 10, "a/large": 9 << 20} {
		noise := make([]byte, size)
		_, _ = rand.Read(noise)
		write(t, dir, name, noise)
	}
	f, address := newFaults(t)
	complete, failed := 0, 0
	for i := range runs {
		// The first of every five starts with an empty repository.
		prefix := "faulty/" + strconv.Itoa(i/5)
		name := "backup-" + strconv.Itoa(i)
		noise := make([]byte, 600<<10)
		_, _ = rand.Read(noise)
		write(t, dir, "changing", noise)
		f.begin(uint64(i), []int{1, 4, 10, 20}[i%4])
		e := backupEnv(source, bucket, name).with(env{
			job.EnvStoreEndpoint: address, job.EnvStorePrefix: prefix, job.EnvFilesDirectory: dir, "LEASE": "10s", "GRACE": "0s", job.EnvKeepCount: "3",
		})
		got := run(t, e, job.CommandBackup)
		e[job.EnvStoreEndpoint] = "http://" + here.Gateway
		var names []string
		for _, b := range must(t, run(t, e, "list")).Backups {
			names = append(names, b.Name)
		}
		if len(got.result.Backups) > 0 && got.result.Backups[0].Name == name {
			complete++
			if !slices.Contains(names, name) {
				t.Errorf("run %d: the backup was reported complete, and is not listed: %v", i, names)
			}
		} else {
			failed++
		}
		if got.code == job.CodeFinal {
			t.Errorf("run %d: a temporary fault was reported as final: %+v\n%s", i, got.result, got.output)
		}
		for _, name := range names {
			must(t, run(t, e, "verify", name))
		}
		if len(names) == 0 || i%10 != 9 {
			continue
		}
		restored, target := t.TempDir(), newDatabase(t, mattermost(100, "old"))
		newest := names[0]
		must(t, run(t, restoreEnv(t, target, bucket, prefix+"/"+newest, "uid").with(env{job.EnvFilesDirectory: restored}), job.CommandRestore))
		wantSame(t, "the data that was restored", want, dumped(t, target))
		if newest == name {
			wantSameFiles(t, dir, restored)
		}
	}
	t.Logf("%d complete, all of them whole; %d failed; faults: %v", complete, failed, f.seen)
	if complete < runs/4 || failed == 0 {
		t.Errorf("%d complete and %d failed: the faults are too many or too few to prove anything", complete, failed)
	}
}

func wantSameFiles(t *testing.T, want, got string) {
	t.Helper()
	err := filepath.WalkDir(want, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		a, err := os.ReadFile(path) //nolint:gosec // A test's.
		if err != nil {
			return err
		}
		b, err := os.ReadFile(filepath.Join(got, strings.TrimPrefix(path, want))) //nolint:gosec // A test's.
		if err == nil && !bytes.Equal(a, b) {
			t.Errorf("file %s is different", path)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// errRetry says that the program exited with the code for a retry.
var errRetry = errors.New("it failed, and may succeed when it is tried again")

// TestFaultyRestore restores files to a bucket with the same faults.
func TestFaultyRestore(t *testing.T) {
	source, bucket := newDatabase(t, mattermost(100, "new")), newBucket(t)
	files := bucketStore(t)
	for i := range 30 {
		files.put(filePath(i), content(i))
	}
	must(t, run(t, backupEnv(source, bucket, "chat-1").with(files.env), job.CommandBackup))
	f, address := newFaults(t)
	for i := range 5 {
		store := bucketStore(t)
		f.begin(uint64(i), 10)
		e := restoreEnv(t, newDatabase(t, mattermost(100, "old")), bucket, "all/team/chat/chat-1", "uid").with(store.env).with(env{job.EnvFilesEndpoint: address})
		err := local.Await(t.Context(), func() error {
			o := run(t, e, job.CommandRestore)
			if o.code == job.CodeRetry {
				return errRetry
			}
			must(t, o)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		for i := range 30 {
			if !bytes.Equal(store.get(filePath(i)), content(i)) {
				t.Errorf("file %d is different", i)
			}
		}
	}
	t.Logf("faults: %v", f.seen)
}
