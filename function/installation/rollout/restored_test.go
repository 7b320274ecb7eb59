package rollout

import (
	"strings"
	"testing"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/composed"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/factstest"
)

func TestRestoredDataIsMigratedAnew(t *testing.T) {
	spec := factstest.Accepted + "version: 11.4.0"
	before := decided(factstest.Given{Spec: spec, Secrets: factstest.Secrets()}.Facts(t)).Rollout.Migration
	after := decided(factstest.Given{Spec: spec, Secrets: factstest.Secrets(), Restores: []string{factstest.Restore("a", 1, "Resuming", ", restoredAt: now")}, Composed: map[string]string{composed.Deployment: factstest.Stopped("a/uid-a", 0, "")}}.Facts(t)).Rollout.Migration
	if before == "" || after == "" || before == after {
		t.Errorf("the data is migrated by %q, and that of a restore by %q", before, after)
	}
}

func TestRestoredVersions(t *testing.T) {
	cases := map[string]struct {
		reason     string
		restore    string
		deployment string
		want       string
	}{
		"Asks":    {"The way back is what a restore is for.", factstest.Restore("a", 1, "Quiescing", ""), factstest.Deployment("m:11.9.0", 2), ""},
		"Stopped": {"No change is made meanwhile.", factstest.Restore("a", 1, "Replacing", ""), strings.Replace(factstest.Stopped("a/uid-a", 0, ""), ":11.4.0", ":11.9.0", 1), ""},
		"Older":   {"The data may be of any version before, past any Extended Support Release.", factstest.Restore("a", 1, "Resuming", ", version: 5.14.0, restoredAt: now"), factstest.Stopped("a/uid-a", 0, ""), ""},
		"Unknown": {"The data may be of a version that nobody knows.", factstest.Restore("a", 1, "Resuming", ", restoredAt: now"), factstest.Stopped("a/uid-a", 0, ""), ""},
		"Later":   {"A server does not run on data of a later one.", factstest.Restore("a", 1, "Resuming", ", version: 11.5.0, restoredAt: now"), factstest.Stopped("a/uid-a", 0, ""), "UnsafeDowngrade"},
		"Back":    {"The data is of the version that is wanted, whatever ran before.", factstest.Restore("a", 1, "Resuming", ", version: 11.4.0, restoredAt: now"), strings.Replace(factstest.Stopped("a/uid-a", 0, ""), ":11.4.0", ":11.9.0", 1), ""},
		"Failed":  {"On the old data the server before starts, whatever is wanted.", factstest.Restore("a", 1, "Resuming", ", state: failed"), strings.Replace(factstest.Stopped("a/uid-a", 0, ""), ":11.4.0", ":11.9.0", 1), ""},
		"After":   {"And then the rules hold again.", factstest.Restore("a", 1, "Done", ", state: failed"), factstest.Deployment("m:11.9.0", 2), "UnsafeDowngrade"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			f := factstest.Given{Spec: factstest.Accepted + "version: 11.4.0", Secrets: factstest.Secrets(), Restores: []string{tc.restore}, Composed: map[string]string{composed.Deployment: tc.deployment}}.Facts(t)
			if got := lawful(f); got.Reason != tc.want {
				t.Errorf("%s\n%q: %s", tc.reason, got.Reason, got.Message)
			}
		})
	}
}
