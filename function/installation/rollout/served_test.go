package rollout

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/mattermost/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/composed"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/factstest"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/release"
	"github.com/crossplane-mattermost/crossplane-mattermost/input/v1beta1"
)

// TestChangeWithoutDeployment: whoever deletes the Deployment is not free of the rules, as
// long as the status says what was served.
func TestChangeWithoutDeployment(t *testing.T) {
	const repository = "mattermost/mattermost-enterprise-edition:"
	done := func(version string) map[string]string {
		return map[string]string{"migration-done": factstest.Job(repository+version, "", "Complete")}
	}
	cases := map[string]struct {
		reason   string
		to       string
		observed map[string]string
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
		"EarlierMigrated": {reason: "A migration of before is not the last word.", to: "11.4.0", observed: done("11.4.0"), status: "{served: {version: 11.5.0}}", want: "from 11.5.0 to 11.4.0"},
		"LaterMigrated":   {reason: "One after it is.", to: "11.4.0", observed: done("11.5.0"), status: "{served: {version: 11.4.0}}", want: "from 11.5.0 to 11.4.0"},
		"OtherDeployment": {reason: "A Deployment knows better.", to: "11.4.0", observed: map[string]string{composed.Deployment: factstest.Deployment(factstest.OtherImage, 2)}, status: "{served: {version: 11.5.0}}"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			v := lawful(factstest.Given{Spec: factstest.Accepted + "version: " + tc.to, Composed: tc.observed, Status: tc.status}.Facts(t))
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
		f := factstest.Given{Spec: requiring, Status: of.status, Backups: of.backups}.Facts(t)
		d := decided(f)
		if got := spelt(d.Backup); got != of.want || d.Rollout.Phase != of.phase {
			t.Errorf("%s: %s, phase %s", of.reason, got, d.Rollout.Phase)
		}
		if status := upgrade(f, d); status == nil || status.From != "11.3.0" || status.To != "11.4.0" || status.Backup != d.Backup.Name {
			t.Errorf("%s: the status is %+v", of.reason, status)
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
			in := factstest.Given{Spec: factstest.Accepted + "version: 10.5.0", Policy: tc.policy, Status: tc.status, Restores: []string{factstest.Restore("a", 1, "Replacing", "")}}
			f := in.Facts(t)
			d := decided(f)
			r := d.Rollout
			_, version := release.Split(r.Image)
			got, annotation := version+" migrated", ""
			if r.Migrated != d.Turn.Data {
				got, annotation = version+" unmigrated", ", mattermost.crossplane.io/migrated: "+r.Migrated
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s\n-want, +got:\n%s", tc.reason, diff)
			}

			in.Restores = []string{factstest.Restore("a", 1, "Done", ", state: failed")}
			in.Composed = map[string]string{composed.Deployment: strings.Replace(factstest.Stopped("a/uid-a", 0, annotation), factstest.WantedImage, r.Image, 1)}
			in.Composed[composed.Deployment] = strings.Replace(in.Composed[composed.Deployment], "stopped-for: a/uid-a", "claims: x", 1)
			if v := lawful(in.Facts(t)); v.Pass != (tc.refusal == "") || !strings.Contains(v.Message, tc.refusal) {
				t.Errorf("%s\nlawful is %t: %s", tc.reason, v.Pass, v.Message)
			}
		})
	}
}
