package installation

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const (
	wantedImage = "mattermost/mattermost-enterprise-edition:11.4.0"
	otherImage  = "mattermost/mattermost-enterprise-edition:11.3.0"
	thirdImage  = "mattermost/mattermost-enterprise-edition:11.3.9"
)

// observedDeployment with an image, in full or with one of its two replicas rolled.
func observedDeployment(image string, updated int) string {
	return fmt.Sprintf(`{apiVersion: apps/v1, kind: Deployment, metadata: {name: chat, generation: 2}, `+
		`spec: {replicas: 2, template: {spec: {containers: [{name: sidecar, image: x}, {name: mattermost, image: %q}]}}}, `+
		`status: {observedGeneration: 2, replicas: 2, updatedReplicas: %d, availableReplicas: 2}}`, image, updated)
}

// observedJob that migrates to an image, with inputs and a condition.
func observedJob(image, inputs, condition string) string {
	return fmt.Sprintf(`{apiVersion: batch/v1, kind: Job, metadata: {name: chat-migrate-observed, annotations: {mattermost.crossplane.io/inputs: %q, mattermost.crossplane.io/attempt: "0"}}, `+
		`spec: {backoffLimit: 3, template: {spec: {containers: [{name: mattermost, image: %q}]}}}, status: {active: 1, ready: 1, conditions: [{type: Suspended, status: "False"}, {type: %q, status: "True"}]}}`, inputs, image, condition)
}

// TestDecideRollout is the state machine: what is decided for whatever Deployment
// and Job there are while 11.4.0 is wanted.
func TestDecideRollout(t *testing.T) {
	const spec = accepted + "version: 11.4.0\nreplicas: 2"
	inputs := migrationInputs(given{spec: spec, secrets: secrets}.gather(t))
	deployments := map[string]string{
		"None":    "",
		"Wanted":  observedDeployment(wantedImage, 2),
		"Rolling": observedDeployment(wantedImage, 1),
		"Other":   observedDeployment(otherImage, 2),
	}
	running := observedJob(wantedImage, inputs, "")
	jobs := map[string]string{
		"None":         "",
		"Running":      running,
		"Starting":     strings.Replace(running, "ready: 1", "ready: 0", 1),
		"Retrying":     strings.Replace(running, "active: 1", "active: 1, failed: 2", 1),
		"Corrected":    observedJob(wantedImage, "other", ""),
		"Attempted":    strings.Replace(running, `attempt: "0"`, `attempt: "1"`, 1),
		"Leaving":      strings.Replace(running, "name: chat-migrate-observed,", "name: chat-migrate-observed, deletionTimestamp: now,", 1),
		"Complete":     observedJob(wantedImage, inputs, "Complete"),
		"CompleteThen": observedJob(wantedImage, "other", "Complete"),
		"Failed":       observedJob(wantedImage, inputs, "Failed"),
		"FailedThen":   observedJob(wantedImage, "other", "Failed"),
		"OfAnother":    observedJob(thirdImage, inputs, ""),
		"ForAnother":   observedJob(thirdImage, inputs, "Complete"),
		"NotForOther":  observedJob(thirdImage, inputs, "Failed"),
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
			composed := map[string]string{}
			if deployment != "" {
				composed[nameDeployment] = deployment
			}
			if job != "" {
				composed["migration-observed"] = job
			}
			g := given{spec: spec, secrets: secrets, composed: composed}.gather(t)
			got[d+"/"+j] = spell(g, decideRollout(g, 2))
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Deployment/Job, -want, +got:\n%s", diff)
	}
}

func spell(g gathered, r rollout) string {
	var migrations []string
	for range r.kept {
		migrations = append(migrations, "observed")
	}
	if r.starts() {
		migrations = append(migrations, "new")
	}
	if len(migrations) == 0 {
		migrations = []string{"-"}
	}
	served := "-"
	if r.image != "" {
		_, served = splitImage(r.image)
	}
	d := decision{rollout: r}
	if g.served != r.image {
		d.template = "not yet applied"
	}
	return strings.Join([]string{
		strings.Join(migrations, " and "), fmt.Sprintf("%s by %d", served, r.replicas), string(r.phase),
		migrationCondition(g, r).Reason, rolloutCondition(g, d).Reason,
	}, ", ")
}

func TestDisabledMigration(t *testing.T) {
	const spec = accepted + "version: 11.4.0\nreplicas: 2\nupdateJob: {disabled: true}"
	cases := map[string]struct {
		reason   string
		composed map[string]string
		want     string
	}{
		"First": {reason: "The server migrates, one replica first.", want: "-, 11.4.0 by 1, Rolling, Disabled, Rolling"},
		"Upgrade": {
			reason:   "The first new replica migrates.",
			composed: map[string]string{nameDeployment: observedDeployment(otherImage, 2)},
			want:     "-, 11.4.0 by 2, Rolling, Disabled, Rolling",
		},
		"WhileAJobRuns": {
			reason:   "Two would migrate at once.",
			composed: map[string]string{nameDeployment: observedDeployment(otherImage, 2), "migration-observed": observedJob(wantedImage, "", "")},
			want:     "-, 11.3.0 by 2, Superseding, Superseding, Migrating",
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			g := given{spec: spec, secrets: secrets, composed: tc.composed}.gather(t)
			if diff := cmp.Diff(tc.want, spell(g, decideRollout(g, 2))); diff != "" {
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
		"Starting":          {reason: "The first one does not serve yet.", observed: deployment(wantedImage, 1, 1, 0), wanted: 5, want: 1},
		"Started":           {reason: "The first one serves.", observed: deployment(wantedImage, 1, 1, 1), wanted: 5, want: 5},
		"Down":              {reason: "A server that all of a sudden serves nobody is not scaled down.", observed: deployment(wantedImage, 5, 5, 0), wanted: 5, want: 5},
		"Stopped":           {reason: "A server that was stopped starts like a new one.", observed: deployment(wantedImage, 0, 0, 0), wanted: 5, want: 1},
		"Stop":              {reason: "Zero is a number of replicas.", observed: deployment(wantedImage, 5, 5, 5), wanted: 0, want: 0},
		"StaysAtOne":        {reason: "One is one.", observed: "{}", wanted: 1, want: 1},
		"ScaledDown":        {reason: "Less is done at once.", observed: deployment(wantedImage, 5, 5, 5), wanted: 2, want: 2},
		"Rolls":             {reason: "Replicas that are replaced one by one do not race.", observed: deployment(otherImage, 5, 5, 5), wanted: 5, want: 5},
		"Recreated":         {reason: "Replicas that are replaced all at once would.", spec: onOneNode, observed: deployment(otherImage, 5, 5, 5), wanted: 5, want: 1},
		"RecreatedStarting": {reason: "The old ones are being stopped.", spec: onOneNode, observed: strings.Replace(deployment(wantedImage, 1, 0, 5), "replicas: 1, updated", "replicas: 5, updated", 1), wanted: 5, want: 1},
		"RecreatedNotYet":   {reason: "The first new one does not serve yet.", spec: onOneNode, observed: deployment(wantedImage, 1, 1, 0), wanted: 5, want: 1},
		"RecreatedThen":     {reason: "The first new one serves.", spec: onOneNode, observed: deployment(wantedImage, 1, 1, 1), wanted: 5, want: 5},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if tc.spec == "" {
				tc.spec = accepted + "version: 11.4.0"
			}
			g := given{spec: tc.spec, composed: map[string]string{nameDeployment: tc.observed}}.gather(t)
			if got := startReplicas(g, g.image, tc.wanted); got != tc.want {
				t.Errorf("%s\n%d replicas, want %d", tc.reason, got, tc.want)
			}
		})
	}
}

func TestMigrationInputs(t *testing.T) {
	inputs := func(more string, secrets map[string]map[string]string) string {
		return migrationInputs(given{spec: accepted + more, secrets: secrets}.gather(t))
	}
	before := inputs("mattermostEnv: [{name: A, value: b}]", secrets)
	cases := map[string]struct {
		reason  string
		more    string
		secrets map[string]map[string]string
		same    bool
	}{
		"Same":     {reason: "The same environment.", more: "mattermostEnv: [{name: A, value: b}]", secrets: secrets, same: true},
		"Replicas": {reason: "A migration has no replicas.", more: "replicas: 7\nmattermostEnv: [{name: A, value: b}]", secrets: secrets, same: true},
		"Value":    {reason: "A variable has another value.", more: "mattermostEnv: [{name: A, value: c}]", secrets: secrets},
		"Source":   {reason: "A variable has another source.", more: "mattermostEnv: [{name: A, valueFrom: {configMapKeyRef: {name: m, key: k}}}]", secrets: secrets},
		"Secret":   {reason: "A Secret has another value.", more: "mattermostEnv: [{name: A, value: b}]", secrets: map[string]map[string]string{"db": {"DB_CONNECTION_STRING": "postgres://corrected"}}},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if got := inputs(tc.more, tc.secrets) == before; got != tc.same {
				t.Errorf("%s\nthe same inputs: %t", tc.reason, got)
			}
		})
	}
	one := inputs("mattermostEnv: [{name: A, valueFrom: {configMapKeyRef: {name: m, key: k}}}]", secrets)
	two := inputs("mattermostEnv: [{name: A, valueFrom: {configMapKeyRef: {name: m, key: corrected}}}]", secrets)
	if one == two {
		t.Error("a failed migration is not tried again when a variable's source is corrected")
	}
}

func TestMigrationNamesFit(t *testing.T) {
	g := given{spec: accepted, secrets: secrets}.gather(t)
	g.name = strings.Repeat("n", 45)
	if got := jobName(g, decideRollout(g, 1)); len(got) > 63 {
		t.Errorf("Job %s has %d characters, and its pods carry it in a label of at most 63", got, len(got))
	}
}
