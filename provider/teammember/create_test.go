package teammember

import (
	"testing"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/crossplane/crossplane-runtime/v2/pkg/meta"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/crossplane-mattermost/crossplane-mattermost/provider/kindtest"
)

func TestCreate(t *testing.T) {
	boom := errors.New("boom")

	type want struct {
		err          error
		added        string
		externalName string
	}

	cases := map[string]struct {
		reason string
		server *fake
		want   want
	}{
		"Member":    {reason: "who is declared becomes a member", server: &fake{}, want: want{added: pair, externalName: pair}},
		"CannotAdd": {reason: "what fails has no external name", server: &fake{Record: kindtest.Fails("AddTeamMember", boom)}, want: want{err: boom, added: pair}},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			mg := declared()
			_, err := (&external{server: tc.server}).Create(t.Context(), mg)
			got := want{err: err, added: tc.server.added, externalName: meta.GetExternalName(mg)}

			if diff := cmp.Diff(tc.want, got, cmp.AllowUnexported(want{}), cmpopts.EquateErrors()); diff != "" {
				t.Errorf("\n%s\nCreate(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}
