package kind

import (
	"testing"

	"github.com/crossplane/crossplane-runtime/v2/pkg/controller"
	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/crossplane/crossplane-runtime/v2/pkg/feature"
	"github.com/crossplane/crossplane-runtime/v2/pkg/logging"
	"github.com/crossplane/crossplane-runtime/v2/pkg/resource"
	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	"github.com/google/go-cmp/cmp"
	"github.com/mattermost/mattermost/server/public/model"
	kerrors "k8s.io/apimachinery/pkg/api/errors"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client/interceptor"
	"sigs.k8s.io/controller-runtime/pkg/event"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/server/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/provider/mattermost"
)

func TestNextStepOfADeletion(t *testing.T) {
	cases := map[string]struct {
		reason   string
		deletion deletion
		want     step
	}{
		"NeedsNoServer": {
			reason:   "a deletion that changes nothing on the server ends at once",
			deletion: deletion{limit: 10},
			want:     letGo,
		},
		"Connected": {
			reason:   "a resource is deleted on its server, however often that fails",
			deletion: deletion{needsServer: true, connected: true, attempts: 10, limit: 10},
			want:     attempt,
		},
		"Unusable": {
			reason:   "a configuration that can be corrected is waited for",
			deletion: deletion{needsServer: true, attempts: 10, limit: 10},
			want:     wait,
		},
		"EndingConnected": {
			reason:   "the last good client is used while there are attempts left",
			deletion: deletion{needsServer: true, ending: true, connected: true, attempts: 9, limit: 10},
			want:     attempt,
		},
		"EndingUnconnected": {
			reason:   "a client is waited for while there are attempts left",
			deletion: deletion{needsServer: true, ending: true, attempts: 9, limit: 10},
			want:     wait,
		},
		"EndingInVain": {
			reason:   "a server that never lets it be deleted does not keep a namespace",
			deletion: deletion{needsServer: true, ending: true, connected: true, attempts: 10, limit: 10},
			want:     abandon,
		},
		"EndingWithoutAClient": {
			reason:   "a configuration that is gone does not keep a namespace",
			deletion: deletion{needsServer: true, ending: true, attempts: 10, limit: 10},
			want:     abandon,
		},
		"NoLimit": {
			reason:   "a limit of 0 means no limit",
			deletion: deletion{needsServer: true, ending: true, attempts: 1000},
			want:     wait,
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, tc.deletion.next()); diff != "" {
				t.Errorf("\n%s\nnext(): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

// TestDeletionEnds asserts which resources wait for their server when they are deleted, and
// for how long.
func TestDeletionEnds(t *testing.T) {
	const (
		limit   = 3
		forever = 20
	)

	boom := errors.New("boom")
	connected := &model.Client4{}

	type want struct {
		// passes of the reconciler until the object is gone, or 0 if it stays.
		passes    int
		attempts  int32
		deletions int
		farewells []string
	}

	cases := map[string]struct {
		reason string
		server mattermost.Deletion
		fails  error
		change func(mg *v1alpha1.Team)
		want   want
	}{
		"Observed": {
			reason: "a resource that is only observed goes without its server",
			server: mattermost.Deletion{Err: boom},
			change: func(mg *v1alpha1.Team) {
				mg.Spec.ManagementPolicies = xpv2.ManagementPolicies{xpv2.ManagementActionObserve}
			},
			want: want{passes: 1},
		},
		"NoDelete": {
			reason: "a resource without the policy Delete goes without its server",
			server: mattermost.Deletion{Err: boom},
			change: func(mg *v1alpha1.Team) {
				mg.Spec.ManagementPolicies = xpv2.ManagementPolicies{
					xpv2.ManagementActionObserve, xpv2.ManagementActionCreate, xpv2.ManagementActionUpdate, xpv2.ManagementActionLateInitialize,
				}
			},
			want: want{passes: 1},
		},
		"NeverSeen": {
			reason: "a resource that never was on the server goes without it",
			server: mattermost.Deletion{Err: boom},
			change: func(mg *v1alpha1.Team) { mg.Annotations, mg.Status.Conditions = nil, nil },
			want:   want{passes: 1},
		},
		"SeenWithoutName": {
			reason: "a resource that was observed waits, even if its external name could not be stored",
			server: mattermost.Deletion{Err: boom},
			change: func(mg *v1alpha1.Team) { mg.Annotations = nil },
			want:   want{},
		},
		"ServerAway": {
			reason: "a resource waits for a server that is away",
			server: mattermost.Deletion{Client: connected},
			fails:  boom,
			want:   want{deletions: forever},
		},
		"Unusable": {
			reason: "a resource waits for a configuration that can be put right",
			server: mattermost.Deletion{Err: boom},
			want:   want{},
		},
		"TerminatingServerUp": {
			reason: "in a namespace that is being deleted, a resource is deleted on its server",
			server: mattermost.Deletion{Client: connected, NamespaceTerminating: true},
			want:   want{passes: 2, attempts: 1, deletions: 1},
		},
		"TerminatingServerAway": {
			reason: "a namespace does not wait longer for a server that is away than there are attempts",
			server: mattermost.Deletion{Client: connected, NamespaceTerminating: true},
			fails:  boom,
			want: want{passes: limit + 1, attempts: limit, deletions: limit, farewells: []string{
				"*v1.Namespace default: Warning LeftOnServer: Team default/core could not be deleted in 3 attempts, and stays on the server " +
					"(external name: aaaaaaaaaaaaaaaaaaaaaaaaaa): delete failed: boom",
			}},
		},
		"LastClient": {
			reason: "without its configuration, a resource is deleted with the last client",
			server: mattermost.Deletion{Client: connected, ConfigurationGone: true, Err: boom},
			want:   want{passes: 2, attempts: 1, deletions: 1},
		},
		"NoClient": {
			reason: "without its configuration and a client, the finalizer is removed, and an event about the object says so",
			server: mattermost.Deletion{ConfigurationGone: true, Err: boom},
			want: want{passes: limit + 1, attempts: limit, farewells: []string{
				"*v1alpha1.Team core: Warning LeftOnServer: Team default/core could not be deleted in 3 attempts, and stays on the server " +
					"(external name: aaaaaaaaaaaaaaaaaaaaaaaaaa): connect failed: boom",
			}},
		},
		"Restarted": {
			reason: "attempts that were made before the provider was restarted count",
			server: mattermost.Deletion{NamespaceTerminating: true, ConfigurationGone: true, Err: boom},
			change: func(mg *v1alpha1.Team) { mg.Status.DeletionAttempts = limit - 1 },
			want: want{passes: 2, attempts: limit, farewells: []string{
				"*v1.Namespace default: Warning LeftOnServer: Team default/core could not be deleted in 3 attempts, and stays on the server " +
					"(external name: aaaaaaaaaaaaaaaaaaaaaaaaaa): connect failed: boom",
			}},
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			change := tc.change
			if change == nil {
				change = func(*v1alpha1.Team) {}
			}

			c := control(t, interceptor.Funcs{}, created, change)
			c.mgr.events = &events{}
			c.server.teams["core"] = "aaaaaaaaaaaaaaaaaaaaaaaaaa"
			c.server.failsToDelete = tc.fails

			if err := c.kube.Delete(t.Context(), c.team()); err != nil {
				t.Fatal(err)
			}

			server := &departing{Deletion: tc.server}
			o := Options{Options: controller.Options{Logger: logging.NewNopLogger(), Features: &feature.Flags{}}, Connector: server, DeletionAttempts: limit}
			o.Features.Enable(feature.EnableBetaManagementPolicies)

			got := want{}

			for pass := 1; pass <= forever && got.passes == 0; pass++ {
				before := c.team()

				// The provider keeps no state between two passes, so each pass has its own
				// reconciler. The next pass retries a failed one.
				_, _ = reconciler(c.mgr, o, c.kind, "team").Reconcile(t.Context(), ctrl.Request{NamespacedName: c.key})

				got.attempts = before.Status.DeletionAttempts
				if err := c.kube.Get(t.Context(), c.key, &v1alpha1.Team{}); kerrors.IsNotFound(err) {
					got.passes = pass
				}
			}

			got.deletions, got.farewells = c.server.deletions, c.mgr.events.farewells()

			if diff := cmp.Diff(tc.want, got, cmp.AllowUnexported(want{})); diff != "" {
				t.Errorf("\n%s\n-want, +got:\n%s", tc.reason, diff)
			}

			if gone := got.passes > 0; gone != (len(server.forgotten) == 1) {
				t.Errorf("\n%s\nit is gone: %t, and forgotten: %v", tc.reason, gone, server.forgotten)
			}
		})
	}
}

// TestAttemptsAreNotTriggers asserts that counting an attempt does not trigger the next
// one: the count is in the status, whose changes the controller ignores.
func TestAttemptsAreNotTriggers(t *testing.T) {
	c := control(t, interceptor.Funcs{}, created)

	before := c.team()
	counted := before.DeepCopy()
	counted.Status.DeletionAttempts = 1

	if err := c.kube.Status().Update(t.Context(), counted); err != nil {
		t.Fatal(err)
	}

	if resource.DesiredStateChanged().Update(event.UpdateEvent{ObjectOld: before, ObjectNew: c.team()}) {
		t.Error("a counted attempt is a change of what is wanted")
	}
}
