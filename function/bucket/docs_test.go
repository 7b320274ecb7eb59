package bucket

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	xpextv1 "github.com/crossplane/crossplane/apis/v2/apiextensions/v1"
	"sigs.k8s.io/yaml"

	"github.com/crossplane-mattermost/crossplane-mattermost/input/v1beta1"
)

// TestDocumentedCompositions are those that platforms copy: there is one for each
// backend, with the label that users choose it by.
func TestDocumentedCompositions(t *testing.T) {
	b, err := os.ReadFile(filepath.Join("..", "..", "docs", "buckets.md"))
	if err != nil {
		t.Fatal(err)
	}
	documented := map[string]bool{}
	for i, text := range strings.Split(string(b), "```") {
		text, found := strings.CutPrefix(text, "yaml\n")
		if i%2 == 0 || !found || !strings.Contains(text, "kind: Composition\n") {
			continue
		}
		composition := &xpextv1.Composition{}
		if err := yaml.UnmarshalStrict([]byte(text), composition); err != nil {
			t.Fatalf("%v:\n%s", err, text)
		}
		if composition.Labels["mattermost.crossplane.io/class"] == "" || composition.Spec.CompositeTypeRef.Kind != "MattermostBucket" {
			t.Errorf("nobody can choose Composition %s", composition.Name)
		}
		in := &v1beta1.Input{}
		if err := yaml.UnmarshalStrict(composition.Spec.Pipeline[0].Input.Raw, in); err != nil {
			t.Errorf("Composition %s: %v", composition.Name, err)
			continue
		}
		backend, err := chosen(in.Bucket)
		if err != nil {
			t.Errorf("Composition %s: %v", composition.Name, err)
		}
		documented[backend.Name] = true
	}
	if len(documented) != 7 {
		t.Errorf("of seven backends, documented are %v", documented)
	}
}
