package backup

import (
	"strings"
	"testing"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/composetest"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/tool"
)

// TestBackupsStayWhereTheyBelong asserts that backups stay below their prefix and that
// their Jobs run as the installation's ServiceAccount.
func TestBackupsStayWhereTheyBelong(t *testing.T) {
	owned := strings.Replace(installed, "{name: chat}", "{name: chat, uid: i}", 1)
	cases := map[string]struct {
		reason string
		given  given
		want   string
	}{
		"Prefix":  {"A prefix cannot lead out of its folder.", given{spec: strings.Replace(once, "backups}", "backups, prefix: a/../b}", 1), required: there()}, "False PathInvalid: spec.store.prefix: "},
		"Slash":   {"A prefix cannot begin with a slash.", given{spec: strings.Replace(once, "backups}", "backups, prefix: /a}", 1), required: there()}, "False PathInvalid: spec.store.prefix: "},
		"Account": {"A ServiceAccount that is not the installation's may have another role.", given{spec: once, required: with(with(there(), requirementInstallation, owned), tool.RequirementIdentity, "{metadata: {name: chat}}")}, "False ServiceAccountForeign: "},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			rsp := tc.given.safe(t)
			if got := composetest.Said(rsp, conditionAccepted); !strings.HasPrefix(got, tc.want) {
				t.Errorf("%s\nwant %s…\ngot  %s", tc.reason, tc.want, got)
			}
			if len(rsp.GetDesired().GetResources()) > 0 {
				t.Errorf("%s\na backup is made", tc.reason)
			}
		})
	}
}
