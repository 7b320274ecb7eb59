package kind

import (
	"context"
	"testing"

	"github.com/crossplane/crossplane-runtime/v2/pkg/controller"
	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/crossplane/crossplane-runtime/v2/pkg/feature"
	"github.com/crossplane/crossplane-runtime/v2/pkg/logging"
	"github.com/crossplane/crossplane-runtime/v2/pkg/resource"
	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	"github.com/mattermost/mattermost/server/public/model"
	kerrors "k8s.io/apimachinery/pkg/api/errors"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client/interceptor"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/server/v1alpha1"
)

// gone is a server that is not there any more, nor its Secret and its configuration.
type gone struct{}

func (gone) Connect(context.Context, resource.ModernManaged) (*model.Client4, error) {
	return nil, errors.New("cannot connect")
}

// TestDeletionWithoutAServer proves what installations count on, that are deleted together
// with their servers.
func TestDeletionWithoutAServer(t *testing.T) {
	cases := map[string]struct {
		reason   string
		policies xpv2.ManagementPolicies
		waits    bool
	}{
		"Observed": {
			reason:   "a resource that is only observed goes without its server",
			policies: xpv2.ManagementPolicies{xpv2.ManagementActionObserve},
		},
		"NoDelete": {
			reason: "a resource without the policy Delete goes without its server",
			policies: xpv2.ManagementPolicies{
				xpv2.ManagementActionObserve, xpv2.ManagementActionCreate, xpv2.ManagementActionUpdate, xpv2.ManagementActionLateInitialize,
			},
		},
		"All": {
			reason:   "any other waits for its server, to be deleted there",
			policies: xpv2.ManagementPolicies{xpv2.ManagementActionAll},
			waits:    true,
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			c := control(t, interceptor.Funcs{}, func(mg *v1alpha1.Team) { mg.Spec.ManagementPolicies = tc.policies })
			c.server.teams["core"] = model.NewId()

			for range 2 {
				c.reconcile()
			}

			if err := c.kube.Delete(t.Context(), c.team()); err != nil {
				t.Fatal(err)
			}

			o := Options{Options: controller.Options{Logger: logging.NewNopLogger(), Features: &feature.Flags{}}, Connector: gone{}}
			o.Features.Enable(feature.EnableBetaManagementPolicies)

			// A deletion that waits is an error, or a reason to try again: both are told by what
			// is left.
			_, _ = reconciler(c.mgr, o, c.kind, "team").Reconcile(t.Context(), ctrl.Request{NamespacedName: c.key})

			err := c.kube.Get(t.Context(), c.key, &v1alpha1.Team{})
			if waits := !kerrors.IsNotFound(err); waits != tc.waits {
				t.Errorf("\n%s\nit waits: %t", tc.reason, waits)
			}
		})
	}
}
