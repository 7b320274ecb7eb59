package engine

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/alecthomas/kong"

	"github.com/crossplane/cli/v2/cmd/crossplane/validate"
	"github.com/crossplane/crossplane-runtime/v2/pkg/logging"
)

// extensions are this project's definitions: what its packages bring, and what a
// pipeline's input may say. The manifest of the Configuration is not among them,
// because Crossplane's command would look for its dependencies in a registry.
func extensions(t *testing.T) []string {
	t.Helper()
	root := filepath.Join("..", "..", "package")
	out := []string{filepath.Join(root, "provider", "crds"), filepath.Join(root, "function", "input")}
	for _, pattern := range []string{"configuration/mattermost*.yaml", "configuration-claims/xmattermost*.yaml"} {
		definitions, err := filepath.Glob(filepath.Join(root, pattern))
		if err != nil || len(definitions) == 0 {
			t.Fatalf("no definitions at %s: %v", pattern, err)
		}
		out = append(out, definitions...)
	}
	return out
}

// crossplaneKinds are the folders with the definitions of Crossplane's own kinds.
func crossplaneKinds(t *testing.T) []string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-m", "-f", "{{.Dir}}", "github.com/crossplane/crossplane/v2").Output()
	if err != nil {
		t.Fatalf("cannot find Crossplane's module: %v", err)
	}
	cluster := filepath.Join(strings.TrimSpace(string(out)), "cluster")
	return []string{filepath.Join(cluster, "crds"), filepath.Join(cluster, "meta")}
}

// validated by Crossplane's command "resource validate", which says what is wrong with
// which of the resources in files and folders. It fetches nothing: no image of
// Crossplane is named, and whatever it does not know is an error.
func validated(t *testing.T, resources ...string) (said string, err error) {
	t.Helper()
	out := &bytes.Buffer{}
	command := &validate.Cmd{}
	cli, err := kong.New(command, kong.Writers(out, out), kong.BindTo(logging.NewNopLogger(), (*logging.Logger)(nil)))
	if err != nil {
		t.Fatal(err)
	}
	ctx, err := cli.Parse([]string{
		strings.Join(append(extensions(t), crossplaneKinds(t)...), ","), strings.Join(resources, ","),
		"--crossplane-image=", "--cache-dir=" + t.TempDir(), "--error-on-missing-schemas", "--skip-success-results",
	})
	if err != nil {
		t.Fatal(err)
	}
	err = ctx.Run()
	return out.String(), err
}

// TestCrossplaneValidatesWhatIsShipped proves that Crossplane's own command has nothing
// to say against an example, a manifest of a package, or a Composition's input.
func TestCrossplaneValidatesWhatIsShipped(t *testing.T) {
	for _, dir := range []string{"examples", "package"} {
		t.Run(dir, func(t *testing.T) {
			said, err := validated(t, filepath.Join("..", "..", dir))
			if err != nil {
				t.Errorf("Crossplane finds %v:\n%s", err, said)
			}
		})
	}
}

// TestCrossplaneValidatesOnlyWhatIsRight proves that the command would tell.
func TestCrossplaneValidatesOnlyWhatIsRight(t *testing.T) {
	cases := map[string]struct {
		reason string
		of     string
		old    string
		broken string
		want   string
	}{
		"UnknownField": {reason: "A field that no schema has.", of: "quickstart.yaml", old: "spec:", broken: "spec:\n  colour: blue", want: "unknown field: \"colour\""},
		"WrongType":    {reason: "A number is no text.", of: "quickstart.yaml", old: "spec:", broken: "spec:\n  image: 11", want: "spec.image in body must be of type string"},
		"Rule":         {reason: "A rule of ours.", of: "provider/channel.yaml", old: "teamRef:", broken: "description:", want: "needs teamId, teamRef or teamSelector"},
		"UnknownKind":  {reason: "A kind that nobody defines.", of: "backup.yaml", old: "kind: MattermostBackup", broken: "kind: MattermostBackups", want: "could not find CRD/XRD for"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			b, err := os.ReadFile(filepath.Join("..", "..", "examples", tc.of))
			if err != nil {
				t.Fatal(err)
			}
			broken := strings.Replace(string(b), tc.old, tc.broken, 1)
			if broken == string(b) {
				t.Fatalf("%s has no %q to break", tc.of, tc.old)
			}
			path := filepath.Join(t.TempDir(), "broken.yaml")
			if err := os.WriteFile(path, []byte(broken), 0o600); err != nil { //nolint:gosec // A directory of the test's own.
				t.Fatal(err)
			}
			said, err := validated(t, path)
			if err == nil || !strings.Contains(said, tc.want) {
				t.Errorf("%s\nwant an error and %q, got %v and:\n%s", tc.reason, tc.want, err, said)
			}
		})
	}
}
