package plugin

import (
	"strings"
	"testing"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/mattermost/mattermost/server/public/model"
	"k8s.io/utils/ptr"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/server/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/provider/kindtest"
)

func TestUpdate(t *testing.T) {
	boom := errors.New("boom")

	type want struct {
		err        error
		calls      []string
		downloaded string
	}

	disabled := func(mg *v1alpha1.Plugin) { mg.Spec.ForProvider.Enabled = ptr.To(false) }

	cases := map[string]struct {
		reason string
		server *fake
		mg     *v1alpha1.Plugin
		want   want
	}{
		"Enable": {
			reason: "a plugin is enabled",
			server: &fake{statuses: on(model.PluginStateNotRunning)},
			mg:     declared(named),
			want:   want{calls: []string{"GetPluginStatuses", "EnablePlugin"}},
		},
		"Disable": {
			reason: "a plugin is disabled",
			server: &fake{statuses: on(model.PluginStateRunning)},
			mg:     declared(named, disabled),
			want:   want{calls: []string{"GetPluginStatuses", "DisablePlugin"}},
		},
		"Version": {
			reason: "another version is installed, and enabled",
			server: &fake{statuses: on(model.PluginStateNotRunning), manifest: model.Manifest{Id: id, Version: "2.0.0"}},
			mg:     declared(named, from("https://b"), ofVersion("2.0.0")),
			want:   want{calls: []string{"GetPluginStatuses", "InstallPluginFromURL", "EnablePlugin"}, downloaded: "https://b 2.0.0"},
		},
		"URL": {
			reason: "what is at another URL is installed, of whatever version",
			server: &fake{statuses: on(model.PluginStateRunning), manifest: model.Manifest{Id: id, Version: "1.0.0"}},
			mg:     declared(named, from("https://b"), downloadedFrom("https://a", "1.0.0")),
			want:   want{calls: []string{"GetPluginStatuses", "InstallPluginFromURL"}, downloaded: "https://b 1.0.0"},
		},
		"WrongVersion": {
			reason: "what the URL has is remembered, though it is not what is declared",
			server: &fake{statuses: on(model.PluginStateRunning), manifest: model.Manifest{Id: id, Version: "1.0.0"}},
			mg:     declared(named, from("https://a"), ofVersion("2.0.0")),
			want:   want{err: cmpopts.AnyError, calls: []string{"GetPluginStatuses", "InstallPluginFromURL"}, downloaded: "https://a 1.0.0"},
		},
		"KnownWrongVersion": {
			reason: "what is not what is declared is not installed again and again",
			server: &fake{statuses: on(model.PluginStateRunning)},
			mg:     declared(named, from("https://a"), ofVersion("2.0.0"), downloadedFrom("https://a", "1.0.0")),
			want:   want{err: cmpopts.AnyError, calls: []string{"GetPluginStatuses"}, downloaded: "https://a 1.0.0"},
		},
		"ReplacedOnTheServer": {
			reason: "a version that somebody else installed is replaced",
			server: &fake{statuses: on(model.PluginStateRunning), manifest: model.Manifest{Id: id, Version: "2.0.0"}},
			mg:     declared(named, from("https://b"), ofVersion("2.0.0"), downloadedFrom("https://b", "2.0.0")),
			want:   want{calls: []string{"GetPluginStatuses", "InstallPluginFromURL"}, downloaded: "https://b 2.0.0"},
		},
		"Nothing": {
			reason: "what does not differ is not written",
			server: &fake{statuses: on(model.PluginStateRunning)},
			mg:     declared(named),
			want:   want{calls: []string{"GetPluginStatuses"}},
		},
		"Gone": {
			reason: "a plugin that is gone is not updated",
			server: &fake{},
			mg:     declared(named),
			want:   want{err: cmpopts.AnyError, calls: []string{"GetPluginStatuses"}},
		},
		"CannotGet": {
			reason: "nothing is written while it is unknown what is there",
			server: &fake{Record: kindtest.Fails("GetPluginStatuses", boom)},
			mg:     declared(named),
			want:   want{err: boom, calls: []string{"GetPluginStatuses"}},
		},
		"CannotEnable": {
			reason: "an error is passed on",
			server: &fake{statuses: on(model.PluginStateNotRunning), Record: kindtest.Fails("EnablePlugin", boom)},
			mg:     declared(named),
			want:   want{err: boom, calls: []string{"GetPluginStatuses", "EnablePlugin"}},
		},
		"CannotDisable": {
			reason: "an error is passed on",
			server: &fake{statuses: on(model.PluginStateRunning), Record: kindtest.Fails("DisablePlugin", boom)},
			mg:     declared(named, disabled),
			want:   want{err: boom, calls: []string{"GetPluginStatuses", "DisablePlugin"}},
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := (&external{server: tc.server}).Update(t.Context(), tc.mg)
			at := tc.mg.Status.AtProvider
			got := want{err: err, calls: tc.server.Calls, downloaded: strings.TrimSpace(at.DownloadURL + " " + at.DownloadVersion)}

			if diff := cmp.Diff(tc.want, got, cmp.AllowUnexported(want{}), cmpopts.EquateErrors()); diff != "" {
				t.Errorf("\n%s\nUpdate(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}
