package installation

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/mattermost/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/composed"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/decision"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/factstest"
)

func deploymentAt(image, template string, observedGeneration, replicas, updated, available int) string {
	return fmt.Sprintf(`{apiVersion: apps/v1, kind: Deployment, metadata: {name: chat, generation: 2, annotations: {mattermost.crossplane.io/template: %q}}, `+
		`spec: {replicas: 2, template: {spec: {containers: [{name: mattermost, image: %q}]}}}, `+
		`status: {observedGeneration: %d, replicas: %d, updatedReplicas: %d, availableReplicas: %d}}`,
		template, image, observedGeneration, replicas, updated, available)
}

func TestState(t *testing.T) {
	served := decision.Rollout{Image: factstest.WantedImage}
	cases := map[string]struct {
		reason     string
		deployment string
		rollout    decision.Rollout
		phase      v1alpha1.UpgradePhase
		want       v1alpha1.State
	}{
		"Nothing":         {reason: "There is no server.", deployment: "{}", want: v1alpha1.StateReconciling},
		"Stable":          {reason: "Every replica runs what the spec wants.", deployment: deploymentAt(factstest.WantedImage, "t", 2, 2, 2, 2), rollout: served, want: v1alpha1.StateStable},
		"Ready":           {reason: "One of two new replicas is available.", deployment: deploymentAt(factstest.WantedImage, "t", 2, 2, 2, 1), rollout: served, want: v1alpha1.StateReady},
		"Surge":           {reason: "One new replica is available beside two old ones.", deployment: deploymentAt(factstest.WantedImage, "t", 2, 3, 1, 3), rollout: served, want: v1alpha1.StateReady},
		"OnlyOldOnes":     {reason: "The new replica does not serve yet.", deployment: deploymentAt(factstest.WantedImage, "t", 2, 3, 1, 2), rollout: served, want: v1alpha1.StateReconciling},
		"NotYetObserved":  {reason: "The status speaks of the generation before.", deployment: deploymentAt(factstest.WantedImage, "t", 1, 2, 2, 2), rollout: served, want: v1alpha1.StateReconciling},
		"AnotherTemplate": {reason: "What is wanted is not applied yet.", deployment: deploymentAt(factstest.WantedImage, "before", 2, 2, 2, 2), rollout: served, want: v1alpha1.StateReconciling},
		"Migrating":       {reason: "Every replica runs the version before.", deployment: deploymentAt(factstest.OtherImage, "t", 2, 2, 2, 2), rollout: decision.Rollout{Image: factstest.OtherImage}, phase: v1alpha1.PhaseMigrating, want: v1alpha1.StateUpgrading},
		"Rolling":         {reason: "The last of two replicas is being replaced.", deployment: deploymentAt(factstest.WantedImage, "t", 2, 3, 2, 3), rollout: served, phase: v1alpha1.PhaseRolling, want: v1alpha1.StateUpgrading},
		"Upgraded":        {reason: "The upgrade is over.", deployment: deploymentAt(factstest.WantedImage, "t", 2, 2, 2, 2), rollout: served, phase: v1alpha1.PhaseComplete, want: v1alpha1.StateStable},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			f := factstest.Given{Spec: factstest.Accepted + "version: 11.4.0", Composed: map[string]string{composed.Deployment: tc.deployment}}.Facts(t)
			var upgrade *v1alpha1.UpgradeStatus
			if tc.phase != "" {
				upgrade = &v1alpha1.UpgradeStatus{Phase: tc.phase}
			}
			d := decide(f)
			d.Stage, d.Rollout, d.Template = decision.Accepted, tc.rollout, "t"
			if got := stateOf(f, d, upgrade); got != tc.want {
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
		observed map[string]string
		status   string
		want     v1alpha1.MattermostInstallationStatus
	}{
		"Nothing": {
			reason: "Nothing is there to tell of.",
			want:   v1alpha1.MattermostInstallationStatus{Selector: selector},
		},
		"Service": {
			reason:   "Without Ingress a server is reached in the cluster.",
			observed: map[string]string{composed.Service: service, composed.Deployment: deploymentAt(factstest.WantedImage, "", 2, 2, 2, 2)},
			want: v1alpha1.MattermostInstallationStatus{
				Selector: selector, Endpoint: "chat.ns.svc:8065", Served: served("11.4.0"),
				Image: repository, Version: "11.4.0", Replicas: 2, UpdatedReplicas: 2,
			},
		},
		"Ingress": {
			reason:   "The primary host leads to the server.",
			observed: map[string]string{composed.Service: service, composed.Ingress: ingress},
			want:     v1alpha1.MattermostInstallationStatus{Selector: selector, Endpoint: "chat.example.com"},
		},
		"RollBegun": {
			reason:   "The version is that which serves, not that which is coming.",
			observed: map[string]string{composed.Deployment: deploymentAt(factstest.WantedImage, "", 2, 3, 1, 2)},
			status:   "{image: " + repository + ", version: 11.3.0}",
			want: v1alpha1.MattermostInstallationStatus{
				Selector: selector, Image: repository, Version: "11.3.0", Served: served("11.3.0"), Replicas: 3, UpdatedReplicas: 1,
			},
		},
		"NoneServes": {
			reason:   "No version serves, and the one that did is remembered.",
			observed: map[string]string{composed.Deployment: deploymentAt(factstest.WantedImage, "", 2, 2, 2, 0)},
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
			observed: map[string]string{composed.Deployment: factstest.ServingClaims("bucket,database")},
			status:   "{served: {version: 11.3.0, claims: [database]}}",
			want: v1alpha1.MattermostInstallationStatus{
				Selector: selector, Image: repository, Version: "11.4.0", Served: served("11.4.0", "bucket", "database"), Replicas: 2, UpdatedReplicas: 2,
			},
		},
		"Moving": {
			reason:   "Replicas of before serve from the database of before.",
			observed: map[string]string{composed.Deployment: strings.Replace(deploymentAt(factstest.WantedImage, "", 1, 2, 2, 2), "annotations: {", "annotations: {mattermost.crossplane.io/database: new, mattermost.crossplane.io/claims: bucket, ", 1)},
			status:   "{image: " + repository + ", version: 11.4.0, served: {version: 11.4.0, database: old, claims: [database]}}",
			want: v1alpha1.MattermostInstallationStatus{
				Selector: selector, Image: repository, Version: "11.4.0", Served: &v1alpha1.ServedStatus{Version: "11.4.0", Claims: []string{"database"}, Database: "old"}, Replicas: 2, UpdatedReplicas: 2,
			},
		},
		"Moved": {
			reason:   "A replica serves from the new one.",
			observed: map[string]string{composed.Deployment: strings.Replace(deploymentAt(factstest.WantedImage, "", 2, 2, 2, 2), "annotations: {", "annotations: {mattermost.crossplane.io/database: new, ", 1)},
			status:   "{image: " + repository + ", version: 11.4.0, served: {version: 11.4.0, database: old}}",
			want: v1alpha1.MattermostInstallationStatus{
				Selector: selector, Image: repository, Version: "11.4.0", Served: &v1alpha1.ServedStatus{Version: "11.4.0", Database: "new"}, Replicas: 2, UpdatedReplicas: 2,
			},
		},
		"Stopped": {
			reason:   "A stopped server has the version that it would run.",
			observed: map[string]string{composed.Deployment: "{spec: {replicas: 0, template: {spec: {containers: [{name: mattermost, image: '" + factstest.WantedImage + "'}]}}}}"},
			want:     v1alpha1.MattermostInstallationStatus{Selector: selector, Image: repository, Version: "11.4.0", Served: served("11.4.0")},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			f := factstest.Given{Spec: factstest.Accepted, Composed: tc.observed, Status: tc.status}.Facts(t)
			status, err := statusOf(f, &decision.Decisions{Stage: decision.Waiting})
			if err != nil {
				t.Fatal(err)
			}
			status.Sizing, status.State = nil, ""
			if diff := cmp.Diff(tc.want, *status); diff != "" {
				t.Errorf("%s\n-want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}
