package rollout

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	batchv1 "k8s.io/api/batch/v1"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/mattermost/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/composed"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/decision"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/facts"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/factstest"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/objects"
)

// answered is what a rollout adds to an empty answer.
func answered(t *testing.T, f *facts.Facts, add func(*compose.Answer) error) *compose.Answer {
	t.Helper()
	a := compose.NewAnswer(f.State)
	if err := add(a); err != nil {
		t.Fatal(err)
	}
	return a
}

// TestComposesWhatIsDecided: migrations that are kept and one that starts, and a Deployment once there is
// an image.
func TestComposesWhatIsDecided(t *testing.T) {
	observed := map[string]string{}
	for _, name := range []string{"migration-a", "migration-b"} {
		observed[name] = factstest.Applied(strings.Replace(factstest.Job(factstest.OtherImage, "", "Complete"), "chat-migrate-observed", "chat-"+name, 1))
	}
	f := factstest.Given{Spec: factstest.Accepted + "version: 11.4.0", Secrets: factstest.Secrets(), Composed: observed}.Facts(t)
	cases := map[string]struct {
		reason  string
		rollout decision.Rollout
		want    []string
	}{
		"Nothing": {reason: "Only the ServiceAccount is always there.", want: []string{composed.ServiceAccount}},
		"Kept":    {reason: "Every migration that is kept stays.", rollout: decision.Rollout{Kept: []string{"migration-a", "migration-b"}}, want: []string{"migration-a", "migration-b", composed.ServiceAccount}},
		"Starts":  {reason: "A migration starts beside others that are kept.", rollout: decision.Rollout{Kept: []string{"migration-a"}, Migration: "migration-new", Phase: v1alpha1.PhaseMigrating}, want: []string{"migration-a", "migration-new", composed.ServiceAccount}},
		"Image":   {reason: "Servers run an image.", rollout: decision.Rollout{Image: factstest.WantedImage, Replicas: 1}, want: []string{composed.Deployment, composed.ServiceAccount}},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			d := &decision.Decisions{Rollout: tc.rollout, Version: decision.Version{Version: "11.4.0", Image: factstest.WantedImage}, Server: decision.Server{Server: objects.Server{Name: "chat"}}}
			got := answered(t, f, func(a *compose.Answer) error { return composeAll(a, f, d) }).Names()
			slices.Sort(tc.want)
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s\n-want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

// TestNamesAreWantedBeforeClaims, and later with the objects themselves.
func TestNamesAreWantedBeforeClaims(t *testing.T) {
	f := factstest.Given{Spec: factstest.Claiming}.Facts(t)
	for stage, want := range map[decision.Stage]int{decision.Waiting: 3, decision.Accepted: 0} {
		a := answered(t, f, func(a *compose.Answer) error { return wantNames(a, f, &decision.Decisions{Stage: stage}) })
		rsp, err := a.Response()
		if err != nil {
			t.Fatal(err)
		}
		if got := len(rsp.GetRequirements().GetResources()); got != want {
			t.Errorf("at stage %v, %d names are looked up, want %d", stage, got, want)
		}
	}
}

// TestBackupsAreLookedUp while one is waited for.
func TestBackupsAreLookedUp(t *testing.T) {
	f := factstest.Given{Spec: requiring}.Facts(t)
	for reason, of := range map[string]struct {
		backup *decision.Backup
		want   bool
	}{
		"none is required":  {},
		"one is awaited":    {backup: &decision.Backup{From: "11.3.0", To: "11.4.0"}, want: true},
		"one was found now": {backup: &decision.Backup{Name: "b/1"}, want: true},
		"one was found":     {backup: &decision.Backup{Name: "b/1", Granted: true}},
	} {
		a := answered(t, f, func(a *compose.Answer) error { requireBackups(a, &decision.Decisions{Backup: of.backup}); return nil })
		rsp, err := a.Response()
		if err != nil {
			t.Fatal(err)
		}
		if _, got := rsp.GetRequirements().GetResources()[facts.RequirementBackups]; got != of.want {
			t.Errorf("%s: they are looked up: %t", reason, got)
		}
	}
}

// TestMigrationJob says what a Job has of the spec, and what marks it.
func TestMigrationJob(t *testing.T) {
	job := func(spec, data string) *batchv1.Job {
		f := factstest.Given{Spec: factstest.Accepted + "version: 11.4.0\n" + spec, Secrets: factstest.Secrets()}.Facts(t)
		d := decided(f)
		d.Turn.Data = data
		return objects.MigrationJob(migrator(f, d), migrationOptions(f, d))
	}
	plain := job("", "")
	if got := *plain.Spec.BackoffLimit; got != migrationRetries {
		t.Errorf("it is tried %d times", got)
	}
	if got := *job("updateJob: {retries: 2}", "").Spec.BackoffLimit; got != 2 {
		t.Errorf("it is tried %d times, and the user wants 2", got)
	}
	if _, marked := plain.Annotations[facts.AnnotationRestored]; marked || plain.Annotations[annotationInputs] == "" || plain.Annotations[annotationAttempt] != "0" {
		t.Errorf("it is marked by %v", plain.Annotations)
	}
	if got := job("", "uid-a").Annotations[facts.AnnotationRestored]; got != "uid-a" {
		t.Errorf("it migrates the data of restore %q", got)
	}
	if marked(map[string]string{"a": ""}) != nil {
		t.Error("annotations without values are none")
	}
}

// TestJobResourcesAdmitted: Kubernetes refuses a request above its limit.
func TestJobResourcesAdmitted(t *testing.T) {
	for job, want := range map[string]bool{"{}": true, "{resources: {requests: {cpu: 1}, limits: {cpu: 2}}}": true, "{resources: {requests: {cpu: 2}, limits: {cpu: 1}}}": false} {
		f := factstest.Given{Spec: factstest.Accepted + "updateJob: " + job}.Facts(t)
		if v := jobResourcesAdmitted(f, nil); v.Pass != want {
			t.Errorf("%s: passed is %t: %s", job, v.Pass, v.Message)
		}
	}
}

// TestStoppedBeforeItRan: a restore stops a server that never ran with the image that is wanted, and the
// data counts as migrated only if a migration of that data to that image is complete.
func TestStoppedBeforeItRan(t *testing.T) {
	turn := decision.Turn{Active: true, Stops: true, Restore: facts.Restore{Name: "a", UID: "uid-a"}}
	for _, of := range []struct {
		reason, job, want string
	}{
		{"no migration was complete", "", unmigrated},
		{"one runs", factstest.Job(factstest.WantedImage, "", ""), unmigrated},
		{"one to another image is complete", factstest.Job(factstest.ThirdImage, "", "Complete"), unmigrated},
		{"one of other data is complete", strings.Replace(factstest.Job(factstest.WantedImage, "", "Complete"), `attempt: "0"`, `attempt: "0", mattermost.crossplane.io/restored: uid-b`, 1), unmigrated},
		{"one is complete", factstest.Job(factstest.WantedImage, "", "Complete"), ""},
	} {
		in := factstest.Given{Spec: factstest.Accepted + "version: 11.4.0", Secrets: factstest.Secrets(), Composed: map[string]string{}}
		if of.job != "" {
			in.Composed["migration-observed"] = of.job
		}
		f := in.Facts(t)
		r := Decide(f, decision.Version{Version: "11.4.0", Image: factstest.WantedImage}, decision.Sizing{}, turn, nil, served(f))
		if r.Image != factstest.WantedImage || r.Migrated != of.want || r.Replicas != 0 {
			t.Errorf("%s: the decision is %+v, want migrated %q", of.reason, r, of.want)
		}
	}
}

// TestMigrationsOfRestoresHaveNamesOfTheirOwn.
func TestMigrationsOfRestoresHaveNamesOfTheirOwn(t *testing.T) {
	f := factstest.Given{Spec: factstest.Accepted + "version: 11.4.0", Secrets: factstest.Secrets()}.Facts(t)
	seen := map[string]string{}
	for _, data := range []string{"", "uid-a", "uid-b"} {
		c := consider(f, decision.Version{Version: "11.4.0", Image: factstest.WantedImage}, decision.Turn{Data: data}, nil, served(f))
		if was, taken := seen[c.name]; taken || c.name == "" {
			t.Errorf("the migration of data %q has the name of that of %q: %q", data, was, c.name)
		}
		seen[c.name] = data
	}
}
