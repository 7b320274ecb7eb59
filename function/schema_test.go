package function_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	v1 "github.com/crossplane/crossplane/apis/v2/apiextensions/v1"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"
	extv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"sigs.k8s.io/yaml"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/preview"
)

// sample shows that a field matters: a spec without and one with it.
type sample struct {
	// first spec that is applied, before the other two; none when empty.
	first string
	// without and with the field.
	without, with string
	// refused is what the API says to the field, which then never gets here.
	refused string
}

const (
	inBucket = "database: {external: {secret: db}}\nfileStore: {external: {url: s3, bucket: b, secret: files}}\n"
	onVolume = "database: {external: {secret: db}}\nfileStore: {local: {enabled: true}}\n"
	exposed  = inBucket + "ingress: {enabled: true, host: chat.example.com"
	// bootstrapped is to be closed.
	bootstrapped = inBucket + "bootstrap: {team: {name: core}, "

	stored = "database: {external: {secret: db}}\nfileStore: "
)

func claimed(database, bucket string) string {
	return "database: {claim: " + database + "}\nfileStore: {claim: " + bucket + "}\n"
}

func following(opens, closes, zone string) string {
	return "upgrade: {channel: ESR, window: {opens: '" + opens + "', closes: '" + closes + "', timeZone: '" + zone + "'}}"
}

// samples of an installation's fields, by field. The tests of package engine edit a running
// installation with them, too.
func installationSamples(t *testing.T) map[string]sample {
	t.Helper()
	out := map[string]sample{}
	for _, file := range []string{"installation.yaml", "installation-pod.yaml"} {
		text, err := os.ReadFile(filepath.Join("testdata", "fields", file)) //nolint:gosec // A file of this repository.
		if err != nil {
			t.Fatal(err)
		}
		some := map[string]struct {
			First, Without, With, Refused, Then, As string
			Once                                    bool
		}{}
		if err := yaml.UnmarshalStrict(text, &some); err != nil {
			t.Fatal(err)
		}
		for field, s := range some {
			out[field] = sample{first: s.First, without: s.Without, with: s.With, refused: s.Refused}
		}
	}
	return out
}

func TestEveryFieldOfSpecMatters(t *testing.T) {
	everyFieldMatters(t, "mattermostinstallations.yaml", manifest, installationSamples(t))
}

func everyFieldMatters(t *testing.T, definition, manifest string, samples map[string]sample) {
	t.Helper()
	used := map[string]bool{}
	walkLeaves(specSchema(t, definition), nil, func(path []string, _ extv1.JSONSchemaProps, rules extv1.ValidationRules) {
		field := strings.Join(path, ".")
		t.Run(field, func(t *testing.T) {
			s, ok := samples[field]
			used[field] = true
			if !ok {
				t.Fatal("the field has no sample: show that it matters")
			}
			if s.refused != "" {
				assertRule(t, rules, s.refused)
				return
			}
			if slices.EqualFunc(answers(t, manifest, s.first, s.without), answers(t, manifest, s.first, s.with), same) {
				t.Error("the field changes nothing")
			}
		})
	})
	for field := range samples {
		if !used[field] {
			t.Errorf("%s has a sample, and is no field of the spec", field)
		}
	}
}

func specSchema(t *testing.T, definition string) extv1.JSONSchemaProps {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "package", "configuration", definition)) //nolint:gosec // A file of this repository.
	if err != nil {
		t.Fatal(err)
	}
	xrd := &v1.CompositeResourceDefinition{}
	if err := yaml.Unmarshal(b, xrd); err != nil {
		t.Fatal(err)
	}
	root := extv1.JSONSchemaProps{}
	if err := yaml.Unmarshal(xrd.Spec.Versions[0].Schema.OpenAPIV3Schema.Raw, &root); err != nil {
		t.Fatal(err)
	}
	return root.Properties["spec"]
}

// walkLeaves visits every field that holds a value, with the rules of its own and of
// the object that it is in. A list's name ends with [], and a map's with {}.
func walkLeaves(s extv1.JSONSchemaProps, path []string, visit func(path []string, leaf extv1.JSONSchemaProps, rules extv1.ValidationRules)) {
	for name, field := range s.Properties {
		below := slices.Concat(path, []string{name})
		if field.Items != nil {
			below[len(path)] += "[]"
			field = *field.Items.Schema
		}
		if field.AdditionalProperties != nil {
			below[len(path)] += "{}"
		}
		if len(field.Properties) > 0 {
			walkLeaves(field, below, visit)
			continue
		}
		visit(below, field, slices.Concat(s.XValidations, field.XValidations))
	}
}

func assertRule(t *testing.T, rules extv1.ValidationRules, message string) {
	t.Helper()
	for _, r := range rules {
		if strings.HasPrefix(r.Message, message) {
			return
		}
	}
	t.Errorf("no rule of the API says %q", message)
}

// answers for a spec, until nothing changes any more.
func answers(t *testing.T, manifest, first, spec string) []*fnv1.RunFunctionResponse {
	t.Helper()
	c := &preview.Cluster{Composite: document(t, manifest), Lookup: preview.CompleteObject, Input: document(t, platform)}
	// The one Secret with another database.
	c.Objects = map[string]*structpb.Struct{"Secret/other": secret(t, map[string]string{"DB_CONNECTION_STRING": "postgres://u:" + canary + "@other/d"})}
	var out []*fnv1.RunFunctionResponse
	for _, s := range []string{first, spec} {
		if s == "" {
			continue
		}
		c.Composite = proto.CloneOf(c.Composite)
		c.Composite.Fields["spec"] = structpb.NewStructValue(document(t, s))
		out = nil
		for _, r := range settle(t, c) {
			out = append(out, r.Response)
		}
	}
	return out
}

func same(a, b *fnv1.RunFunctionResponse) bool { return proto.Equal(a, b) }
