package restore

import (
	"strings"
	"testing"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/composetest"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/tool"
)

// TestPathsStayBelowTheirPrefix asserts that a path that leads out of its prefix is
// refused, wherever it comes from, and that no Job is created.
func TestPathsStayBelowTheirPrefix(t *testing.T) {
	archived := func(server string) string {
		return "{metadata: {name: talk}, status: {backend: CloudNativePG, archive: {objectStore: talk-pg, serverName: '" + server + "', databaseName: mattermost}}}"
	}
	cases := map[string]struct {
		reason string
		given  given
		want   string
	}{
		"Name":         {"A name cannot be a path.", given{spec: "mattermostClusterName: chat\nfrom: {backup: nightly, name: ../../other/nightly/nightly-1}", required: there("")}, "spec.from.name: "},
		"ListedName":   {"The status of a backup may have been edited.", given{spec: from, required: with(there(""), requirementBackup, strings.Replace(nightly, "nightly-2", "../../other/nightly/nightly-1", 1))}, `MattermostBackup "nightly": status.backups: `},
		"Remembered":   {"The status of the restore may have been edited.", given{spec: from, status: "{source: s3://kept/a/..}", required: there("")}, `MattermostBackup "nightly": status.backups: `},
		"Prefix":       {"A prefix cannot lead out of its folder.", given{spec: from, required: with(there(""), requirementBackup, strings.Replace(nightly, "prefix: a", "prefix: a/../..", 1))}, `MattermostBackup "nightly": spec.store.prefix: `},
		"Key":          {"Some services keep keys as paths.", given{spec: "mattermostClusterName: chat\ninitBucketURL: s3://b/../other/dump.gz", required: there("")}, "spec.initBucketURL: "},
		"ControlInKey": {"No key has control characters.", given{spec: "mattermostClusterName: chat\ninitBucketURL: \"s3://b/a\\x07b\"", required: there("")}, "spec.initBucketURL: "},
		"Server":       {"A server's archive is one folder.", given{spec: "mattermostClusterName: chat\nfrom: {archive: {objectStore: o, serverName: ../other/talk-pg}}", required: there("")}, "spec.from.archive.serverName: "},
		"ToldServer":   {"The status of a database may have been edited.", given{spec: "mattermostClusterName: chat\nfrom: {database: talk}", required: with(there(""), requirementDatabase, archived("../other/talk-pg"))}, `MattermostDatabase "talk": status.archive.serverName: `},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			rsp := tc.given.answer(t)
			if got := composetest.Said(rsp, conditionAccepted); !strings.HasPrefix(got, "False PathInvalid: "+tc.want) {
				t.Errorf("%s\nwant %s…\ngot  %s", tc.reason, tc.want, got)
			}
			if len(rsp.GetDesired().GetResources()) > 0 {
				t.Errorf("%s\nsomething is composed", tc.reason)
			}
		})
	}
}

// TestJobsRunAsTheInstallation asserts that Jobs run as the installation's ServiceAccount
// and no other. An installation that is refused because of its name has no ServiceAccount.
func TestJobsRunAsTheInstallation(t *testing.T) {
	account := func(uid string) string {
		return "{metadata: {name: chat, ownerReferences: [{kind: MattermostInstallation, name: chat, uid: " + uid + ", controller: true}]}}"
	}
	installation := strings.Replace(installed(""), "{name: chat}", "{name: chat, uid: i}", 1)
	for of, tc := range map[string]struct {
		account string
		want    string
	}{
		"its own":          {account("i"), "True Accepted"},
		"another's":        {account("other"), "False ServiceAccountForeign"},
		"the namespace's":  {"{metadata: {name: chat}}", "False ServiceAccountForeign"},
		"not there so far": {"", "True Accepted"},
	} {
		required := with(with(there(""), requirementInstallation, installation), tool.RequirementIdentity, tc.account)
		rsp := given{spec: fromS3, required: required}.answer(t)
		if got := short(rsp, conditionAccepted); got != tc.want {
			t.Errorf("the ServiceAccount is %s: want %s, got %s", of, tc.want, composetest.Said(rsp, conditionAccepted))
		}
		if made := len(rsp.GetDesired().GetResources()) > 0; made != strings.HasPrefix(tc.want, "True") {
			t.Errorf("the ServiceAccount is %s, and a Job is made: %t", of, made)
		}
	}
}
