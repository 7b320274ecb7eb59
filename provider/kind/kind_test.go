package kind

import (
	"context"
	"testing"
	"time"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/crossplane/crossplane-runtime/v2/pkg/meta"
	"github.com/crossplane/crossplane-runtime/v2/pkg/reconciler/managed"
	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	"github.com/google/go-cmp/cmp"
	"github.com/mattermost/mattermost/server/public/model"
	"k8s.io/apimachinery/pkg/types"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/interceptor"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/server/v1alpha1"
)

func TestCreatedOnceAndThenOnlyRead(t *testing.T) {
	c := control(t, interceptor.Funcs{})

	for range 2 {
		c.reconcile()
	}

	c.server.reads = 0

	for range 3 {
		if diff := cmp.Diff(ctrl.Result{RequeueAfter: 10 * time.Minute}, c.reconcile()); diff != "" {
			t.Errorf("a resource that is as declared: -want, +got:\n%s", diff)
		}
	}

	if diff := cmp.Diff([]int{1, 3}, []int{c.server.writes, c.server.reads}); diff != "" {
		t.Errorf("writes ever, and reads of three polls: -want, +got:\n%s", diff)
	}

	mg := c.team()
	if diff := cmp.Diff(c.server.teams["core"], meta.GetExternalName(mg)); diff != "" {
		t.Errorf("external name: -want, +got:\n%s", diff)
	}

	if got := mg.GetCondition(xpv2.TypeSynced); got.Reason != xpv2.ReasonReconcileSuccess {
		t.Errorf("Synced is %s: %s", got.Reason, got.Message)
	}
}

// TestImportIsReadyAtOnce proves that the status of what was there already does not
// wait for the next poll.
func TestImportIsReadyAtOnce(t *testing.T) {
	id := model.NewId()
	c := control(t, interceptor.Funcs{}, func(mg *v1alpha1.Team) { meta.SetExternalName(mg, id) })
	c.server.teams["core"] = id

	c.reconcile()

	mg := c.team()
	if got := mg.GetCondition(xpv2.TypeReady); got.Reason != xpv2.ReasonAvailable {
		t.Errorf("Ready is %q after the first reconcile", got.Reason)
	}

	if diff := cmp.Diff([]string{managed.FinalizerName}, mg.GetFinalizers()); diff != "" {
		t.Errorf("finalizers: -want, +got:\n%s", diff)
	}
}

// TestInterruptedCreationIsFoundAgain ends the provider after the server created the
// team, and before the cluster heard of it.
func TestInterruptedCreationIsFoundAgain(t *testing.T) {
	type want struct {
		writes int
		named  bool
		synced xpv2.ConditionReason
	}

	cases := map[string]struct {
		reason     string
		identified bool
		want       want
	}{
		"Identified": {
			reason:     "what can be found again is taken over, and not created a second time",
			identified: true,
			want:       want{writes: 1, named: true, synced: xpv2.ReasonReconcileSuccess},
		},
		"Anonymous": {
			reason: "what cannot be told apart waits for a person to look, and is not created a second time",
			want:   want{writes: 1, synced: xpv2.ReasonReconcileError},
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			dead := true
			forget := errors.New("the provider has ended")

			var c *controlled

			c = control(t, interceptor.Funcs{
				Update: func(ctx context.Context, kube client.WithWatch, o client.Object, opts ...client.UpdateOption) error {
					if dead && c.server.writes > 0 {
						return forget
					}

					return kube.Update(ctx, o, opts...)
				},
				SubResourceUpdate: func(ctx context.Context, kube client.Client, _ string, o client.Object, opts ...client.SubResourceUpdateOption) error {
					if dead && c.server.writes > 0 {
						return nil
					}

					return kube.Status().Update(ctx, o, opts...)
				},
			})
			c.kind.Identified = tc.identified

			c.reconcile()

			dead = false

			for range 3 {
				c.reconcile()
			}

			mg := c.team()
			got := want{writes: c.server.writes, named: meta.GetExternalName(mg) != "", synced: mg.GetCondition(xpv2.TypeSynced).Reason}

			if diff := cmp.Diff(tc.want, got, cmp.AllowUnexported(want{})); diff != "" {
				t.Errorf("\n%s\n-want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestManagementPolicies(t *testing.T) {
	type want struct {
		writes int
		there  bool
	}

	cases := map[string]struct {
		reason   string
		policies xpv2.ManagementPolicies
		annotate map[string]string
		want     want
	}{
		"Observe": {
			reason:   "a resource that is only observed is not created",
			policies: xpv2.ManagementPolicies{xpv2.ManagementActionObserve},
		},
		"Orphan": {
			reason: "a resource without the policy Delete stays on the server",
			policies: xpv2.ManagementPolicies{
				xpv2.ManagementActionObserve, xpv2.ManagementActionCreate, xpv2.ManagementActionUpdate, xpv2.ManagementActionLateInitialize,
			},
			want: want{writes: 1, there: true},
		},
		"All": {
			reason:   "a resource is created and deleted",
			policies: xpv2.ManagementPolicies{xpv2.ManagementActionAll},
			want:     want{writes: 2},
		},
		"Paused": {
			reason:   "a resource that is paused is left alone",
			policies: xpv2.ManagementPolicies{xpv2.ManagementActionAll},
			annotate: map[string]string{meta.AnnotationKeyReconciliationPaused: "true"},
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			c := control(t, interceptor.Funcs{}, func(mg *v1alpha1.Team) {
				mg.Spec.ManagementPolicies = tc.policies
				mg.Annotations = tc.annotate
			})

			for range 2 {
				c.reconcile()
			}

			if err := c.kube.Delete(t.Context(), c.team()); err != nil {
				t.Fatal(err)
			}

			for range 2 {
				c.reconcile()
			}

			_, there := c.server.teams["core"]
			if diff := cmp.Diff(tc.want, want{writes: c.server.writes, there: there}, cmp.AllowUnexported(want{})); diff != "" {
				t.Errorf("\n%s\n-want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestPollInterval(t *testing.T) {
	c := control(t, interceptor.Funcs{})
	c.kind.MaxPollInterval = 30 * time.Second
	c.server.teams["core"] = model.NewId()

	c.reconcile()

	if diff := cmp.Diff(ctrl.Result{RequeueAfter: 30 * time.Second}, c.reconcile()); diff != "" {
		t.Errorf("a kind that is observed more often: -want, +got:\n%s", diff)
	}
}

// TestPatience is how long an object that fails again and again waits: seconds at first,
// and never so long that a chain of references takes minutes to be made.
func TestPatience(t *testing.T) {
	limiter := controllerOptions(Options{}).RateLimiter
	request := reconcile.Request{NamespacedName: types.NamespacedName{Namespace: "default", Name: "alerts"}}

	var waits []time.Duration
	for range 7 {
		waits = append(waits, limiter.When(request))
	}

	want := []time.Duration{1, 2, 4, 8, 15, 15, 15}
	for i := range want {
		want[i] *= time.Second
	}

	if diff := cmp.Diff(want, waits); diff != "" {
		t.Errorf("waits: -want, +got:\n%s", diff)
	}
}

func TestJitter(t *testing.T) {
	const interval = 10 * time.Minute

	for range 1000 {
		if got := jitter(0.1)(nil, interval); got < 9*time.Minute || got > 11*time.Minute {
			t.Fatalf("an interval of %s with a jitter of a tenth became %s", interval, got)
		}
	}

	if diff := cmp.Diff(interval, jitter(0)(nil, interval)); diff != "" {
		t.Errorf("no jitter: -want, +got:\n%s", diff)
	}
}
