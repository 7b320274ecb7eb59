package backup

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/composetest"
)

// listing of a status: each backup's name, and the minutes in which it began and was
// complete, and whether its manifest is known.
func listing(status compose.Resource) string {
	var out []string
	for _, b := range status.List("backups") {
		known := ""
		if b.String("checksum") != "" {
			known = " known"
		}
		out = append(out, b.String("name")+" "+b.String("startedAt")[11:]+" "+b.String("completedAt")[11:]+known)
	}
	return strings.Join(out, ", ")
}

func TestStoredBackups(t *testing.T) {
	const (
		told     = "{backups: [{name: b, startedAt: '2026-03-01T03:08:00Z', completedAt: '2026-03-01T03:08:30Z', checksum: x}]}"
		complete = "{startTime: '2026-03-01T03:09:00Z', completionTime: '2026-03-01T03:09:32Z', conditions: [{type: Complete, status: 'True'}]}"
	)
	cases := map[string]struct {
		reason     string
		status     string
		jobs, pods []string
		want       string
	}{
		"None": {reason: "Nothing was made."},
		"Told": {
			reason: "A result lists all that exist.",
			jobs:   []string{jobOf("b", 8, succeeded)}, pods: []string{podOf("b", 8, 0, made(8, "b", "a"))},
			want: "b 03:08:00Z 03:08:30Z known, a 03:07:00Z 03:07:30Z known",
		},
		"Newest": {
			reason: "The newest result counts: retention deleted what it does not list.", status: told,
			jobs: []string{jobOf("c", 9, complete), jobOf("b", 8, succeeded)}, pods: []string{podOf("c", 9, 0, made(9, "c")), podOf("b", 8, 0, made(8, "b", "a"))},
			want: "c 03:09:00Z 03:09:30Z known",
		},
		"Gone": {
			reason: "What was told is kept when pods are gone.", status: told,
			want: "b 03:08:00Z 03:08:30Z known",
		},
		"Outdated": {
			reason: "An older result does not bring back what it lists.", status: told,
			jobs: []string{jobOf("a", 7, succeeded)}, pods: []string{podOf("a", 7, 0, made(7, "a"))},
			want: "b 03:08:00Z 03:08:30Z known",
		},
		"Untold": {
			reason: "Without a result, the Job tells when.", status: told,
			jobs: []string{jobOf("c", 9, complete)},
			want: "c 03:09:00Z 03:09:32Z, b 03:08:00Z 03:08:30Z known",
		},
		"ToldBefore": {
			reason: "What was told of it is not told again, whenever its Job ended.",
			status: "{backups: [{name: c, startedAt: '2026-03-01T03:09:00Z', completedAt: '2026-03-01T03:09:30Z', checksum: x}]}",
			jobs:   []string{jobOf("c", 9, complete)},
			want:   "c 03:09:00Z 03:09:30Z known",
		},
		"ToldLate": {
			reason: "A result that is seen after the Job is still one.",
			status: "{backups: [{name: c, startedAt: '2026-03-01T03:09:00Z', completedAt: '2026-03-01T03:09:32Z'}]}",
			jobs:   []string{jobOf("c", 9, complete)}, pods: []string{podOf("c", 9, 0, made(9, "c", "b"))},
			want: "c 03:09:00Z 03:09:30Z known, b 03:08:00Z 03:08:30Z known",
		},
		"Failed": {
			reason: "A failure tells of no backups, and takes none away.", status: told,
			jobs: []string{jobOf("c", 9, failed)}, pods: []string{podOf("c", 9, 2, denied)},
			want: "b 03:08:00Z 03:08:30Z known",
		},
		"Timeless": {
			reason: "A Job that does not say when it was complete is not made up.",
			jobs:   []string{jobOf("c", 9, "{startTime: '2026-03-01T03:09:00Z', conditions: [{type: Complete, status: 'True'}]}")},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			rsp := given{
				spec: nightly, status: tc.status, required: there(), observed: map[string]string{nameCronJob: cronJob},
				all: map[string][]string{requirementJobs: tc.jobs, requirementPods: tc.pods},
			}.safe(t)
			if diff := cmp.Diff(tc.want, listing(composetest.Status(rsp))); diff != "" {
				t.Errorf("%s\n-want +got:\n%s", tc.reason, diff)
			}
		})
	}
}

// TestNativeBackupsThatExist compares those that CloudNativePG has with those that are
// listed: it deletes what the platform no longer keeps.
func TestNativeBackupsThatExist(t *testing.T) {
	const (
		told = "{backups: [{name: b, startedAt: '2026-03-01T03:08:00Z', completedAt: '2026-03-01T03:08:30Z'}, {name: a, startedAt: '2026-03-01T03:07:00Z', completedAt: '2026-03-01T03:07:30Z'}]}"
		b    = "{phase: completed, startedAt: '2026-03-01T03:08:00Z', stoppedAt: '2026-03-01T03:08:30Z'}"
		c    = "{phase: completed, startedAt: '2026-03-01T03:09:00Z', stoppedAt: '2026-03-01T03:09:30Z'}"
	)
	cases := map[string]struct {
		reason  string
		backups []string
		want    string
	}{
		"Newer":   {"One that was made since is listed.", []string{nativeBackupOf("a", b), nativeBackupOf("b", c)}, "b 03:09:00Z 03:09:30Z, a 03:08:00Z 03:08:30Z"},
		"Expired": {"One that is not there any more is not listed.", []string{nativeBackupOf("b", b)}, "b 03:08:00Z 03:08:30Z"},
		"Gone":    {"Nor are all of them.", nil, ""},
		"Failed":  {"A failure takes none away, and is none.", []string{nativeBackupOf("b", b), nativeBackupOf("c", "{phase: failed, error: no room}")}, "b 03:08:00Z 03:08:30Z"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			rsp := given{
				spec: nativeNightly, status: told, required: nativeThere(),
				all: map[string][]string{requirementBackups: tc.backups},
			}.safe(t)
			if diff := cmp.Diff(tc.want, listing(composetest.Status(rsp))); diff != "" {
				t.Errorf("%s\n-want +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestLocation(t *testing.T) {
	for _, of := range []struct {
		reason string
		given  given
		want   string
	}{
		{"a bucket that is claimed", given{spec: once, required: there()}, "s3://kept/ns/nightly"},
		{"a bucket that exists, and a prefix", given{spec: strings.Replace(outside, "url:", "url: x, bucket: b}, prefix: a/b} #", 1), required: there()}, "s3://b/a/b/ns/nightly"},
		{"a bucket whose name is in a Secret", given{spec: once, required: with(there(), requirementBucket, "{status: {connection: {secretName: s, keys: {bucket: b, accessKey: a, secretKey: k}}}}")}, ""},
		{"a place of the platform's", given{spec: nativeOnce, required: nativeThere()}, ""},
	} {
		if got := composetest.Status(of.given.safe(t)).String("location"); got != of.want {
			t.Errorf("%s: backups are at %q, want %q", of.reason, got, of.want)
		}
	}
}

// TestEveryFailureHasARemedy, whatever the tool gives as the reason.
func TestEveryFailureHasARemedy(t *testing.T) {
	for _, reason := range []job.Reason{
		job.ReasonAccessDenied, job.ReasonNotFound, job.ReasonCorrupt, job.ReasonUnknownFormat, job.ReasonTooNew, job.ReasonDatabaseDenied,
		job.ReasonDatabaseInUse, job.ReasonDiskFull, job.ReasonMismatch, job.ReasonInvalid, job.ReasonUnavailable, job.ReasonInternal,
	} {
		if remedies[string(reason)] == "" {
			t.Errorf("nobody knows what to do about %s", reason)
		}
	}
}
