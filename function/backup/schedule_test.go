package backup

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/testing/protocmp"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/composetest"
	"github.com/crossplane-mattermost/crossplane-mattermost/input/v1beta1"
)

// TestSuspended shows when a schedule begins no backup.
func TestSuspended(t *testing.T) {
	phase := func(of string) map[string]string {
		return with(there(), requirementInstallation, strings.Replace(installed, "  version:", "  restore: {name: r, uid: u, phase: "+of+"}\n  version:", 1))
	}
	for _, of := range []struct {
		reason string
		given  given
		want   bool
	}{
		{"a schedule goes on", given{spec: nightly, required: there()}, false},
		{"the user may suspend it", given{spec: nightly + "\nsuspend: true", required: there()}, true},
		{"data that is being replaced is not copied", given{spec: nightly, required: phase("Resuming")}, true},
		{"a restore that is over is no hindrance", given{spec: nightly, required: phase("Serving")}, false},
		{"another database than the servers use is not copied", given{spec: nightly, required: diverged()}, true},
	} {
		if got := composetest.Desired(of.given.safe(t), nameCronJob).Value("spec", "suspend").GetBoolValue(); got != of.want {
			t.Errorf("%s: suspend is %t", of.reason, got)
		}
	}
}

// diverged is an installation that names another database than its servers use.
func diverged() map[string]string {
	return with(there(), requirementInstallation, strings.Replace(installed, "  version:", "  conditions: [{type: DatabaseReady, status: 'False', reason: DatabaseChanged}]\n  version:", 1))
}

// TestNoCopyOfAnotherDatabase: it would be the newest backup, and retention would delete the good ones.
func TestNoCopyOfAnotherDatabase(t *testing.T) {
	rsp := given{spec: once, required: diverged()}.safe(t)
	const want = `False InstallationPending: waiting for MattermostInstallation "chat", whose spec.database or database Secret names another database`
	if got := composetest.Said(rsp, conditionComplete); !strings.HasPrefix(got, want) || len(rsp.GetDesired().GetResources()) > 0 {
		t.Errorf("it says %s and composes %v", got, rsp.GetDesired().GetResources())
	}
}

// TestLaterTemplates change a schedule, and never the Job of the one backup.
func TestLaterTemplates(t *testing.T) {
	later := v1beta1.Input{Tool: &v1beta1.Tool{Image: "registry.example.com/dbtool:v2"}}
	first := given{spec: once, required: there()}.safe(t)
	req := given{spec: once, required: there()}.request(t)
	req.Observed.Resources[nameJob] = first.GetDesired().GetResources()[nameJob]
	req.Observed.Resources[nameJob].Resource = composetest.Applied(req.GetObserved().GetResources()[nameJob].GetResource())
	rsp, err := composetest.Asked(t, req, func(s compose.State) (*fnv1.RunFunctionResponse, error) { return Compose(s, &later) })
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(composetest.Desired(first, nameJob).At("spec").Struct(), composetest.Desired(rsp, nameJob).At("spec").Struct(), protocmp.Transform()); diff != "" {
		t.Errorf("a Job cannot change, -before, +after:\n%s", diff)
	}
	scheduled := given{spec: nightly, required: there(), policy: later}.safe(t)
	pod := composetest.Desired(scheduled, nameCronJob).At("spec", "jobTemplate", "spec", "template", "spec")
	if got := pod.List("containers")[0].String("image"); got != "registry.example.com/dbtool:v2" {
		t.Errorf("the next backup is made with %s", got)
	}
}
