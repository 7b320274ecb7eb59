package license

import (
	"testing"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/provider/kindtest"
)

func TestDelete(t *testing.T) {
	boom := errors.New("boom")

	cases := map[string]struct {
		reason string
		fails  error
	}{
		"Remove":       {reason: "a license is removed when the spec consents"},
		"CannotRemove": {reason: "an error keeps the object", fails: boom},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			server := &fake{Record: kindtest.Fails("RemoveLicenseFile", tc.fails)}
			kindtest.Delete(t, tc.reason, &external{server: server}, &server.Record, declared(named, deleted, removed), kindtest.Deleted{Err: tc.fails, Calls: []string{"RemoveLicenseFile"}})
		})
	}
}
