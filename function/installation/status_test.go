package installation

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/mattermost/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
)

// deploymentAt is an observed Deployment of two replicas, in a moment of its roll.
func deploymentAt(image, template string, observedGeneration, replicas, updated, available int) string {
	return fmt.Sprintf(`{apiVersion: apps/v1, kind: Deployment, metadata: {name: chat, generation: 2, annotations: {mattermost.crossplane.io/template: %q}}, `+
		`spec: {replicas: 2, template: {spec: {containers: [{name: mattermost, image: %q}]}}}, `+
		`status: {observedGeneration: %d, replicas: %d, updatedReplicas: %d, availableReplicas: %d}}`,
		template, image, observedGeneration, replicas, updated, available)
}

func TestState(t *testing.T) {
	served := rollout{image: wantedImage}
	cases := map[string]struct {
		reason     string
		deployment string
		rollout    rollout
		phase      v1alpha1.UpgradePhase
		want       v1alpha1.State
	}{
		"Nothing":         {reason: "There is no server.", deployment: "{}", want: v1alpha1.StateReconciling},
		"Stable":          {reason: "Every replica runs what the spec wants.", deployment: deploymentAt(wantedImage, "t", 2, 2, 2, 2), rollout: served, want: v1alpha1.StateStable},
		"Ready":           {reason: "One of two new replicas is available.", deployment: deploymentAt(wantedImage, "t", 2, 2, 2, 1), rollout: served, want: v1alpha1.StateReady},
		"Surge":           {reason: "One new replica is available beside two old ones.", deployment: deploymentAt(wantedImage, "t", 2, 3, 1, 3), rollout: served, want: v1alpha1.StateReady},
		"OnlyOldOnes":     {reason: "The new replica does not serve yet.", deployment: deploymentAt(wantedImage, "t", 2, 3, 1, 2), rollout: served, want: v1alpha1.StateReconciling},
		"NotYetObserved":  {reason: "The status speaks of the generation before.", deployment: deploymentAt(wantedImage, "t", 1, 2, 2, 2), rollout: served, want: v1alpha1.StateReconciling},
		"AnotherTemplate": {reason: "What is wanted is not applied yet.", deployment: deploymentAt(wantedImage, "before", 2, 2, 2, 2), rollout: served, want: v1alpha1.StateReconciling},
		"Migrating":       {reason: "Every replica runs the version before.", deployment: deploymentAt(otherImage, "t", 2, 2, 2, 2), rollout: rollout{image: otherImage}, phase: v1alpha1.PhaseMigrating, want: v1alpha1.StateUpgrading},
		"Rolling":         {reason: "The last of two replicas is being replaced.", deployment: deploymentAt(wantedImage, "t", 2, 3, 2, 3), rollout: served, phase: v1alpha1.PhaseRolling, want: v1alpha1.StateUpgrading},
		"Upgraded":        {reason: "The upgrade is over.", deployment: deploymentAt(wantedImage, "t", 2, 2, 2, 2), rollout: served, phase: v1alpha1.PhaseComplete, want: v1alpha1.StateStable},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			g := given{spec: accepted + "version: 11.4.0", composed: map[string]string{nameDeployment: tc.deployment}}.gather(t)
			var upgrade *v1alpha1.UpgradeStatus
			if tc.phase != "" {
				upgrade = &v1alpha1.UpgradeStatus{Phase: tc.phase}
			}
			if got := state(g, decision{rollout: tc.rollout, template: "t"}, upgrade); got != tc.want {
				t.Errorf("%s\nstate %q, want %q", tc.reason, got, tc.want)
			}
		})
	}
}

func TestObservedStatus(t *testing.T) {
	const selector = "app=mattermost,installation.mattermost.com/installation=chat,installation.mattermost.com/resource=chat"
	const repository = "mattermost/mattermost-enterprise-edition"
	service := "{apiVersion: v1, kind: Service, metadata: {name: chat}}"
	served := func(version string, claims ...string) *v1alpha1.ServedStatus {
		return &v1alpha1.ServedStatus{Version: version, Claims: claims}
	}
	ingress := "{kind: Ingress, spec: {rules: [{host: chat.example.com}, {host: b}]}}"
	cases := map[string]struct {
		reason   string
		composed map[string]string
		status   string
		want     v1alpha1.MattermostInstallationStatus
	}{
		"Nothing": {
			reason: "Nothing is there to tell of.",
			want:   v1alpha1.MattermostInstallationStatus{Selector: selector},
		},
		"Service": {
			reason:   "Without Ingress a server is reached in the cluster.",
			composed: map[string]string{nameService: service, nameDeployment: deploymentAt(wantedImage, "", 2, 2, 2, 2)},
			want: v1alpha1.MattermostInstallationStatus{
				Selector: selector, Endpoint: "chat.ns.svc:8065", Served: served("11.4.0"),
				Image: repository, Version: "11.4.0", Replicas: 2, UpdatedReplicas: 2,
			},
		},
		"Ingress": {
			reason:   "The primary host leads to the server.",
			composed: map[string]string{nameService: service, nameIngress: ingress},
			want:     v1alpha1.MattermostInstallationStatus{Selector: selector, Endpoint: "chat.example.com"},
		},
		"RollBegun": {
			reason:   "The version is that which serves, not that which is coming.",
			composed: map[string]string{nameDeployment: deploymentAt(wantedImage, "", 2, 3, 1, 2)},
			status:   "{image: " + repository + ", version: 11.3.0}",
			want: v1alpha1.MattermostInstallationStatus{
				Selector: selector, Image: repository, Version: "11.3.0", Served: served("11.3.0"), Replicas: 3, UpdatedReplicas: 1,
			},
		},
		"NoneServes": {
			reason:   "No version serves, and the one that did is remembered.",
			composed: map[string]string{nameDeployment: deploymentAt(wantedImage, "", 2, 2, 2, 0)},
			status:   "{image: " + repository + ", version: 11.3.0}",
			want:     v1alpha1.MattermostInstallationStatus{Selector: selector, Served: served("11.3.0"), Replicas: 2, UpdatedReplicas: 2},
		},
		"Gone": {
			reason: "What is not there says no less of what was served.",
			status: "{served: {version: 11.3.0, claims: [database]}}",
			want:   v1alpha1.MattermostInstallationStatus{Selector: selector, Served: served("11.3.0", "database")},
		},
		"Claims": {
			reason:   "The Deployment says what it serves with.",
			composed: map[string]string{nameDeployment: servingClaims("bucket,database")},
			status:   "{served: {version: 11.3.0, claims: [database]}}",
			want: v1alpha1.MattermostInstallationStatus{
				Selector: selector, Image: repository, Version: "11.4.0", Served: served("11.4.0", "bucket", "database"), Replicas: 2, UpdatedReplicas: 2,
			},
		},
		"Stopped": {
			reason:   "A stopped server has the version that it would run.",
			composed: map[string]string{nameDeployment: "{spec: {replicas: 0, template: {spec: {containers: [{name: mattermost, image: '" + wantedImage + "'}]}}}}"},
			want:     v1alpha1.MattermostInstallationStatus{Selector: selector, Image: repository, Version: "11.4.0", Served: served("11.4.0")},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			g := given{spec: accepted, composed: tc.composed, status: tc.status}.gather(t)
			if diff := cmp.Diff(tc.want, observedStatus(g)); diff != "" {
				t.Errorf("%s\n-want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestFileStoreCondition(t *testing.T) {
	pending := func(name string) compose.Condition {
		return compose.Condition{Type: "FileStoreReady", Status: compose.False, Reason: "ClaimPending", Waiting: true, Message: fmt.Sprintf(
			"waiting for PersistentVolumeClaim %q to be bound: it needs a volume or a storage class that offers its access modes", name)}
	}
	ready := func(reason string) compose.Condition {
		return compose.Condition{Type: "FileStoreReady", Status: compose.True, Reason: reason}
	}
	cases := map[string]struct {
		reason string
		given  given
		want   compose.Condition
	}{
		"Bucket":          {reason: "Its Secret is complete.", given: given{spec: accepted}, want: ready("SecretComplete")},
		"ServiceAccount":  {reason: "It needs no Secret.", given: given{spec: "fileStore: {external: {useServiceAccount: true}}"}, want: ready("ServiceAccountIdentity")},
		"LocalAbsent":     {reason: "The claim is being made.", given: given{spec: "fileStore: {local: {enabled: true}}"}, want: pending("chat")},
		"LocalBound":      {reason: "The claim has a volume.", given: given{spec: "fileStore: {local: {enabled: true}}", composed: map[string]string{nameClaim: "status: {phase: Bound}"}}, want: ready("ClaimBound")},
		"ExternalPending": {reason: "The user's claim waits.", given: given{spec: "fileStore: {externalVolume: {volumeClaimName: v}}", claim: "status: {phase: Pending}"}, want: pending("v")},
		"ExternalBound":   {reason: "The user's claim has a volume.", given: given{spec: "fileStore: {externalVolume: {volumeClaimName: v}}", claim: "status: {phase: Bound}"}, want: ready("ClaimBound")},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, fileStoreCondition(tc.given.gather(t))); diff != "" {
				t.Errorf("%s\n-want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}
