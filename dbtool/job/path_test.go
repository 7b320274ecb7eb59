package job_test

import (
	"strings"
	"testing"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
)

func TestCheckPath(t *testing.T) {
	for path, want := range map[string]string{
		"": "", "backups": "", "backups/": "", "a/b.c/d-e_f": "", "Ein Ordner/ä..b/...": "",
		"/backups": "begins", "//": "begins", "a//b": "'//'", "a//": "'//'",
		"..": "part", ".": "part", "../a": "part", "a/../b": "part", "a/./b": "part", "a/..": "part", "a/../": "part",
		`a\..\b`: `'\'`, "a\x00b": "control", "a\nb": "control", "a\x7fb": "control", "a\u0085b": "control", "a\xffb": "control",
	} {
		got := ""
		if err := job.CheckPath(path); err != nil {
			got = err.Error()
		}
		if (want == "") != (got == "") || !strings.Contains(got, want) {
			t.Errorf("%q: want %q, got %q", path, want, got)
		}
	}
}

func TestCheckName(t *testing.T) {
	for name, want := range map[string]bool{
		"nightly-backup-29301234": true, "chat-pg-0a1b2c3d": true, "a.b": true, "a..b": true, "_": true, strings.Repeat("a", 253): true,
		"": false, ".": false, "..": false, ".a": false, "-a": false, "a/b": false, "../b": false, `a\b`: false, "a\n": false, "a b": false, strings.Repeat("a", 254): false,
	} {
		if err := job.CheckName(name); (err == nil) != want {
			t.Errorf("%q: %v", name, err)
		}
	}
}
