package installation

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/mattermost/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
)

func TestRolloutConditionOfAStuckRoll(t *testing.T) {
	g := given{spec: accepted + "version: 11.4.0", composed: map[string]string{nameDeployment: "{status: {conditions: [{type: Progressing, status: 'False', reason: ProgressDeadlineExceeded, message: it does not progress}]}}"}}.gather(t)
	want := compose.Condition{Type: "RolloutComplete", Status: compose.False, Reason: "Stuck", Message: "it does not progress"}
	if diff := cmp.Diff(want, rolloutCondition(g, decision{rollout: rollout{image: wantedImage}, template: "t"})); diff != "" {
		t.Errorf("-want, +got:\n%s", diff)
	}
}

func TestUpgradeStatus(t *testing.T) {
	const spec = accepted + "version: 11.4.0\nreplicas: 2"
	at := func(text string) *metav1.Time {
		parsed, err := time.Parse(time.RFC3339, text)
		if err != nil {
			t.Fatal(err)
		}
		return &metav1.Time{Time: parsed.UTC()}
	}
	job := func(status string) string {
		return fmt.Sprintf(`{metadata: {name: j, creationTimestamp: "2026-11-01T10:00:00Z", annotations: {mattermost.crossplane.io/attempt: "0"}}, spec: {template: {spec: {containers: [{name: mattermost, image: %q}]}}}, status: %s}`, wantedImage, status)
	}
	const (
		migrating = "{upgrade: {from: 11.3.0, to: 11.4.0, phase: Migrating, jobName: chat-migrate-observed, attempts: 2, startedAt: 2026-11-01T10:00:00Z, migratedAt: 2026-11-01T10:00:09Z}}"
		done      = "{upgrade: {from: 11.3.0, to: 11.4.0, phase: Complete}}"
		earlier   = "{upgrade: {from: 11.2.0, to: 11.3.0, phase: Complete}}"
	)
	kept := func(phase v1alpha1.UpgradePhase) *v1alpha1.UpgradeStatus {
		return &v1alpha1.UpgradeStatus{
			From: "11.3.0", To: "11.4.0", Phase: phase, JobName: "chat-migrate-observed", Attempts: 2,
			StartedAt: at("2026-11-01T10:00:00Z"), MigratedAt: at("2026-11-01T10:00:09Z"),
		}
	}
	cases := map[string]struct {
		reason   string
		composed map[string]string
		status   string
		want     *v1alpha1.UpgradeStatus
	}{
		"FirstInstallation": {
			reason:   "There is no version to come from.",
			composed: map[string]string{"migration-observed": job("{active: 1}")},
		},
		"Installed": {
			reason:   "Nothing changed.",
			composed: map[string]string{nameDeployment: observedDeployment(wantedImage, 2)},
		},
		"Begun": {
			reason:   "The Job is about to be made; the upgrade before is history.",
			composed: map[string]string{nameDeployment: observedDeployment(otherImage, 2)}, status: earlier,
			want: &v1alpha1.UpgradeStatus{From: "11.3.0", To: "11.4.0", Phase: "Migrating", JobName: "chat-migrate-new"},
		},
		"Migrating": {
			reason: "The Job tells when it started and how often.",
			composed: map[string]string{
				nameDeployment:       observedDeployment(otherImage, 2),
				"migration-observed": job("{active: 1, failed: 1}"),
			},
			want: &v1alpha1.UpgradeStatus{From: "11.3.0", To: "11.4.0", Phase: "Migrating", JobName: "chat-migrate-observed", Attempts: 2, StartedAt: at("2026-11-01T10:00:00Z")},
		},
		"Migrated": {
			reason: "The Job tells when it was complete.",
			composed: map[string]string{
				nameDeployment:       observedDeployment(otherImage, 2),
				"migration-observed": job("{succeeded: 1, completionTime: 2026-11-01T10:00:09Z, conditions: [{type: Complete, status: 'True'}]}"),
			},
			want: &v1alpha1.UpgradeStatus{From: "11.3.0", To: "11.4.0", Phase: "Rolling", JobName: "chat-migrate-observed", Attempts: 1, StartedAt: at("2026-11-01T10:00:00Z"), MigratedAt: at("2026-11-01T10:00:09Z")},
		},
		"Rolling": {
			reason:   "What the Job said is kept when it is gone.",
			composed: map[string]string{nameDeployment: observedDeployment(wantedImage, 1)}, status: migrating,
			want: kept("Rolling"),
		},
		"Complete": {
			reason:   "Every replica runs the version.",
			composed: map[string]string{nameDeployment: observedDeployment(wantedImage, 2)}, status: migrating,
			want: kept("Complete"),
		},
		"RollsAgain": {
			reason:   "A roll for another reason is no upgrade.",
			composed: map[string]string{nameDeployment: observedDeployment(wantedImage, 1)}, status: done,
			want: &v1alpha1.UpgradeStatus{From: "11.3.0", To: "11.4.0", Phase: "Complete"},
		},
		"PutBack": {
			reason:   "An upgrade that is no longer wanted is not told of.",
			composed: map[string]string{nameDeployment: observedDeployment(wantedImage, 2)},
			status:   "{upgrade: {from: 11.4.0, to: 11.5.0, phase: Migrating}}",
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			g := given{spec: spec, secrets: secrets, composed: tc.composed, status: tc.status}.gather(t)
			if d := g.state.Observed("migration-observed"); d.Exists() {
				g.migrations[0].name = prefixMigration + "observed"
			}
			r := decideRollout(g, 2)
			if r.starts() {
				r.migration = prefixMigration + "new"
			}
			got, err := upgradeStatus(g, decision{rollout: r})
			if err != nil {
				t.Fatal(err)
			}
			if got != nil {
				for _, m := range []*metav1.Time{got.StartedAt, got.MigratedAt} {
					if m != nil {
						m.Time = m.UTC()
					}
				}
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s\n-want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestUpgradeStatusFailsOnAnother(t *testing.T) {
	g := given{spec: accepted, composed: map[string]string{nameDeployment: observedDeployment(wantedImage, 2)}, status: "{upgrade: {attempts: many}}"}.gather(t)
	if _, err := upgradeStatus(g, decision{}); err == nil {
		t.Error("a status of other types was read")
	}
}

func TestDowntimeCondition(t *testing.T) {
	const onVolume = "database: {external: {secret: db}}\nfileStore: {externalVolume: {volumeClaimName: v}}"
	cases := map[string]struct {
		reason   string
		given    given
		replicas int32
		want     string
	}{
		"Replicated":  {reason: "One serves while another is replaced.", given: given{spec: accepted}, replicas: 2, want: "True Replicated"},
		"Single":      {reason: "What is under way may fail.", given: given{spec: accepted}, replicas: 1, want: "False SingleReplica"},
		"Stopped":     {reason: "Nothing serves.", given: given{spec: accepted}, want: "False Stopped"},
		"SharedClaim": {reason: "Each node can mount it.", given: given{spec: onVolume, claim: "spec: {accessModes: [ReadWriteMany]}"}, replicas: 2, want: "True Replicated"},
		"NodeClaim":   {reason: "One node can mount it.", given: given{spec: onVolume, claim: "spec: {accessModes: [ReadWriteOnce]}"}, replicas: 2, want: "False SingleNodeVolume"},
		"PodClaim":    {reason: "One pod can mount it.", given: given{spec: onVolume, claim: "spec: {accessModes: [ReadWriteOncePod]}"}, replicas: 2, want: "False SingleNodeVolume"},
		"LocalClaim":  {reason: "By default a claim is shared.", given: given{spec: "fileStore: {local: {enabled: true}}"}, replicas: 2, want: "True Replicated"},
		"LocalNode":   {reason: "The user chose one node.", given: given{spec: "fileStore: {local: {enabled: true, accessModes: [ReadWriteOnce]}}"}, replicas: 2, want: "False SingleNodeVolume"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			c := downtimeCondition(tc.given.gather(t), tc.replicas)
			if got := fmt.Sprintf("%s %s", c.Status, c.Reason); got != tc.want {
				t.Errorf("%s\n%s, want %s", tc.reason, got, tc.want)
			}
			if (c.Status == compose.True) != (c.Message == "") {
				t.Errorf("%s\nthe message of %s is %q", tc.reason, c.Status, c.Message)
			}
		})
	}
}
