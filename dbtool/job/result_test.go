package job_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
)

func TestResultFits(t *testing.T) {
	many := make([]job.Backup, 40)
	for i := range many {
		many[i] = job.Backup{Name: fmt.Sprintf("nightly-%d", i), Checksum: "sha256:" + strings.Repeat("a", 64), Version: "11.4.0"}
	}
	for _, of := range []struct {
		reason string
		result job.Result
	}{
		{"many backups are cut to those that fit", job.Result{Request: "uid", Backups: many}},
		{"a long text is cut", job.Result{Reason: job.ReasonInternal, Message: strings.Repeat("ä", 5000), Backups: many}},
		{"quotes take more room than they seem to", job.Result{Message: strings.Repeat(`"`, 2000), Backups: many}},
	} {
		t.Run(of.reason, func(t *testing.T) {
			encoded, err := of.result.Encode()
			if err != nil {
				t.Fatal(err)
			}
			if len(encoded) > job.MaxMessage {
				t.Errorf("%d bytes, want at most %d", len(encoded), job.MaxMessage)
			}
			decoded, err := job.Decode(string(encoded))
			if err != nil {
				t.Fatal(err)
			}
			if len(decoded.Backups) == 0 || decoded.Backups[0].Name != many[0].Name {
				t.Errorf("the newest backup is missing: %v", decoded.Backups)
			}
		})
	}
}

func TestResultKeepsEverything(t *testing.T) {
	at := time.Date(2026, 3, 1, 2, 3, 4, 0, time.UTC)
	want := job.Result{Request: "uid", FinishedAt: at, Restored: &job.Restored{At: at, Replaced: "replaced_1", Tables: 3, Rows: 4, Files: 5, Version: "11.4.0"}}
	encoded, err := want.Encode()
	if err != nil {
		t.Fatal(err)
	}
	got, err := job.Decode(string(encoded))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestDecodeRefuses(t *testing.T) {
	if _, err := job.Decode("Killed"); err == nil {
		t.Error("a text that is no result was read")
	}
}
