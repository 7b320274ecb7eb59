package provider

import (
	"context"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/crossplane/crossplane-runtime/v2/pkg/meta"
	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	kerrors "k8s.io/apimachinery/pkg/api/errors"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/server/v1alpha1"
)

// TestReadsAreNotBehindOwnWrites has the cache lag behind whatever is written. What is
// written next would be refused if it were taken for the present.
func TestReadsAreNotBehindOwnWrites(t *testing.T) {
	change := func(o *v1alpha1.Team) client.Object {
		meta.AddAnnotations(o, map[string]string{"a": "b"})
		return o
	}

	cases := map[string]struct {
		reason string
		write  func(ctx context.Context, kube client.Client, o *v1alpha1.Team) error
	}{
		"Update": {
			reason: "an update is read",
			write: func(ctx context.Context, kube client.Client, o *v1alpha1.Team) error {
				return kube.Update(ctx, change(o))
			},
		},
		"Patch": {
			reason: "a patch is read",
			write: func(ctx context.Context, kube client.Client, o *v1alpha1.Team) error {
				return kube.Patch(ctx, change(o.DeepCopy()), client.MergeFrom(o))
			},
		},
		"Status": {
			reason: "a status is read",
			write: func(ctx context.Context, kube client.Client, o *v1alpha1.Team) error {
				o.SetConditions(xpv2.Creating())
				return kube.Status().Update(ctx, o)
			},
		},
		"StatusPatch": {
			reason: "a patch of a status is read",
			write: func(ctx context.Context, kube client.Client, o *v1alpha1.Team) error {
				changed := o.DeepCopy()
				changed.SetConditions(xpv2.Creating())
				return kube.Status().Patch(ctx, changed, client.MergeFrom(o))
			},
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			s := serve(t)

			if err := s.observe("Core"); err != nil {
				t.Fatal(err)
			}

			team := &v1alpha1.Team{}
			if err := s.kube.Get(t.Context(), client.ObjectKey{Namespace: "default", Name: "core"}, team); err != nil {
				t.Fatal(err)
			}

			if err := tc.write(t.Context(), s.kube, team); err != nil {
				t.Fatal(err)
			}

			s.stale = 3

			if err := s.observe("Other"); err != nil {
				t.Errorf("%s: what was seen after a write is refused: %v", tc.reason, err)
			}
		})
	}
}

// TestWhatIsMadeIsThere has the cache not know yet what was created.
func TestWhatIsMadeIsThere(t *testing.T) {
	s := serve(t)

	missing := 3
	s.own.Client = hiding{Client: s.own.Client, missing: &missing}

	team := &v1alpha1.Team{}
	team.Namespace, team.Name = "default", "other"

	if err := s.kube.Create(t.Context(), team); err != nil {
		t.Fatal(err)
	}

	if err := s.kube.Get(t.Context(), client.ObjectKeyFromObject(team), team); err != nil {
		t.Errorf("what was just created: %v", err)
	}
}

// hiding what there is, a number of times.
type hiding struct {
	client.Client

	missing *int
}

func (h hiding) Get(ctx context.Context, key client.ObjectKey, o client.Object, opts ...client.GetOption) error {
	if *h.missing > 0 {
		*h.missing--
		return kerrors.NewNotFound(v1alpha1.GroupVersion.WithResource("teams").GroupResource(), key.Name)
	}

	return h.Client.Get(ctx, key, o, opts...)
}

// TestCacheThatStaysBehind is told of once, and nothing is written from what it has. Others
// may have had the last word since, and then it is taken as it is.
func TestCacheThatStaysBehind(t *testing.T) {
	s := serve(t)
	s.own.lag = 20 * time.Millisecond

	if err := s.observe("Core"); err != nil {
		t.Fatal(err)
	}

	if err := s.observe("Core"); err != nil {
		t.Fatal(err)
	}

	if err := s.observe("Other"); err != nil {
		t.Fatal(err)
	}

	s.stale = math.MaxInt

	if err := s.observe("Core"); err == nil || !strings.Contains(err.Error(), "the cache is behind") {
		t.Errorf("a cache that is behind for long: error: %v", err)
	}

	s.stale = 0

	if err := s.observe("Core"); err != nil || s.writes != 3 {
		t.Errorf("%d writes, want 3, error: %v", s.writes, err)
	}
}

// TestWhatGoesIsForgotten keeps a provider from growing with all that it ever managed.
func TestWhatGoesIsForgotten(t *testing.T) {
	s := serve(t)

	if err := s.observe("Core"); err != nil {
		t.Fatal(err)
	}

	if err := s.kube.Delete(t.Context(), s.cached.DeepCopy()); err != nil {
		t.Fatal(err)
	}

	if err := s.observe("Core", xpv2.Deleting()); err != nil {
		t.Fatal(err)
	}

	team := &v1alpha1.Team{}
	if err := s.kube.Get(t.Context(), client.ObjectKeyFromObject(s.cached), team); err != nil {
		t.Fatal(err)
	}

	team.Finalizers = nil
	if err := s.kube.Update(t.Context(), team); err != nil {
		t.Fatal(err)
	}

	// Otherwise it would be waited for.
	s.own.written.Range(func(id, _ any) bool {
		t.Errorf("the write of %v is remembered", id)
		return true
	})
}
