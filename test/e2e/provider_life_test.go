package e2e

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/mattermost/mattermost/server/public/model"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/test/kube"
)

// life is how an object of a kind is taken through its life.
type life struct {
	// manifest of the object, which is in the team, the channel and so on of the examples.
	manifest string
	// first is declared, then what comes then: every field that can change.
	first, then string
	// identity are the fields of these by which it is found.
	identity []string
	// find what the object stands for on the server.
	find func(o *unstructured.Unstructured, secret map[string][]byte) lookup
	// meddle with it as people on the server may.
	meddle func(ctx context.Context, c *model.Client4, found any) error
	// regained are fields that an object needs to manage all of an account that it did not
	// create.
	regained string
	// restored says that it comes back with the same external name when it is declared
	// again after a deletion.
	restored bool
}

// lookup reads something from a server.
type lookup func(ctx context.Context, c *model.Client4) (any, error)

// with returns the object that declares fields.
func (l life) with(t *testing.T, in *inside, fields string) *unstructured.Unstructured {
	t.Helper()
	o := parsed(t, l.manifest)[0]
	o.SetAPIVersion(serverGroup)
	o.SetNamespace(in.xr.GetNamespace())
	set(t, o, map[string]any{"kind": "ProviderConfig", "name": "chat"}, "spec", "providerConfigRef")
	for name, value := range fieldsOf(t, fields) {
		set(t, o, value, "spec", "forProvider", name)
	}
	return annotate(o, pollInterval, polled)
}

func fieldsOf(t *testing.T, fields string) map[string]any {
	t.Helper()
	out := map[string]any{}
	for _, o := range parsed(t, fields) {
		maps.Copy(out, o.Object)
	}
	return out
}

// live it: create, change, resist, pause, outlive its object, be found again, end.
func (l life) live(ctx context.Context, t *testing.T, in *inside) {
	t.Helper()
	o := l.with(t, in, l.first)
	mustApply(ctx, t, o)
	now := synced(ctx, t, o)
	what := l.find(now, connectionSecret(ctx, t, now))
	has(ctx, t, in, "created", what, l.first)

	mustApply(ctx, t, l.with(t, in, l.then))
	has(ctx, t, in, "changed", what, l.then)

	l.disturb(ctx, t, in, what)
	has(ctx, t, in, "corrected", what, l.then)

	mustApply(ctx, t, annotate(l.with(t, in, l.first), paused, "true"))
	concerning(ctx, t, o, "Synced", "False", "ReconcilePaused")
	has(ctx, t, in, "paused", what, l.then)
	mustApply(ctx, t, l.with(t, in, l.first))
	has(ctx, t, in, "resumed", what, l.first)

	id := reports(ctx, t, o, l.first).GetAnnotations()[externalName]
	l.observe(ctx, t, in, what, id)
	l.orphan(ctx, t, in, what)
	l.end(ctx, t, in, what, id)
}

// disturb what is declared, and see that it is disturbed.
func (l life) disturb(ctx context.Context, t *testing.T, in *inside, what lookup) {
	t.Helper()
	found, err := what(ctx, in.admin)
	if err == nil {
		err = l.meddle(ctx, in.admin, found)
	}
	if err != nil {
		t.Fatalf("cannot meddle: %v", err)
	}
}

// observe what exists by its external name, with another object that declares what is
// not so, and changes nothing.
func (l life) observe(ctx context.Context, t *testing.T, in *inside, what lookup, id string) {
	t.Helper()
	o := l.with(t, in, l.then)
	o.SetName(o.GetName() + "-observed")
	unstructured.RemoveNestedField(o.Object, "spec", "writeConnectionSecretToRef")
	for _, name := range l.identity {
		set(t, o, fieldsOf(t, l.first)[name], "spec", "forProvider", name)
	}
	set(t, o, []any{"Observe"}, "spec", "managementPolicies")
	mustApply(ctx, t, annotate(o, externalName, id))
	now := synced(ctx, t, o)
	if got := now.GetAnnotations()[externalName]; got != id {
		t.Errorf("%s %s is imported as %q, want %q", o.GetKind(), o.GetName(), got, id)
	}
	has(ctx, t, in, "observed", what, l.first)
	withdraw(ctx, t, o)
	has(ctx, t, in, "no longer observed", what, l.first)
}

// orphan what is managed, by a policy without Delete.
func (l life) orphan(ctx context.Context, t *testing.T, in *inside, what lookup) {
	t.Helper()
	o := l.with(t, in, l.first)
	set(t, o, []any{"Observe", "Create", "Update", "LateInitialize"}, "spec", "managementPolicies")
	mustApply(ctx, t, o)
	synced(ctx, t, o)
	withdraw(ctx, t, o)
	has(ctx, t, in, "orphaned", what, l.first)
}

// end what is there: found by what is unique about it, deleted, and deleted again when a
// new declaration brought it back.
func (l life) end(ctx context.Context, t *testing.T, in *inside, what lookup, id string) {
	t.Helper()
	o := l.again(t, in)
	mustApply(ctx, t, o)
	if got := synced(ctx, t, o).GetAnnotations()[externalName]; got != id {
		t.Errorf("%s %s is found as %q, want %q", o.GetKind(), o.GetName(), got, id)
	}
	has(ctx, t, in, "adopted", what, l.first)
	withdraw(ctx, t, o)
	ended(ctx, t, in, what)
	if !l.restored {
		return
	}
	mustApply(ctx, t, l.again(t, in))
	if got := synced(ctx, t, o).GetAnnotations()[externalName]; got != id {
		t.Errorf("%s %s is restored as %q, want %q", o.GetKind(), o.GetName(), got, id)
	}
	has(ctx, t, in, "restored", what, l.first)
	withdraw(ctx, t, o)
	ended(ctx, t, in, what)
}

// again returns an object that declares an existing one again.
func (l life) again(t *testing.T, in *inside) *unstructured.Unstructured {
	t.Helper()
	o := l.with(t, in, l.first)
	for name, value := range fieldsOf(t, l.regained) {
		set(t, o, value, "spec", "forProvider", name)
	}
	return o
}

// has waits until what is on the server has the fields that are declared.
func has(ctx context.Context, t *testing.T, in *inside, moment string, what lookup, fields string) {
	t.Helper()
	want := fieldsOf(t, fields)
	if err := kube.Until(ctx, changeLimit, func(ctx context.Context) error {
		found, err := what(ctx, in.admin)
		if err != nil {
			return err
		}
		got, err := fieldsIn(found)
		if err != nil {
			return err
		}
		if at, _ := got["delete_at"].(float64); at > 0 {
			return errors.New("it is deleted")
		}
		if diff := cmp.Diff(want, asDeclared(want, got)); diff != "" {
			return errors.Errorf("-declared, +on the server:\n%s", diff)
		}
		return nil
	}); err != nil {
		t.Fatalf("%s: %v", moment, err)
	}
}

// reports waits until the status of an object has what is declared of it, where it has
// such a field, and returns the object.
func reports(ctx context.Context, t *testing.T, o *unstructured.Unstructured, fields string) *unstructured.Unstructured {
	t.Helper()
	now := live(o)
	if err := kube.Until(ctx, changeLimit, func(ctx context.Context) error {
		if err := cluster.Get(ctx, client.ObjectKeyFromObject(o), now); err != nil {
			return err
		}
		at, _, _ := unstructured.NestedMap(now.Object, "status", "atProvider")
		for name, want := range fieldsOf(t, fields) {
			if got, told := at[name]; told && !cmp.Equal(want, got) {
				return errors.Errorf("status.atProvider.%s of %s %s is %v, want %v", name, o.GetKind(), o.GetName(), got, want)
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return now
}

// ended fails unless what was on the server is gone, or archived.
func ended(ctx context.Context, t *testing.T, in *inside, what lookup) {
	t.Helper()
	found, err := what(ctx, in.admin)
	refusal := &model.AppError{}
	if errors.As(err, &refusal) && refusal.StatusCode == http.StatusNotFound {
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	got, err := fieldsIn(found)
	if err != nil {
		t.Fatal(err)
	}
	if at, _ := got["delete_at"].(float64); at == 0 {
		t.Error("it outlives the deletion")
	}
}

// fieldsIn what the API answered, by the API's names.
func fieldsIn(found any) (map[string]any, error) {
	b, err := json.Marshal(found)
	if err != nil {
		return nil, errors.Wrap(err, "cannot read an answer")
	}
	out := map[string]any{}
	return out, errors.Wrap(json.Unmarshal(b, &out), "cannot read an answer")
}

var inner = regexp.MustCompile(`[A-Z]+`)

// asDeclared are those fields of an answer that are declared, in their form. The API
// leaves out what is empty, and writes a list of roles as words.
func asDeclared(declared, got map[string]any) map[string]any {
	out := map[string]any{}
	for name, want := range declared {
		value := got[strings.ToLower(inner.ReplaceAllString(name, "_$0"))]
		switch want := want.(type) {
		case []any:
			if words, ok := value.(string); ok {
				list := []any{}
				for word := range strings.FieldsSeq(words) {
					list = append(list, word)
				}
				value = list
			}
		case int64:
			if number, ok := value.(float64); ok {
				value = int64(number)
			}
		case string:
			if value == nil && want == "" {
				value = ""
			}
		}
		out[name] = value
	}
	return out
}
