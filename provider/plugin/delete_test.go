package plugin

import (
	"testing"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/server/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/provider/kindtest"
)

func TestDelete(t *testing.T) {
	boom := errors.New("boom")

	cases := map[string]struct {
		reason string
		server *fake
		mg     *v1alpha1.Plugin
		want   kindtest.Deleted
	}{
		"Disable": {
			reason: "a plugin is disabled by default",
			server: &fake{},
			mg:     declared(named),
			want:   kindtest.Deleted{Calls: []string{"DisablePlugin"}},
		},
		"Permanent": {
			reason: "a plugin is uninstalled when the spec consents",
			server: &fake{},
			mg:     declared(named, permanently),
			want:   kindtest.Deleted{Calls: []string{"RemovePlugin"}},
		},
		"Gone": {
			reason: "a plugin that is gone is deleted",
			server: &fake{Record: kindtest.Fails("DisablePlugin", kindtest.NotFound())},
			mg:     declared(named),
			want:   kindtest.Deleted{Calls: []string{"DisablePlugin"}},
		},
		"CannotDisable": {
			reason: "an error keeps the object",
			server: &fake{Record: kindtest.Fails("DisablePlugin", boom)},
			mg:     declared(named),
			want:   kindtest.Deleted{Err: boom, Calls: []string{"DisablePlugin"}},
		},
		"CannotUninstall": {
			reason: "a plugin that cannot be uninstalled is not disabled instead",
			server: &fake{Record: kindtest.Fails("RemovePlugin", boom)},
			mg:     declared(named, permanently),
			want:   kindtest.Deleted{Err: boom, Calls: []string{"RemovePlugin"}},
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			kindtest.Delete(t, tc.reason, &external{server: tc.server}, &tc.server.Record, tc.mg, tc.want)
		})
	}
}
