package main

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestProviderRunsAsTheExampleSays(t *testing.T) {
	config, choice, err := providerRuntime(filepath.Join("..", "..", "examples", "provider", "deploymentruntimeconfig.yaml"))
	if err != nil {
		t.Fatal(err)
	}

	container := config.Spec.DeploymentTemplate.Spec.Template.Spec.Containers[0]
	if diff := cmp.Diff([]string{"--poll=5m", "--max-reconcile-rate=20", "--debug"}, container.Args); diff != "" {
		t.Errorf("The provider runs as the example says, and says everything: -want, +got:\n%s", diff)
	}

	if diff := cmp.Diff(config.GetName(), choice.Spec.Runtime.ConfigReference.Name); diff != "" {
		t.Errorf("The provider is to run like this: -want, +chosen:\n%s", diff)
	}

	provider := xpkg{repository: organisation + "/provider-mattermost", tag: "v0.1.0"}
	if source := mirror + strings.TrimPrefix(provider.source(), publicRegistry); !strings.HasPrefix(source, choice.Spec.MatchImages[0].Prefix) {
		t.Errorf("The choice is not made for %s, but for %s.", source, choice.Spec.MatchImages[0].Prefix)
	}

	if diff := cmp.Diff("128Mi", container.Resources.Limits.Memory().String()); diff != "" {
		t.Errorf("The example's limit is what the documentation says: -want, +got:\n%s", diff)
	}
}
