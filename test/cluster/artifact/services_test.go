package artifact

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
)

func TestWithoutServices(t *testing.T) {
	errBoom := errors.New("boom")
	const own = "#!/bin/sh\nexit 0\n"
	cases := map[string]struct {
		reason string
		// before maps suffixes of the hook's name to content.
		before map[string]string
		err    error
		after  map[string]string
	}{
		"NoHook": {
			reason: "Where there was no policy there is none afterwards.",
			before: map[string]string{},
			after:  map[string]string{},
		},
		"OwnHook": {
			reason: "The machine's own policy is back afterwards.",
			before: map[string]string{"": own},
			after:  map[string]string{"": own},
		},
		"InstallFails": {
			reason: "A failed installation restores the policy, too.",
			before: map[string]string{"": own},
			err:    errBoom,
			after:  map[string]string{"": own},
		},
		"InterruptedWithoutHook": {
			reason: "The policy that an interrupted installation left behind is not the machine's own.",
			before: map[string]string{"": denyServices},
			after:  map[string]string{},
		},
		"Interrupted": {
			reason: "What an interrupted installation put aside is restored, not its own policy.",
			before: map[string]string{"": denyServices, ".before-crossplane-mattermost": own},
			after:  map[string]string{"": own},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			hook := filepath.Join(t.TempDir(), "policy-rc.d")
			for suffix, content := range tc.before {
				if err := os.WriteFile(hook+suffix, []byte(content), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			answer := 0
			err := withoutServices(hook, func() error {
				_, denied := command{}.run(t.Context(), hook, "containerd", "start")
				answer = exitCode(denied)
				return tc.err
			})
			if !errors.Is(err, tc.err) {
				t.Errorf("%s\nwithoutServices(...): want error %v, got %v", tc.reason, tc.err, err)
			}
			if diff := cmp.Diff(101, answer); diff != "" {
				t.Errorf("%s\nThe policy during the installation: -want, +got:\n%s", tc.reason, diff)
			}
			if diff := cmp.Diff(tc.after, contents(t, hook)); diff != "" {
				t.Errorf("%s\nAfter withoutServices(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

// contents maps what follows prefix in the names of files to their contents.
func contents(t *testing.T, prefix string) map[string]string {
	t.Helper()
	paths, err := filepath.Glob(prefix + "*")
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, p := range paths {
		content, err := os.ReadFile(p) //nolint:gosec // A test's own file.
		if err != nil {
			t.Fatal(err)
		}
		out[p[len(prefix):]] = string(content)
	}
	return out
}
