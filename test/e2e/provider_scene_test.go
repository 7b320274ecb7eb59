package e2e

import (
	"context"
	"crypto/rand"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/mattermost/mattermost/server/public/model"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/test/cluster/location"
	"github.com/crossplane-mattermost/crossplane-mattermost/test/installation"
	"github.com/crossplane-mattermost/crossplane-mattermost/test/kube"
)

const (
	serverGroup = "mattermost.m.crossplane.io/v1alpha1"
	// exampleHost is that of the server in the examples of the provider.
	exampleHost = "chat.demo.svc"

	externalName = "crossplane.io/external-name"
	paused       = "crossplane.io/paused"
	pollInterval = "crossplane.io/poll-interval"
	// polled is as often as a resource may ask to be looked at.
	polled = "5s"
)

// managedKinds are all kinds of managed resources, what refers to something before what is
// referred to.
var managedKinds = []string{
	"Settings", "License", "Plugin", "Command", "OutgoingWebhook", "IncomingWebhook", "ChannelMember", "TeamMember", "Bot", "User", "Channel", "Team", "Server",
}

// inside is a server, and what it takes to manage what is inside of it.
type inside struct {
	xr *unstructured.Unstructured
	// admin is logged in as the account that the provider uses.
	admin *model.Client4
	// password of the account.
	password string
}

// prepareInside installs a server that nobody has an account of, and has the provider
// make the first one.
func prepareInside(ctx context.Context, t *testing.T, in *inside) {
	t.Helper()
	prepareEmpty(ctx, t, in.xr)
	administer(ctx, t, in, declared(t, in.xr.GetNamespace(), "providerconfig.yaml", "server.yaml"))
}

// administer applies what connects the provider to a server, waits until the server is
// Ready, and logs in as the provider does.
func administer(ctx context.Context, t *testing.T, in *inside, objects []*unstructured.Unstructured) {
	t.Helper()
	in.password = administratorsPassword(ctx, t, in)
	for _, o := range objects {
		if o.GetKind() == "Secret" {
			set(t, o, in.password, "stringData", "password")
		}
		mustApply(ctx, t, o)
	}
	synced(ctx, t, manages(in, "Server", "chat"))
	server, err := installation.Reach(ctx, cluster, in.xr.GetNamespace(), in.xr.GetName())
	if err != nil {
		t.Fatal(err)
	}
	if in.admin, err = server.Client(ctx, "admin", in.password); err != nil {
		t.Fatal(err)
	}
}

// administratorsPassword is a new one, unless a run that was interrupted left a server
// that knows another.
func administratorsPassword(ctx context.Context, t *testing.T, in *inside) string {
	t.Helper()
	s := &corev1.Secret{}
	err := cluster.Get(ctx, client.ObjectKey{Namespace: in.xr.GetNamespace(), Name: "chat-administrator"}, s)
	if client.IgnoreNotFound(err) != nil {
		t.Fatal(err)
	}
	if was := string(s.Data["password"]); was != "" {
		return was
	}
	return "Aa1!" + rand.Text()
}

// declared are the objects in files of the provider's examples, for a namespace, in the
// order in which they are to be applied.
func declared(t *testing.T, namespace string, files ...string) []*unstructured.Unstructured {
	t.Helper()
	root, err := location.Repository()
	if err != nil {
		t.Fatal(err)
	}
	var out []*unstructured.Unstructured
	for _, file := range files {
		manifest, err := os.ReadFile(filepath.Join(root, "examples", "provider", filepath.Base(file))) //nolint:gosec // A file of this repository.
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, parsed(t, strings.ReplaceAll(string(manifest), exampleHost, "chat."+namespace+".svc"))...)
	}
	for _, o := range out {
		o.SetNamespace(namespace)
	}
	return out
}

// manages is a view of an object of the provider.
func manages(in *inside, kind, name string) *unstructured.Unstructured {
	out := &unstructured.Unstructured{}
	out.SetAPIVersion(serverGroup)
	out.SetKind(kind)
	out.SetNamespace(in.xr.GetNamespace())
	out.SetName(name)
	return out
}

// annotate an object to be applied.
func annotate(o *unstructured.Unstructured, key, value string) *unstructured.Unstructured {
	annotations := o.GetAnnotations()
	if annotations == nil {
		annotations = map[string]string{}
	}
	annotations[key] = value
	o.SetAnnotations(annotations)
	return o
}

// synced waits until an object is Ready and Synced in its present form, and returns it.
func synced(ctx context.Context, t *testing.T, o *unstructured.Unstructured) *unstructured.Unstructured {
	t.Helper()
	concerning(ctx, t, o, "Ready", "True", "")
	return concerning(ctx, t, o, "Synced", "True", "ReconcileSuccess")
}

// concerning waits for a condition of an object to have a status and, unless it is empty,
// a reason, when the object was looked at in its present form. It returns the object.
func concerning(ctx context.Context, t *testing.T, o *unstructured.Unstructured, condition, status, reason string) *unstructured.Unstructured {
	t.Helper()
	now := live(o)
	if err := kube.Until(ctx, changeLimit, func(ctx context.Context) error {
		if err := cluster.Get(ctx, client.ObjectKeyFromObject(o), now); err != nil {
			return err
		}
		got, why, message := kube.Condition(now, condition)
		if got == status && (reason == "" || why == reason) && seen(now) >= now.GetGeneration() {
			return nil
		}
		return errors.Errorf("%s %s: condition %s is %q (%s: %s), want %q (%s)", o.GetKind(), o.GetName(), condition, got, why, message, status, reason)
	}); err != nil {
		t.Fatal(err)
	}
	return now
}

// seen is the generation of an object that the provider looked at last. Of all
// conditions, Synced alone tells it.
func seen(o *unstructured.Unstructured) int64 {
	conditions, _, _ := unstructured.NestedSlice(o.Object, "status", "conditions")
	for _, c := range conditions {
		if m, ok := c.(map[string]any); ok && m["type"] == "Synced" {
			generation, _ := m["observedGeneration"].(int64)
			return generation
		}
	}
	return 0
}

// withdraw an object: delete it, and wait until it is gone.
func withdraw(ctx context.Context, t *testing.T, o *unstructured.Unstructured) {
	t.Helper()
	if err := cluster.Delete(ctx, live(o)); client.IgnoreNotFound(err) != nil {
		t.Fatalf("cannot delete %s %s: %v", o.GetKind(), o.GetName(), err)
	}
	gone(ctx, t, o)
}

// leave a server: withdraw everything that is managed inside of it, what refers to
// something before what is referred to, and uninstall it.
func leave(ctx context.Context, t *testing.T, in *inside) {
	t.Helper()
	for _, kind := range append(slices.Clone(managedKinds), "ProviderConfig") {
		for _, o := range all(ctx, t, in, kind) {
			if err := cluster.Delete(ctx, o.DeepCopy()); client.IgnoreNotFound(err) != nil {
				t.Errorf("cannot delete %s %s: %v", kind, o.GetName(), err)
			}
		}
		for _, o := range all(ctx, t, in, kind) {
			gone(ctx, t, o)
		}
	}
	uninstall(ctx, t, in.xr)
}

// all objects of a kind that are managed inside a server.
func all(ctx context.Context, t *testing.T, in *inside, kind string) []*unstructured.Unstructured {
	t.Helper()
	list := &unstructured.UnstructuredList{}
	list.SetAPIVersion(serverGroup)
	list.SetKind(kind + "List")
	if err := cluster.List(ctx, list, client.InNamespace(in.xr.GetNamespace())); err != nil {
		t.Fatalf("cannot list objects of kind %s: %v", kind, err)
	}
	var out []*unstructured.Unstructured
	for i := range list.Items {
		out = append(out, &list.Items[i])
	}
	return out
}

// connectionSecret is what an object published.
func connectionSecret(ctx context.Context, t *testing.T, o *unstructured.Unstructured) map[string][]byte {
	t.Helper()
	name, _, _ := unstructured.NestedString(o.Object, "spec", "writeConnectionSecretToRef", "name")
	if name == "" {
		return nil
	}
	s := &corev1.Secret{}
	if err := cluster.Get(ctx, client.ObjectKey{Namespace: o.GetNamespace(), Name: name}, s); err != nil {
		t.Fatalf("cannot read what %s %s published: %v", o.GetKind(), o.GetName(), err)
	}
	return s.Data
}
