package store_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/failure"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/store"
)

// metadata counts requests to other hosts than this one, such as a node's metadata service,
// which the proxy of TestMain answers.
var metadata atomic.Int64

// TestMain sends requests to other hosts to a proxy that returns a node's role.
func TestMain(m *testing.M) {
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		metadata.Add(1)
		switch {
		case strings.HasSuffix(r.URL.Path, "/api/token"):
			_, _ = w.Write([]byte("token"))
		case strings.HasSuffix(r.URL.Path, "/security-credentials/"):
			_, _ = w.Write([]byte("node"))
		default:
			_, _ = w.Write([]byte(`{"Code": "Success", "AccessKeyId": "node", "SecretAccessKey": "node", "Token": "node", "Expiration": "2126-03-01T00:00:00Z"}`))
		}
	}))
	for _, name := range []string{"HTTP_PROXY", "http_proxy"} {
		if err := os.Setenv(name, proxy.URL); err != nil {
			panic(err)
		}
	}
	code := m.Run()
	proxy.Close()
	os.Exit(code)
}

// TestTheNodesRoleIsNotUsed asserts that the metadata service is never asked when there are
// no keys, and that pods with an identity of their own use it.
func TestTheNodesRoleIsNotUsed(t *testing.T) {
	var signed atomic.Value
	s3 := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		signed.Store(r.Header.Get("Authorization"))
		w.WriteHeader(http.StatusOK)
	}))
	defer s3.Close()
	container := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`{"AccessKeyId": "container", "SecretAccessKey": "s", "Token": "t", "Expiration": "2126-03-01T00:00:00Z"}`))
	}))
	defer container.Close()
	loopback := strings.Replace(container.URL, "127.0.0.1", "localhost", 1)

	for name, tc := range map[string]struct {
		reason string
		env    map[string]string
		want   string
	}{
		"None":             {reason: "A pod without an identity has none."},
		"Keys":             {reason: "Keys in the environment are not used.", env: map[string]string{"AWS_ACCESS_KEY_ID": "env", "AWS_SECRET_ACCESS_KEY": "s"}},
		"MetadataDisabled": {reason: "The metadata service is not used, whatever the variable says.", env: map[string]string{"AWS_EC2_METADATA_DISABLED": "false"}},
		"Metadata":         {reason: "A URI of the metadata service is not used.", env: map[string]string{"AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://169.254.169.254/latest/meta-data/iam/security-credentials/node"}}, //nolint:gosec // An address.
		"MetadataOfIPv6":   {reason: "A URI of the metadata service's IPv6 address is not used.", env: map[string]string{"AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://[fd00:ec2::254]/latest/"}},                         //nolint:gosec // An address.
		"HostInAPath":      {reason: "A relative URI cannot name another host.", env: map[string]string{"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "@169.254.169.254/latest/"}},
		"Container":        {reason: "A container's own credentials are used.", env: map[string]string{"AWS_CONTAINER_CREDENTIALS_FULL_URI": loopback}, want: "container"},
	} {
		t.Run(name, func(t *testing.T) {
			for _, variable := range []string{
				"AWS_EC2_METADATA_DISABLED", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY",
				"AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
			} {
				t.Setenv(variable, tc.env[variable])
			}
			before := metadata.Load()
			b, err := store.Open(store.Options{Endpoint: s3.URL, Bucket: "bucket", Region: "r"})
			if err == nil {
				_, err = b.Stat(t.Context(), "key")
			}
			switch {
			case tc.want == "" && (failure.Reason(err) != job.ReasonAccessDenied || !strings.Contains(err.Error(), "the node's role is not used")):
				t.Errorf("%s\nit says %v", tc.reason, err)
			case tc.want != "" && !strings.Contains(signed.Load().(string), "Credential="+tc.want+"/"):
				t.Errorf("%s\nit signs %v: %v", tc.reason, signed.Load(), err)
			}
			if got := metadata.Load() - before; got > 0 {
				t.Errorf("%s\nthe metadata service is asked %d times", tc.reason, got)
			}
		})
	}
}
