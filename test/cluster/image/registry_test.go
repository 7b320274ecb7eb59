package image

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/remote"
)

// registryAt starts a registry with its blobs in dir, and counts the uploads.
func registryAt(t *testing.T, dir string) (address string, uploads *atomic.Int32) {
	t.Helper()
	handler, err := Registry(dir)
	if err != nil {
		t.Fatal(err)
	}
	uploads = &atomic.Int32{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPatch {
			uploads.Add(1)
		}
		handler.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	return strings.TrimPrefix(server.URL, "http://"), uploads
}

func TestPublish(t *testing.T) {
	b, _ := builder(t)
	built, _, want := build(t, b, sample("moin"))
	address, _ := registryAt(t, t.TempDir())
	if err := Publish(t.Context(), address, built); err != nil {
		t.Fatal(err)
	}
	for _, n := range built.Names {
		ref, err := reference(address, n)
		if err != nil {
			t.Fatal(err)
		}
		pulled, err := remote.Image(ref)
		if err != nil {
			t.Fatal(err)
		}
		digest, err := pulled.Digest()
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, digest); diff != "" {
			t.Errorf("Digest of %s as pulled: -want, +got:\n%s", n, diff)
		}
		// Extracting reads and verifies every layer.
		content := mutate.Extract(pulled)
		names := []string{}
		for _, h := range headers(t, content) {
			names = append(names, h.Name)
		}
		if diff := cmp.Diff([]string{"tmp", "greeting"}, names); diff != "" {
			t.Errorf("Content of %s as pulled: -want, +got:\n%s", n, diff)
		}
	}
}

func TestPublishAfterRestart(t *testing.T) {
	b, _ := builder(t)
	built, _, _ := build(t, b, sample("moin"))
	dir := t.TempDir()
	cases := []struct {
		reason string
		want   int32
	}{
		{reason: "An empty registry is sent two layers and the configuration, once for both names.", want: 3},
		{reason: "A registry that has forgotten the manifests still has the blobs.", want: 0},
	}
	for _, tc := range cases {
		address, uploads := registryAt(t, dir)
		if err := Publish(t.Context(), address, built); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(tc.want, uploads.Load()); diff != "" {
			t.Errorf("%s\nBlobs uploaded: -want, +got:\n%s", tc.reason, diff)
		}
	}
}

func TestRegistryRefusesCorruptBlob(t *testing.T) {
	address, _ := registryAt(t, t.TempDir())
	const digest = "sha256:0000000000000000000000000000000000000000000000000000000000000000"
	post, err := http.NewRequestWithContext(t.Context(), http.MethodPost,
		"http://"+address+"/v2/test/sample/blobs/uploads/?digest="+digest, strings.NewReader("something else"))
	if err != nil {
		t.Fatal(err)
	}
	posted, err := http.DefaultClient.Do(post)
	if err != nil {
		t.Fatal(err)
	}
	if err := posted.Body.Close(); err != nil {
		t.Fatal(err)
	}
	got := answer(t, "http://"+address+"/v2/test/sample/blobs/"+digest)
	if diff := cmp.Diff([]int{http.StatusBadRequest, http.StatusNotFound}, []int{posted.StatusCode, got}); diff != "" {
		t.Errorf("Status of uploading and getting a blob with the wrong digest: -want, +got:\n%s", diff)
	}
}

func TestServe(t *testing.T) {
	free, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := free.Addr().String()

	if err := Serve(t.Context(), address, t.TempDir()); err == nil {
		t.Error("Serve(...) on an address in use: want an error, got none")
	}
	if err := free.Close(); err != nil {
		t.Fatal(err)
	}

	ctx, stop := context.WithCancel(t.Context())
	stopped := make(chan error, 1)
	go func() { stopped <- Serve(ctx, address, t.TempDir()) }()
	for status := 0; status != http.StatusOK; {
		select {
		case err := <-stopped:
			t.Fatalf("Serve(...): stopped before it answered: %v", err)
		default:
			status = answer(t, "http://"+address+"/v2/")
		}
	}
	stop()
	if err := <-stopped; err != nil {
		t.Errorf("Serve(...) whose context ended: want no error, got %v", err)
	}
}

// answer returns the status that url answers with, or 0 if nobody does.
func answer(t *testing.T, url string) int {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0
	}
	if err := response.Body.Close(); err != nil {
		t.Fatal(err)
	}
	return response.StatusCode
}
