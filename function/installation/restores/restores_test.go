package restores

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/mattermost/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/composed"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/decision"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/facts"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/factstest"
)

// told is what the installation tells of its part: who has it, the phase, the moments, and whether the
// data was replaced.
func told(p *v1alpha1.RestoreParticipation) string {
	if p == nil {
		return "-"
	}
	out := p.Name + " " + string(p.Phase)
	for _, of := range []struct {
		name string
		at   *metav1.Time
	}{{"quiesced", p.QuiescedAt}, {"serving", p.ServingAt}} {
		if of.at != nil {
			out += fmt.Sprintf(", %s at %s", of.name, of.at.UTC().Format("15:04:05"))
		}
	}
	if p.DataReplaced {
		out += ", replaced"
	}
	return out
}

func TestPart(t *testing.T) {
	const (
		restored = ", restoredAt: '2026-03-01T03:08:30Z'"
		onA      = "mattermost.crossplane.io/restored: uid-a, mattermost.crossplane.io/migrated: uid-a"
		was      = "restore: {name: a, uid: uid-a, phase: "
	)
	quiescing, replacing := factstest.Restore("a", 1, "Quiescing", ""), factstest.Restore("a", 1, "Replacing", "")
	resuming, done := factstest.Restore("a", 1, "Resuming", restored), factstest.Restore("a", 1, "Done", restored)
	asksToo := factstest.Restore("b", 2, "Quiescing", "")
	stopped := factstest.Stopped("a/uid-a", 0, "")
	migration := func(condition, data string) string {
		return strings.Replace(factstest.Job(factstest.WantedImage, "", condition), "annotations: {", "annotations: {mattermost.crossplane.io/restored: "+data+", ", 1)
	}
	cases := map[string]struct {
		reason     string
		restores   []string
		deployment string
		job        string
		status     string
		none       bool
		refused    bool
		want       string
	}{
		"None":            {reason: "Nobody asks.", deployment: factstest.Deployment(factstest.WantedImage, 2), want: "-"},
		"Asked":           {reason: "The server is told to stop.", restores: []string{quiescing}, deployment: factstest.Deployment(factstest.WantedImage, 2), want: "a Stopping"},
		"Left":            {reason: "A replica is left.", restores: []string{quiescing}, deployment: factstest.Stopped("a/uid-a", 1, ""), want: "a Stopping"},
		"Terminating":     {reason: "A replica that ends may still write.", restores: []string{quiescing}, deployment: strings.Replace(stopped, "status: {", "status: {terminatingReplicas: 1, ", 1), want: "a Stopping"},
		"Unobserved":      {reason: "The replicas of the generation before are not counted.", restores: []string{quiescing}, deployment: strings.Replace(stopped, "generation: 2", "generation: 3", 1), want: "a Stopping"},
		"NotItsOwn":       {reason: "The Deployment was stopped for nobody.", restores: []string{quiescing}, deployment: factstest.Stopped("", 0, ""), want: "a Stopping"},
		"Quiesced":        {reason: "Nothing runs.", restores: []string{quiescing}, deployment: stopped, want: "a Quiesced, quiesced at 03:08:18"},
		"QuiescedBefore":  {reason: "The first moment counts.", restores: []string{replacing}, deployment: stopped, status: was + "Quiesced, quiescedAt: '2026-03-01T03:01:00Z'}", want: "a Quiesced, quiesced at 03:01:00"},
		"AnotherBefore":   {reason: "Moments of another restore do not count.", restores: []string{quiescing}, deployment: stopped, status: "restore: {name: b, uid: uid-b, phase: Serving, quiescedAt: '2026-03-01T03:01:00Z', servingAt: '2026-03-01T03:02:00Z'}", want: "a Quiesced, quiesced at 03:08:18"},
		"Migrating":       {reason: "A migration may write.", restores: []string{quiescing}, deployment: stopped, job: factstest.Job(factstest.WantedImage, "", ""), want: "a Stopping"},
		"First":           {reason: "The first migration creates what data is restored into.", restores: []string{quiescing}, want: "a Stopping, waits"},
		"FirstDone":       {reason: "It is complete.", restores: []string{quiescing}, job: factstest.Job(factstest.WantedImage, "", "Complete"), want: "a Stopping"},
		"FirstOfAnother":  {reason: "The one that is complete is of another version.", restores: []string{quiescing}, job: factstest.Job(factstest.OtherImage, "", "Complete"), want: "a Stopping, waits"},
		"Resuming":        {reason: "The data was replaced.", restores: []string{resuming}, deployment: stopped, want: "a Resuming, replaced"},
		"ResumingOld":     {reason: "The data was not replaced.", restores: []string{factstest.Restore("a", 1, "Resuming", ", state: failed")}, deployment: stopped, want: "a Resuming"},
		"Stuck":           {reason: "What cannot be migrated may be replaced again.", restores: []string{resuming, asksToo}, deployment: stopped, job: migration("Failed", "uid-a"), want: "b Stopping"},
		"NotStuck":        {reason: "The migration that failed was of other data.", restores: []string{resuming, asksToo}, deployment: stopped, job: migration("Failed", "uid-z"), want: "a Resuming, replaced"},
		"NotFailed":       {reason: "The migration goes on.", restores: []string{resuming, asksToo}, deployment: stopped, job: migration("", "uid-a"), want: "a Resuming, replaced"},
		"Serving":         {reason: "A replica answers.", restores: []string{resuming}, deployment: factstest.Running(onA, 1), want: "a Serving, serving at 03:09:31, replaced"},
		"ServingBefore":   {reason: "The first moment counts, and stays.", restores: []string{resuming}, deployment: factstest.Running(onA, 0), status: was + "Serving, quiescedAt: '2026-03-01T03:01:00Z', servingAt: '2026-03-01T03:02:00Z'}", want: "a Serving, quiesced at 03:01:00, serving at 03:02:00, replaced"},
		"NoReplicas":      {reason: "No replica is wanted, and none served.", restores: []string{factstest.Restore("a", 1, "Resuming", ", state: failed")}, deployment: strings.Replace(factstest.Running("a: b", 0), "replicas: 1", "replicas: 0", 1), none: true, want: "a Serving"},
		"Over":            {reason: "The last part is remembered.", restores: []string{done}, deployment: factstest.Running(onA, 0), status: was + "Serving, servingAt: '2026-03-01T03:02:00Z'}", want: "a Serving, serving at 03:02:00"},
		"OverNotServing":  {reason: "No replica answers yet.", restores: []string{done}, deployment: factstest.Running(onA, 0), status: was + "Resuming}", want: "a Resuming"},
		"OverThenServing": {reason: "A replica answers now.", restores: []string{done}, deployment: factstest.Running(onA, 1), status: was + "Resuming}", want: "a Serving, serving at 03:09:31, replaced"},
		"Withdrawn":       {reason: "A restore that is gone before anything was granted leaves nothing.", deployment: factstest.Deployment(factstest.WantedImage, 2), status: was + "Stopping}", want: "-"},
		"Remembered":      {reason: "The Deployment says whose data it is.", restores: []string{factstest.Restore("a", 1, "", "")}, deployment: factstest.Running(onA, 1), want: "a Serving, serving at 03:09:31, replaced"},
		"RememberedNot":   {reason: "The restore that it was is gone.", restores: []string{factstest.Restore("b", 1, "", "")}, deployment: factstest.Running(onA, 1), want: "-"},
		"Refused":         {reason: "The spec cannot be followed: a restore waits.", restores: []string{quiescing}, deployment: factstest.Deployment(factstest.WantedImage, 2), refused: true, want: "-"},
		"RefusedWas":      {reason: "What was told stays.", restores: []string{quiescing}, deployment: factstest.Deployment(factstest.WantedImage, 2), status: "restore: {name: z, uid: uid-z, phase: Serving}", refused: true, want: "z Serving"},
		"RefusedStopped":  {reason: "It was stopped for this one.", restores: []string{quiescing}, deployment: stopped, refused: true, want: "a Quiesced, quiesced at 03:08:18"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			in := factstest.Given{Spec: factstest.Accepted, Restores: tc.restores, Status: tc.status, Composed: map[string]string{}}
			if tc.deployment != "" {
				in.Composed[composed.Deployment] = tc.deployment
			}
			if tc.job != "" {
				in.Composed["migration-a"] = tc.job
			}
			f, d := in.Facts(t), &decision.Decisions{Sizing: decision.Sizing{SizingStatus: v1alpha1.SizingStatus{Replicas: 2}}}
			if tc.none {
				d.Sizing.Replicas = 0
			}
			d.Turn = Decide(f, decision.Version{Version: "11.4.0", Image: factstest.WantedImage}, d.Sizing)
			if d.Stage = decision.Accepted; tc.refused {
				d.Stage = decision.Refused
			}
			got := told(participation(f, d))
			if d.Turn.Waits {
				got += ", waits"
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s\n-want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

// TestRequire: the Jobs and pods of a restore are looked up only when nobody else tells of them.
func TestRequire(t *testing.T) {
	stopped := map[string]string{composed.Deployment: factstest.Stopped("a/uid-a", 0, "")}
	cases := map[string]struct {
		reason string
		in     factstest.Given
		want   []string
	}{
		"Running": {reason: "The server is not stopped.", in: factstest.Given{Composed: map[string]string{composed.Deployment: factstest.Deployment(factstest.WantedImage, 2)}}, want: []string{facts.RequirementRestores}},
		"Held":    {reason: "The restore tells of its Jobs.", in: factstest.Given{Restores: []string{factstest.Restore("a", 1, "Replacing", "")}, Composed: stopped}, want: []string{facts.RequirementRestores}},
		"Gone":    {reason: "Nobody does.", in: factstest.Given{Composed: stopped}, want: []string{facts.RequirementJobs, facts.RequirementPods, facts.RequirementRestores}},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			tc.in.Spec = factstest.Accepted
			f := tc.in.Facts(t)
			a := compose.NewAnswer(f.State)
			require(a, f, nil)
			rsp, err := a.Response()
			if err != nil {
				t.Fatal(err)
			}
			slices.Sort(tc.want)
			if diff := cmp.Diff(tc.want, slices.Sorted(maps.Keys(rsp.GetRequirements().GetResources()))); diff != "" {
				t.Errorf("%s\n-want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}
