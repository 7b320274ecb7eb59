package bucket

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/composetest"
	"github.com/crossplane-mattermost/crossplane-mattermost/input/v1beta1"
)

func TestOneBackendIsChosen(t *testing.T) {
	for policy, want := range map[string]string{
		"{}":                             "names 0 and must name exactly one",
		"{standalone: {}, existing: {}}": "names 2 and must name exactly one",
		"null":                           "names 0 and must name exactly one",
	} {
		_, err := given{policy: policy}.answer(t)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", policy, err)
		}
	}
}

func TestComposeFailsOnAnotherShape(t *testing.T) {
	for _, in := range []given{{spec: "{bucketName: {}}"}, {spec: "{storageSize: {}}"}} {
		if _, err := Compose(compose.NewState(in.request(t)), &v1beta1.Input{Bucket: &v1beta1.BucketBackend{Standalone: &v1beta1.StandaloneBucket{}}}); err == nil {
			t.Errorf("%+v was read", in)
		}
	}
}

// TestBackendsAreNotSwapped: what one backend holds, another never takes over.
func TestBackendsAreNotSwapped(t *testing.T) {
	for from, in := range variants {
		observed := composetest.Settled(t, in.accepted(t), nil)
		if len(observed) == 0 {
			continue
		}
		for to, other := range variants {
			if backendOf(from) == backendOf(to) {
				continue
			}
			moved := given{policy: other.policy, spec: other.spec, observed: observed, required: other.required}
			if _, err := moved.answer(t); err == nil {
				t.Errorf("%s left its data for %s", from, to)
			}
		}
	}
}

// TestBucketsKeepTheirAccount when the platform has another for new ones: in another
// account the provider would find nothing, and a new key would lead nowhere.
func TestBucketsKeepTheirAccount(t *testing.T) {
	for variant, policy := range map[string]string{"awss3-full": awsPolicy, "gcs-full": gcsPolicy} {
		before := variants[variant].accepted(t)
		after := given{policy: policy, spec: variants[variant].spec, observed: composetest.Settled(t, before, nil)}.accepted(t)
		for composed, r := range before.GetDesired().GetResources() {
			want := compose.NewResource(r.GetResource()).At("spec", "providerConfigRef").Struct().AsMap()
			if diff := cmp.Diff(want, composetest.Desired(after, composed).At("spec", "providerConfigRef").Struct().AsMap()); diff != "" && composetest.Desired(after, composed).Exists() {
				t.Errorf("%s of %s moves, -before, +after:\n%s", composed, variant, diff)
			}
		}
	}
}

func backendOf(variant string) string {
	name, _, _ := strings.Cut(variant, "-")
	return name
}

func TestUniqueNames(t *testing.T) {
	seen := map[string]bool{}
	name := func(cluster, metadata string) string {
		req := given{}.request(t)
		req.Observed.Composite.Resource = composetest.Document(t, "{metadata: {"+metadata+"}}")
		s := compose.NewState(req)
		return uniqueName(gathered{state: s, name: s.Name(), namespace: s.Namespace()}, cluster)
	}
	long := "name: " + strings.Repeat("n", 45) + ", namespace: " + strings.Repeat("s", 63)
	for _, of := range [][2]string{
		{"", "name: chat, namespace: ns, uid: a"},
		{"", "name: chat, namespace: ns, uid: b"},
		{"", long + ", uid: a"},
		{"prod", "name: b-c, namespace: a, uid: a"},
		{"prod", "name: c, namespace: a-b, uid: a"},
		{"test", "name: c, namespace: a-b, uid: a"},
		{"prod", long},
		// The same when it is cut, with hashes that begin alike.
		{"prod", "name: production-mattermost-chat-of-all-europxiagaa, namespace: acme-customers"},
		{"prod", "name: mattermost-chat-of-all-europvzaaaa, namespace: acme-customers-production"},
	} {
		got := name(of[0], of[1])
		if len(got) > 63 || seen[got] {
			t.Errorf("%v is called %q", of, got)
		}
		seen[got] = true
	}
	if name("prod", "name: chat, namespace: ns, uid: a") != name("prod", "name: chat, namespace: ns, uid: b") {
		t.Error("one that is made again, with the cluster's name, has another name")
	}
}
