package kind

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/crossplane/crossplane-runtime/v2/pkg/controller"
	"github.com/crossplane/crossplane-runtime/v2/pkg/feature"
	"github.com/crossplane/crossplane-runtime/v2/pkg/logging"
	"github.com/crossplane/crossplane-runtime/v2/pkg/meta"
	"github.com/crossplane/crossplane-runtime/v2/pkg/reconciler/managed"
	"github.com/crossplane/crossplane-runtime/v2/pkg/resource"
	"github.com/crossplane/crossplane-runtime/v2/pkg/resource/fake"
	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	"github.com/mattermost/mattermost/server/public/model"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/tools/record"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	fakeclient "sigs.k8s.io/controller-runtime/pkg/client/fake"
	"sigs.k8s.io/controller-runtime/pkg/client/interceptor"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/server/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/provider/mattermost"
)

// manager gives a reconciler a cluster in memory.
type manager struct {
	fake.Manager

	// events are recorded here, unless it is nil.
	events *events
}

func (m *manager) GetEventRecorderFor(string) record.EventRecorder {
	if m.events == nil {
		return record.NewFakeRecorder(100)
	}

	return m.events
}

// server has the teams that were created on it, by name, and counts what it was asked.
type server struct {
	teams  map[string]string
	reads  int
	writes int
	// outdated says that the team is not as declared.
	outdated bool
	// failsToDelete is the error of every deletion, and deletions counts the attempts.
	failsToDelete error
	deletions     int
}

func (s *server) Connect(context.Context, resource.ModernManaged) (*model.Client4, error) {
	return nil, nil
}

func (s *server) ConnectDeleted(context.Context, resource.ModernManaged) mattermost.Deletion {
	return mattermost.Deletion{Client: &model.Client4{}}
}

func (s *server) Forget(resource.Object) {}

func (s *server) Observe(_ context.Context, mg *v1alpha1.Team) (managed.ExternalObservation, error) {
	s.reads++

	id, ok := s.teams[mg.Spec.ForProvider.Name]
	if !ok {
		return managed.ExternalObservation{}, nil
	}

	found := meta.GetExternalName(mg) != id
	meta.SetExternalName(mg, id)
	mg.SetConditions(xpv2.Available())

	return managed.ExternalObservation{ResourceExists: true, ResourceUpToDate: !s.outdated, ResourceLateInitialized: found}, nil
}

func (s *server) Create(_ context.Context, mg *v1alpha1.Team) (managed.ExternalCreation, error) {
	s.writes++
	s.teams[mg.Spec.ForProvider.Name] = model.NewId()
	meta.SetExternalName(mg, s.teams[mg.Spec.ForProvider.Name])

	return managed.ExternalCreation{}, nil
}

func (s *server) Update(context.Context, *v1alpha1.Team) (managed.ExternalUpdate, error) {
	s.writes++
	s.outdated = false

	return managed.ExternalUpdate{}, nil
}

func (s *server) Delete(_ context.Context, mg *v1alpha1.Team) (managed.ExternalDelete, error) {
	s.writes++
	s.deletions++

	if s.failsToDelete != nil {
		return managed.ExternalDelete{}, s.failsToDelete
	}

	delete(s.teams, mg.Spec.ForProvider.Name)

	return managed.ExternalDelete{}, nil
}

func (s *server) Disconnect(context.Context) error { return nil }

// controlled is a team in a cluster, with its controller.
type controlled struct {
	t      *testing.T
	kube   client.Client
	server *server
	key    types.NamespacedName
	kind   Kind[*v1alpha1.Team]
	mgr    *manager
	// changes are what was logged.
	changes *changes
}

// control a team named core on an empty server. The cluster answers as funcs say.
func control(t *testing.T, funcs interceptor.Funcs, change ...func(mg *v1alpha1.Team)) *controlled {
	t.Helper()

	scheme := runtime.NewScheme()
	if err := v1alpha1.AddToScheme(scheme); err != nil {
		t.Fatal(err)
	}

	mg := &v1alpha1.Team{Spec: v1alpha1.TeamSpec{
		ManagedResourceSpec: xpv2.ManagedResourceSpec{ManagementPolicies: xpv2.ManagementPolicies{xpv2.ManagementActionAll}},
		ForProvider:         v1alpha1.TeamParameters{Name: "core"},
	}}
	mg.Name, mg.Namespace = "core", "default"

	for _, c := range change {
		c(mg)
	}

	kube := fakeclient.NewClientBuilder().WithScheme(scheme).WithObjects(mg).WithStatusSubresource(mg).WithInterceptorFuncs(funcs).Build()
	s := &server{teams: map[string]string{}}

	return &controlled{
		t:       t,
		kube:    kube,
		server:  s,
		key:     client.ObjectKeyFromObject(mg),
		mgr:     &manager{Manager: fake.Manager{Client: kube, Scheme: scheme}},
		changes: &changes{},
		kind: Kind[*v1alpha1.Team]{
			Name:       v1alpha1.TeamKind,
			Identified: true,
			External: func(*model.Client4, client.Client) managed.TypedExternalClient[*v1alpha1.Team] {
				return s
			},
		},
	}
}

// reconcile once.
func (c *controlled) reconcile() ctrl.Result {
	c.t.Helper()

	o := Options{
		Options: controller.Options{
			Logger: logging.NewNopLogger(), PollInterval: 10 * time.Minute, Features: &feature.Flags{},
			ChangeLogOptions: &controller.ChangeLogOptions{ChangeLogger: c.changes},
		},
		Connector: c.server,
	}
	o.Features.Enable(feature.EnableBetaManagementPolicies)
	o.Features.Enable(feature.EnableAlphaChangeLogs)

	result, err := reconciler(c.mgr, o, c.kind, "team").Reconcile(c.t.Context(), ctrl.Request{NamespacedName: c.key})
	if err != nil {
		c.t.Fatal(err)
	}

	return result
}

func (c *controlled) team() *v1alpha1.Team {
	c.t.Helper()

	mg := &v1alpha1.Team{}
	if err := c.kube.Get(c.t.Context(), c.key, mg); err != nil {
		c.t.Fatal(err)
	}

	return mg
}

// departing is a server connection of resources that are being deleted.
type departing struct {
	mattermost.Deletion

	forgotten []string
}

func (d *departing) Connect(context.Context, resource.ModernManaged) (*model.Client4, error) {
	return d.Client, d.Err
}

func (d *departing) ConnectDeleted(context.Context, resource.ModernManaged) mattermost.Deletion {
	return d.Deletion
}

func (d *departing) Forget(o resource.Object) { d.forgotten = append(d.forgotten, o.GetName()) }

// events records events and the objects that they are about.
type events struct {
	told []string
}

func (e *events) Event(about runtime.Object, kind, reason, message string) {
	name := about.(metav1Object).GetName() //nolint:forcetypeassert // There are events about objects only.
	e.told = append(e.told, fmt.Sprintf("%T %s: %s %s: %s", about, name, kind, reason, message))
}

func (e *events) Eventf(about runtime.Object, kind, reason, format string, args ...any) {
	e.Event(about, kind, reason, fmt.Sprintf(format, args...))
}

func (e *events) AnnotatedEventf(about runtime.Object, _ map[string]string, kind, reason, format string, args ...any) {
	e.Event(about, kind, reason, fmt.Sprintf(format, args...))
}

// farewells are the events about objects that stay on the server.
func (e *events) farewells() []string {
	var out []string

	for _, told := range e.told {
		if strings.Contains(told, string(reasonLeftOnServer)) {
			out = append(out, told)
		}
	}

	return out
}

type metav1Object interface{ GetName() string }

// created says that the creation of the resource was begun.
func created(mg *v1alpha1.Team) {
	mg.Finalizers = []string{managed.FinalizerName}
	meta.SetExternalName(mg, "aaaaaaaaaaaaaaaaaaaaaaaaaa")
	mg.Status.Conditions = []xpv2.Condition{xpv2.Available(), xpv2.ReconcileSuccess()}
}
