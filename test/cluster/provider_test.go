package main

import (
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestRuntimeConfigIsTheExamples(t *testing.T) {
	config, err := runtimeConfig(filepath.Join("..", "..", "examples", "provider", "deploymentruntimeconfig.yaml"))
	if err != nil {
		t.Fatal(err)
	}

	container := config.Spec.DeploymentTemplate.Spec.Template.Spec.Containers[0]
	if diff := cmp.Diff([]string{"--poll=5m", "--max-reconcile-rate=20", "--debug"}, container.Args); diff != "" {
		t.Errorf("The provider runs as the example says, and says everything: -want, +got:\n%s", diff)
	}

	if diff := cmp.Diff("128Mi", container.Resources.Limits.Memory().String()); diff != "" {
		t.Errorf("The example's limit is what the documentation says: -want, +got:\n%s", diff)
	}
}
