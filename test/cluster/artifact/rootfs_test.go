package artifact

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTrim(t *testing.T) {
	outside := filepath.Join(t.TempDir(), "host")
	if err := os.WriteFile(outside, []byte("host"), 0o600); err != nil {
		t.Fatal(err)
	}
	root := t.TempDir()
	for _, dir := range []string{"etc", "usr/share/doc/bash", "var"} {
		if err := os.MkdirAll(filepath.Join(root, dir), 0o750); err != nil {
			t.Fatal(err)
		}
	}
	for _, file := range []string{"etc/hostname", "etc/passwd", "usr/share/doc/bash/copyright"} {
		if err := os.WriteFile(filepath.Join(root, file), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(filepath.Dir(outside), filepath.Join(root, "var/run")); err != nil {
		t.Fatal(err)
	}

	if err := trim(root, []string{"etc/hostname", "usr/share/doc/*", "var/run/*", "missing/*"}); err != nil {
		t.Fatal(err)
	}

	cases := map[string]struct {
		reason string
		path   string
		want   bool
	}{
		"Named":     {reason: "A file that is named goes.", path: filepath.Join(root, "etc/hostname")},
		"Unnamed":   {reason: "What is not named stays.", path: filepath.Join(root, "etc/passwd"), want: true},
		"Below":     {reason: "A directory goes with its content.", path: filepath.Join(root, "usr/share/doc/bash")},
		"Container": {reason: "The directory of what goes stays.", path: filepath.Join(root, "usr/share/doc"), want: true},
		"Host":      {reason: "A symbolic link out of the root is not followed.", path: outside, want: true},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, exists(tc.path)); diff != "" {
				t.Errorf("%s\n%s exists: -want, +got:\n%s", tc.reason, tc.path, diff)
			}
		})
	}
}

func TestSuite(t *testing.T) {
	cases := map[string]struct {
		reason  string
		release string
		want    string
		ok      bool
	}{
		"Plain":  {reason: "The code name is a line of its own.", release: "ID=debian\nVERSION_CODENAME=bookworm\n", want: "bookworm", ok: true},
		"Quoted": {reason: "Values may be quoted.", release: "VERSION_CODENAME=\"trixie\"\n", want: "trixie", ok: true},
		"None":   {reason: "Unstable has no code name.", release: "ID=debian\n"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			got, err := suite(tc.release)
			if diff := cmp.Diff(tc.ok, err == nil); diff != "" {
				t.Errorf("%s\nsuite(...): -want success, +got success:\n%s", tc.reason, diff)
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s\nsuite(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}
