package rollout

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/mattermost/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/composed"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/decision"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/facts"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/factstest"
)

const requiring = factstest.Accepted + "version: 11.4.0\nreplicas: 2\nupgrade: {backup: Required}"

// asked is when a backup was asked for.
const asked = "2026-03-01T03:00:00Z"

// asking is a status whose condition asks for a backup for a change from 11.3.0.
func asking(to string) string {
	return fmt.Sprintf("{conditions: [{type: UpgradeBackedUp, status: 'False', reason: AwaitingBackup, message: %q, lastTransitionTime: %q}]}", awaits(decision.Backup{From: "11.3.0", To: to}).Message, asked)
}

// upgrading is a status that tells of a change from 11.3.0.
func upgrading(to, more string) string {
	return fmt.Sprintf("{upgrade: {from: 11.3.0, to: %s, %s}}", to, more)
}

// storedAt is a MattermostBackup with one backup that was begun in a moment.
func storedAt(name, installation, began string) string {
	return fmt.Sprintf("{metadata: {name: %s}, spec: {installation: %s}, status: {backups: [{name: %s-1, startedAt: %q, completedAt: '2026-03-09T00:00:00Z'}]}}", name, installation, name, began)
}

// TestChangesWaitForTheirBackup: a change of version is held until a backup is complete
// that was begun after it was wished for, whatever is remembered of the wish.
func TestChangesWaitForTheirBackup(t *testing.T) {
	const (
		before = "2026-03-01T02:00:00Z"
		after  = "2026-03-01T03:00:01Z"
	)
	other := map[string]string{composed.Deployment: factstest.Deployment(factstest.OtherImage, 2)}
	unavailable := map[string]string{composed.Deployment: strings.Replace(factstest.Deployment(factstest.OtherImage, 2), "availableReplicas: 2", "availableReplicas: 0", 1)}
	cases := map[string]struct {
		reason   string
		spec     string
		observed map[string]string
		status   string
		backups  []string
		want     string
	}{
		"NotRequired":  {reason: "Nobody asked for it.", spec: factstest.Accepted + "version: 11.4.0", observed: other, want: "free"},
		"First":        {reason: "A first installation has nothing to lose.", want: "free"},
		"FirstAnother": {reason: "Nor has one that was migrated and never served.", observed: map[string]string{"migration-observed": factstest.Job(factstest.OtherImage, "x", "Complete")}, want: "free"},
		"FirstFails":   {reason: "Nor has one whose first server does not become available: there is no backup of it.", observed: unavailable, want: "free"},
		"Fails":        {reason: "One that served is only away.", observed: unavailable, status: "{served: {version: 11.3.0}}", want: "held since -"},
		"Steady":       {reason: "Nothing changes.", observed: map[string]string{composed.Deployment: factstest.Deployment(factstest.WantedImage, 2)}, want: "free"},
		"Migrated":     {reason: "The schema is there already.", observed: map[string]string{composed.Deployment: factstest.Deployment(factstest.OtherImage, 2), "migration-observed": factstest.Job(factstest.WantedImage, "x", "Complete")}, want: "free"},
		"Wished":       {reason: "The moment of the wish is not known yet, so that no backup will do.", observed: other, backups: []string{storedAt("nightly", "chat", after)}, want: "held since -"},
		"Waiting":      {reason: "There is none.", observed: other, status: asking("11.4.0"), want: "held since " + asked},
		"Old":          {reason: "One from before the wish will not do.", observed: other, status: asking("11.4.0"), backups: []string{storedAt("nightly", "chat", before)}, want: "held since " + asked},
		"SameSecond":   {reason: "One that may be from before the wish will not do.", observed: other, status: asking("11.4.0"), backups: []string{storedAt("nightly", "chat", asked)}, want: "held since " + asked},
		"OfAnother":    {reason: "One of another installation will not do.", observed: other, status: asking("11.4.0"), backups: []string{storedAt("nightly", "talk", after)}, want: "held since " + asked},
		"Untimed":      {reason: "One that does not say when will not do.", observed: other, status: asking("11.4.0"), backups: []string{storedAt("nightly", "chat", "soon")}, want: "held since " + asked},
		"New":          {reason: "One that was begun since will.", observed: other, status: asking("11.4.0"), backups: []string{storedAt("nightly", "chat", before), storedAt("weekly", "chat", after)}, want: "weekly/weekly-1"},
		"AnotherTarget": {
			reason: "What was waited for before another version was wished for is not this wish.", observed: other,
			status: asking("11.3.9"), backups: []string{storedAt("nightly", "chat", after)}, want: "held since -",
		},
		"Remembered": {
			reason: "The status remembers the moment when the condition does not.", observed: other,
			status: upgrading("11.4.0", "phase: AwaitingBackup, requestedAt: '"+asked+"'"), backups: []string{storedAt("nightly", "chat", after)}, want: "nightly/nightly-1",
		},
		"RememberedOfAnother": {
			reason: "And remembers it of its own change only.", observed: other,
			status: upgrading("11.3.9", "phase: AwaitingBackup, requestedAt: '"+asked+"'"), backups: []string{storedAt("nightly", "chat", after)}, want: "held since -",
		},
		"Granted": {
			reason: "What was let go goes on, though the backup is deleted.", observed: other,
			status: upgrading("11.4.0", "phase: Migrating, requestedAt: '"+asked+"', backup: nightly/nightly-1"), want: "nightly/nightly-1",
		},
		"BegunBefore": {
			reason: "What was begun before a backup was required goes on.", observed: other,
			status: upgrading("11.4.0", "phase: Migrating"), want: "free",
		},
		"Forgotten": {
			reason: "A wish that came to an end, and its backup, are no longer remembered.", observed: other,
			status: "{conditions: [{type: UpgradeBackedUp, status: 'True', reason: NoChange, lastTransitionTime: '" + before + "'}]}", backups: []string{storedAt("nightly", "chat", after)}, want: "held since -",
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			spec := requiring
			if tc.spec != "" {
				spec = tc.spec
			}
			f := factstest.Given{Spec: spec, Composed: tc.observed, Status: tc.status, Backups: tc.backups}.Facts(t)
			if got := spelt(decided(f).Backup); got != tc.want {
				t.Errorf("%s\n%s, want %s", tc.reason, got, tc.want)
			}
		})
	}
}

// spelt is a backup that a change needs, in short.
func spelt(b *decision.Backup) string {
	switch {
	case b == nil:
		return "free"
	case b.Name != "":
		return b.Name
	case b.At == nil:
		return "held since -"
	}
	return "held since " + b.At.UTC().Format(time.RFC3339)
}

// TestHeldChangesTouchNothing: the version before serves, and everything says what is
// waited for.
func TestHeldChangesTouchNothing(t *testing.T) {
	observed := map[string]string{composed.Deployment: factstest.Deployment(factstest.OtherImage, 2), "migration-third": factstest.Job(factstest.ThirdImage, "x", "Complete")}
	f := factstest.Given{Spec: requiring, Composed: observed, Status: asking("11.4.0")}.Facts(t)
	d := decided(f)
	r := d.Rollout
	if r.Image != factstest.OtherImage || r.Replicas != 2 || r.Starts() || r.Migration != "" || len(r.Kept) != 1 {
		t.Errorf("decided is %+v", r)
	}
	if r.Phase != v1alpha1.PhaseAwaitingBackup {
		t.Errorf("the phase is %s", r.Phase)
	}
	for _, c := range append(backedUp(f, d.Backup), migration(f, d), rolledOut(f, d, compose.Condition{Type: "RolloutComplete", Status: compose.False})) {
		if c.Status != compose.False || c.Reason != "AwaitingBackup" || !c.Waiting || c.Message == "" {
			t.Errorf("condition %s is %+v", c.Type, c)
		}
	}
	status := upgrade(f, d)
	if status.Phase != v1alpha1.PhaseAwaitingBackup || status.RequestedAt == nil || status.JobName != "" {
		t.Errorf("the status is %+v", status)
	}
}

// TestBackedUpCondition where nothing is held.
func TestBackedUpCondition(t *testing.T) {
	observed := map[string]string{composed.Deployment: factstest.Deployment(factstest.WantedImage, 2)}
	for _, of := range []struct {
		reason, spec, status, want string
	}{
		{"nobody asked, and nothing is said", factstest.Accepted + "version: 11.4.0", "{}", ""},
		{"nobody asks any more, and that is said", factstest.Accepted + "version: 11.4.0", asking("11.4.0"), "NotRequired"},
		{"nothing changes", requiring, "{}", "NoChange"},
	} {
		got := ""
		for _, c := range backedUp(given(t, of.spec, of.status, observed)) {
			got += c.Reason
		}
		if got != of.want {
			t.Errorf("%s: %q, want %q", of.reason, got, of.want)
		}
	}
}

func given(t *testing.T, spec, status string, observed map[string]string) (*facts.Facts, *decision.Backup) {
	t.Helper()
	f := factstest.Given{Spec: spec, Status: status, Composed: observed}.Facts(t)
	return f, decided(f).Backup
}

// TestAnotherChangeIsForgotten when a spec is refused in between.
func TestAnotherChangeIsForgotten(t *testing.T) {
	observed := map[string]string{composed.Deployment: factstest.Deployment(factstest.OtherImage, 2)}
	for _, of := range []struct {
		reason, was string
		want        bool
	}{
		{"there was none", "", false},
		{"it is the same", ", upgrade: {from: 11.3.0, to: 11.4.0, phase: AwaitingBackup, requestedAt: '" + asked + "'}", false},
		{"it has its backup, and goes on", ", upgrade: {from: 11.3.0, to: 11.3.9, phase: Migrating, requestedAt: '" + asked + "', backup: a/b}", false},
		{"it is another", ", upgrade: {from: 11.3.0, to: 11.3.9, phase: AwaitingBackup, requestedAt: '" + asked + "'}", true},
	} {
		f := factstest.Given{Spec: requiring, Status: strings.TrimSuffix(asking("11.3.9"), "}") + of.was + "}", Composed: observed}.Facts(t)
		d := judged(f)
		said, status := len(refusedConditions(f, d, compose.Condition{})) > 1, v1alpha1.MattermostInstallationStatus{}
		reportUpgrade(f, d, &status)
		if said != of.want || status.Upgrade != nil && (status.Upgrade.RequestedAt == nil) != of.want {
			t.Errorf("%s: forgotten is %t", of.reason, said)
		}
	}
}
