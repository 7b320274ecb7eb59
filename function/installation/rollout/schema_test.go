package rollout

import (
	"strings"
	"testing"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/composed"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/factstest"
)

// TestNoJobBefore65 asserts that servers before 6.5, which have no command that migrates,
// get no Job. The first server starts alone and migrates.
func TestNoJobBefore65(t *testing.T) {
	const repository = "mattermost/mattermost-enterprise-edition:"
	for version, want := range map[string]bool{"6.3.0": false, "5.39.3": false, "6.4": false, "6.4.0-acme.1": false, "6.5.0": true, "6.5.0-acme.1": true, "7.1.0": true, "latest": true, "sha256:" + strings.Repeat("0a", 32): true} {
		if got := migratesByJob(version); got != want {
			t.Errorf("%s migrates by a Job: %t, want %t", version, got, want)
		}
	}
	f := factstest.Given{Spec: factstest.Accepted + "version: 6.3.0\nreplicas: 2"}.Facts(t)
	d := decided(f)
	r := d.Rollout
	if r.Starts() || r.Migration != "" || r.Image != repository+"6.3.0" || r.Replicas != 1 {
		t.Errorf("a new server of 6.3: Job %q, image %q, %d replicas: want no Job, and one replica first", r.Migration, r.Image, r.Replicas)
	}
	if c := migration(f, d); c.Status != compose.True || c.Reason != "Unsupported" {
		t.Errorf("MigrationComplete is %s, %s", c.Status, c.Reason)
	}
	f = factstest.Given{Spec: factstest.Accepted + "version: 6.4.0\nreplicas: 2", Composed: map[string]string{composed.Deployment: factstest.Deployment(repository+"6.3.0", 2)}}.Facts(t)
	if r = decided(f).Rollout; r.Starts() || r.Image != repository+"6.4.0" {
		t.Errorf("an upgrade to 6.4: Job %q, image %q", r.Migration, r.Image)
	}
	f = factstest.Given{Spec: factstest.Accepted + "version: 7.1.0\nreplicas: 2", Composed: map[string]string{composed.Deployment: factstest.Deployment(repository+"6.4.0", 2)}}.Facts(t)
	if r = decided(f).Rollout; !r.Starts() {
		t.Error("an upgrade to 7.1 is not migrated by a Job")
	}
}
