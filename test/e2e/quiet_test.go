package e2e

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	auditv1 "k8s.io/apiserver/pkg/apis/audit/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/e2e-framework/pkg/envconf"
	"sigs.k8s.io/e2e-framework/pkg/features"

	"github.com/crossplane-mattermost/crossplane-mattermost/test/installation"
	"github.com/crossplane-mattermost/crossplane-mattermost/test/kube"
)

const (
	// alone is how long nothing happens to an installation.
	alone = 10 * time.Minute
	// closedBy is the time after the last change by which an open circuit breaker must be
	// closed.
	closedBy = 7 * time.Minute
	// eventsLimit of the function's events about a new installation.
	eventsLimit = 12
	// nudgesLimit of the changes of status.nudges that close the breaker of an installation
	// at rest: one at each call during the cooldown, and one for each change that is let
	// through.
	nudgesLimit = 20
	// cooldown of Crossplane's circuit breaker.
	cooldown = 5 * time.Minute
	// lateNudgesLimit of these changes between the cooldown and closedBy: one in a minute.
	lateNudgesLimit = int((closedBy - cooldown) / time.Minute)
)

// TestQuiet leaves installations alone and asserts that nothing is written, also while
// other installations are created and deleted, and after a circuit breaker was open. It runs
// beside other long tests after all others, since it does nothing but wait for half an hour.
func TestQuiet(t *testing.T) {
	t.Parallel()
	xr, deaf := fleeting(t, "quiet"), fleeting(t, "quiet-deaf")
	var nudged *nudges
	environment.Test(t, features.New("Quiet").
		Setup(func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			for _, i := range []*unstructured.Unstructured{xr, deaf} {
				if err := kube.Namespace(ctx, cluster, i.GetNamespace()); err != nil {
					t.Fatal(err)
				}
				install(ctx, t, i.DeepCopy())
				becomes(ctx, t, live(i), changeLimit, "RolloutComplete", "True")
			}
			return ctx
		}).
		Assess("FewEvents", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			fewEvents(ctx, t, xr)
			return ctx
		}).
		Assess("WritesNothingBesideOthers", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			becomes(ctx, t, live(xr), restedLimit, "Responsive", "True")
			becomes(ctx, t, live(deaf), restedLimit, "Responsive", "True")
			nudged = countNudges(ctx, t, deaf)
			deafen(ctx, t, deaf)
			nudged.from = time.Now()
			writesNothing(ctx, t, xr, func() {
				comeAndGo(ctx, t, "quiet", "guest")
				comeAndGo(ctx, t, "quiet-guest", "chat")
			})
			return ctx
		}).
		Assess("BreakerCloses", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			nudged.closed(ctx, t, deaf)
			return ctx
		}).
		Assess("WritesNothingAfterwards", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			writesNothing(ctx, t, deaf, func() {})
			return ctx
		}).
		Teardown(func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			uninstall(ctx, t, xr)
			uninstall(ctx, t, deaf)
			guests := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: "quiet-guest"}}
			if err := cluster.Delete(ctx, guests); client.IgnoreNotFound(err) != nil {
				t.Errorf("cannot delete the namespace of guests: %v", err)
			}
			return ctx
		}).
		Feature())
}

// fewEvents asserts that the function sent only a few events about a new installation.
func fewEvents(ctx context.Context, t *testing.T, xr *unstructured.Unstructured) {
	t.Helper()
	list := &corev1.EventList{}
	if err := cluster.List(ctx, list, client.InNamespace(xr.GetNamespace())); err != nil {
		t.Fatal(err)
	}
	var said []string
	for _, e := range list.Items {
		// Crossplane prefixes the function's events with the step of the pipeline.
		if e.InvolvedObject.Kind == xr.GetKind() && strings.HasPrefix(e.Message, "Pipeline step ") {
			said = append(said, fmt.Sprintf("%d × %s %s: %s", max(e.Count, 1), e.Type, e.Reason, e.Message))
		}
	}
	if len(said) == 0 {
		t.Error("nothing was announced: there is nothing to prove")
	}
	if len(said) > eventsLimit {
		t.Errorf("%d events, want at most %d:\n%s", len(said), eventsLimit, strings.Join(said, "\n"))
	}
}

// comeAndGo installs another installation and deletes it.
func comeAndGo(ctx context.Context, t *testing.T, namespace, name string) {
	t.Helper()
	guest := fleeting(t, namespace)
	guest.SetName(name)
	set(t, guest, false, "spec", "deletionProtection")
	if err := kube.Namespace(ctx, cluster, namespace); err != nil {
		t.Fatal(err)
	}
	install(ctx, t, guest.DeepCopy())
	if err := cluster.Delete(ctx, live(guest)); err != nil {
		t.Fatal(err)
	}
	gone(ctx, t, live(guest))
}

// writesNothing asserts that no object of an installation gets another resource version or
// is patched while something else happens.
func writesNothing(ctx context.Context, t *testing.T, xr *unstructured.Unstructured, meanwhile func()) {
	t.Helper()
	lookedAtAgain(ctx, t, xr)
	from, before := time.Now(), versionsOf(ctx, t, xr)
	meanwhile()
	select {
	case <-ctx.Done():
		t.Fatal(ctx.Err())
	case <-time.After(time.Until(from.Add(alone))):
	}
	if diff := cmp.Diff(before, versionsOf(ctx, t, xr)); diff != "" {
		t.Errorf("resource versions of %s/%s, -before, +after:\n%s", xr.GetNamespace(), xr.GetName(), diff)
	}
	for _, e := range writes(t, from) {
		if _, ours := before[nameOf(e)]; ours && byCrossplane(e) && !unchanged(e) {
			t.Errorf("%s wrote at %s: %s %s %s", e.User.Username, e.StageTimestamp, e.Verb, nameOf(e), e.ObjectRef.Subresource)
		}
	}
}

// nameOf returns the object of a request.
func nameOf(e auditv1.Event) string {
	if e.ObjectRef == nil {
		return ""
	}
	return e.ObjectRef.Resource + "." + e.ObjectRef.APIGroup + " " + e.ObjectRef.Namespace + "/" + e.ObjectRef.Name
}

// versionsOf returns the resource versions of an installation and of its composed objects,
// by name.
func versionsOf(ctx context.Context, t *testing.T, xr *unstructured.Unstructured) map[string]string {
	t.Helper()
	out := map[string]string{}
	var add func(o *unstructured.Unstructured)
	add = func(o *unstructured.Unstructured) {
		mapping, err := cluster.RESTMapper().RESTMapping(o.GroupVersionKind().GroupKind(), o.GroupVersionKind().Version)
		if err != nil {
			t.Fatal(err)
		}
		r := mapping.Resource
		out[r.Resource+"."+r.Group+" "+o.GetNamespace()+"/"+o.GetName()] = o.GetResourceVersion()
		composed, err := installation.Composed(ctx, cluster, o)
		if err != nil {
			t.Fatal(err)
		}
		for _, below := range composed {
			add(below)
		}
	}
	add(current(ctx, t, xr))
	return out
}

// nudges counts changes of status.nudges while the breaker is open.
type nudges struct {
	// from is when the breaker was open.
	from time.Time
	most int64
	// seen is when each change was seen.
	seen []time.Time
	stop func() error
}

// countNudges of an installation from now on.
func countNudges(ctx context.Context, t *testing.T, xr *unstructured.Unstructured) *nudges {
	t.Helper()
	n := &nudges{}
	list := &unstructured.UnstructuredList{}
	list.SetGroupVersionKind(xr.GroupVersionKind())
	stop, err := kube.Follow(ctx, cluster, list, client.ListOptions{Namespace: xr.GetNamespace()}, func(all []client.Object) {
		for _, o := range all {
			if u, ok := o.(*unstructured.Unstructured); ok {
				now, _, _ := unstructured.NestedInt64(u.Object, "status", "nudges")
				if now > n.most {
					n.most, n.seen = now, append(n.seen, time.Now())
				}
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	n.stop = stop
	return n
}

// closed asserts that the breaker closes in time, after few changes of status.nudges.
func (n *nudges) closed(ctx context.Context, t *testing.T, xr *unstructured.Unstructured) {
	t.Helper()
	becomes(ctx, t, live(xr), restedLimit, "Responsive", "True")
	if err := n.stop(); err != nil {
		t.Fatal(err)
	}
	if n.most == 0 || n.most > nudgesLimit {
		t.Errorf("%d nudges, want 1 to %d", n.most, nudgesLimit)
	}
	late := 0
	for _, at := range n.seen {
		if at.After(n.from.Add(cooldown)) {
			late++
		}
	}
	if late > lateNudgesLimit {
		t.Errorf("%d nudges after the cooldown, want at most %d", late, lateNudgesLimit)
	}
	t.Logf("%d nudges, %d of them after the cooldown", n.most, late)
	for _, e := range writes(t, n.from.Add(closedBy)) {
		if byCrossplane(e) && !unchanged(e) && e.ObjectRef.Namespace == xr.GetNamespace() {
			t.Errorf("%s after the breaker was open: %s %s %s", e.StageTimestamp.Sub(n.from), e.Verb, nameOf(e), e.ObjectRef.Subresource)
		}
	}
}
