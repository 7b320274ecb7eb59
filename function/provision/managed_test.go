package provision

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/mattermost/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/composetest"
	"github.com/crossplane-mattermost/crossplane-mattermost/input/v1beta1"
)

func TestManage(t *testing.T) {
	labels := map[string]string{"team": "a"}
	plain := func() *Managed {
		return Manage("a.m.upbound.io/v1", "Bucket", "chat", labels, v1beta1.ProviderConfigReference{}, map[string]any{})
	}
	cases := map[string]struct {
		reason string
		of     *Managed
		want   string
	}{
		"Plain": {
			reason: "What nobody consented to delete stays, and an empty forProvider is there.",
			of:     plain(),
			want: `{apiVersion: a.m.upbound.io/v1, kind: Bucket, metadata: {name: chat, labels: {team: a}}, spec: {forProvider: {},
				managementPolicies: [Observe, Create, Update, LateInitialize], providerConfigRef: {name: default, kind: ClusterProviderConfig}}}`,
		},
		"Full": {
			reason: "Everything that may be said.",
			of: Manage("a.m.upbound.io/v1", "Bucket", "chat", labels, v1beta1.ProviderConfigReference{Name: "prod", Kind: "ProviderConfig"}, map[string]any{"region": "eu"}).
				Called("ns-chat").Retain(false).Writing("chat-key").HoldingData("17"),
			want: `{apiVersion: a.m.upbound.io/v1, kind: Bucket,
				metadata: {name: chat, annotations: {crossplane.io/external-name: ns-chat},
					labels: {team: a, mattermost.crossplane.io/holds-data: 'true', app.kubernetes.io/version: '17'}},
				spec: {forProvider: {region: eu}, managementPolicies: ['*'], providerConfigRef: {name: prod, kind: ProviderConfig},
					writeConnectionSecretToRef: {name: chat-key}}}`,
		},
		"Beside": {
			reason: "What is there says in which account, whatever the platform has for new ones.",
			of:     plain().Beside(observed(t, "{spec: {providerConfigRef: {name: prod, kind: ProviderConfig}}}")),
			want: `{apiVersion: a.m.upbound.io/v1, kind: Bucket, metadata: {name: chat, labels: {team: a}}, spec: {forProvider: {},
				managementPolicies: [Observe, Create, Update, LateInitialize], providerConfigRef: {name: prod, kind: ProviderConfig}}}`,
		},
		"BesideNothing": {
			reason: "The first has nothing to be beside of.",
			of:     plain().Beside(none),
			want: `{apiVersion: a.m.upbound.io/v1, kind: Bucket, metadata: {name: chat, labels: {team: a}}, spec: {forProvider: {},
				managementPolicies: [Observe, Create, Update, LateInitialize], providerConfigRef: {name: default, kind: ClusterProviderConfig}}}`,
		},
		"Unversioned": {
			reason: "Files have no version.",
			of:     plain().HoldingData("").Retain(true),
			want: `{apiVersion: a.m.upbound.io/v1, kind: Bucket, metadata: {name: chat, labels: {team: a, mattermost.crossplane.io/holds-data: 'true'}},
				spec: {forProvider: {}, managementPolicies: [Observe, Create, Update, LateInitialize], providerConfigRef: {name: default, kind: ClusterProviderConfig}}}`,
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			got, err := compose.Struct(tc.of)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(composetest.Document(t, tc.want).AsMap(), got.AsMap()); diff != "" {
				t.Errorf("%s\n-want, +got:\n%s", tc.reason, diff)
			}
		})
	}
	if diff := cmp.Diff(map[string]string{"team": "a"}, labels); diff != "" {
		t.Errorf("the caller's labels were written to:\n%s", diff)
	}
}

func TestRetained(t *testing.T) {
	for policy, want := range map[v1alpha1.DeletionPolicy]bool{"": true, v1alpha1.DeletionRetain: true, v1alpha1.DeletionDelete: false} {
		if got := Retained(policy); got != want {
			t.Errorf("with policy %q, data stays: %t", policy, got)
		}
	}
}
