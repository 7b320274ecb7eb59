package installation

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/mattermost/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/composetest"
	"github.com/crossplane-mattermost/crossplane-mattermost/input/v1beta1"
)

// TestChangeWithoutDeployment: whoever deletes the Deployment is not free of the rules, as
// long as the status says what was served.
func TestChangeWithoutDeployment(t *testing.T) {
	const repository = "mattermost/mattermost-enterprise-edition:"
	done := func(version string) map[string]string {
		return map[string]string{"migration-done": observedJob(repository+version, "", "Complete")}
	}
	cases := map[string]struct {
		reason   string
		to       string
		composed map[string]string
		status   string
		// want are words of the refusal, empty when it is lawful.
		want string
	}{
		"Downgrade":       {reason: "The version that was served last is the one before.", to: "10.5.0", status: "{served: {version: 11.4.0}}", want: "from 11.4.0 to 10.5.0"},
		"StatusOfBefore":  {reason: "A status of an earlier release says the same.", to: "10.5.0", status: "{version: 11.4.0}", want: "rule Downgrade"},
		"SkipESR":         {reason: "All rules hold.", to: "11.4.0", status: "{served: {version: 9.10.0}}", want: "rule SkipESR"},
		"Lawful":          {reason: "What was lawful is.", to: "11.5.0", status: "{served: {version: 11.4.0}}"},
		"Same":            {reason: "Nothing changes.", to: "11.4.0", status: "{served: {version: 11.4.0}}"},
		"Restored":        {reason: "A cluster that was restored without statuses knows nothing.", to: "10.5.0"},
		"Allowed":         {reason: "The user insists.", to: "10.5.0\nupgrade: {allow: [{rule: Downgrade, reason: tried on a copy}]}", status: "{served: {version: 11.4.0}}"},
		"NoVersion":       {reason: "What is no version is not believed.", to: "10.5.0", status: "{served: {version: 'a b'}}"},
		"EarlierMigrated": {reason: "A migration of before is not the last word.", to: "11.4.0", composed: done("11.4.0"), status: "{served: {version: 11.5.0}}", want: "from 11.5.0 to 11.4.0"},
		"LaterMigrated":   {reason: "One after it is.", to: "11.4.0", composed: done("11.5.0"), status: "{served: {version: 11.4.0}}", want: "from 11.5.0 to 11.4.0"},
		"OtherDeployment": {reason: "A Deployment knows better.", to: "11.4.0", composed: map[string]string{nameDeployment: observedDeployment(otherImage, 2)}, status: "{served: {version: 11.5.0}}"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			v := changeLawful(given{spec: accepted + "version: " + tc.to, composed: tc.composed, status: tc.status}.gather(t))
			if v.Pass != (tc.want == "") || !strings.Contains(v.Message, tc.want) {
				t.Errorf("%s\nlawful is %t: %s", tc.reason, v.Pass, v.Message)
			}
		})
	}
}

// TestBackupWithoutDeployment: the change waits for its backup, and goes on when it has it,
// though nothing tells what served but the status.
func TestBackupWithoutDeployment(t *testing.T) {
	const served = "served: {version: 11.3.0}"
	with := func(more string) string { return "{" + served + ", " + strings.TrimPrefix(more, "{") }
	for _, of := range []struct {
		reason, status string
		backups        []string
		want           string
		phase          v1alpha1.UpgradePhase
	}{
		{"it waits", "{" + served + "}", nil, "held since -", v1alpha1.PhaseAwaitingBackup},
		{"it waits for one from after", with(asking("11.4.0")), []string{storedAt("nightly", "chat", "2026-03-01T02:00:00Z")}, "held since " + asked, v1alpha1.PhaseAwaitingBackup},
		{"it goes on", with(asking("11.4.0")), []string{storedAt("nightly", "chat", "2026-03-01T03:00:01Z")}, "nightly/nightly-1", v1alpha1.PhaseMigrating},
		{"what was let go goes on", with(upgrading("11.4.0", "phase: Migrating, requestedAt: '"+asked+"', backup: nightly/nightly-1")), nil, "nightly/nightly-1", v1alpha1.PhaseMigrating},
	} {
		g := given{spec: requiring, status: of.status}.gatherWith(t, of.backups...)
		d := decision{rollout: decideRollout(g, 2)}
		if got := spelt(g.wish); got != of.want || d.rollout.phase != of.phase {
			t.Errorf("%s: %s, phase %s", of.reason, got, d.rollout.phase)
		}
		status, err := upgradeStatus(g, d)
		if err != nil || status == nil || status.From != "11.3.0" || status.To != "11.4.0" || status.Backup != g.wish.backup {
			t.Errorf("%s: the status is %+v, %v", of.reason, status, err)
		}
	}
}

// TestStopWithoutDeployment checks the Deployment that is stopped for a restore in place of one
// that somebody deleted, and whether the change of version is judged after it as before.
func TestStopWithoutDeployment(t *testing.T) {
	const quiesced = "{restore: {name: a, uid: uid-a, phase: Quiesced}"
	cases := map[string]struct {
		reason string
		policy v1beta1.Input
		status string
		want   string
		// refusal has words of the refusal afterwards, and is empty if the change is lawful.
		refusal string
	}{
		"Served":     {reason: "The data is that of the version that was served last.", status: quiesced + ", served: {version: 11.4.0}}", want: "11.4.0 migrated", refusal: "from 11.4.0 to 10.5.0"},
		"Never":      {reason: "Nothing was served.", status: quiesced + "}", want: "10.5.0 unmigrated"},
		"NotAllowed": {reason: "A version that the platform does not allow is not started.", policy: v1beta1.Input{Versions: []string{"<11"}}, status: quiesced + ", served: {version: 11.4.0}}", want: "10.5.0 unmigrated"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			in := given{spec: accepted + "version: 10.5.0", policy: tc.policy, status: tc.status, restores: []string{atStep("a", 1, "Replacing", "")}}
			g := in.gather(t)
			r := decideRollout(g, 2)
			_, version := splitImage(r.image)
			got, annotation := version+" migrated", ""
			if r.migrated != g.data {
				got, annotation = version+" unmigrated", ", mattermost.crossplane.io/migrated: "+r.migrated
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s\n-want, +got:\n%s", tc.reason, diff)
			}

			in.restores = []string{atStep("a", 1, "Done", ", state: failed")}
			in.composed = map[string]string{nameDeployment: strings.Replace(stoppedFor("a/uid-a", 0, annotation), wantedImage, r.image, 1)}
			in.composed[nameDeployment] = strings.Replace(in.composed[nameDeployment], "stopped-for: a/uid-a", "claims: x", 1)
			if v := changeLawful(in.gather(t)); v.Pass != (tc.refusal == "") || !strings.Contains(v.Message, tc.refusal) {
				t.Errorf("%s\nlawful is %t: %s", tc.reason, v.Pass, v.Message)
			}
		})
	}
}

// TestClaimWasServed as far as anything tells.
func TestClaimWasServed(t *testing.T) {
	usage := map[string]string{claimOfDatabase.protection(): "{kind: Usage, metadata: {name: chat-database-protection}}"}
	for _, of := range []struct {
		reason   string
		composed map[string]string
		status   string
		want     bool
	}{
		{"nothing was", nil, "{}", false},
		{"the Deployment says so", map[string]string{nameDeployment: servingClaims("bucket,database")}, "{}", true},
		{"the Usage says so", usage, "{}", true},
		{"the status says so", nil, "{served: {version: 11.4.0, claims: [bucket, database]}}", true},
		{"it was another", nil, "{served: {version: 11.4.0, claims: [bucket]}}", false},
		{"the Deployment has another database by now", map[string]string{nameDeployment: servingClaims("bucket")}, "{served: {version: 11.4.0, claims: [database]}}", false},
	} {
		g := given{spec: claiming, composed: of.composed, status: of.status}.gather(t)
		if got := claimOfDatabase.vanished(g); got != of.want {
			t.Errorf("%s: vanished is %t", of.reason, got)
		}
	}
}

func TestServedStatusOfOtherTypes(t *testing.T) {
	composite := composetest.Document(t, "{status: {served: {claims: many}}}")
	req := &fnv1.RunFunctionRequest{Observed: &fnv1.State{Composite: &fnv1.Resource{Resource: composite}}}
	if _, err := recallServed(compose.NewState(req)); err == nil {
		t.Error("a status of other types was read")
	}
}
