package command

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
		want   error
	}{
		"Delete":       {reason: "a command is deleted"},
		"Gone":         {reason: "a command that is gone is deleted", fails: kindtest.NotFound()},
		"CannotDelete": {reason: "an error keeps the object", fails: boom, want: boom},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			server := &fake{Record: kindtest.Fails("DeleteCommand", tc.fails)}
			kindtest.Delete(t, tc.reason, &external{server: server}, &server.Record, declared(named), kindtest.Deleted{Err: tc.want, Calls: []string{"DeleteCommand"}})
		})
	}
}
