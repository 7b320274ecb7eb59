package e2e

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/test/kube"
)

// lodger is a namespace with a resource of every kind, in the server of another namespace.
type lodger struct {
	inside

	host *inside
	name string
}

// lodgerOf a server.
func lodgerOf(t *testing.T, host *inside, name string) *lodger {
	t.Helper()
	xr := &unstructured.Unstructured{}
	xr.SetNamespace(host.xr.GetNamespace() + "-" + name)
	return &lodger{inside: inside{xr: xr}, host: host, name: name}
}

// lodgersConfig is the lodger's ProviderConfig.
const lodgersConfig = `
apiVersion: mattermost.m.crossplane.io/v1alpha1
kind: ProviderConfig
metadata: {name: chat}
spec:
  url: http://chat.HOST.svc:8065
  credentials: {secretRef: {name: login}}
`

// lodgersObjects are of every kind. The License is never created on the server, since its
// text is not a license.
var lodgersObjects = []string{
	"{kind: Server, metadata: {name: chat}, spec: {forProvider: {}}}",
	"{kind: Settings, metadata: {name: chat}, spec: {forProvider: {config: {TeamSettings: {MaxUsersPerTeam: 77}}}}}",
	"{kind: License, metadata: {name: chat}, spec: {forProvider: {licenseSecretRef: {name: license, key: license}, deletion: Remove}}}",
	"{kind: Plugin, metadata: {name: own}, spec: {forProvider: {id: org.example.NAME}}}",
	"{kind: Team, metadata: {name: own}, spec: {forProvider: {name: team-NAME, displayName: Own}}}",
	"{kind: Channel, metadata: {name: own}, spec: {forProvider: {name: own, displayName: Own, teamRef: {name: own}}}}",
	"{kind: User, metadata: {name: own}, spec: {forProvider: {username: user-NAME, email: user-NAME@example.org}, writeConnectionSecretToRef: {name: own-login}}}",
	"{kind: Bot, metadata: {name: own}, spec: {forProvider: {username: bot-NAME}, writeConnectionSecretToRef: {name: own-token}}}",
	"{kind: TeamMember, metadata: {name: own}, spec: {forProvider: {teamRef: {name: own}, userRef: {name: own}}}}",
	"{kind: ChannelMember, metadata: {name: own}, spec: {forProvider: {channelRef: {name: own}, userRef: {name: own}}}}",
	"{kind: IncomingWebhook, metadata: {name: own}, spec: {forProvider: {channelRef: {name: own}, displayName: Own}, writeConnectionSecretToRef: {name: own-url}}}",
	"{kind: OutgoingWebhook, metadata: {name: own}, spec: {forProvider: {teamRef: {name: own}, displayName: Own, callbackUrls: ['https://example.org'], triggerWords: [NAME]}, writeConnectionSecretToRef: {name: own-outgoing}}}",
	"{kind: Command, metadata: {name: own}, spec: {forProvider: {teamRef: {name: own}, trigger: own-NAME, url: 'https://example.org'}, writeConnectionSecretToRef: {name: own-command}}}",
}

// settle in a namespace of its own.
func (of *lodger) settle(ctx context.Context, t *testing.T) {
	t.Helper()
	of.admin = of.host.admin
	if _, _, err := of.admin.UploadPluginForced(ctx, bundle(t, "org.example."+of.name)); err != nil {
		t.Fatal(err)
	}
	if err := kube.Namespace(ctx, cluster, of.xr.GetNamespace()); err != nil {
		t.Fatal(err)
	}
	secret(ctx, t, of.xr, "login", map[string]string{"username": "admin", "password": of.host.password})
	secret(ctx, t, of.xr, "license", map[string]string{"license": "no license at all"})
	config := parsed(t, strings.ReplaceAll(lodgersConfig, "HOST", of.host.xr.GetNamespace()))[0]
	config.SetNamespace(of.xr.GetNamespace())
	mustApply(ctx, t, config)
	for _, o := range of.objects(t) {
		mustApply(ctx, t, o)
	}
}

func (of *lodger) objects(t *testing.T) []*unstructured.Unstructured {
	t.Helper()
	var out []*unstructured.Unstructured
	for _, manifest := range lodgersObjects {
		out = append(out, life{manifest: strings.ReplaceAll(manifest, "NAME", of.name)}.with(t, &of.inside, "{}"))
	}
	return out
}

// settled waits until every object that can be created is on the server, and asserts that
// there is an object of every kind.
func (of *lodger) settled(ctx context.Context, t *testing.T) {
	t.Helper()
	kinds := map[string]bool{}
	for _, o := range of.objects(t) {
		kinds[o.GetKind()] = true
		if o.GetKind() != "License" {
			synced(ctx, t, o)
		}
	}
	for _, kind := range managedKinds {
		if !kinds[kind] {
			t.Errorf("there is no %s in namespace %s", kind, of.xr.GetNamespace())
		}
	}
}

func (of *lodger) deleteSecret(ctx context.Context, t *testing.T) {
	t.Helper()
	if err := cluster.Delete(ctx, &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Namespace: of.xr.GetNamespace(), Name: "login"}}); err != nil {
		t.Fatal(err)
	}
}

// secretIsGone waits until the Secret in the namespace is deleted.
func (of *lodger) secretIsGone(ctx context.Context, t *testing.T) {
	t.Helper()
	o := &unstructured.Unstructured{}
	o.SetAPIVersion("v1")
	o.SetKind("Secret")
	o.SetNamespace(of.xr.GetNamespace())
	o.SetName("login")
	gone(ctx, t, o)
}

func (of *lodger) namespace() *unstructured.Unstructured {
	o := &unstructured.Unstructured{}
	o.SetAPIVersion("v1")
	o.SetKind("Namespace")
	o.SetName(of.xr.GetNamespace())
	return o
}

// delete the namespace.
func (of *lodger) delete(ctx context.Context, t *testing.T) {
	t.Helper()
	if err := cluster.Delete(ctx, of.namespace()); err != nil {
		t.Fatal(err)
	}
}

// gone waits until the namespace is deleted, for as long as all attempts to delete objects
// on a server take.
func (of *lodger) gone(ctx context.Context, t *testing.T) {
	t.Helper()
	o := of.namespace()
	if err := kube.Until(ctx, 2*changeLimit, func(ctx context.Context) error {
		err := cluster.Get(ctx, client.ObjectKeyFromObject(o), o)
		if err == nil {
			conditions, _, _ := unstructured.NestedSlice(o.Object, "status", "conditions")
			return errors.Errorf("namespace %s still exists: %v", o.GetName(), conditions)
		}
		return client.IgnoreNotFound(err)
	}); err != nil {
		t.Error(err)
	}
}

// ended asserts that the declared objects were archived or deleted on the server.
func (of *lodger) ended(ctx context.Context, t *testing.T) {
	t.Helper()
	if diff := cmp.Diff([]string(nil), of.remains(ctx, t)); diff != "" {
		t.Errorf("what is left on the server of namespace %s: -want, +got:\n%s", of.xr.GetNamespace(), diff)
	}
	if told := of.farewells(ctx, t); len(told) > 0 {
		t.Errorf("it is said that something is left on the server: %q", told)
	}
}

// stayed asserts that the server still has all objects.
func (of *lodger) stayed(ctx context.Context, t *testing.T) {
	t.Helper()
	if diff := cmp.Diff([]string{"Bot", "Plugin", "Team", "User"}, of.remains(ctx, t)); diff != "" {
		t.Errorf("what is left on the server of namespace %s: -want, +got:\n%s", of.xr.GetNamespace(), diff)
	}
}

// remains returns the kinds of which the server still has an active object.
func (of *lodger) remains(ctx context.Context, t *testing.T) []string {
	t.Helper()
	var out []string
	if team, _, err := of.host.admin.GetTeamByName(ctx, "team-"+of.name, ""); err == nil && team.DeleteAt == 0 {
		out = append(out, "Team")
	}
	for kind, name := range map[string]string{"User": "user-", "Bot": "bot-"} {
		if user, _, err := of.host.admin.GetUserByUsername(ctx, name+of.name, ""); err == nil && user.DeleteAt == 0 {
			out = append(out, kind)
		}
	}
	plugins, _, err := of.host.admin.GetPlugins(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range plugins.Active {
		if p.Id == "org.example."+of.name {
			out = append(out, "Plugin")
		}
	}
	slices.Sort(out)
	return out
}

// left asserts that an event reports each object that was left on the server.
func (of *lodger) left(ctx context.Context, t *testing.T) {
	t.Helper()
	told := of.farewells(ctx, t)
	var want []string
	for _, o := range of.objects(t) {
		if !slices.Contains([]string{"Server", "Settings"}, o.GetKind()) {
			want = append(want, fmt.Sprintf("%s %s/%s could not be deleted in ", o.GetKind(), o.GetNamespace(), o.GetName()))
		}
	}
	for _, w := range want {
		if !slices.ContainsFunc(told, func(message string) bool {
			return strings.HasPrefix(message, w) && strings.Contains(message, "stays on the server")
		}) {
			t.Errorf("no event says %q: %q", w, told)
		}
	}
	if len(told) != len(want) {
		t.Errorf("there are %d events about what is left, want %d: %q", len(told), len(want), told)
	}
}

// farewells returns the messages of the events about objects that were left on the server.
func (of *lodger) farewells(ctx context.Context, t *testing.T) []string {
	t.Helper()
	list := &corev1.EventList{}
	if err := cluster.List(ctx, list, client.InNamespace(metav1.NamespaceDefault)); err != nil {
		t.Fatal(errors.Wrap(err, "cannot list events"))
	}
	var out []string
	for _, e := range list.Items {
		if e.Reason == "LeftOnServer" && e.InvolvedObject.Kind == "Namespace" && e.InvolvedObject.Name == of.xr.GetNamespace() {
			out = append(out, e.Message)
		}
	}
	return out
}
