package filestore

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/composed"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/factstest"
)

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
		given  factstest.Given
		want   compose.Condition
	}{
		"Bucket":          {reason: "Its Secret is complete.", given: factstest.Given{Spec: factstest.Accepted}, want: ready("SecretComplete")},
		"ServiceAccount":  {reason: "It needs no Secret.", given: factstest.Given{Spec: "fileStore: {external: {useServiceAccount: true}}"}, want: ready("ServiceAccountIdentity")},
		"LocalAbsent":     {reason: "The claim is being made.", given: factstest.Given{Spec: "fileStore: {local: {enabled: true}}"}, want: pending("chat")},
		"LocalBound":      {reason: "The claim has a volume.", given: factstest.Given{Spec: "fileStore: {local: {enabled: true}}", Composed: map[string]string{composed.Volume: "status: {phase: Bound}"}}, want: ready("ClaimBound")},
		"ExternalPending": {reason: "The user's claim waits.", given: factstest.Given{Spec: "fileStore: {externalVolume: {volumeClaimName: v}}", Volume: "status: {phase: Pending}"}, want: pending("v")},
		"ExternalBound":   {reason: "The user's claim has a volume.", given: factstest.Given{Spec: "fileStore: {externalVolume: {volumeClaimName: v}}", Volume: "status: {phase: Bound}"}, want: ready("ClaimBound")},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, conditions(tc.given.Facts(t), nil)[0]); diff != "" {
				t.Errorf("%s\n-want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}
