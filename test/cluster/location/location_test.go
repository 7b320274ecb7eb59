package location

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestDir(t *testing.T) {
	cases := map[string]struct {
		reason      string
		environment string
		want        string
	}{
		"Standard": {
			reason: "Without a choice the cluster is in the one place that every command knows.",
			want:   "/var/lib/crossplane-mattermost-cluster",
		},
		"Chosen": {
			reason:      "CLUSTER_DIR moves the cluster; a trailing slash does not make another place of it.",
			environment: "/srv/cluster/",
			want:        "/srv/cluster",
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Setenv(environment, tc.environment)

			if diff := cmp.Diff(tc.want, Dir()); diff != "" {
				t.Errorf("%s\nDir(): -want, +got:\n%s", tc.reason, diff)
			}

			if diff := cmp.Diff(filepath.Join(tc.want, "kubeconfig"), Kubeconfig()); diff != "" {
				t.Errorf("%s\nKubeconfig(): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestRepository(t *testing.T) {
	cases := map[string]struct {
		reason string
		from   func(t *testing.T, root string) string
	}{
		"Below": {
			reason: "A nested module is passed on the way up to the product's own.",
			from: func(t *testing.T, root string) string {
				t.Helper()

				below := filepath.Join(root, "test", "e2e")
				write(t, filepath.Join(root, "test", "go.mod"), "module "+module+"/test\n")

				if err := os.MkdirAll(below, 0o750); err != nil {
					t.Fatal(err)
				}

				return below
			},
		},
		"Itself": {
			reason: "The root is found from the root.",
			from:   func(_ *testing.T, root string) string { return root },
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			root, err := filepath.EvalSymlinks(t.TempDir())
			if err != nil {
				t.Fatal(err)
			}

			write(t, filepath.Join(root, "go.mod"), "module "+module+"\n\ngo 1.26.0\n")
			t.Chdir(tc.from(t, root))

			got, err := Repository()
			if err != nil {
				t.Fatalf("%s\nRepository(): %v", tc.reason, err)
			}

			if diff := cmp.Diff(root, got); diff != "" {
				t.Errorf("%s\nRepository(): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func write(t *testing.T, path, content string) {
	t.Helper()

	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		t.Fatal(err)
	}

	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}
