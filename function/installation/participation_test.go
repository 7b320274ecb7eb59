package installation

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/types/known/structpb"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/composetest"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/composed"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/decision"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/facts"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/factstest"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/rollout"
)

func migrationOf(condition string) string {
	return strings.Replace(factstest.Job(factstest.WantedImage, "", condition), "annotations: {", "annotations: {mattermost.crossplane.io/restored: uid-a, ", 1)
}

func TestParticipation(t *testing.T) {
	const (
		restored = ", restoredAt: '2026-03-01T03:08:30Z'"
		onA      = "mattermost.crossplane.io/restored: uid-a, mattermost.crossplane.io/migrated: uid-a"
		was      = "restore: {name: a, uid: uid-a, phase: "
	)
	serving := factstest.Deployment(factstest.WantedImage, 2)
	stopped := factstest.Stopped("a/uid-a", 0, "")
	cases := map[string]struct {
		reason   string
		spec     string
		restores []string
		pods     []string
		observed map[string]string
		status   string
		want     string
	}{
		"None":       {reason: "Nobody asks.", observed: map[string]string{composed.Deployment: serving}, want: "-, runs 2 of ''"},
		"NotYet":     {reason: "A restore that checks does not ask yet.", restores: []string{factstest.Restore("a", 1, "Checking", "")}, observed: map[string]string{composed.Deployment: serving}, want: "-, runs 2 of ''"},
		"Elsewhere":  {reason: "A restore of another installation.", restores: []string{strings.Replace(factstest.Restore("a", 1, "Quiescing", ""), "mattermostClusterName: chat", "mattermostClusterName: other", 1)}, observed: map[string]string{composed.Deployment: serving}, want: "-, runs 2 of ''"},
		"Asked":      {reason: "The server is told to stop.", restores: []string{factstest.Restore("a", 1, "Quiescing", "")}, observed: map[string]string{composed.Deployment: serving}, want: "a Stopping, stopped for a/uid-a on ''"},
		"Oldest":     {reason: "The oldest is first.", restores: []string{factstest.Restore("a", 2, "Quiescing", ""), factstest.Restore("b", 1, "Quiescing", "")}, observed: map[string]string{composed.Deployment: serving}, want: "b Stopping, stopped for b/uid-b on ''"},
		"SameMinute": {reason: "Of one age, the first by name is.", restores: []string{factstest.Restore("b", 1, "Quiescing", ""), factstest.Restore("a", 1, "Quiescing", "")}, observed: map[string]string{composed.Deployment: serving}, want: "a Stopping, stopped for a/uid-a on ''"},
		"Deleted":    {reason: "One that is being deleted begins nothing.", restores: []string{strings.Replace(factstest.Restore("a", 1, "Quiescing", ""), "metadata: {", "metadata: {deletionTimestamp: now, ", 1)}, observed: map[string]string{composed.Deployment: serving}, want: "-, runs 2 of ''"},
		"Stopping":   {reason: "A replica is left.", restores: []string{factstest.Restore("a", 1, "Quiescing", "")}, observed: map[string]string{composed.Deployment: factstest.Stopped("a/uid-a", 1, "")}, want: "a Stopping, stopped for a/uid-a on ''"},
		"Terminating": {
			reason: "A replica that is being stopped may still write.", restores: []string{factstest.Restore("a", 1, "Quiescing", "")},
			observed: map[string]string{composed.Deployment: strings.Replace(stopped, "status: {", "status: {terminatingReplicas: 1, ", 1)}, want: "a Stopping, stopped for a/uid-a on ''",
		},
		"NotSeen":     {reason: "That the Deployment was stopped for it is not seen.", restores: []string{factstest.Restore("a", 1, "Quiescing", "")}, observed: map[string]string{composed.Deployment: factstest.Stopped("", 0, "")}, want: "a Stopping, stopped for a/uid-a on ''"},
		"Quiesced":    {reason: "Nothing runs.", restores: []string{factstest.Restore("a", 1, "Quiescing", "")}, observed: map[string]string{composed.Deployment: stopped}, want: "a Quiesced, stopped for a/uid-a on ''"},
		"KeepsTurn":   {reason: "An older one that asks later waits.", restores: []string{factstest.Restore("a", 2, "Quiescing", ""), factstest.Restore("b", 1, "Quiescing", "")}, observed: map[string]string{composed.Deployment: stopped}, want: "a Quiesced, stopped for a/uid-a on ''"},
		"Wiped":       {reason: "A restore that lost its status has its turn still.", restores: []string{factstest.Restore("a", 2, "", "")}, observed: map[string]string{composed.Deployment: stopped}, want: "a Quiesced, stopped for a/uid-a on ''"},
		"Forgotten":   {reason: "A restore that replaces, and a Deployment that forgot.", restores: []string{factstest.Restore("a", 1, "Replacing", ""), factstest.Restore("b", 0, "Quiescing", "")}, observed: map[string]string{composed.Deployment: serving}, want: "a Stopping, stopped for a/uid-a on ''"},
		"Recalled":    {reason: "Somebody deleted the Deployment.", restores: []string{factstest.Restore("a", 1, "Replacing", "")}, status: was + "Quiesced}", want: "a Stopping, stopped for a/uid-a on '' unmigrated"},
		"Replaced":    {reason: "The data may be older than the image.", restores: []string{factstest.Restore("a", 1, "Resuming", restored)}, observed: map[string]string{composed.Deployment: stopped}, want: "a Resuming, stopped for a/uid-a on 'uid-a' unmigrated, migrates anew"},
		"Migrating":   {reason: "The migration runs.", restores: []string{factstest.Restore("a", 1, "Resuming", restored)}, observed: map[string]string{composed.Deployment: stopped, "migration-a": migrationOf("")}, want: "a Resuming, stopped for a/uid-a on 'uid-a' unmigrated, 1 kept"},
		"NotIts":      {reason: "A migration of the data before says nothing.", restores: []string{factstest.Restore("a", 1, "Resuming", restored)}, observed: map[string]string{composed.Deployment: stopped, "migration-a": factstest.Job(factstest.WantedImage, "", "Complete")}, want: "a Resuming, stopped for a/uid-a on 'uid-a' unmigrated, migrates anew"},
		"Migrated":    {reason: "One replica starts first.", restores: []string{factstest.Restore("a", 1, "Resuming", restored)}, observed: map[string]string{composed.Deployment: stopped, "migration-a": migrationOf("Complete")}, want: "a Resuming, runs 1 of 'uid-a', 1 kept"},
		"Current":     {reason: "The first replica has nothing to migrate.", restores: []string{factstest.Restore("a", 1, "Resuming", restored+", version: 11.4.0")}, observed: map[string]string{composed.Deployment: stopped}, want: "a Resuming, runs 1 of 'uid-a'"},
		"CurrentJob":  {reason: "With spec.updateJob there is a Job.", spec: "updateJob: {nodeSelector: {a: b}}", restores: []string{factstest.Restore("a", 1, "Resuming", restored+", version: 11.4.0")}, observed: map[string]string{composed.Deployment: stopped}, want: "a Resuming, stopped for a/uid-a on 'uid-a' unmigrated, migrates anew"},
		"CurrentNone": {reason: "No replica is wanted.", spec: "replicas: 0", restores: []string{factstest.Restore("a", 1, "Resuming", restored+", version: 11.4.0")}, observed: map[string]string{composed.Deployment: stopped}, want: "a Resuming, runs 0 of 'uid-a'"},
		"Earlier":     {reason: "The data has an earlier version.", restores: []string{factstest.Restore("a", 1, "Resuming", restored+", version: 11.3.0")}, observed: map[string]string{composed.Deployment: stopped}, want: "a Resuming, stopped for a/uid-a on 'uid-a' unmigrated, migrates anew"},
		"Disabled":    {reason: "The first replica migrates.", spec: "updateJob: {disabled: true}", restores: []string{factstest.Restore("a", 1, "Resuming", restored)}, observed: map[string]string{composed.Deployment: stopped}, want: "a Resuming, runs 1 of 'uid-a'"},
		"Failed":      {reason: "The old data needs no migration.", restores: []string{factstest.Restore("a", 1, "Resuming", ", state: failed")}, observed: map[string]string{composed.Deployment: stopped}, want: "a Resuming, runs 1 of ''"},
		"Started":     {reason: "The replica does not answer yet.", restores: []string{factstest.Restore("a", 1, "Resuming", restored)}, observed: map[string]string{composed.Deployment: factstest.Running(onA, 0)}, want: "a Resuming, runs 1 of 'uid-a'"},
		"Serving":     {reason: "The others follow.", restores: []string{factstest.Restore("a", 1, "Resuming", restored)}, observed: map[string]string{composed.Deployment: factstest.Running(onA, 1)}, want: "a Serving, runs 2 of 'uid-a'"},
		"Served":      {reason: "It answered before, and the last turn is told of.", restores: []string{factstest.Restore("a", 1, "Done", restored)}, observed: map[string]string{composed.Deployment: factstest.Running(onA, 0)}, status: was + "Serving}", want: "a Serving, runs 1 of 'uid-a'"},
		"Remembered":  {reason: "The Deployment tells who was last.", restores: []string{factstest.Restore("a", 1, "", "")}, observed: map[string]string{composed.Deployment: factstest.Running(onA, 1)}, want: "a Serving, runs 2 of 'uid-a'"},
		"NoReplicas":  {reason: "None is wanted.", spec: "replicas: 0", restores: []string{factstest.Restore("a", 1, "Resuming", "")}, observed: map[string]string{composed.Deployment: strings.Replace(factstest.Running("a: b", 0), "replicas: 1", "replicas: 0", 1)}, want: "a Serving, runs 0 of ''"},
		"Next":        {reason: "One that asks waits until the one before was answered.", restores: []string{factstest.Restore("a", 2, "Resuming", restored), factstest.Restore("b", 1, "Quiescing", "")}, observed: map[string]string{composed.Deployment: factstest.Running(onA, 1)}, want: "a Serving, runs 2 of 'uid-a'"},
		"Then":        {reason: "And then has its turn.", restores: []string{factstest.Restore("a", 2, "Dropping", restored), factstest.Restore("b", 1, "Quiescing", "")}, observed: map[string]string{composed.Deployment: factstest.Running(onA, 1)}, want: "b Stopping, stopped for b/uid-b on 'uid-a'"},
		"Stuck":       {reason: "What cannot be migrated is replaced again.", restores: []string{factstest.Restore("a", 1, "Resuming", restored), factstest.Restore("b", 2, "Quiescing", "")}, observed: map[string]string{composed.Deployment: stopped, "migration-a": migrationOf("Failed")}, want: "b Stopping, stopped for b/uid-b on 'uid-a' unmigrated"},
		"StuckAlone":  {reason: "Nobody else asks.", restores: []string{factstest.Restore("a", 1, "Resuming", restored)}, observed: map[string]string{composed.Deployment: stopped, "migration-a": strings.Replace(migrationOf("Failed"), `inputs: ""`, "inputs: "+decideAll(factstest.Given{Spec: factstest.Accepted + "version: 11.4.0\nreplicas: 2", Secrets: factstest.Secrets()}.Facts(t)).Rollout.Inputs, 1)}, want: "a Resuming, stopped for a/uid-a on 'uid-a' unmigrated, 1 kept"},
		"Gone":        {reason: "Nobody knows whether it replaced the data.", observed: map[string]string{composed.Deployment: stopped}, want: "a Resuming, stopped for a/uid-a on 'uid-a' unmigrated, migrates anew"},
		"GonePods":    {reason: "Its pod still works.", pods: []string{"{status: {phase: Running}}"}, observed: map[string]string{composed.Deployment: stopped}, want: "a Quiesced, stopped for a/uid-a on ''"},
		"Upgrading":   {reason: "A migration is waited for.", restores: []string{factstest.Restore("a", 1, "Quiescing", "")}, observed: map[string]string{composed.Deployment: factstest.Deployment(factstest.OtherImage, 2), "migration-a": factstest.Job(factstest.WantedImage, "", "")}, want: "a Stopping, runs 2 of '', 1 kept"},
		"Unbegun":     {reason: "One that did not begin waits.", restores: []string{factstest.Restore("a", 1, "Quiescing", "")}, observed: map[string]string{composed.Deployment: factstest.Deployment(factstest.OtherImage, 2)}, want: "a Stopping, stopped for a/uid-a on ''"},
		"UpgradeFailed": {
			reason: "One that failed is no reason to wait.", restores: []string{factstest.Restore("a", 1, "Quiescing", "")},
			observed: map[string]string{composed.Deployment: factstest.Deployment(factstest.OtherImage, 2), "migration-a": factstest.Job(factstest.WantedImage, "", "Failed")}, want: "a Stopping, stopped for a/uid-a on ''",
		},
		"First":       {reason: "The first migration is waited for.", restores: []string{factstest.Restore("a", 1, "Quiescing", "")}, want: "a Stopping, migrates anew"},
		"FirstFailed": {reason: "It failed, and a restore is what helps.", restores: []string{factstest.Restore("a", 1, "Quiescing", "")}, observed: map[string]string{"migration-a": factstest.Job(factstest.WantedImage, "", "Failed")}, want: "a Stopping, stopped for a/uid-a on '' unmigrated"},
		"FirstDone":   {reason: "The server need not start before.", restores: []string{factstest.Restore("a", 1, "Quiescing", "")}, observed: map[string]string{"migration-a": factstest.Job(factstest.WantedImage, "", "Complete")}, want: "a Stopping, stopped for a/uid-a on '', 1 kept"},
		"FailedThen":  {reason: "What was never migrated is, on the old data too.", restores: []string{factstest.Restore("a", 1, "Resuming", ", state: failed")}, observed: map[string]string{composed.Deployment: factstest.Stopped("a/uid-a", 0, ", mattermost.crossplane.io/migrated: none")}, want: "a Resuming, stopped for a/uid-a on '' unmigrated, migrates anew"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			spec := factstest.Accepted + "version: 11.4.0\n" + tc.spec
			if !strings.Contains(tc.spec, "replicas") {
				spec += "\nreplicas: 2"
			}
			f := factstest.Given{Spec: spec, Secrets: factstest.Secrets(), Composed: tc.observed, Status: tc.status, Restores: tc.restores, Pods: tc.pods}.Facts(t)
			if diff := cmp.Diff(tc.want, spellParticipation(t, f)); diff != "" {
				t.Errorf("%s\n-want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func spellParticipation(t *testing.T, f *facts.Facts) string {
	t.Helper()
	d := decideAll(f)
	r, data := d.Rollout, d.Turn.Data
	status, err := statusOf(f, d)
	if err != nil {
		t.Fatal(err)
	}
	p := status.Restore
	out := "-"
	if p != nil {
		out = p.Name + " " + string(p.Phase)
	}
	switch {
	case r.Stopped != "":
		out += fmt.Sprintf(", stopped for %s on '%s'", r.Stopped, data)
		if r.Replicas != 0 {
			t.Errorf("%d replicas run", r.Replicas)
		}
	case r.Image != "":
		out += fmt.Sprintf(", runs %d of '%s'", r.Replicas, data)
	}
	if r.Image != "" && r.Migrated != data {
		out += " unmigrated"
	}
	if len(r.Kept) > 0 {
		out += fmt.Sprintf(", %d kept", len(r.Kept))
	}
	if r.Starts() {
		out += ", migrates anew"
	}
	return out
}

// decideAll that is decided about an accepted installation.
func decideAll(f *facts.Facts) *decision.Decisions {
	d := decide(f)
	d.Stage, d.Server = decision.Accepted, assemble(f, d.Sizing)
	d.Rollout = rollout.Decide(f, d.Version, d.Sizing, d.Turn, d.Backup, d.Server)
	return d
}

func TestRestoreTimes(t *testing.T) {
	in := factstest.Given{Spec: factstest.Accepted + "version: 11.4.0", Restores: []string{factstest.Restore("a", 1, "Quiescing", "")}, Composed: map[string]string{composed.Deployment: factstest.Stopped("a/uid-a", 0, "")}}
	p := reported(t, in.Facts(t)).Restore
	if p.QuiescedAt == nil || p.QuiescedAt.UTC().Format("15:04:05") != "03:08:18" {
		t.Errorf("quiesced %v: want when the Deployment's status said that nothing is left", p)
	}
	in.Restores = []string{factstest.Restore("a", 1, "Resuming", ", restoredAt: now")}
	in.Composed[composed.Deployment] = factstest.Running("mattermost.crossplane.io/restored: uid-a, mattermost.crossplane.io/migrated: uid-a", 1)
	in.Status = "restore: {name: a, uid: uid-a, phase: Resuming, quiescedAt: '2026-03-01T03:00:00Z'}"
	p = reported(t, in.Facts(t)).Restore
	if p.QuiescedAt.UTC().Format("15:04:05") != "03:00:00" || p.ServingAt.UTC().Format("15:04:05") != "03:09:31" || !p.DataReplaced {
		t.Errorf("served %v: want what was told, and when a replica answered", p)
	}
}

func TestLegacyClaimsTakeNoPart(t *testing.T) {
	f := factstest.Given{Spec: factstest.Accepted}.Facts(t)
	composite := f.State.Composite().Struct()
	composite.Fields["apiVersion"] = structpb.NewStringValue("claims.mattermost.crossplane.io/v1alpha1")
	delete(composite.GetFields()["metadata"].GetStructValue().GetFields(), "namespace")
	composite.Fields["spec"].GetStructValue().Fields["claimRef"] = composetest.Document(t, "of: {apiVersion: claims.mattermost.crossplane.io/v1alpha1, kind: MattermostInstallation, name: chat, namespace: ns}").Fields["of"]
	a := compose.NewAnswer(f.State)
	require(a, f, decide(f))
	rsp, err := a.Response()
	if err != nil {
		t.Fatal(err)
	}
	if _, looks := rsp.GetRequirements().GetResources()[facts.RequirementRestores]; looks {
		t.Error("it looks for restores")
	}
}
