package e2e

import (
	"bytes"
	"context"
	"net/url"
	"os/exec"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/crossplane-mattermost/crossplane-mattermost/test/backends"
	"github.com/crossplane-mattermost/crossplane-mattermost/test/cluster/location"
	"github.com/crossplane-mattermost/crossplane-mattermost/test/installation"
)

// inPod runs a shell command in a container, which gets nothing secret on its command
// line: what it needs is in the container's environment.
func inPod(ctx context.Context, t *testing.T, namespace, pod, command string) []byte {
	t.Helper()
	run := exec.CommandContext(ctx, location.Kubectl(), "--kubeconfig", location.Kubeconfig(), "-n", namespace, //nolint:gosec // The cluster's own kubectl.
		"exec", pod, "--", "bash", "-euo", "pipefail", "-c", command)
	stderr := &strings.Builder{}
	run.Stderr = stderr
	out, err := run.Output()
	if err != nil {
		t.Fatalf("cannot run a command in pod %s: %v: %s", pod, err, stderr)
	}
	return out
}

// uploaded puts an object into the store of backups.
func uploaded(ctx context.Context, t *testing.T, key string, content []byte) {
	t.Helper()
	if err := storage.S3.Put(ctx, backupStore, key, bytes.NewReader(content)); err != nil {
		t.Fatal(err)
	}
}

// prepareEmpty installs an installation that nobody has used.
func prepareEmpty(ctx context.Context, t *testing.T, xr *unstructured.Unstructured) {
	t.Helper()
	if err := installation.Prepare(ctx, cluster, storage, xr); err != nil {
		t.Fatal(err)
	}
	install(ctx, t, xr.DeepCopy())
	becomes(ctx, t, live(xr), changeLimit, "RolloutComplete", "True")
}

// databaseOwner is who the installation's database is connected to as.
func databaseOwner(ctx context.Context, t *testing.T, xr *unstructured.Unstructured) backends.Credentials {
	t.Helper()
	s := &corev1.Secret{}
	if err := cluster.Get(ctx, client.ObjectKey{Namespace: xr.GetNamespace(), Name: "mattermost-database"}, s); err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(string(s.Data["DB_CONNECTION_STRING"]))
	if err != nil {
		t.Fatal("the connection string is no URL")
	}
	password, _ := u.User.Password()
	return backends.Credentials{Username: u.User.Username(), Password: password}
}

// copyFiles of an installation to another's bucket, as a person would.
func copyFiles(ctx context.Context, t *testing.T, from, to *unstructured.Unstructured) {
	t.Helper()
	if err := storage.S3.Copy(ctx, from.GetNamespace(), to.GetNamespace()); err != nil {
		t.Fatal(err)
	}
}

// openedBy makes the Secret test-restore, with the keys that the user guide names, which
// opens the store of backups.
func openedBy(ctx context.Context, t *testing.T, xr *unstructured.Unstructured) {
	t.Helper()
	secret(ctx, t, xr, "test-restore", restoreKeys())
}

// restoreKeys open the store of backups, by the names of the user guide, and of a service
// that is not Amazon's.
func restoreKeys() map[string]string {
	return map[string]string{
		"AWS_ACCESS_KEY_ID": storage.S3.AccessKey, "AWS_SECRET_ACCESS_KEY": storage.S3.SecretKey,
		"AWS_REGION": "us-east-1", "S3_PROVIDER": "AWS", "AWS_ENDPOINT_URL": "http://" + storage.S3.Endpoint,
	}
}
