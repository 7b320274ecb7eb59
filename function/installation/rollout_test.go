package installation

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
)

const (
	wantedImage = "mattermost/mattermost-enterprise-edition:11.4.0"
	otherImage  = "mattermost/mattermost-enterprise-edition:11.3.0"
)

// observedDeployment with an image, in full or with one of its two replicas rolled.
func observedDeployment(image string, updated int) string {
	return fmt.Sprintf(`{apiVersion: apps/v1, kind: Deployment, metadata: {name: chat, generation: 2}, `+
		`spec: {replicas: 2, template: {spec: {containers: [{name: sidecar, image: x}, {name: mattermost, image: %q}]}}}, `+
		`status: {observedGeneration: 2, replicas: 2, updatedReplicas: %d, availableReplicas: 2}}`, image, updated)
}

// observedJob that migrates to an image, with inputs and a condition.
func observedJob(image, inputs, condition string) string {
	return fmt.Sprintf(`{apiVersion: batch/v1, kind: Job, metadata: {name: chat-migrate-observed, annotations: {mattermost.crossplane.io/inputs: %q}}, `+
		`spec: {template: {spec: {containers: [{name: mattermost, image: %q}]}}}, status: {conditions: [{type: Suspended, status: "False"}, {type: %q, status: "True"}]}}`, inputs, image, condition)
}

func TestDecideRollout(t *testing.T) {
	const spec = accepted + "version: 11.4.0\nreplicas: 2"
	inputs := migrationInputs(given{spec: spec, secrets: secrets}.gather(t))
	deployments := map[string]string{
		"None":    "",
		"Wanted":  observedDeployment(wantedImage, 2),
		"Rolling": observedDeployment(wantedImage, 1),
		"Other":   observedDeployment(otherImage, 2),
	}
	jobs := map[string]string{
		"None":         "",
		"Running":      observedJob(wantedImage, inputs, ""),
		"Complete":     observedJob(wantedImage, inputs, "Complete"),
		"CompleteThen": observedJob(wantedImage, "other", "Complete"),
		"Failed":       observedJob(wantedImage, inputs, "Failed"),
		"FailedThen":   observedJob(wantedImage, "other", "Failed"),
		"ForAnother":   observedJob(otherImage, inputs, "Complete"),
	}
	// Which migration belongs in desired, which image is served by how many
	// replicas, and what the conditions say. None of it is written as "-".
	want := map[string]string{
		"None/None":         "new, -, Running, Migrating",
		"None/Running":      "observed, -, Running, Migrating",
		"None/Complete":     "observed, 11.4.0 by 1, Complete, Rolling",
		"None/CompleteThen": "observed, 11.4.0 by 1, Complete, Rolling",
		"None/Failed":       "observed, -, Failed, Migrating",
		"None/FailedThen":   "new, -, Running, Migrating",
		"None/ForAnother":   "new, -, Running, Migrating",

		"Other/None":         "new, 11.3.0 by 2, Running, Migrating",
		"Other/Running":      "observed, 11.3.0 by 2, Running, Migrating",
		"Other/Complete":     "observed, 11.4.0 by 2, Complete, Rolling",
		"Other/CompleteThen": "observed, 11.4.0 by 2, Complete, Rolling",
		"Other/Failed":       "observed, 11.3.0 by 2, Failed, Migrating",
		"Other/FailedThen":   "new, 11.3.0 by 2, Running, Migrating",
		"Other/ForAnother":   "new, 11.3.0 by 2, Running, Migrating",

		"Rolling/None":         "-, 11.4.0 by 2, Complete, Rolling",
		"Rolling/Running":      "observed, 11.4.0 by 2, Complete, Rolling",
		"Rolling/Complete":     "observed, 11.4.0 by 2, Complete, Rolling",
		"Rolling/CompleteThen": "observed, 11.4.0 by 2, Complete, Rolling",
		"Rolling/Failed":       "observed, 11.4.0 by 2, Complete, Rolling",
		"Rolling/FailedThen":   "-, 11.4.0 by 2, Complete, Rolling",
		"Rolling/ForAnother":   "-, 11.4.0 by 2, Complete, Rolling",

		"Wanted/None":         "-, 11.4.0 by 2, Complete, Complete",
		"Wanted/Running":      "-, 11.4.0 by 2, Complete, Complete",
		"Wanted/Complete":     "-, 11.4.0 by 2, Complete, Complete",
		"Wanted/CompleteThen": "-, 11.4.0 by 2, Complete, Complete",
		"Wanted/Failed":       "-, 11.4.0 by 2, Complete, Complete",
		"Wanted/FailedThen":   "-, 11.4.0 by 2, Complete, Complete",
		"Wanted/ForAnother":   "-, 11.4.0 by 2, Complete, Complete",
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
	migration := "-"
	if r.migrate {
		migration = "new"
		if r.migration == "migration-observed" {
			migration = "observed"
		}
	}
	served := "-"
	if r.serve {
		_, version := splitImage(r.image)
		served = fmt.Sprintf("%s by %d", version, r.replicas)
	}
	d := decision{rollout: r}
	if serverImage(g.state.Observed(nameDeployment)) != r.image {
		d.template = "not yet applied"
	}
	return strings.Join([]string{migration, served, migrationCondition(g, r).Reason, rolloutCondition(g, d).Reason}, ", ")
}

func TestStartReplicas(t *testing.T) {
	deployment := func(replicas, available int) string {
		return fmt.Sprintf("{spec: {replicas: %d}, status: {availableReplicas: %d}}", replicas, available)
	}
	cases := map[string]struct {
		reason   string
		observed string
		wanted   int32
		want     int32
	}{
		"First":      {reason: "Replicas that start together race for the database.", observed: "{}", wanted: 5, want: 1},
		"Starting":   {reason: "The first one does not serve yet.", observed: deployment(1, 0), wanted: 5, want: 1},
		"Started":    {reason: "The first one serves.", observed: deployment(1, 1), wanted: 5, want: 5},
		"Down":       {reason: "A server that all of a sudden serves nobody is not scaled down.", observed: deployment(5, 0), wanted: 5, want: 5},
		"Stopped":    {reason: "A server that was stopped starts like a new one.", observed: deployment(0, 0), wanted: 5, want: 1},
		"Stop":       {reason: "Zero is a number of replicas.", observed: deployment(5, 5), wanted: 0, want: 0},
		"StaysAtOne": {reason: "One is one.", observed: "{}", wanted: 1, want: 1},
		"ScaledDown": {reason: "Less is done at once.", observed: deployment(5, 5), wanted: 2, want: 2},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			got := startReplicas(compose.NewResource(document(t, tc.observed)), tc.wanted)
			if got != tc.want {
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
