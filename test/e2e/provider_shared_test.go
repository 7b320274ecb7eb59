package e2e

import (
	"context"
	"strings"
	"testing"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/test/kube"
	"github.com/crossplane-mattermost/crossplane-mattermost/test/provider"
)

// sharedConfig is a configuration for every namespace, with the login of one.
const sharedConfig = `
apiVersion: mattermost.m.crossplane.io/v1alpha1
kind: ClusterProviderConfig
metadata: {name: NAMESPACE}
spec:
  url: http://chat.NAMESPACE.svc:8065
  credentials:
    secretRef: {namespace: NAMESPACE, name: chat-administrator}
`

// selectedChannel is in the team that has a label.
const selectedChannel = `
apiVersion: mattermost.m.crossplane.io/v1alpha1
kind: Channel
metadata: {name: selected, namespace: NAMESPACE}
spec:
  providerConfigRef: {kind: ClusterProviderConfig, name: NAMESPACE}
  forProvider:
    name: selected
    teamSelector: {matchLabels: {purpose: alerts}}
`

// sharedAndSelected makes a channel by a configuration of the whole cluster, in a team that
// is chosen by its label, and removes both.
func sharedAndSelected(ctx context.Context, t *testing.T, in *inside) {
	t.Helper()
	namespace := in.xr.GetNamespace()
	kubectl(ctx, t, "-n", namespace, "label", "teams.mattermost.m.crossplane.io", "engineering", "purpose=alerts")
	config := parsed(t, strings.ReplaceAll(sharedConfig, "NAMESPACE", namespace))[0]
	channel := parsed(t, strings.ReplaceAll(selectedChannel, "NAMESPACE", namespace))[0]
	mustApply(ctx, t, config)
	mustApply(ctx, t, channel)
	id := synced(ctx, t, channel).GetAnnotations()[externalName]
	found, _, err := in.admin.GetChannelByNameForTeamName(ctx, "selected", "engineering", "")
	if err != nil {
		t.Fatalf("cannot find the channel in the team that is selected: %v", err)
	}
	if found.Id != id {
		t.Errorf("the channel is %s, and is told as %q", found.Id, id)
	}
	withdraw(ctx, t, channel)
	withdraw(ctx, t, config)
}

// counted waits until the provider's metrics count an object of a kind that is Ready.
func counted(ctx context.Context, t *testing.T, in *inside, kind string) {
	t.Helper()
	if err := kube.Until(ctx, changeLimit, func(ctx context.Context) error {
		ready, err := provider.Ready(ctx, providerPod(ctx, t), manages(in, kind, "").GroupVersionKind())
		if err == nil && ready == 0 {
			return errors.Errorf("no %s is counted as Ready", kind)
		}
		return err
	}); err != nil {
		t.Error(err)
	}
}
