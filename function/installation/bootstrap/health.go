package bootstrap

import (
	"fmt"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/composed"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/decision"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/facts"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/feature"
)

// reasonServerPending of condition ServerHealthy: the server was not asked yet.
const reasonServerPending = "ServerPending"

// DecideHealth from what the server says itself, where it is asked.
func DecideHealth(f *facts.Facts, s decision.Sizing) decision.Health {
	reason := f.Condition(feature.ConditionHealthy).Reason
	return decision.Health{
		Pending: f.Spec.Bootstrap != nil && (reason == "" || reason == reasonServerPending),
		Healthy: f.Spec.Bootstrap == nil || s.Replicas == 0 || compose.Ready(f.Observed(composed.Server)),
	}
}

// conditions say what the server says of itself, none where it never was asked. While data is
// restored it cannot say anything.
func conditions(f *facts.Facts, d *decision.Decisions) []compose.Condition {
	c := compose.Condition{Type: feature.ConditionHealthy, Status: compose.False, Waiting: true}
	if f.Spec.Bootstrap == nil {
		if f.Condition(c.Type).Status == "" {
			return nil
		}
		c.Status, c.Reason, c.Message = compose.Unknown, "NotAsked", "the server is not asked any more: spec.bootstrap is not set"
		return []compose.Condition{c}
	}
	server := f.Observed(composed.Server)
	switch {
	case d.Restoring(f):
		c.Reason, c.Message = "Restoring", "no server runs: condition "+feature.ConditionRollout+" says why"
	case f.Deployment.ScaledToZero():
		c.Reason, c.Message, c.Progress = "Stopped", "no server runs: spec.replicas is 0", compose.ProgressUnaffected
	case server.Condition("Ready").Status == "" && server.Condition("Synced").Status != compose.False:
		c.Reason = reasonServerPending
		c.Message = fmt.Sprintf("waiting for the first replica, which the administrator is then created on, and for what Server %q says of it", f.Name)
	case compose.Ready(server):
		c.Status, c.Reason, c.Waiting = compose.True, "Healthy", false
	default:
		c = unhealthy(f, server, c)
	}
	return []compose.Condition{c}
}

func unhealthy(f *facts.Facts, server compose.Resource, c compose.Condition) compose.Condition {
	c.Reason = "Unhealthy"
	c.Message = fmt.Sprintf("waiting for Server %q to be healthy: should it not, `kubectl describe server.mattermost.m.crossplane.io %s` says why", f.Name, f.Name)
	for _, of := range []string{"Synced", "Ready"} {
		if said := server.Condition(of); said.Status == compose.False && said.Message != "" {
			c.Message = fmt.Sprintf("Server %q: %s", f.Name, said.Message)
			break
		}
	}
	// A server that starts is ill for a while, and one that runs should not be.
	c.Waiting, c.Progress = server.Condition("Ready").Status == "" || !compose.RolledOut(f.Deployment.Resource), compose.ProgressContinues
	return c
}
