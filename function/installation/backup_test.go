package installation

import (
	"fmt"
	"strings"
	"testing"
	"time"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/mattermost/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/composetest"
	"github.com/crossplane-mattermost/crossplane-mattermost/input/v1beta1"
)

const requiring = accepted + "version: 11.4.0\nreplicas: 2\nupgrade: {backup: Required}"

// asked is when a backup was asked for.
const asked = "2026-03-01T03:00:00Z"

// asking is a status whose condition asks for a backup for a change from 11.3.0.
func asking(to string) string {
	return fmt.Sprintf("{conditions: [{type: UpgradeBackedUp, status: 'False', reason: AwaitingBackup, message: %q, lastTransitionTime: %q}]}", awaitsBackup(wish{from: "11.3.0", to: to}).Message, asked)
}

// upgrading is a status that tells of a change from 11.3.0.
func upgrading(to, more string) string {
	return fmt.Sprintf("{upgrade: {from: 11.3.0, to: %s, %s}}", to, more)
}

// storedAt is a MattermostBackup with one backup that was begun in a moment.
func storedAt(name, installation, began string) string {
	return fmt.Sprintf("{metadata: {name: %s}, spec: {installation: %s}, status: {backups: [{name: %s-1, startedAt: %q, completedAt: '2026-03-09T00:00:00Z'}]}}", name, installation, name, began)
}

// gatherWith backups that exist.
func (in given) gatherWith(t *testing.T, backups ...string) gathered {
	t.Helper()
	g := in.gather(t)
	composite := g.state.Composite().Struct()
	req := &fnv1.RunFunctionRequest{
		Observed:          &fnv1.State{Composite: &fnv1.Resource{Resource: composite}, Resources: map[string]*fnv1.Resource{}},
		RequiredResources: map[string]*fnv1.Resources{requirementBackups: {}},
	}
	for name := range in.composed {
		req.Observed.Resources[name] = &fnv1.Resource{Resource: g.state.Observed(name).Struct()}
	}
	for _, b := range backups {
		req.RequiredResources[requirementBackups].Items = append(req.RequiredResources[requirementBackups].Items, &fnv1.Resource{Resource: composetest.Document(t, b)})
	}
	out, err := gather(compose.NewState(req), &v1beta1.Input{})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestChangesWaitForTheirBackup: a change of version is held until a backup is complete
// that was begun after it was wished for, whatever is remembered of the wish.
func TestChangesWaitForTheirBackup(t *testing.T) {
	const (
		before = "2026-03-01T02:00:00Z"
		after  = "2026-03-01T03:00:01Z"
	)
	other := map[string]string{nameDeployment: observedDeployment(otherImage, 2)}
	unavailable := map[string]string{nameDeployment: strings.Replace(observedDeployment(otherImage, 2), "availableReplicas: 2", "availableReplicas: 0", 1)}
	cases := map[string]struct {
		reason   string
		spec     string
		composed map[string]string
		status   string
		backups  []string
		want     string
	}{
		"NotRequired":  {reason: "Nobody asked for it.", spec: accepted + "version: 11.4.0", composed: other, want: "free"},
		"First":        {reason: "A first installation has nothing to lose.", want: "free"},
		"FirstAnother": {reason: "Nor has one that was migrated and never served.", composed: map[string]string{"migration-observed": observedJob(otherImage, "x", "Complete")}, want: "free"},
		"FirstFails":   {reason: "Nor has one whose first server does not become available: there is no backup of it.", composed: unavailable, want: "free"},
		"Fails":        {reason: "One that served is only away.", composed: unavailable, status: "{served: {version: 11.3.0}}", want: "held since -"},
		"Steady":       {reason: "Nothing changes.", composed: map[string]string{nameDeployment: observedDeployment(wantedImage, 2)}, want: "free"},
		"Migrated":     {reason: "The schema is there already.", composed: map[string]string{nameDeployment: observedDeployment(otherImage, 2), "migration-observed": observedJob(wantedImage, "x", "Complete")}, want: "free"},
		"Wished":       {reason: "The moment of the wish is not known yet, so that no backup will do.", composed: other, backups: []string{storedAt("nightly", "chat", after)}, want: "held since -"},
		"Waiting":      {reason: "There is none.", composed: other, status: asking("11.4.0"), want: "held since " + asked},
		"Old":          {reason: "One from before the wish will not do.", composed: other, status: asking("11.4.0"), backups: []string{storedAt("nightly", "chat", before)}, want: "held since " + asked},
		"SameSecond":   {reason: "One that may be from before the wish will not do.", composed: other, status: asking("11.4.0"), backups: []string{storedAt("nightly", "chat", asked)}, want: "held since " + asked},
		"OfAnother":    {reason: "One of another installation will not do.", composed: other, status: asking("11.4.0"), backups: []string{storedAt("nightly", "talk", after)}, want: "held since " + asked},
		"Untimed":      {reason: "One that does not say when will not do.", composed: other, status: asking("11.4.0"), backups: []string{storedAt("nightly", "chat", "soon")}, want: "held since " + asked},
		"New":          {reason: "One that was begun since will.", composed: other, status: asking("11.4.0"), backups: []string{storedAt("nightly", "chat", before), storedAt("weekly", "chat", after)}, want: "weekly/weekly-1"},
		"AnotherTarget": {
			reason: "What was waited for before another version was wished for is not this wish.", composed: other,
			status: asking("11.3.9"), backups: []string{storedAt("nightly", "chat", after)}, want: "held since -",
		},
		"Remembered": {
			reason: "The status remembers the moment when the condition does not.", composed: other,
			status: upgrading("11.4.0", "phase: AwaitingBackup, requestedAt: '"+asked+"'"), backups: []string{storedAt("nightly", "chat", after)}, want: "nightly/nightly-1",
		},
		"RememberedOfAnother": {
			reason: "And remembers it of its own change only.", composed: other,
			status: upgrading("11.3.9", "phase: AwaitingBackup, requestedAt: '"+asked+"'"), backups: []string{storedAt("nightly", "chat", after)}, want: "held since -",
		},
		"Granted": {
			reason: "What was let go goes on, though the backup is deleted.", composed: other,
			status: upgrading("11.4.0", "phase: Migrating, requestedAt: '"+asked+"', backup: nightly/nightly-1"), want: "nightly/nightly-1",
		},
		"BegunBefore": {
			reason: "What was begun before a backup was required goes on.", composed: other,
			status: upgrading("11.4.0", "phase: Migrating"), want: "free",
		},
		"Forgotten": {
			reason: "A wish that came to an end, and its backup, are no longer remembered.", composed: other,
			status: "{conditions: [{type: UpgradeBackedUp, status: 'True', reason: NoChange, lastTransitionTime: '" + before + "'}]}", backups: []string{storedAt("nightly", "chat", after)}, want: "held since -",
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			spec := requiring
			if tc.spec != "" {
				spec = tc.spec
			}
			g := given{spec: spec, composed: tc.composed, status: tc.status}.gatherWith(t, tc.backups...)
			if got := spelt(g.wish); got != tc.want {
				t.Errorf("%s\n%s, want %s", tc.reason, got, tc.want)
			}
		})
	}
}

// spelt is a wish in short.
func spelt(w *wish) string {
	switch {
	case w == nil:
		return "free"
	case w.backup != "":
		return w.backup
	case w.at == nil:
		return "held since -"
	}
	return "held since " + w.at.UTC().Format(time.RFC3339)
}

// TestHeldChangesTouchNothing: the version before serves, and everything says what is
// waited for.
func TestHeldChangesTouchNothing(t *testing.T) {
	composed := map[string]string{nameDeployment: observedDeployment(otherImage, 2), "migration-third": observedJob(thirdImage, "x", "Complete")}
	g := given{spec: requiring, composed: composed, status: asking("11.4.0")}.gather(t)
	r := decideRollout(g, 2)
	if r.image != otherImage || r.replicas != 2 || r.starts() || r.migration != "" || len(r.kept) != 1 {
		t.Errorf("decided is %+v", r)
	}
	if r.phase != v1alpha1.PhaseAwaitingBackup {
		t.Errorf("the phase is %s", r.phase)
	}
	d := decision{rollout: r}
	for _, c := range append(backedUpCondition(g), migrationCondition(g, r), rolloutCondition(g, d)) {
		if c.Status != compose.False || c.Reason != "AwaitingBackup" || !c.Waiting || c.Message == "" {
			t.Errorf("condition %s is %+v", c.Type, c)
		}
	}
	status, err := upgradeStatus(g, d)
	if err != nil {
		t.Fatal(err)
	}
	if status.Phase != v1alpha1.PhaseAwaitingBackup || status.RequestedAt == nil || status.JobName != "" {
		t.Errorf("the status is %+v", status)
	}
}

// TestBackedUpCondition where nothing is held.
func TestBackedUpCondition(t *testing.T) {
	served := map[string]string{nameDeployment: observedDeployment(wantedImage, 2)}
	for _, of := range []struct {
		reason, spec, status, want string
	}{
		{"nobody asked, and nothing is said", accepted + "version: 11.4.0", "{}", ""},
		{"nobody asks any more, and that is said", accepted + "version: 11.4.0", asking("11.4.0"), "NotRequired"},
		{"nothing changes", requiring, "{}", "NoChange"},
	} {
		got := ""
		for _, c := range backedUpCondition(given{spec: of.spec, status: of.status, composed: served}.gather(t)) {
			got += c.Reason
		}
		if got != of.want {
			t.Errorf("%s: %q, want %q", of.reason, got, of.want)
		}
	}
}

// TestAnotherWishIsForgotten when a spec is refused in between.
func TestAnotherWishIsForgotten(t *testing.T) {
	status := asking("11.3.9")
	g := given{spec: requiring, status: status, composed: map[string]string{nameDeployment: observedDeployment(otherImage, 2)}}.gather(t)
	at := moment(asked)
	for _, of := range []struct {
		reason string
		was    *v1alpha1.UpgradeStatus
		want   bool
	}{
		{"there was none", nil, false},
		{"it is the same", &v1alpha1.UpgradeStatus{To: "11.4.0", Phase: v1alpha1.PhaseAwaitingBackup, RequestedAt: at}, false},
		{"it has its backup, and goes on", &v1alpha1.UpgradeStatus{To: "11.3.9", Phase: v1alpha1.PhaseMigrating, RequestedAt: at, Backup: "a/b"}, false},
		{"it is another", &v1alpha1.UpgradeStatus{To: "11.3.9", Phase: v1alpha1.PhaseAwaitingBackup, RequestedAt: at}, true},
	} {
		said := len(anotherWish(g, of.was)) > 0
		if said != of.want || of.was != nil && (of.was.RequestedAt == nil) != of.want {
			t.Errorf("%s: forgotten is %t", of.reason, said)
		}
	}
}
