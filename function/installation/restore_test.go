package installation

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/types/known/structpb"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/composetest"
)

// atStep is a MattermostRestore of this installation, made in a minute, at a step.
func atStep(name string, minute int, step, more string) string {
	return fmt.Sprintf("{apiVersion: mattermost.crossplane.io/v1alpha1, kind: MattermostRestore, metadata: {name: %s, uid: uid-%s, creationTimestamp: '2026-03-01T03:%02d:00Z'}, spec: {mattermostClusterName: chat}, status: {step: %s%s}}", name, name, minute, step, more)
}

// stoppedFor is a Deployment that was told to stop for a restore, with replicas that are
// left.
func stoppedFor(key string, left int, annotations string) string {
	return fmt.Sprintf(`{apiVersion: apps/v1, kind: Deployment, metadata: {name: chat, generation: 2, annotations: {mattermost.crossplane.io/stopped-for: %s%s}, managedFields: [{subresource: status, time: '2026-03-01T03:08:18Z'}]}, `+
		`spec: {replicas: 0, template: {spec: {containers: [{name: mattermost, image: %q}]}}}, status: {observedGeneration: 2, replicas: %d}}`, key, annotations, wantedImage, left)
}

// runningOn is a Deployment that runs on the data of a restore, with available replicas.
func runningOn(annotations string, available int) string {
	return fmt.Sprintf(`{apiVersion: apps/v1, kind: Deployment, metadata: {name: chat, generation: 3, annotations: {%s}, managedFields: [{subresource: status, time: '2026-03-01T03:09:31Z'}]}, `+
		`spec: {replicas: 1, template: {spec: {containers: [{name: mattermost, image: %q}]}}}, status: {observedGeneration: 3, replicas: 1, updatedReplicas: 1, availableReplicas: %d}}`, annotations, wantedImage, available)
}

func migrationOf(condition string) string {
	return strings.Replace(observedJob(wantedImage, "", condition), "annotations: {", "annotations: {mattermost.crossplane.io/restored: uid-a, ", 1)
}

// TestParticipation is the state machine: which restore has its turn, the phase, what the
// Deployment is told, and which migrations there are.
func TestParticipation(t *testing.T) {
	const (
		restored = ", restoredAt: '2026-03-01T03:08:30Z'"
		onA      = "mattermost.crossplane.io/restored: uid-a, mattermost.crossplane.io/migrated: uid-a"
		was      = "restore: {name: a, uid: uid-a, phase: "
	)
	serving := observedDeployment(wantedImage, 2)
	stopped := stoppedFor("a/uid-a", 0, "")
	cases := map[string]struct {
		reason   string
		spec     string
		restores []string
		pods     []string
		composed map[string]string
		status   string
		want     string
	}{
		"None":       {reason: "Nobody asks.", composed: map[string]string{nameDeployment: serving}, want: "-, runs 2 of ''"},
		"NotYet":     {reason: "A restore that checks does not ask yet.", restores: []string{atStep("a", 1, "Checking", "")}, composed: map[string]string{nameDeployment: serving}, want: "-, runs 2 of ''"},
		"Elsewhere":  {reason: "A restore of another installation.", restores: []string{strings.Replace(atStep("a", 1, "Quiescing", ""), "mattermostClusterName: chat", "mattermostClusterName: other", 1)}, composed: map[string]string{nameDeployment: serving}, want: "-, runs 2 of ''"},
		"Asked":      {reason: "The server is told to stop.", restores: []string{atStep("a", 1, "Quiescing", "")}, composed: map[string]string{nameDeployment: serving}, want: "a Stopping, stopped for a/uid-a on ''"},
		"Oldest":     {reason: "The oldest is first.", restores: []string{atStep("a", 2, "Quiescing", ""), atStep("b", 1, "Quiescing", "")}, composed: map[string]string{nameDeployment: serving}, want: "b Stopping, stopped for b/uid-b on ''"},
		"SameMinute": {reason: "Of one age, the first by name is.", restores: []string{atStep("b", 1, "Quiescing", ""), atStep("a", 1, "Quiescing", "")}, composed: map[string]string{nameDeployment: serving}, want: "a Stopping, stopped for a/uid-a on ''"},
		"Deleted":    {reason: "One that is being deleted begins nothing.", restores: []string{strings.Replace(atStep("a", 1, "Quiescing", ""), "metadata: {", "metadata: {deletionTimestamp: now, ", 1)}, composed: map[string]string{nameDeployment: serving}, want: "-, runs 2 of ''"},
		"Stopping":   {reason: "A replica is left.", restores: []string{atStep("a", 1, "Quiescing", "")}, composed: map[string]string{nameDeployment: stoppedFor("a/uid-a", 1, "")}, want: "a Stopping, stopped for a/uid-a on ''"},
		"Terminating": {
			reason: "A replica that is being stopped may still write.", restores: []string{atStep("a", 1, "Quiescing", "")},
			composed: map[string]string{nameDeployment: strings.Replace(stopped, "status: {", "status: {terminatingReplicas: 1, ", 1)}, want: "a Stopping, stopped for a/uid-a on ''",
		},
		"NotSeen":     {reason: "That the Deployment was stopped for it is not seen.", restores: []string{atStep("a", 1, "Quiescing", "")}, composed: map[string]string{nameDeployment: stoppedFor("", 0, "")}, want: "a Stopping, stopped for a/uid-a on ''"},
		"Quiesced":    {reason: "Nothing runs.", restores: []string{atStep("a", 1, "Quiescing", "")}, composed: map[string]string{nameDeployment: stopped}, want: "a Quiesced, stopped for a/uid-a on ''"},
		"KeepsTurn":   {reason: "An older one that asks later waits.", restores: []string{atStep("a", 2, "Quiescing", ""), atStep("b", 1, "Quiescing", "")}, composed: map[string]string{nameDeployment: stopped}, want: "a Quiesced, stopped for a/uid-a on ''"},
		"Wiped":       {reason: "A restore that lost its status has its turn still.", restores: []string{atStep("a", 2, "", "")}, composed: map[string]string{nameDeployment: stopped}, want: "a Quiesced, stopped for a/uid-a on ''"},
		"Forgotten":   {reason: "A restore that replaces, and a Deployment that forgot.", restores: []string{atStep("a", 1, "Replacing", ""), atStep("b", 0, "Quiescing", "")}, composed: map[string]string{nameDeployment: serving}, want: "a Stopping, stopped for a/uid-a on ''"},
		"Recalled":    {reason: "Somebody deleted the Deployment.", restores: []string{atStep("a", 1, "Replacing", "")}, status: was + "Quiesced}", want: "a Stopping, stopped for a/uid-a on '' unmigrated"},
		"Replaced":    {reason: "The data may be older than the image.", restores: []string{atStep("a", 1, "Resuming", restored)}, composed: map[string]string{nameDeployment: stopped}, want: "a Resuming, stopped for a/uid-a on 'uid-a' unmigrated, migrates anew"},
		"Migrating":   {reason: "The migration runs.", restores: []string{atStep("a", 1, "Resuming", restored)}, composed: map[string]string{nameDeployment: stopped, "migration-a": migrationOf("")}, want: "a Resuming, stopped for a/uid-a on 'uid-a' unmigrated, 1 kept"},
		"NotIts":      {reason: "A migration of the data before says nothing.", restores: []string{atStep("a", 1, "Resuming", restored)}, composed: map[string]string{nameDeployment: stopped, "migration-a": observedJob(wantedImage, "", "Complete")}, want: "a Resuming, stopped for a/uid-a on 'uid-a' unmigrated, migrates anew"},
		"Migrated":    {reason: "One replica starts first.", restores: []string{atStep("a", 1, "Resuming", restored)}, composed: map[string]string{nameDeployment: stopped, "migration-a": migrationOf("Complete")}, want: "a Resuming, runs 1 of 'uid-a', 1 kept"},
		"Current":     {reason: "The first replica has nothing to migrate.", restores: []string{atStep("a", 1, "Resuming", restored+", version: 11.4.0")}, composed: map[string]string{nameDeployment: stopped}, want: "a Resuming, runs 1 of 'uid-a'"},
		"CurrentJob":  {reason: "With spec.updateJob there is a Job.", spec: "updateJob: {nodeSelector: {a: b}}", restores: []string{atStep("a", 1, "Resuming", restored+", version: 11.4.0")}, composed: map[string]string{nameDeployment: stopped}, want: "a Resuming, stopped for a/uid-a on 'uid-a' unmigrated, migrates anew"},
		"CurrentNone": {reason: "No replica is wanted.", spec: "replicas: 0", restores: []string{atStep("a", 1, "Resuming", restored+", version: 11.4.0")}, composed: map[string]string{nameDeployment: stopped}, want: "a Resuming, runs 0 of 'uid-a'"},
		"Earlier":     {reason: "The data has an earlier version.", restores: []string{atStep("a", 1, "Resuming", restored+", version: 11.3.0")}, composed: map[string]string{nameDeployment: stopped}, want: "a Resuming, stopped for a/uid-a on 'uid-a' unmigrated, migrates anew"},
		"Disabled":    {reason: "The first replica migrates.", spec: "updateJob: {disabled: true}", restores: []string{atStep("a", 1, "Resuming", restored)}, composed: map[string]string{nameDeployment: stopped}, want: "a Resuming, runs 1 of 'uid-a'"},
		"Failed":      {reason: "The old data needs no migration.", restores: []string{atStep("a", 1, "Resuming", ", state: failed")}, composed: map[string]string{nameDeployment: stopped}, want: "a Resuming, runs 1 of ''"},
		"Started":     {reason: "The replica does not answer yet.", restores: []string{atStep("a", 1, "Resuming", restored)}, composed: map[string]string{nameDeployment: runningOn(onA, 0)}, want: "a Resuming, runs 1 of 'uid-a'"},
		"Serving":     {reason: "The others follow.", restores: []string{atStep("a", 1, "Resuming", restored)}, composed: map[string]string{nameDeployment: runningOn(onA, 1)}, want: "a Serving, runs 2 of 'uid-a'"},
		"Served":      {reason: "It answered before, and the last turn is told of.", restores: []string{atStep("a", 1, "Done", restored)}, composed: map[string]string{nameDeployment: runningOn(onA, 0)}, status: was + "Serving}", want: "a Serving, runs 1 of 'uid-a'"},
		"Remembered":  {reason: "The Deployment tells who was last.", restores: []string{atStep("a", 1, "", "")}, composed: map[string]string{nameDeployment: runningOn(onA, 1)}, want: "a Serving, runs 2 of 'uid-a'"},
		"NoReplicas":  {reason: "None is wanted.", spec: "replicas: 0", restores: []string{atStep("a", 1, "Resuming", "")}, composed: map[string]string{nameDeployment: strings.Replace(runningOn("a: b", 0), "replicas: 1", "replicas: 0", 1)}, want: "a Serving, runs 0 of ''"},
		"Next":        {reason: "One that asks waits until the one before was answered.", restores: []string{atStep("a", 2, "Resuming", restored), atStep("b", 1, "Quiescing", "")}, composed: map[string]string{nameDeployment: runningOn(onA, 1)}, want: "a Serving, runs 2 of 'uid-a'"},
		"Then":        {reason: "And then has its turn.", restores: []string{atStep("a", 2, "Dropping", restored), atStep("b", 1, "Quiescing", "")}, composed: map[string]string{nameDeployment: runningOn(onA, 1)}, want: "b Stopping, stopped for b/uid-b on 'uid-a'"},
		"Stuck":       {reason: "What cannot be migrated is replaced again.", restores: []string{atStep("a", 1, "Resuming", restored), atStep("b", 2, "Quiescing", "")}, composed: map[string]string{nameDeployment: stopped, "migration-a": migrationOf("Failed")}, want: "b Stopping, stopped for b/uid-b on 'uid-a' unmigrated"},
		"StuckAlone":  {reason: "Nobody else asks.", restores: []string{atStep("a", 1, "Resuming", restored)}, composed: map[string]string{nameDeployment: stopped, "migration-a": strings.Replace(migrationOf("Failed"), `inputs: ""`, "inputs: "+migrationInputs(given{spec: accepted + "version: 11.4.0\nreplicas: 2", secrets: secrets}.gather(t)), 1)}, want: "a Resuming, stopped for a/uid-a on 'uid-a' unmigrated, 1 kept"},
		"Gone":        {reason: "Nobody knows whether it replaced the data.", composed: map[string]string{nameDeployment: stopped}, want: "a Resuming, stopped for a/uid-a on 'uid-a' unmigrated, migrates anew"},
		"GonePods":    {reason: "Its pod still works.", pods: []string{"{status: {phase: Running}}"}, composed: map[string]string{nameDeployment: stopped}, want: "a Quiesced, stopped for a/uid-a on ''"},
		"Upgrading":   {reason: "A migration is waited for.", restores: []string{atStep("a", 1, "Quiescing", "")}, composed: map[string]string{nameDeployment: observedDeployment(otherImage, 2), "migration-a": observedJob(wantedImage, "", "")}, want: "a Stopping, runs 2 of '', 1 kept"},
		"Unbegun":     {reason: "One that did not begin waits.", restores: []string{atStep("a", 1, "Quiescing", "")}, composed: map[string]string{nameDeployment: observedDeployment(otherImage, 2)}, want: "a Stopping, stopped for a/uid-a on ''"},
		"UpgradeFailed": {
			reason: "One that failed is no reason to wait.", restores: []string{atStep("a", 1, "Quiescing", "")},
			composed: map[string]string{nameDeployment: observedDeployment(otherImage, 2), "migration-a": observedJob(wantedImage, "", "Failed")}, want: "a Stopping, stopped for a/uid-a on ''",
		},
		"First":       {reason: "The first migration is waited for.", restores: []string{atStep("a", 1, "Quiescing", "")}, want: "a Stopping, migrates anew"},
		"FirstFailed": {reason: "It failed, and a restore is what helps.", restores: []string{atStep("a", 1, "Quiescing", "")}, composed: map[string]string{"migration-a": observedJob(wantedImage, "", "Failed")}, want: "a Stopping, stopped for a/uid-a on '' unmigrated"},
		"FirstDone":   {reason: "The server need not start before.", restores: []string{atStep("a", 1, "Quiescing", "")}, composed: map[string]string{"migration-a": observedJob(wantedImage, "", "Complete")}, want: "a Stopping, stopped for a/uid-a on '', 1 kept"},
		"FailedThen":  {reason: "What was never migrated is, on the old data too.", restores: []string{atStep("a", 1, "Resuming", ", state: failed")}, composed: map[string]string{nameDeployment: stoppedFor("a/uid-a", 0, ", mattermost.crossplane.io/migrated: none")}, want: "a Resuming, stopped for a/uid-a on '' unmigrated, migrates anew"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			spec := accepted + "version: 11.4.0\n" + tc.spec
			if !strings.Contains(tc.spec, "replicas") {
				spec += "\nreplicas: 2"
			}
			g := given{spec: spec, secrets: secrets, composed: tc.composed, status: tc.status, restores: tc.restores, pods: tc.pods}.gather(t)
			if diff := cmp.Diff(tc.want, spellParticipation(t, g)); diff != "" {
				t.Errorf("%s\n-want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func spellParticipation(t *testing.T, g gathered) string {
	t.Helper()
	r := decideRollout(g, wantedReplicas(g))
	p, err := participationStatus(g)
	if err != nil {
		t.Fatal(err)
	}
	out := "-"
	if p != nil {
		out = p.Name + " " + string(p.Phase)
	}
	switch {
	case r.stopped != "":
		out += fmt.Sprintf(", stopped for %s on '%s'", r.stopped, g.data)
		if r.replicas != 0 {
			t.Errorf("%d replicas run", r.replicas)
		}
	case r.image != "":
		out += fmt.Sprintf(", runs %d of '%s'", r.replicas, g.data)
	}
	if r.image != "" && r.migrated != g.data {
		out += " unmigrated"
	}
	if len(r.kept) > 0 {
		out += fmt.Sprintf(", %d kept", len(r.kept))
	}
	if r.starts() {
		out += ", migrates anew"
	}
	return out
}

// TestRestoredDataIsMigratedAnew under another name than what migrated the data before.
func TestRestoredDataIsMigratedAnew(t *testing.T) {
	spec := accepted + "version: 11.4.0"
	before := decideRollout(given{spec: spec, secrets: secrets}.gather(t), 1).migration
	after := decideRollout(given{spec: spec, secrets: secrets, restores: []string{atStep("a", 1, "Resuming", ", restoredAt: now")}, composed: map[string]string{nameDeployment: stoppedFor("a/uid-a", 0, "")}}.gather(t), 1).migration
	if before == "" || after == "" || before == after {
		t.Errorf("the data is migrated by %q, and that of a restore by %q", before, after)
	}
}

// TestRestoredVersions are those that a change of version is judged by.
func TestRestoredVersions(t *testing.T) {
	cases := map[string]struct {
		reason     string
		restore    string
		deployment string
		want       string
	}{
		"Asks":    {"The way back is what a restore is for.", atStep("a", 1, "Quiescing", ""), observedDeployment("m:11.9.0", 2), ""},
		"Stopped": {"No change is made meanwhile.", atStep("a", 1, "Replacing", ""), strings.Replace(stoppedFor("a/uid-a", 0, ""), ":11.4.0", ":11.9.0", 1), ""},
		"Older":   {"The data may be of any version before, past any Extended Support Release.", atStep("a", 1, "Resuming", ", version: 5.14.0, restoredAt: now"), stoppedFor("a/uid-a", 0, ""), ""},
		"Unknown": {"The data may be of a version that nobody knows.", atStep("a", 1, "Resuming", ", restoredAt: now"), stoppedFor("a/uid-a", 0, ""), ""},
		"Later":   {"A server does not run on data of a later one.", atStep("a", 1, "Resuming", ", version: 11.5.0, restoredAt: now"), stoppedFor("a/uid-a", 0, ""), "UnsafeDowngrade"},
		"Back":    {"The data is of the version that is wanted, whatever ran before.", atStep("a", 1, "Resuming", ", version: 11.4.0, restoredAt: now"), strings.Replace(stoppedFor("a/uid-a", 0, ""), ":11.4.0", ":11.9.0", 1), ""},
		"Failed":  {"On the old data the server before starts, whatever is wanted.", atStep("a", 1, "Resuming", ", state: failed"), strings.Replace(stoppedFor("a/uid-a", 0, ""), ":11.4.0", ":11.9.0", 1), ""},
		"After":   {"And then the rules hold again.", atStep("a", 1, "Done", ", state: failed"), observedDeployment("m:11.9.0", 2), "UnsafeDowngrade"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			g := given{spec: accepted + "version: 11.4.0", secrets: secrets, restores: []string{tc.restore}, composed: map[string]string{nameDeployment: tc.deployment}}.gather(t)
			if got := changeLawful(g); got.Reason != tc.want {
				t.Errorf("%s\n%q: %s", tc.reason, got.Reason, got.Message)
			}
		})
	}
}

// TestRestoreTimes are told by who knows them, once.
func TestRestoreTimes(t *testing.T) {
	in := given{spec: accepted + "version: 11.4.0", restores: []string{atStep("a", 1, "Quiescing", "")}, composed: map[string]string{nameDeployment: stoppedFor("a/uid-a", 0, "")}}
	p, err := participationStatus(in.gather(t))
	if err != nil || p.QuiescedAt == nil || p.QuiescedAt.UTC().Format("15:04:05") != "03:08:18" {
		t.Errorf("quiesced %v, %v: want when the Deployment's status said that nothing is left", p, err)
	}
	in.restores = []string{atStep("a", 1, "Resuming", ", restoredAt: now")}
	in.composed[nameDeployment] = runningOn("mattermost.crossplane.io/restored: uid-a, mattermost.crossplane.io/migrated: uid-a", 1)
	in.status = "restore: {name: a, uid: uid-a, phase: Resuming, quiescedAt: '2026-03-01T03:00:00Z'}"
	p, err = participationStatus(in.gather(t))
	if err != nil || p.QuiescedAt.UTC().Format("15:04:05") != "03:00:00" || p.ServingAt.UTC().Format("15:04:05") != "03:09:31" || !p.DataReplaced {
		t.Errorf("served %v, %v: want what was told, and when a replica answered", p, err)
	}
}

// TestLegacyClaimsTakeNoPart in restores, which name installations of another kind.
func TestLegacyClaimsTakeNoPart(t *testing.T) {
	g := given{spec: accepted}.gather(t)
	composite := g.state.Composite().Struct()
	composite.Fields["apiVersion"] = structpb.NewStringValue("claims.mattermost.crossplane.io/v1alpha1")
	delete(composite.GetFields()["metadata"].GetStructValue().GetFields(), "namespace")
	composite.Fields["spec"].GetStructValue().Fields["claimRef"] = composetest.Document(t, "of: {apiVersion: claims.mattermost.crossplane.io/v1alpha1, kind: MattermostInstallation, name: chat, namespace: ns}").Fields["of"]
	a := compose.NewAnswer(g.state)
	require(a, g)
	rsp, err := a.Response()
	if err != nil {
		t.Fatal(err)
	}
	if _, looks := rsp.GetRequirements().GetResources()[requirementRestores]; looks {
		t.Error("it looks for restores")
	}
}
