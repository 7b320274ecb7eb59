// Package e2e runs the product against the real thing: the cluster of test/cluster,
// with Crossplane, PostgreSQL, an S3 gateway and Mattermost itself.
package e2e

import (
	"context"
	"fmt"
	"os"
	"testing"

	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/e2e-framework/pkg/env"
	"sigs.k8s.io/e2e-framework/pkg/envconf"

	"github.com/crossplane-mattermost/crossplane-mattermost/test/cluster/location"
	"github.com/crossplane-mattermost/crossplane-mattermost/test/installation"
	"github.com/crossplane-mattermost/crossplane-mattermost/test/kube"
)

var (
	environment env.Environment
	// cluster is the running cluster.
	cluster client.WithWatch
	// storage is shared by all tests; each has its own database and bucket.
	storage *installation.Storage
)

func TestMain(m *testing.M) {
	environment = env.NewWithConfig(envconf.NewWithKubeConfig(location.Kubeconfig()))
	environment.Setup(func(ctx context.Context, _ *envconf.Config) (context.Context, error) {
		var err error
		if cluster, err = kube.Connect(location.Kubeconfig()); err != nil {
			return ctx, fmt.Errorf("no cluster runs; `make e2e` brings one up: %w", err)
		}
		storage, err = installation.RunStorage(ctx, cluster)
		return ctx, err
	})
	os.Exit(environment.Run(m))
}
