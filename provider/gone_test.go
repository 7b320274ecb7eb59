package provider

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/crossplane/crossplane-runtime/v2/pkg/controller"
	"github.com/crossplane/crossplane-runtime/v2/pkg/feature"
	"github.com/crossplane/crossplane-runtime/v2/pkg/logging"
	"github.com/crossplane/crossplane-runtime/v2/pkg/ratelimiter"
	"github.com/crossplane/crossplane-runtime/v2/pkg/resource"
	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	corev1 "k8s.io/api/core/v1"
	extv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	kerrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/record"
	"k8s.io/utils/ptr"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	fakeclient "sigs.k8s.io/controller-runtime/pkg/client/fake"
	"sigs.k8s.io/controller-runtime/pkg/manager"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"
	"sigs.k8s.io/yaml"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/server/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/provider/kind"
	"github.com/crossplane-mattermost/crossplane-mattermost/provider/mattermost"
)

// deletedObjects has an object of every kind whose deletion asks the server. Each object
// existed on the server.
const deletedObjects = `
kind: Team
spec: {forProvider: {name: core}}
---
kind: Channel
spec: {forProvider: {name: alerts, teamId: aaaaaaaaaaaaaaaaaaaaaaaaaa}}
---
kind: User
spec: {forProvider: {username: leaver, email: leaver@example.org}}
---
kind: User
spec: {forProvider: {username: leaver, email: leaver@example.org, deletion: Permanent}}
---
kind: Bot
spec: {forProvider: {username: oldbot}}
---
kind: Bot
spec: {forProvider: {username: oldbot, deletion: Permanent}}
---
kind: TeamMember
spec: {forProvider: {teamId: aaaaaaaaaaaaaaaaaaaaaaaaaa, userId: bbbbbbbbbbbbbbbbbbbbbbbbbb}}
---
kind: ChannelMember
spec: {forProvider: {channelId: aaaaaaaaaaaaaaaaaaaaaaaaaa, userId: bbbbbbbbbbbbbbbbbbbbbbbbbb}}
---
kind: IncomingWebhook
spec: {forProvider: {channelId: aaaaaaaaaaaaaaaaaaaaaaaaaa, displayName: alerts}}
---
kind: OutgoingWebhook
spec: {forProvider: {teamId: aaaaaaaaaaaaaaaaaaaaaaaaaa, displayName: alerts, callbackUrls: ["https://example.org"]}}
---
kind: Command
spec: {forProvider: {teamId: aaaaaaaaaaaaaaaaaaaaaaaaaa, trigger: alerts, url: "https://example.org"}}
---
kind: License
spec: {forProvider: {deletion: Remove, licenseSecretRef: {name: license, key: license}}}
---
kind: Plugin
spec: {forProvider: {id: com.example.plugin}}
`

// foreign404 are responses with status 404 that say nothing about an object of Mattermost.
var foreign404 = map[string]http.HandlerFunc{
	"DefaultBackend": answer404("text/plain", "default backend - 404"),
	"Page":           answer404("text/html", "<html><title>404 Not Found</title></html>"),
	"Empty":          answer404("text/plain", ""),
	"Gateway":        answer404("application/json", `{"message": "no Route matched with those values"}`),
	"OtherAPI":       answer404("application/json", `{"id": "not-found", "message": "not found", "status_code": 404}`),
	"OtherStatus":    answer404("application/json", `{"id": "app.user.missing_account.const", "message": "gone", "status_code": 400}`),
	"NoSuchRoute":    answer404("application/json", `{"id": "api.context.404.app_error", "message": "Sorry, we could not find the page.", "status_code": 404}`),
}

func answer404(contentType, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		w.WriteHeader(http.StatusNotFound)
		_, _ = io.WriteString(w, body)
	}
}

// goneAnswer is the response of a Mattermost server to a request for an object that does
// not exist. The server has no license and no plugins.
func goneAnswer(w http.ResponseWriter, r *http.Request) {
	switch strings.TrimPrefix(r.URL.Path, "/api/v4") {
	case "/license/client":
		_, _ = io.WriteString(w, `{"IsLicensed": "false"}`)
	case "/plugins/statuses":
		_, _ = io.WriteString(w, `[]`)
	default:
		answer404("application/json", `{"id": "app.user.missing_account.const", "message": "Unable to find the user.", "status_code": 404}`)(w, r)
	}
}

// set is a manager that collects controllers instead of starting them.
type set struct {
	ctrl.Manager

	kube        client.Client
	controllers []reconcile.Reconciler
}

func (s *set) GetClient() client.Client { return s.kube }

func (s *set) GetEventRecorderFor(string) record.EventRecorder { return record.NewFakeRecorder(1000) }

func (s *set) Add(r manager.Runnable) error {
	if c, ok := r.(reconcile.Reconciler); ok {
		s.controllers = append(s.controllers, c)
	}

	return nil
}

// controllersOf all kinds, set up as in the provider, with an in-memory cluster.
func controllersOf(t *testing.T, kube client.Client) []reconcile.Reconciler {
	t.Helper()

	o := Options{SyncInterval: time.Hour, PollInterval: time.Minute, StateInterval: time.Minute, MaxReconcileRate: 100, MetricsAddress: "0", ManagementPolicies: true}
	options := managerOptions(o, kube.Scheme())
	options.MapperProvider = func(*rest.Config, *http.Client) (meta.RESTMapper, error) {
		mapper := meta.NewDefaultRESTMapper(nil)
		mapper.Add(extv1.SchemeGroupVersion.WithKind("CustomResourceDefinition"), meta.RESTScopeRoot)

		return mapper, nil
	}
	options.Controller.SkipNameValidation = ptr.To(true)

	mgr, err := ctrl.NewManager(&rest.Config{}, options)
	if err != nil {
		t.Fatal(err)
	}

	s := &set{Manager: mgr, kube: kube}
	shared := controller.Options{
		Logger:            logging.NewNopLogger(),
		PollInterval:      o.PollInterval,
		GlobalRateLimiter: ratelimiter.NewGlobal(o.MaxReconcileRate),
		Features:          &feature.Flags{},
		Gate:              &gated{waitedFor: map[schema.GroupVersionKind]bool{}},
	}
	shared.Features.Enable(feature.EnableBetaManagementPolicies)

	SetupGated(s, kind.Options{Options: shared, Turns: kind.NewTurns(1), Connector: mattermost.NewConnector(kube,
		resource.ModernTrackerFn(func(context.Context, resource.ModernManaged) error { return nil }), mattermost.NewRequests())})

	return s.controllers
}

// deleted returns objects of every kind that are being deleted, whose server is at url.
func deleted(t *testing.T, url string) (objects []client.Object, kube client.Client) {
	t.Helper()

	scheme, err := newScheme()
	if err != nil {
		t.Fatal(err)
	}

	pc, login := &v1alpha1.ProviderConfig{}, &corev1.Secret{Data: map[string][]byte{"token": []byte("token")}}
	pc.Namespace, pc.Name, pc.Spec.URL, pc.Spec.Credentials.SecretRef.Name = "ns", "chat", url, "login"
	pc.Spec.RateLimit = &v1alpha1.RateLimit{RequestsPerSecond: 1000, Burst: 1000}
	login.Namespace, login.Name = "ns", "login"

	for i, text := range strings.Split(deletedObjects, "---") {
		fields := map[string]any{}
		if err := yaml.Unmarshal([]byte(text), &fields); err != nil {
			t.Fatal(err)
		}

		kind, _ := fields["kind"].(string)

		object, err := scheme.New(v1alpha1.GroupVersion.WithKind(kind))
		if err != nil {
			t.Fatal(err)
		}

		fields["metadata"] = map[string]any{
			"namespace": "ns", "name": strings.ToLower(kind) + string(rune('a'+i)), "finalizers": []string{"finalizer.managedresource.crossplane.io"},
			"deletionTimestamp": "2030-01-01T00:00:00Z", "annotations": map[string]string{"crossplane.io/external-name": externalNameOf(kind)},
		}

		data, err := json.Marshal(fields)
		if err != nil {
			t.Fatal(err)
		}

		if err := json.Unmarshal(data, object); err != nil {
			t.Fatal(err)
		}

		mg, ok := object.(resource.ModernManaged)
		if !ok {
			t.Fatalf("%s is not managed", kind)
		}

		mg.SetProviderConfigReference(&xpv2.ProviderConfigReference{Kind: v1alpha1.ProviderConfigKind, Name: "chat"})
		mg.SetManagementPolicies(xpv2.ManagementPolicies{xpv2.ManagementActionAll})
		objects = append(objects, mg)
	}

	builder := fakeclient.NewClientBuilder().WithScheme(scheme).WithObjects(append(objects, pc, login)...).WithStatusSubresource(append(objects, pc)...)

	return objects, builder.Build()
}

// externalNameOf an object that existed on the server.
func externalNameOf(kind string) string {
	a, b := strings.Repeat("a", 26), strings.Repeat("b", 26)

	switch kind {
	case v1alpha1.TeamMemberKind, v1alpha1.ChannelMemberKind:
		return a + "/" + b
	case v1alpha1.PluginKind:
		return "com.example.plugin"
	default:
		return a
	}
}

// reconcileAll objects with the controllers of their kinds.
func reconcileAll(t *testing.T, controllers []reconcile.Reconciler, objects []client.Object) {
	t.Helper()

	for _, o := range objects {
		for _, c := range controllers {
			// Controllers of other kinds find no object of this name.
			_, _ = c.Reconcile(t.Context(), reconcile.Request{NamespacedName: client.ObjectKeyFromObject(o)})
		}
	}
}

// TestOnlyMattermostSaysThatSomethingIsGone deletes an object of every kind while something
// else than Mattermost answers with 404. No finalizer may be removed, since the object on
// the server still exists. After Mattermost's own 404 all finalizers are removed.
func TestOnlyMattermostSaysThatSomethingIsGone(t *testing.T) {
	for name, answer := range foreign404 {
		t.Run(name, func(t *testing.T) {
			s := httptest.NewServer(answer)
			t.Cleanup(s.Close)

			objects, kube := deleted(t, s.URL)
			reconcileAll(t, controllersOf(t, kube), objects)

			for _, o := range objects {
				if err := kube.Get(t.Context(), client.ObjectKeyFromObject(o), o); err != nil {
					t.Errorf("the finalizer of %T %s was removed: %v", o, o.GetName(), err)
				}
			}
		})
	}

	t.Run("Mattermost", func(t *testing.T) {
		s := httptest.NewServer(http.HandlerFunc(goneAnswer))
		t.Cleanup(s.Close)

		objects, kube := deleted(t, s.URL)
		reconcileAll(t, controllersOf(t, kube), objects)

		for _, o := range objects {
			if err := kube.Get(t.Context(), client.ObjectKeyFromObject(o), o); !kerrors.IsNotFound(err) {
				mg, _ := o.(resource.Managed)
				t.Errorf("%T %s is kept: %v, %v", o, o.GetName(), err, mg.GetCondition("Synced"))
			}
		}
	})
}
