package rollout

import (
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/composed"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/database"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/decision"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/environment"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/facts"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/factstest"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/filestore"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/release"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/restores"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/scaling"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/version"
)

// decided is everything that is decided about an installation up to its rollout.
func decided(f *facts.Facts) *decision.Decisions {
	d := &decision.Decisions{Stage: decision.Accepted, Version: version.Decide(f), Sizing: scaling.Decide(f)}
	d.Turn = restores.Decide(f, d.Version, d.Sizing)
	d.Backup = DecideBackup(f, d.Version, d.Turn)
	d.Server = served(f)
	d.Rollout = Decide(f, d.Version, d.Sizing, d.Turn, d.Backup, d.Server)
	return d
}

// served is the server, as far as a rollout depends on it.
func served(f *facts.Facts) decision.Server {
	out := decision.Server{DeploymentAnnotations: map[string]string{}}
	for _, part := range []decision.Part{database.Feature.Server(f), filestore.Feature.Server(f), environment.Part(f)} {
		out.Env = append(out.Env, part.Env...)
		out.AtOnce = out.AtOnce || part.AtOnce
		maps.Copy(out.DeploymentAnnotations, part.DeploymentAnnotations)
	}
	out.Secrets = fmt.Sprint(f.Secret("db").At("data").Struct().AsMap())
	return out
}

// inputsOf the migration that an installation would begin.
func inputsOf(f *facts.Facts) string { return migrationInputs(f, served(f)) }

func lawful(f *facts.Facts) compose.Verdict { return changeLawful(f, judged(f)) }

func savable(f *facts.Facts) compose.Verdict { return planSavable(f, judged(f)) }

// judged is what is decided before a spec is accepted.
func judged(f *facts.Facts) *decision.Decisions {
	d := &decision.Decisions{Version: version.Decide(f), Sizing: scaling.Decide(f)}
	d.Turn = restores.Decide(f, d.Version, d.Sizing)
	return d
}

// TestDecideRollout is the state machine: what is decided for whatever Deployment
// and Job there are while 11.4.0 is wanted.
func TestDecideRollout(t *testing.T) {
	const spec = factstest.Accepted + "version: 11.4.0\nreplicas: 2"
	inputs := inputsOf(factstest.Given{Spec: spec, Secrets: factstest.Secrets()}.Facts(t))
	deployments := map[string]string{
		"None":    "",
		"Wanted":  factstest.Deployment(factstest.WantedImage, 2),
		"Rolling": factstest.Deployment(factstest.WantedImage, 1),
		"Other":   factstest.Deployment(factstest.OtherImage, 2),
	}
	running := factstest.Job(factstest.WantedImage, inputs, "")
	jobs := map[string]string{
		"None":         "",
		"Running":      running,
		"Starting":     strings.Replace(running, "ready: 1", "ready: 0", 1),
		"Retrying":     strings.Replace(running, "active: 1", "active: 1, failed: 2", 1),
		"Corrected":    factstest.Job(factstest.WantedImage, "other", ""),
		"Attempted":    strings.Replace(running, `attempt: "0"`, `attempt: "1"`, 1),
		"Leaving":      strings.Replace(running, "name: chat-migrate-observed,", "name: chat-migrate-observed, deletionTimestamp: now,", 1),
		"Complete":     factstest.Job(factstest.WantedImage, inputs, "Complete"),
		"CompleteThen": factstest.Job(factstest.WantedImage, "other", "Complete"),
		"Failed":       factstest.Job(factstest.WantedImage, inputs, "Failed"),
		"FailedThen":   factstest.Job(factstest.WantedImage, "other", "Failed"),
		"OfAnother":    factstest.Job(factstest.ThirdImage, inputs, ""),
		"ForAnother":   factstest.Job(factstest.ThirdImage, inputs, "Complete"),
		"NotForOther":  factstest.Job(factstest.ThirdImage, inputs, "Failed"),
	}
	// Which migrations belong in desired, which image is served by how many replicas,
	// in which phase the change is, and what the conditions say.
	want := map[string]string{
		"None/None":         "new, - by 1, Migrating, Pending, Migrating",
		"None/Running":      "observed, - by 1, Migrating, Pending, Migrating",
		"None/Starting":     "observed, - by 1, Migrating, Pending, Migrating",
		"None/Retrying":     "observed, - by 1, Migrating, Retrying, Migrating",
		"None/Corrected":    "observed, - by 1, Migrating, Pending, Migrating",
		"None/Attempted":    "-, - by 1, Superseding, Superseding, Migrating",
		"None/Leaving":      "-, - by 1, Superseding, Superseding, Migrating",
		"None/Complete":     "observed, 11.4.0 by 1, Rolling, Complete, Rolling",
		"None/CompleteThen": "observed, 11.4.0 by 1, Rolling, Complete, Rolling",
		"None/Failed":       "observed, - by 1, Failed, Failed, MigrationFailed",
		"None/FailedThen":   "new, - by 1, Migrating, Pending, Migrating",
		"None/OfAnother":    "-, - by 1, Superseding, Superseding, Migrating",
		"None/ForAnother":   "observed and new, - by 1, Migrating, Pending, Migrating",
		"None/NotForOther":  "new, - by 1, Migrating, Pending, Migrating",

		"Other/None":         "new, 11.3.0 by 2, Migrating, Pending, Migrating",
		"Other/Running":      "observed, 11.3.0 by 2, Migrating, Pending, Migrating",
		"Other/Starting":     "observed, 11.3.0 by 2, Migrating, Pending, Migrating",
		"Other/Retrying":     "observed, 11.3.0 by 2, Migrating, Retrying, Migrating",
		"Other/Corrected":    "observed, 11.3.0 by 2, Migrating, Pending, Migrating",
		"Other/Attempted":    "-, 11.3.0 by 2, Superseding, Superseding, Migrating",
		"Other/Leaving":      "-, 11.3.0 by 2, Superseding, Superseding, Migrating",
		"Other/Complete":     "observed, 11.4.0 by 2, Rolling, Complete, Rolling",
		"Other/CompleteThen": "observed, 11.4.0 by 2, Rolling, Complete, Rolling",
		"Other/Failed":       "observed, 11.3.0 by 2, Failed, Failed, MigrationFailed",
		"Other/FailedThen":   "new, 11.3.0 by 2, Migrating, Pending, Migrating",
		"Other/OfAnother":    "-, 11.3.0 by 2, Superseding, Superseding, Migrating",
		"Other/ForAnother":   "observed and new, 11.3.0 by 2, Migrating, Pending, Migrating",
		"Other/NotForOther":  "new, 11.3.0 by 2, Migrating, Pending, Migrating",
	}
	// Once the Deployment is seen with the image, no Job is wanted any more.
	for name := range jobs {
		want["Rolling/"+name] = "-, 11.4.0 by 2, , Complete, Rolling"
		want["Wanted/"+name] = "-, 11.4.0 by 2, , Complete, Complete"
	}
	got := map[string]string{}
	for d, deployment := range deployments {
		for j, job := range jobs {
			observed := map[string]string{}
			if deployment != "" {
				observed[composed.Deployment] = deployment
			}
			if job != "" {
				observed["migration-observed"] = job
			}
			f := factstest.Given{Spec: spec, Secrets: factstest.Secrets(), Composed: observed}.Facts(t)
			got[d+"/"+j] = spell(f, decided(f))
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Deployment/Job, -want, +got:\n%s", diff)
	}
}

func spell(f *facts.Facts, d *decision.Decisions) string {
	r := d.Rollout
	var migrations []string
	for range r.Kept {
		migrations = append(migrations, "observed")
	}
	if r.Starts() {
		migrations = append(migrations, "new")
	}
	if len(migrations) == 0 {
		migrations = []string{"-"}
	}
	served := "-"
	if r.Image != "" {
		_, served = release.Split(r.Image)
	}
	if f.Deployment.Image != r.Image {
		d.Template = "not yet applied"
	}
	return strings.Join([]string{
		strings.Join(migrations, " and "), fmt.Sprintf("%s by %d", served, r.Replicas), string(r.Phase),
		migration(f, d).Reason, rolledOut(f, d, compose.Condition{}).Reason,
	}, ", ")
}

func TestDisabledMigration(t *testing.T) {
	const spec = factstest.Accepted + "version: 11.4.0\nreplicas: 2\nupdateJob: {disabled: true}"
	cases := map[string]struct {
		reason   string
		observed map[string]string
		want     string
	}{
		"First": {reason: "The server migrates, one replica first.", want: "-, 11.4.0 by 1, Rolling, Disabled, Rolling"},
		"Upgrade": {
			reason:   "The first new replica migrates.",
			observed: map[string]string{composed.Deployment: factstest.Deployment(factstest.OtherImage, 2)},
			want:     "-, 11.4.0 by 2, Rolling, Disabled, Rolling",
		},
		"WhileAJobRuns": {
			reason:   "Two would migrate at once.",
			observed: map[string]string{composed.Deployment: factstest.Deployment(factstest.OtherImage, 2), "migration-observed": factstest.Job(factstest.WantedImage, "", "")},
			want:     "-, 11.3.0 by 2, Superseding, Superseding, Migrating",
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			f := factstest.Given{Spec: spec, Secrets: factstest.Secrets(), Composed: tc.observed}.Facts(t)
			if diff := cmp.Diff(tc.want, spell(f, decided(f))); diff != "" {
				t.Errorf("%s\n-want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestStartReplicas(t *testing.T) {
	deployment := func(image string, replicas, updated, available int) string {
		return fmt.Sprintf("{metadata: {generation: 2}, spec: {replicas: %d, template: {spec: {containers: [{name: mattermost, image: %q}]}}}, "+
			"status: {observedGeneration: 2, replicas: %d, updatedReplicas: %d, availableReplicas: %d}}", replicas, image, replicas, updated, available)
	}
	const onOneNode = "version: 11.4.0\ndatabase: {external: {secret: db}}\nfileStore: {local: {enabled: true, accessModes: [ReadWriteOnce]}}"
	cases := map[string]struct {
		reason   string
		spec     string
		observed string
		wanted   int32
		want     int32
	}{
		"First":             {reason: "Replicas that start together race for the database.", observed: "{}", wanted: 5, want: 1},
		"Starting":          {reason: "The first one does not serve yet.", observed: deployment(factstest.WantedImage, 1, 1, 0), wanted: 5, want: 1},
		"Started":           {reason: "The first one serves.", observed: deployment(factstest.WantedImage, 1, 1, 1), wanted: 5, want: 5},
		"Down":              {reason: "A server that all of a sudden serves nobody is not scaled down.", observed: deployment(factstest.WantedImage, 5, 5, 0), wanted: 5, want: 5},
		"Stopped":           {reason: "A server that was stopped starts like a new one.", observed: deployment(factstest.WantedImage, 0, 0, 0), wanted: 5, want: 1},
		"Stop":              {reason: "Zero is a number of replicas.", observed: deployment(factstest.WantedImage, 5, 5, 5), wanted: 0, want: 0},
		"StaysAtOne":        {reason: "One is one.", observed: "{}", wanted: 1, want: 1},
		"ScaledDown":        {reason: "Less is done at once.", observed: deployment(factstest.WantedImage, 5, 5, 5), wanted: 2, want: 2},
		"Rolls":             {reason: "Replicas that are replaced one by one do not race.", observed: deployment(factstest.OtherImage, 5, 5, 5), wanted: 5, want: 5},
		"Recreated":         {reason: "Replicas that are replaced all at once would.", spec: onOneNode, observed: deployment(factstest.OtherImage, 5, 5, 5), wanted: 5, want: 1},
		"RecreatedStarting": {reason: "The old ones are being stopped.", spec: onOneNode, observed: strings.Replace(deployment(factstest.WantedImage, 1, 0, 5), "replicas: 1, updated", "replicas: 5, updated", 1), wanted: 5, want: 1},
		"RecreatedNotYet":   {reason: "The first new one does not serve yet.", spec: onOneNode, observed: deployment(factstest.WantedImage, 1, 1, 0), wanted: 5, want: 1},
		"Adopted":           {reason: "An earlier release did not record the database.", spec: onOneNode, observed: deployment(factstest.WantedImage, 3, 3, 3), wanted: 3, want: 3},
		"AnotherDatabase":   {reason: "The first server of another database migrates it.", spec: onOneNode, observed: strings.Replace(deployment(factstest.WantedImage, 3, 3, 3), "{generation: 2}", "{generation: 2, annotations: {mattermost.crossplane.io/database: other}}", 1), wanted: 3, want: 1},
		"RecreatedThen":     {reason: "The first new one serves.", spec: onOneNode, observed: deployment(factstest.WantedImage, 1, 1, 1), wanted: 5, want: 5},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if tc.spec == "" {
				tc.spec = factstest.Accepted + "version: 11.4.0"
			}
			f := factstest.Given{Spec: tc.spec, Secrets: factstest.Secrets(), Composed: map[string]string{composed.Deployment: tc.observed}}.Facts(t)
			if got := startReplicas(f.Deployment, served(f), version.Decide(f).Image, tc.wanted); got != tc.want {
				t.Errorf("%s\n%d replicas, want %d", tc.reason, got, tc.want)
			}
		})
	}
}

func TestMigrationInputs(t *testing.T) {
	inputs := func(more string, secrets map[string]map[string]string) string {
		return inputsOf(factstest.Given{Spec: factstest.Accepted + more, Secrets: secrets}.Facts(t))
	}
	before := inputs("mattermostEnv: [{name: A, value: b}]", factstest.Secrets())
	cases := map[string]struct {
		reason  string
		more    string
		secrets map[string]map[string]string
		same    bool
	}{
		"Same":      {reason: "The same environment.", more: "mattermostEnv: [{name: A, value: b}]", secrets: factstest.Secrets(), same: true},
		"Replicas":  {reason: "A migration has no replicas.", more: "replicas: 7\nmattermostEnv: [{name: A, value: b}]", secrets: factstest.Secrets(), same: true},
		"Value":     {reason: "A variable has another value.", more: "mattermostEnv: [{name: A, value: c}]", secrets: factstest.Secrets()},
		"Source":    {reason: "A variable has another source.", more: "mattermostEnv: [{name: A, valueFrom: {configMapKeyRef: {name: m, key: k}}}]", secrets: factstest.Secrets()},
		"Resources": {reason: "The Job has other resources.", more: "updateJob: {resources: {limits: {memory: 8Gi}}}\nmattermostEnv: [{name: A, value: b}]", secrets: factstest.Secrets()},
		"Secret":    {reason: "A Secret has another value.", more: "mattermostEnv: [{name: A, value: b}]", secrets: map[string]map[string]string{"db": {"DB_CONNECTION_STRING": "postgres://corrected"}}},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if got := inputs(tc.more, tc.secrets) == before; got != tc.same {
				t.Errorf("%s\nthe same inputs: %t", tc.reason, got)
			}
		})
	}
	one := inputs("mattermostEnv: [{name: A, valueFrom: {configMapKeyRef: {name: m, key: k}}}]", factstest.Secrets())
	two := inputs("mattermostEnv: [{name: A, valueFrom: {configMapKeyRef: {name: m, key: corrected}}}]", factstest.Secrets())
	if one == two {
		t.Error("a failed migration is not tried again when a variable's source is corrected")
	}
}

func TestMigrationNamesFit(t *testing.T) {
	f := factstest.Given{Spec: factstest.Accepted, Secrets: factstest.Secrets()}.Facts(t)
	f.Name = strings.Repeat("n", 45)
	if got := jobName(f, decided(f).Rollout); len(got) > 63 {
		t.Errorf("Job %s has %d characters, and its pods carry it in a label of at most 63", got, len(got))
	}
}
