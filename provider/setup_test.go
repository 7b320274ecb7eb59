package provider

import (
	"net/http"
	"testing"
	"time"

	"github.com/crossplane/crossplane-runtime/v2/pkg/logging"
	extv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/rest"
	ctrl "sigs.k8s.io/controller-runtime"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/server/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/provider/kind"
)

// gated sets controllers up one by one, and notes what they wait for.
type gated struct {
	waitedFor map[schema.GroupVersionKind]bool
}

func (g *gated) Register(setup func(), on ...schema.GroupVersionKind) {
	for _, gvk := range on {
		g.waitedFor[gvk] = true
	}

	setup()
}

func (g *gated) Set(schema.GroupVersionKind, bool) bool { return false }

// TestControllersSetUp proves that each controller fits its kind, and waits for its
// definition.
func TestControllersSetUp(t *testing.T) {
	o := Options{
		SyncInterval: time.Hour, PollInterval: time.Minute, StateInterval: time.Minute,
		MaxReconcileRate: 1, MetricsAddress: "0", ManagementPolicies: true, ChangeLogSocket: "/nowhere",
	}

	scheme, err := newScheme()
	if err != nil {
		t.Fatal(err)
	}

	// No API server is asked for what there is.
	options := managerOptions(o, scheme)
	options.MapperProvider = func(*rest.Config, *http.Client) (meta.RESTMapper, error) {
		mapper := meta.NewDefaultRESTMapper(nil)
		mapper.Add(extv1.SchemeGroupVersion.WithKind("CustomResourceDefinition"), meta.RESTScopeRoot)

		return mapper, nil
	}

	mgr, err := ctrl.NewManager(&rest.Config{}, options)
	if err != nil {
		t.Fatal(err)
	}

	shared, err := controllerOptions(o, logging.NewNopLogger())
	if err != nil {
		t.Fatal(err)
	}

	g := &gated{waitedFor: map[schema.GroupVersionKind]bool{}}
	shared.Gate = g

	// What does not fit panics.
	SetupGated(mgr, kind.Options{Options: shared})

	for _, name := range []string{
		v1alpha1.ProviderConfigKind, v1alpha1.ClusterProviderConfigKind, v1alpha1.ProviderConfigUsageKind,
		v1alpha1.ServerKind, v1alpha1.TeamKind, v1alpha1.ChannelKind, v1alpha1.UserKind,
	} {
		if !g.waitedFor[v1alpha1.GroupVersion.WithKind(name)] {
			t.Errorf("no controller waits for the definition of %s", name)
		}
	}
}
