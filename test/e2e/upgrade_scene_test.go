package e2e

import (
	"context"
	"fmt"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/test/cluster/location"
	"github.com/crossplane-mattermost/crossplane-mattermost/test/installation"
	"github.com/crossplane-mattermost/crossplane-mattermost/test/kube"
)

const (
	versionNow    = "11.4.0"
	versionBefore = "11.1.0"
	// versionPast is before Extended Support Releases that an upgrade may not skip.
	versionPast = "9.10.0"

	// upgradeLimit is far above what an upgrade needs; how long it took is logged.
	upgradeLimit = 8 * time.Minute
)

// upgradable is an installation of an earlier version with two replicas.
func upgradable(t *testing.T, namespace, version string) *unstructured.Unstructured {
	t.Helper()
	xr, err := installation.Example("external.yaml", namespace)
	if err != nil {
		t.Fatal(err)
	}
	set(t, xr, namespace, "spec", "fileStore", "external", "bucket")
	set(t, xr, version, "spec", "version")
	set(t, xr, int64(2), "spec", "replicas")
	return xr
}

// installToUpgrade installs an installation with all its replicas, and leaves a
// memory there.
func installToUpgrade(ctx context.Context, t *testing.T, xr *unstructured.Unstructured) memory {
	t.Helper()
	if err := installation.Prepare(ctx, cluster, storage, xr); err != nil {
		t.Fatal(err)
	}
	install(ctx, t, xr.DeepCopy())
	becomes(ctx, t, live(xr), changeLimit, "RolloutComplete", "True")
	return remember(ctx, t, xr)
}

// remember posts something, with a file.
func remember(ctx context.Context, t *testing.T, xr *unstructured.Unstructured) memory {
	t.Helper()
	session, err := healthy(ctx, t, xr).FirstSession(ctx)
	if err != nil {
		t.Fatal(err)
	}
	id, err := session.Post(ctx, "hello", "content of a file")
	if err != nil {
		t.Fatal(err)
	}
	return memory{session: session, id: id}
}

// memory is a post with a file from before an upgrade, and the session it was
// posted in.
type memory struct {
	session *installation.Session
	id      string
}

func (m memory) check(ctx context.Context, t *testing.T) {
	t.Helper()
	message, file, err := m.session.Read(ctx, m.id)
	if err != nil {
		t.Fatal(err)
	}
	if message != "hello" || file != "content of a file" {
		t.Errorf("what was posted before reads %q and %q", message, file)
	}
}

// probe uses an installation until the test ends, or until it is told to stop.
func probe(ctx context.Context, t *testing.T, xr *unstructured.Unstructured, m memory) *installation.Prober {
	t.Helper()
	p, err := m.session.Probe(ctx, cluster, client.ObjectKeyFromObject(xr))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = p.Stop() })
	return p
}

// noticedNothing stops a prober once the last replica of before is gone, and fails
// when its users noticed anything. The upgrade must have taken their websocket to
// another replica.
func noticedNothing(ctx context.Context, t *testing.T, xr *unstructured.Unstructured, p *installation.Prober) {
	t.Helper()
	drained(ctx, t, xr)
	record, err := p.Stop()
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d requests, %d failed; %d reconnects of the websocket; never less than %d pods ready",
		record.Requests, record.Failed, record.Reconnects, record.LeastReady)
	if record.Requests == 0 {
		t.Error("nobody asked the server for anything: there is nothing to prove")
	}
	if record.Failed > 0 {
		t.Errorf("%d requests failed, first:\n%s", record.Failed, strings.Join(record.Failures, "\n"))
	}
	if record.Reconnects == 0 {
		t.Error("the websocket never moved: its replica was not replaced")
	}
	if record.LeastReady < 1 {
		t.Error("there was a moment without a ready pod")
	}
	lost, err := p.Lost(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if len(lost) > 0 {
		t.Errorf("%d posts that the server acknowledged are lost: %q", len(lost), lost)
	}
}

// drained waits until no replica of before is left, not even one that finishes what
// it had begun.
func drained(ctx context.Context, t *testing.T, xr *unstructured.Unstructured) {
	t.Helper()
	if err := kube.Until(ctx, changeLimit, func(ctx context.Context) error {
		pods, err := installation.Pods(ctx, cluster, xr)
		if err != nil {
			return err
		}
		for _, p := range pods {
			if p.DeletionTimestamp != nil {
				return errors.Errorf("pod %s has not ended yet", p.Name)
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

// upgraded waits until an installation reports that the change to the present version
// is complete, and returns what it reports of it.
func upgraded(ctx context.Context, t *testing.T, xr *unstructured.Unstructured, from string) map[string]any {
	t.Helper()
	now := live(xr)
	if err := kube.Until(ctx, upgradeLimit, func(ctx context.Context) error {
		if err := cluster.Get(ctx, client.ObjectKeyFromObject(xr), now); err != nil {
			return err
		}
		phase, state, version := told(now, "upgrade", "phase"), told(now, "state"), told(now, "version")
		if phase != "Complete" || state != "stable" || version != versionNow {
			return errors.Errorf("version %s is %s, its upgrade %q", version, state, phase)
		}
		return nil
	}); err != nil {
		explain(ctx, t, now)
		t.Fatal(err)
	}
	becomes(ctx, t, now, changeLimit, "RolloutComplete", "True")
	report, _, _ := unstructured.NestedMap(now.Object, "status", "upgrade")
	want := map[string]any{"from": from, "to": versionNow, "phase": "Complete", "attempts": int64(1)}
	got := map[string]any{}
	for field := range want {
		got[field] = report[field]
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("status.upgrade, -want, +got:\n%s", diff)
	}
	for _, field := range []string{"jobName", "startedAt", "migratedAt"} {
		if report[field] == nil {
			t.Errorf("status.upgrade.%s says nothing", field)
		}
	}
	runs(ctx, t, xr, versionNow)
	return report
}

// told is a text of an installation's status.
func told(xr *unstructured.Unstructured, path ...string) string {
	out, _, _ := unstructured.NestedString(xr.Object, append([]string{"status"}, path...)...)
	return out
}

// runs fails unless the Deployment has the image of a version.
func runs(ctx context.Context, t *testing.T, xr *unstructured.Unstructured, version string) {
	t.Helper()
	if image := server(t, deployment(ctx, t, xr)).Image; !strings.HasSuffix(image, ":"+version) {
		t.Errorf("the Deployment runs %s, want %s", image, version)
	}
}

// tells waits for a condition that is False for a reason and says some words, and
// returns the installation that it is told of.
func tells(ctx context.Context, t *testing.T, xr *unstructured.Unstructured, condition, reason string, words ...string) *unstructured.Unstructured {
	t.Helper()
	now := live(xr)
	if err := kube.Until(ctx, upgradeLimit, func(ctx context.Context) error {
		if err := cluster.Get(ctx, client.ObjectKeyFromObject(xr), now); err != nil {
			return err
		}
		status, why, message := kube.Condition(now, condition)
		seen, _, _ := unstructured.NestedInt64(now.Object, "status", "observedGeneration")
		if missing := unsaid(message, words); status != "False" || why != reason || seen < now.GetGeneration() || len(missing) > 0 {
			return errors.Errorf("condition %s is %q for reason %q and does not say %q: %s", condition, status, why, missing, message)
		}
		return nil
	}); err != nil {
		explain(ctx, t, now)
		t.Fatal(err)
	}
	return now
}

// migrations are the names of the Jobs that were made for an installation since a
// time, one for each time that one was made.
func migrations(t *testing.T, xr *unstructured.Unstructured, since time.Time) []string {
	t.Helper()
	const created = 201
	var out []string
	for _, e := range writes(t, since) {
		o := e.ObjectRef
		if o == nil || o.Resource != "jobs" || o.Subresource != "" || o.Namespace != xr.GetNamespace() {
			continue
		}
		made := e.ResponseStatus != nil && e.ResponseStatus.Code == created && !strings.Contains(e.RequestURI, "dryRun=")
		if made && strings.HasPrefix(o.Name, xr.GetName()+"-migrate-") {
			out = append(out, o.Name)
		}
	}
	return out
}

// migratedOnce fails unless one Job was made since a time: the one of the report.
func migratedOnce(t *testing.T, xr *unstructured.Unstructured, since time.Time, report map[string]any) {
	t.Helper()
	if diff := cmp.Diff([]string{fmt.Sprint(report["jobName"])}, migrations(t, xr, since)); diff != "" {
		t.Errorf("migration Jobs that were made, -want, +got:\n%s", diff)
	}
}

// kubectlWaits does what a pipeline does right after it applied a manifest.
func kubectlWaits(ctx context.Context, t *testing.T, xr *unstructured.Unstructured) {
	t.Helper()
	wait := exec.CommandContext(ctx, location.Kubectl(), "--kubeconfig", location.Kubeconfig(), "-n", xr.GetNamespace(), //nolint:gosec // The cluster's own kubectl.
		"wait", "--for=condition=RolloutComplete", "mmi/"+xr.GetName(), "--timeout="+upgradeLimit.String())
	if out, err := wait.CombinedOutput(); err != nil {
		t.Fatalf("kubectl wait: %v: %s", err, out)
	}
}
