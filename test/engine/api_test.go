package engine

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"k8s.io/apimachinery/pkg/util/json"
	"sigs.k8s.io/yaml"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/preview"
)

var theAPI = sync.OnceValues(func() (*preview.Definition, error) { return definedBy("mattermostinstallations.yaml") })

// definedBy a packaged definition.
func definedBy(file string) (*preview.Definition, error) {
	b, err := os.ReadFile(filepath.Join("..", "..", "package", "configuration", file)) //nolint:gosec // A file of this repository.
	if err != nil {
		return nil, errors.Wrap(err, "cannot read the definition")
	}
	return preview.ReadDefinition(b)
}

// apiOf a kind.
func apiOf(t *testing.T, kind string) *preview.Definition {
	t.Helper()
	a, err := definedBy(strings.ToLower(kind) + "s.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func parse(t *testing.T, text string) map[string]any {
	t.Helper()
	b, err := yaml.YAMLToJSON([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	m := map[string]any{}
	if err := json.Unmarshal(b, &m); err != nil {
		t.Fatal(err)
	}
	return m
}

// named manifest of a spec.
func named(t *testing.T, name, spec string) map[string]any {
	t.Helper()
	m := parse(t, "apiVersion: mattermost.crossplane.io/v1alpha1\nkind: MattermostInstallation")
	m["metadata"] = map[string]any{"name": name, "namespace": "ns"}
	m["spec"] = parse(t, spec)
	return m
}

func judge(t *testing.T) *preview.Definition {
	t.Helper()
	a, err := theAPI()
	if err != nil {
		t.Fatal(err)
	}
	return a
}
