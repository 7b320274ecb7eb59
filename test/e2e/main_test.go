// Package e2e runs the product against the real thing: the cluster of test/cluster,
// with Crossplane, PostgreSQL, an S3 gateway and Mattermost itself.
package e2e

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/e2e-framework/pkg/env"
	"sigs.k8s.io/e2e-framework/pkg/envconf"

	"github.com/crossplane-mattermost/crossplane-mattermost/test/cluster/location"
	"github.com/crossplane-mattermost/crossplane-mattermost/test/discretion"
	"github.com/crossplane-mattermost/crossplane-mattermost/test/installation"
	"github.com/crossplane-mattermost/crossplane-mattermost/test/kube"
)

var (
	environment env.Environment
	// cluster is the running cluster.
	cluster client.WithWatch
	// storage is shared by all tests; each has its own database and bucket.
	storage *installation.Storage
	// secrecy knows every secret of the run, whose logs must not have one.
	secrecy *discretion.Watch
)

func TestMain(m *testing.M) {
	environment = env.NewWithConfig(envconf.NewWithKubeConfig(location.Kubeconfig()))
	environment.Setup(func(ctx context.Context, _ *envconf.Config) (context.Context, error) {
		var err error
		if cluster, err = kube.Connect(location.Kubeconfig()); err != nil {
			return ctx, fmt.Errorf("no cluster runs; `make e2e` brings one up: %w", err)
		}
		if secrecy, err = watchSecrets(); err != nil {
			return ctx, err
		}
		storage, err = installation.RunStorage(ctx, cluster)
		return ctx, err
	})
	code := environment.Run(m)
	if secrecy != nil && !nothingWasSaid() {
		code = 1
	}
	os.Exit(code)
}

// watchSecrets of the cluster for as long as tests run.
func watchSecrets() (*discretion.Watch, error) {
	logs, err := location.Logs()
	if err != nil {
		return nil, err
	}
	return discretion.Begin(context.Background(), cluster, discretion.Options{
		PodLogs: location.PodLogs(),
		// The kubelet's directory may be a file system of its own.
		Kept:    filepath.Join(filepath.Dir(location.PodLogs()), "kept-logs"),
		Logs:    logs,
		Excused: serversOwn,
	})
}

// serversOwn says whether a server itself said what it issued: the id of a webhook, which is
// the last part of its URL, since at debug level it logs the path of each request, whoever
// asks; and a token that it refuses.
func serversOwn(log string, f discretion.Find) bool {
	issued := strings.HasSuffix(f.Secret, ", last part") || strings.HasPrefix(f.Secret, refusedToken)
	return issued && strings.Contains(log, "_mattermost_")
}

// nothingWasSaid of the run's secrets in any log: the provider's at debug level,
// Crossplane's, the function's, those of servers, of Jobs and of the node.
func nothingWasSaid() bool {
	account, err := secrecy.End()
	if account != "" {
		fmt.Println(account)
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "cannot call the run discreet: %v\n", err)
	}
	return err == nil
}
