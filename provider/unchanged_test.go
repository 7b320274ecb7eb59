package provider

import (
	"context"
	"testing"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/crossplane/crossplane-runtime/v2/pkg/meta"
	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	"github.com/google/go-cmp/cmp"
	kerrors "k8s.io/apimachinery/pkg/api/errors"
	"sigs.k8s.io/controller-runtime/pkg/client"
	fakeclient "sigs.k8s.io/controller-runtime/pkg/client/fake"
	"sigs.k8s.io/controller-runtime/pkg/client/interceptor"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/server/v1alpha1"
)

// served is a team in a cluster, with a client that has a cache.
type served struct {
	t      *testing.T
	kube   client.Client
	own    *ownWrites
	writes int
	// cached is what is read, and stale how many reads the cache is behind for.
	cached *v1alpha1.Team
	stale  int
}

func serve(t *testing.T) *served {
	t.Helper()

	scheme, err := newScheme()
	if err != nil {
		t.Fatal(err)
	}

	s := &served{t: t, cached: &v1alpha1.Team{}}
	team := &v1alpha1.Team{}
	team.Namespace, team.Name, team.Finalizers = "default", "core", []string{"finalizer.managedresource.crossplane.io"}

	own, ok := afterOwnWrites(fakeclient.NewClientBuilder().WithScheme(scheme).WithObjects(team).WithStatusSubresource(team).WithReturnManagedFields().WithInterceptorFuncs(interceptor.Funcs{
		Get: s.read,
		Update: func(ctx context.Context, kube client.WithWatch, o client.Object, opts ...client.UpdateOption) error {
			s.writes++
			return kube.Update(ctx, o, opts...)
		},
		SubResourceUpdate: func(ctx context.Context, kube client.Client, _ string, o client.Object, opts ...client.SubResourceUpdateOption) error {
			s.writes++
			return kube.Status().Update(ctx, o, opts...)
		},
	}).Build()).(*ownWrites)
	if !ok {
		t.Fatal("the client is of another type")
	}

	s.own, s.kube = own, unchanged(own)

	return s
}

// read from the cache, which does not keep managed fields.
func (s *served) read(ctx context.Context, kube client.WithWatch, key client.ObjectKey, o client.Object, opts ...client.GetOption) error {
	if s.stale > 0 {
		s.stale--
	} else if err := kube.Get(ctx, key, s.cached, opts...); err != nil {
		return err
	}

	s.cached.SetManagedFields(nil)
	s.cached.DeepCopyInto(o.(*v1alpha1.Team)) //nolint:forcetypeassert // A panic fails the test.

	return nil
}

// observe the team: read it, and write what is seen of it.
func (s *served) observe(seen string, conditions ...xpv2.Condition) error {
	s.t.Helper()

	team := &v1alpha1.Team{}
	if err := s.kube.Get(s.t.Context(), client.ObjectKey{Namespace: "default", Name: "core"}, team); err != nil {
		return err
	}

	team.Status.AtProvider.DisplayName = seen
	team.SetConditions(conditions...)

	return s.kube.Status().Update(s.t.Context(), team)
}

func TestStatusIsWrittenWhenItChanges(t *testing.T) {
	type step struct {
		seen       string
		conditions []xpv2.Condition
	}

	ready := []xpv2.Condition{xpv2.Available(), xpv2.ReconcileSuccess()}

	cases := map[string]struct {
		reason string
		steps  []step
		want   int
	}{
		"Polls": {
			reason: "a team that is as it was is written once, however often it is looked at",
			steps:  []step{{"Core", ready}, {"Core", ready}, {"Core", ready}, {"Core", ready}},
			want:   1,
		},
		"Changes": {
			reason: "whatever changes is written, and so is what changes back",
			steps:  []step{{"Core", ready}, {"Other", ready}, {"Core", ready}, {"Core", ready}},
			want:   3,
		},
		"Condition": {
			reason: "another condition is a change, and the same error again is none",
			steps: []step{
				{"Core", ready},
				{"Core", []xpv2.Condition{xpv2.ReconcileError(errors.New("away"))}},
				{"Core", []xpv2.Condition{xpv2.ReconcileError(errors.New("away"))}},
				{"Core", ready},
			},
			want: 3,
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			s := serve(t)

			for _, step := range tc.steps {
				if err := s.observe(step.seen, step.conditions...); err != nil {
					t.Fatal(err)
				}
			}

			if diff := cmp.Diff(tc.want, s.writes); diff != "" {
				t.Errorf("\n%s\nwrites: -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

// finalize the team as reconcilers do each time: read it, and write it with a finalizer.
func (s *served) finalize(finalizer string) error {
	s.t.Helper()

	team := &v1alpha1.Team{}
	if err := s.kube.Get(s.t.Context(), client.ObjectKey{Namespace: "default", Name: "core"}, team); err != nil {
		return err
	}

	meta.AddFinalizer(team, finalizer)

	return s.kube.Update(s.t.Context(), team)
}

func TestObjectIsWrittenWhenItChanges(t *testing.T) {
	s := serve(t)

	for _, finalizer := range []string{"in-use.crossplane.io", "in-use.crossplane.io", "example.org/other", "in-use.crossplane.io"} {
		if err := s.finalize(finalizer); err != nil {
			t.Fatal(err)
		}
	}

	if diff := cmp.Diff(2, s.writes); diff != "" {
		t.Errorf("writes of two finalizers: -want, +got:\n%s", diff)
	}
}

// TestWhatCannotBeReadIsWritten proves that a write is not taken for needless because
// nothing is known.
func TestWhatCannotBeReadIsWritten(t *testing.T) {
	s := serve(t)
	team := &v1alpha1.Team{}
	team.Namespace, team.Name = "default", "absent"

	if err := s.kube.Update(t.Context(), team); !kerrors.IsNotFound(err) {
		t.Errorf("the update of an object that is not there: %v, want that it is not found", err)
	}
}

// TestWhatWasJustWrittenIsNotWrittenAgain asserts that objects are compared without their
// kind: the response to a write has none, and an object from a cache has one.
func TestWhatWasJustWrittenIsNotWrittenAgain(t *testing.T) {
	s := serve(t)

	team := &v1alpha1.Team{}
	if err := s.kube.Get(t.Context(), client.ObjectKey{Namespace: "default", Name: "core"}, team); err != nil {
		t.Fatal(err)
	}

	meta.AddFinalizer(team, "in-use.crossplane.io")

	if err := s.kube.Update(t.Context(), team); err != nil {
		t.Fatal(err)
	}

	team.SetGroupVersionKind(v1alpha1.GroupVersion.WithKind("Team"))

	if err := s.kube.Status().Update(t.Context(), team); err != nil {
		t.Fatal(err)
	}

	if diff := cmp.Diff(1, s.writes); diff != "" {
		t.Errorf("writes of a finalizer: -want, +got:\n%s", diff)
	}
}
