package plugin

import (
	"net/url"
	"strings"
	"testing"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/crossplane/crossplane-runtime/v2/pkg/meta"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/mattermost/mattermost/server/public/model"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/server/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/provider/kindtest"
)

func TestCreate(t *testing.T) {
	boom := errors.New("boom")
	todo := model.Manifest{Id: id, Version: "1.0.0"}

	type want struct {
		err          error
		calls        []string
		requested    *model.InstallMarketplacePluginRequest
		externalName string
	}

	cases := map[string]struct {
		reason string
		server *fake
		mg     *v1alpha1.Plugin
		want   want
	}{
		"URL": {
			reason: "a plugin is installed from a URL",
			server: &fake{manifest: todo},
			mg:     declared(from("https://a")),
			want:   want{calls: []string{"InstallPluginFromURL"}, externalName: id},
		},
		"Marketplace": {
			reason: "a plugin is installed from the marketplace, in any version",
			server: &fake{manifest: todo},
			mg:     declared(fromMarketplace),
			want: want{
				calls:        []string{"InstallMarketplacePlugin"},
				requested:    &model.InstallMarketplacePluginRequest{Id: id},
				externalName: id,
			},
		},
		"MarketplaceVersion": {
			reason: "a plugin is installed from the marketplace, in the version that is declared",
			server: &fake{manifest: todo},
			mg:     declared(fromMarketplace, ofVersion("1.0.0")),
			want: want{
				calls:        []string{"InstallMarketplacePlugin"},
				requested:    &model.InstallMarketplacePluginRequest{Id: id, Version: "1.0.0"},
				externalName: id,
			},
		},
		"FromNowhere": {
			reason: "a plugin that is not there, and is nowhere to be had, is an error",
			server: &fake{},
			mg:     declared(),
			want:   want{err: cmpopts.AnyError},
		},
		"AnotherPlugin": {
			reason: "what was installed must be what is declared",
			server: &fake{manifest: model.Manifest{Id: "other", Version: "1.0.0"}},
			mg:     declared(from("https://a")),
			want:   want{err: cmpopts.AnyError, calls: []string{"InstallPluginFromURL"}},
		},
		"CannotInstall": {
			reason: "what fails has no external name",
			server: &fake{Record: kindtest.Fails("InstallPluginFromURL", boom)},
			mg:     declared(from("https://a")),
			want:   want{err: boom, calls: []string{"InstallPluginFromURL"}},
		},
		"MarketplaceCannotInstall": {
			reason: "what fails has no external name",
			server: &fake{Record: kindtest.Fails("InstallMarketplacePlugin", boom)},
			mg:     declared(fromMarketplace),
			want:   want{err: boom, calls: []string{"InstallMarketplacePlugin"}, requested: &model.InstallMarketplacePluginRequest{Id: id}},
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := (&external{server: tc.server}).Create(t.Context(), tc.mg)
			got := want{err: err, calls: tc.server.Calls, requested: tc.server.requested, externalName: meta.GetExternalName(tc.mg)}

			if diff := cmp.Diff(tc.want, got, cmp.AllowUnexported(want{}), cmpopts.EquateErrors()); diff != "" {
				t.Errorf("\n%s\nCreate(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

// TestURLStaysOutOfErrors proves that a URL with a secret in it is not shown.
func TestURLStaysOutOfErrors(t *testing.T) {
	server := &fake{Record: kindtest.Fails("InstallPluginFromURL",
		&url.Error{Op: "Post", URL: "http://chat/api/v4/plugins/install_from_url?plugin_download_url=secret", Err: errors.New("boom")})}

	if _, err := (&external{server: server}).Create(t.Context(), declared(from("https://secret"))); err == nil || strings.Contains(err.Error(), "secret") {
		t.Errorf("there is no error, or the URL is in it: %v", err)
	}
}
