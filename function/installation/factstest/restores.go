package factstest

import (
	"fmt"
	"strings"
)

// Restore is a MattermostRestore of this installation, made in a minute, at a step.
func Restore(name string, minute int, step, more string) string {
	return fmt.Sprintf("{apiVersion: mattermost.crossplane.io/v1alpha1, kind: MattermostRestore, metadata: {name: %s, uid: uid-%s, creationTimestamp: '2026-03-01T03:%02d:00Z'}, spec: {mattermostClusterName: chat}, status: {step: %s%s}}", name, name, minute, step, more)
}

// Stopped is a Deployment that was told to stop for a restore, with replicas that are
// left.
func Stopped(key string, left int, annotations string) string {
	return fmt.Sprintf(`{apiVersion: apps/v1, kind: Deployment, metadata: {name: chat, generation: 2, annotations: {mattermost.crossplane.io/stopped-for: %s%s}, managedFields: [{subresource: status, time: '2026-03-01T03:08:18Z'}]}, `+
		`spec: {replicas: 0, template: {spec: {containers: [{name: mattermost, image: %q}]}}}, status: {observedGeneration: 2, replicas: %d}}`, key, annotations, WantedImage, left)
}

// Running is a Deployment that runs on the data of a restore, with available replicas.
func Running(annotations string, available int) string {
	return fmt.Sprintf(`{apiVersion: apps/v1, kind: Deployment, metadata: {name: chat, generation: 3, annotations: {%s}, managedFields: [{subresource: status, time: '2026-03-01T03:09:31Z'}]}, `+
		`spec: {replicas: 1, template: {spec: {containers: [{name: mattermost, image: %q}]}}}, status: {observedGeneration: 3, replicas: 1, updatedReplicas: 1, availableReplicas: %d}}`, annotations, WantedImage, available)
}

// ServingClaims is a Deployment that runs with claims.
func ServingClaims(claims string) string {
	return strings.Replace(Deployment(WantedImage, 2), "name: chat,", fmt.Sprintf("name: chat, annotations: {mattermost.crossplane.io/claims: %q},", claims), 1)
}
