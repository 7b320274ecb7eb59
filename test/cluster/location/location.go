// Package location says where the cluster that test/cluster brings up keeps
// what others need: the tests, the demo and the cluster program itself.
package location

import (
	"bytes"
	"os"
	"path/filepath"
	"runtime"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
)

const (
	environment = "CLUSTER_DIR"
	module      = "github.com/crossplane-mattermost/crossplane-mattermost"
	standard    = "/var/lib/crossplane-mattermost-cluster"
)

// Registry is the host:port on this machine of the registry that the cluster's images
// and packages come from. It speaks plain HTTP.
const (
	Registry     = "127.0.0.1:" + RegistryPort
	RegistryPort = "5000"
)

// Bridge is the address of this machine that pods reach it at. They reach no other.
const Bridge = "10.245.0.1"

// Dir is the directory that holds everything of the cluster. It is
// /var/lib/crossplane-mattermost-cluster unless the environment variable
// CLUSTER_DIR names another one.
func Dir() string {
	if d := os.Getenv(environment); d != "" {
		return filepath.Clean(d)
	}

	return standard
}

// Kubeconfig is the path of the kubeconfig file of the cluster's
// administrator. It exists while the cluster is up.
func Kubeconfig() string { return filepath.Join(Dir(), "kubeconfig") }

// Kubectl is the path of a kubectl of the cluster's own version. It exists once
// the cluster has been up.
func Kubectl() string { return filepath.Join(Dir(), "bin", "kubectl") }

// AuditLog is the path of the API server's audit log: one JSON object of kind
// Event (audit.k8s.io/v1) a line, at level Metadata, for each create, update,
// patch and delete by anyone. It begins anew whenever the cluster is brought up
// from nothing.
func AuditLog() string { return filepath.Join(Dir(), "audit", "audit.log") }

// PodLogs is the directory in which the kubelet keeps the logs of containers, as long as
// their pods exist: a directory for each pod, in that one for each container.
func PodLogs() string { return filepath.Join(Dir(), "kubelet", "pod-logs") }

// Logs are the paths of the logs of the cluster's own processes.
func Logs() ([]string, error) {
	logs, err := filepath.Glob(filepath.Join(Dir(), "log", "*.log"))
	return logs, errors.Wrap(err, "cannot list the cluster's logs")
}

// Repository is the root directory of this project's source: the nearest
// directory that holds the go.mod of the product's module, above the working
// directory or else above this source file. It returns an error when there is
// none.
func Repository() (string, error) {
	wd, err := os.Getwd()
	if err != nil {
		return "", errors.Wrap(err, "cannot find the working directory")
	}

	from := []string{wd}
	if _, file, _, ok := runtime.Caller(0); ok {
		from = append(from, filepath.Dir(file))
	}

	for _, dir := range from {
		for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
			if isRoot(dir) {
				return dir, nil
			}
		}
	}

	return "", errors.Errorf("cannot find the repository above %s", wd)
}

func isRoot(dir string) bool {
	file, err := os.ReadFile(filepath.Join(dir, "go.mod")) //nolint:gosec // Reads the go.mod of a directory above the caller's own.
	if err != nil {
		return false
	}

	first, _, _ := bytes.Cut(file, []byte("\n"))

	return string(bytes.TrimSpace(first)) == "module "+module
}
