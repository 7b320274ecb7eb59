package user

import (
	"net/http"
	"testing"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/mattermost/mattermost/server/public/model"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/server/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/provider/kindtest"
)

func TestDelete(t *testing.T) {
	boom := errors.New("boom")
	gone := &model.AppError{StatusCode: http.StatusNotFound}

	cases := map[string]struct {
		reason string
		server *fake
		mg     *v1alpha1.User
		want   kindtest.Deleted
	}{
		"Deactivate": {
			reason: "a user is deactivated by default",
			server: &fake{},
			mg:     declared(named),
			want:   kindtest.Deleted{Calls: []string{"DeleteUser"}},
		},
		"Permanent": {
			reason: "an account is deleted permanently when the spec consents",
			server: &fake{},
			mg:     declared(named, permanently),
			want:   kindtest.Deleted{Calls: []string{"PermanentDeleteUser"}},
		},
		"Gone": {
			reason: "a user who is gone is deleted",
			server: &fake{Record: kindtest.Fails("DeleteUser", gone)},
			mg:     declared(named),
			want:   kindtest.Deleted{Calls: []string{"DeleteUser"}},
		},
		"CannotDeactivate": {
			reason: "an error keeps the object",
			server: &fake{Record: kindtest.Fails("DeleteUser", boom)},
			mg:     declared(named),
			want:   kindtest.Deleted{Err: boom, Calls: []string{"DeleteUser"}},
		},
		"CannotDelete": {
			reason: "an account that may not be deleted is not deactivated instead",
			server: &fake{Record: kindtest.Fails("PermanentDeleteUser", boom)},
			mg:     declared(named, permanently),
			want:   kindtest.Deleted{Err: boom, Calls: []string{"PermanentDeleteUser"}},
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			kindtest.Delete(t, tc.reason, &external{server: tc.server}, &tc.server.Record, tc.mg, tc.want)
		})
	}
}
