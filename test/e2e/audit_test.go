package e2e

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	auditv1 "k8s.io/apiserver/pkg/apis/audit/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/test/audit"
	"github.com/crossplane-mattermost/crossplane-mattermost/test/kube"
)

const (
	// idle is how long a stable installation is watched for writes.
	idle = 5 * time.Minute
	// restedLimit is above the five minutes for which Crossplane's circuit breaker stays
	// open.
	restedLimit = 8 * time.Minute
	// againAfter is above the time after which the function looks at an installation again
	// when a condition changed, 36 seconds and a tenth of that.
	againAfter = 50 * time.Second
)

// crossplaneWritesNothing counts, in the API server's audit log, the writes by Crossplane's
// ServiceAccounts while nothing happens. It ignores the namespaces of other tests, leases,
// which leaders renew all the time, and updates that change nothing of objects that a Usage
// protects, which Crossplane sends once a minute.
func crossplaneWritesNothing(ctx context.Context, t *testing.T, xr *unstructured.Unstructured) {
	t.Helper()
	before := current(ctx, t, xr).GetResourceVersion()
	from := time.Now()
	select {
	case <-ctx.Done():
		t.Fatal(ctx.Err())
	case <-time.After(idle):
	}
	replaced := replacedProviders(ctx, t)
	for _, e := range writes(t, from) {
		if !byCrossplane(e) || !slices.Contains([]string{"", xr.GetNamespace()}, e.ObjectRef.Namespace) || unchanged(e) {
			continue
		}
		if slices.ContainsFunc(replaced, func(revision string) bool { return strings.Contains(e.ObjectRef.Name, revision) }) {
			continue
		}
		t.Errorf("%s wrote: %s %s %s/%s", e.User.Username, e.Verb, e.ObjectRef.Resource, e.ObjectRef.Namespace, e.ObjectRef.Name)
	}
	if after := current(ctx, t, xr).GetResourceVersion(); after != before {
		t.Errorf("the installation changed while nothing happened: resource version %s became %s", before, after)
	}
}

// byCrossplane says whether Crossplane, or a package that it installed, sent a request.
// Leases do not count.
func byCrossplane(e auditv1.Event) bool {
	return strings.HasPrefix(e.User.Username, "system:serviceaccount:crossplane-system:") && e.ObjectRef != nil && e.ObjectRef.Resource != "leases"
}

// unchanged says whether a request is an update that Crossplane sends for an object that a
// Usage protects, and that changes nothing.
func unchanged(e auditv1.Event) bool {
	protected := []string{"mattermostinstallations", "mattermostdatabases", "mattermostbuckets"}
	return e.Verb == "update" && e.ObjectRef.Subresource == "" && slices.Contains(protected, e.ObjectRef.Resource)
}

// replacedProviders are the names of the revisions of providers that are not active.
func replacedProviders(ctx context.Context, t *testing.T) []string {
	t.Helper()
	list := &unstructured.UnstructuredList{}
	list.SetGroupVersionKind(schema.GroupVersionKind{Group: "pkg.crossplane.io", Version: "v1", Kind: "ProviderRevisionList"})
	if err := cluster.List(ctx, list); err != nil {
		t.Fatalf("cannot list revisions of providers: %v", err)
	}
	var out []string
	for _, r := range list.Items {
		if state, _, _ := unstructured.NestedString(r.Object, "spec", "desiredState"); state == "Inactive" {
			out = append(out, r.GetName())
		}
	}
	return out
}

// lookedAtAgain waits until the function has looked again after the last change of a
// condition.
func lookedAtAgain(ctx context.Context, t *testing.T, xr *unstructured.Unstructured) {
	t.Helper()
	if err := kube.Until(ctx, restedLimit, func(ctx context.Context) error {
		now := live(xr)
		if err := cluster.Get(ctx, client.ObjectKeyFromObject(now), now); err != nil {
			return err
		}
		conditions, _, _ := unstructured.NestedSlice(now.Object, "status", "conditions")
		for _, c := range conditions {
			condition, _ := c.(map[string]any)
			text, _, _ := unstructured.NestedString(condition, "lastTransitionTime")
			if at, err := time.Parse(time.RFC3339, text); err != nil || time.Since(at) < againAfter {
				return errors.Errorf("a condition changed at %s", text)
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

// writes that the API server finished since a time.
func writes(t *testing.T, since time.Time) []auditv1.Event {
	t.Helper()
	out, err := audit.Writes(since)
	if err != nil {
		t.Fatal(err)
	}
	return out
}
