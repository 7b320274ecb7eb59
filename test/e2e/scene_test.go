package e2e

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/test/installation"
	"github.com/crossplane-mattermost/crossplane-mattermost/test/kube"
)

const (
	// readyLimit is far above what an installation needs, so that a slow machine
	// does not fail a test; how long it took is logged.
	readyLimit  = 4 * time.Minute
	changeLimit = 2 * time.Minute
	// hearingLimit is how long an edit of the spec may take to be observed while Crossplane's
	// circuit breaker is open, and a replica to be reached through its Service.
	hearingLimit = time.Minute
)

// turns of tests that run beside those that mostly wait, such as TestQuiet, and one after the other.
var turns sync.Mutex

// takesTurns lets a test begin when the tests of the suite that run alone are over, and all before it
// that take turns.
func takesTurns(t *testing.T) {
	t.Helper()
	t.Parallel()
	turns.Lock()
	t.Cleanup(turns.Unlock)
}

// install prepares and applies an installation, and waits until it is Ready.
func install(ctx context.Context, t *testing.T, xr *unstructured.Unstructured) {
	t.Helper()
	start := time.Now()
	mustApply(ctx, t, xr)
	becomes(ctx, t, xr, readyLimit, "Ready", "True")
	t.Logf("%s/%s: apply to Ready: %.1f s", xr.GetNamespace(), xr.GetName(), time.Since(start).Seconds())
}

// fleeting is the quickstart in a namespace, of whose data nothing is kept.
func fleeting(t *testing.T, namespace string) *unstructured.Unstructured {
	t.Helper()
	xr, err := installation.Example("quickstart.yaml", namespace)
	if err != nil {
		t.Fatal(err)
	}
	set(t, xr, "Delete", "spec", "database", "claim", "deletionPolicy")
	set(t, xr, "Delete", "spec", "fileStore", "claim", "deletionPolicy")
	return xr
}

// uninstall deletes an installation with its namespace.
func uninstall(ctx context.Context, t *testing.T, xr *unstructured.Unstructured) {
	t.Helper()
	if t.Failed() {
		explain(ctx, t, xr)
	}
	learnTokens(ctx, t, xr)
	unprotect(ctx, t, xr)
	// The installation first: a namespace that goes with its Secrets would leave
	// the function to refuse what is being deleted.
	if err := cluster.Delete(ctx, xr.DeepCopy(), client.PropagationPolicy(metav1.DeletePropagationForeground)); client.IgnoreNotFound(err) != nil {
		t.Errorf("cannot delete the installation: %v", err)
	}
	gone(ctx, t, xr)
	if err := cluster.Delete(ctx, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: xr.GetNamespace()}}); err != nil {
		t.Errorf("cannot delete the namespace: %v", err)
	}
}

// learnTokens of all who logged in to an installation's server, among them the provider, if
// its database is on the server that tests share.
func learnTokens(ctx context.Context, t *testing.T, xr *unstructured.Unstructured) {
	t.Helper()
	if _, external, _ := unstructured.NestedMap(xr.Object, "spec", "database", "external"); !external {
		return
	}
	tokens, err := storage.Postgres.Texts(ctx, xr.GetNamespace(), "SELECT token FROM sessions UNION SELECT token FROM useraccesstokens")
	if err != nil {
		t.Logf("cannot tell the tokens of %s/%s: %v", xr.GetNamespace(), xr.GetName(), err)
	}
	for _, token := range tokens {
		secrecy.Add("a token of "+xr.GetNamespace(), token)
	}
}

// unprotect an installation: consent to its deletion, and wait until that is observed. A call
// of the function that was under way could create the Usage once more.
func unprotect(ctx context.Context, t *testing.T, xr *unstructured.Unstructured) {
	t.Helper()
	now := live(xr)
	err := cluster.Patch(ctx, now, client.RawPatch(types.MergePatchType, []byte(`{"spec": {"deletionProtection": false}}`)))
	if client.IgnoreNotFound(err) != nil {
		t.Fatalf("cannot consent to the deletion: %v", err)
	}
	consented := now.GetGeneration()
	if err := kube.Until(ctx, hearingLimit, func(ctx context.Context) error {
		err := cluster.Get(ctx, client.ObjectKeyFromObject(now), now)
		seen, told, _ := unstructured.NestedInt64(now.Object, "status", "observedGeneration")
		if err != nil || !told || seen >= consented || now.GetDeletionTimestamp() != nil {
			return client.IgnoreNotFound(err)
		}
		return errors.Errorf("generation %d is seen, and not %d", seen, consented)
	}); err != nil {
		// An installation that cannot be composed observes nothing. The deletion that
		// follows is what counts.
		t.Logf("the consent to the deletion is not observed: %v", err)
	}
	gone(ctx, t, protection(xr, ""))
}

// protection is an empty Usage to read that of an installation into, or that of its claim.
func protection(xr *unstructured.Unstructured, of string) *unstructured.Unstructured {
	usage := &unstructured.Unstructured{}
	usage.SetAPIVersion("protection.crossplane.io/v1beta1")
	usage.SetKind("Usage")
	usage.SetNamespace(xr.GetNamespace())
	usage.SetName(xr.GetName() + of + "-protection")
	return usage
}

// protects waits until a Usage refuses deletions. It is created after the server.
func protects(ctx context.Context, t *testing.T, usage *unstructured.Unstructured) {
	t.Helper()
	if err := kube.Until(ctx, changeLimit, func(ctx context.Context) error { return conditionOf(ctx, usage, "Ready") }); err != nil {
		t.Fatal(err)
	}
}

// explain logs what a person would look at first.
func explain(ctx context.Context, t *testing.T, xr *unstructured.Unstructured) {
	t.Helper()
	conditions, _, _ := unstructured.NestedSlice(xr.Object, "status", "conditions")
	for _, c := range conditions {
		t.Logf("condition: %v", c)
	}
	if tree, err := installation.Tree(ctx, cluster, xr); err == nil {
		t.Log(tree)
	}
}

func mustApply(ctx context.Context, t *testing.T, o client.Object) {
	t.Helper()
	if err := kube.Apply(ctx, cluster, o); err != nil {
		t.Fatal(err)
	}
}

func becomes(ctx context.Context, t *testing.T, xr *unstructured.Unstructured, limit time.Duration, condition, status string) {
	t.Helper()
	if err := kube.ConditionIs(ctx, cluster, xr, limit, condition, status); err != nil {
		explain(ctx, t, xr)
		t.Fatal(err)
	}
}

// conditionOf an object that speaks of no generation: an error while it is not True.
func conditionOf(ctx context.Context, u *unstructured.Unstructured, condition string) error {
	now := live(u)
	if err := cluster.Get(ctx, client.ObjectKeyFromObject(u), now); err != nil {
		return err
	}
	if status, reason, message := kube.Condition(now, condition); status != "True" {
		return errors.Errorf("condition %s of %s is %q (%s: %s)", condition, u.GetName(), status, reason, message)
	}
	return nil
}

// gone waits until an object does not exist.
func gone(ctx context.Context, t *testing.T, o *unstructured.Unstructured) {
	t.Helper()
	if err := kube.Until(ctx, changeLimit, func(ctx context.Context) error {
		err := cluster.Get(ctx, client.ObjectKeyFromObject(o), o.DeepCopy())
		if err == nil {
			return errors.Errorf("%s %s still exists", o.GetKind(), o.GetName())
		}
		return client.IgnoreNotFound(err)
	}); err != nil {
		t.Error(err)
	}
}

// deployment of an installation's server.
func deployment(ctx context.Context, t *testing.T, xr *unstructured.Unstructured) *appsv1.Deployment {
	t.Helper()
	d := &appsv1.Deployment{}
	if err := cluster.Get(ctx, client.ObjectKeyFromObject(xr), d); err != nil {
		t.Fatalf("cannot read the server's Deployment: %v", err)
	}
	return d
}

// serverPods are the names of the pods that run an installation's server, sorted.
func serverPods(ctx context.Context, t *testing.T, xr *unstructured.Unstructured) []string {
	t.Helper()
	pods, err := installation.Pods(ctx, cluster, xr)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, p := range pods {
		if p.Labels["app"] == "mattermost" && p.DeletionTimestamp == nil {
			out = append(out, p.Name)
		}
	}
	slices.Sort(out)
	return out
}

// endedButOne waits until no more than one pod of an installation's server is left, also of
// those that end.
func endedButOne(ctx context.Context, t *testing.T, xr *unstructured.Unstructured) {
	t.Helper()
	if err := kube.Until(ctx, changeLimit, func(ctx context.Context) error {
		pods, err := installation.Pods(ctx, cluster, xr)
		if err != nil {
			return err
		}
		pods = slices.DeleteFunc(pods, func(p corev1.Pod) bool { return p.Labels["app"] != "mattermost" })
		if len(pods) > 1 {
			return errors.Errorf("%d pods of the server are left", len(pods))
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

// neverRestarted fails when a container of the installation was restarted.
func neverRestarted(ctx context.Context, t *testing.T, xr *unstructured.Unstructured) {
	t.Helper()
	words, err := installation.LastWords(ctx, cluster, xr)
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range words {
		t.Error(w)
	}
}

// healthy fails unless the server says, through its Service, that it, its database
// and its file store work.
func healthy(ctx context.Context, t *testing.T, xr *unstructured.Unstructured) *installation.Server {
	t.Helper()
	server, err := installation.Reach(ctx, cluster, xr.GetNamespace(), xr.GetName())
	if err != nil {
		t.Fatal(err)
	}
	var health installation.Health
	var words string
	// The node learns of the first replica a moment after the Deployment.
	if err := kube.Until(ctx, hearingLimit, func(ctx context.Context) error {
		health, words, err = server.Ping(ctx)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if !health.OK() {
		t.Errorf("the server answered %s", words)
	}
	return server
}

func set(t *testing.T, xr *unstructured.Unstructured, value any, path ...string) {
	t.Helper()
	if err := unstructured.SetNestedField(xr.Object, value, path...); err != nil {
		t.Fatal(err)
	}
}
