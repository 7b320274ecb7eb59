package settings

import (
	"testing"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/mattermost/mattermost/server/public/model"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/server/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/provider/kindtest"
)

func TestUpdate(t *testing.T) {
	boom := errors.New("boom")
	all := []string{"GetConfig", "GetEnvironmentConfig", "/config/patch"}

	type want struct {
		err      error
		calls    []string
		patched  string
		versions map[string]string
	}

	cases := map[string]struct {
		reason string
		server *fake
		mg     *v1alpha1.Settings
		want   want
	}{
		"Settings": {
			reason: "what differs is written, and nothing else",
			server: &fake{
				config: `{"TeamSettings":{"SiteName":"Old","MaxUsersPerTeam":50},"LogSettings":{"ConsoleLevel":"INFO"}}`,
				after:  `{"TeamSettings":{"SiteName":"New","MaxUsersPerTeam":50},"LogSettings":{"ConsoleLevel":"INFO"}}`,
			},
			mg:   declared(`{"TeamSettings":{"SiteName":"New","MaxUsersPerTeam":50},"LogSettings":{"ConsoleLevel":"INFO"}}`),
			want: want{calls: all, patched: `{"TeamSettings":{"SiteName":"New"}}`, versions: map[string]string{}},
		},
		"Secret": {
			reason: "a secret is written, and it is noted which; what is not declared any more is forgotten",
			server: &fake{
				config: `{"EmailSettings":{"SMTPPassword":"` + model.FakeSetting + `"}}`,
				after:  `{"EmailSettings":{"SMTPPassword":"` + model.FakeSetting + `"}}`,
			},
			mg:   declared("", secretly(smtpPassword), written("LdapSettings.BindPassword", "old")),
			want: want{calls: all, patched: `{"EmailSettings":{"SMTPPassword":"pw"}}`, versions: map[string]string{smtpPassword: version}},
		},
		"OtherSecret": {
			reason: "a secret that did not change is not written again",
			server: &fake{
				config: `{"EmailSettings":{"SMTPPassword":"` + model.FakeSetting + `"},"TeamSettings":{"SiteName":"Old"}}`,
				after:  `{"EmailSettings":{"SMTPPassword":"` + model.FakeSetting + `"},"TeamSettings":{"SiteName":"New"}}`,
			},
			mg:   declared(`{"TeamSettings":{"SiteName":"New"}}`, secretly(smtpPassword), written(smtpPassword, version)),
			want: want{calls: all, patched: `{"TeamSettings":{"SiteName":"New"}}`, versions: map[string]string{smtpPassword: version}},
		},
		"Plugin": {
			reason: "the settings of plugins are one value to the server: those of others stay in it",
			server: &fake{
				config: `{"PluginSettings":{"Plugins":{"com.example.a":{"x":1,"y":2},"com.example.b":{"z":3}},"Enable":true}}`,
				after:  `{"PluginSettings":{"Plugins":{"com.example.a":{"x":9,"y":2,"token":"` + model.FakeSetting + `"},"com.example.b":{"z":3}}}}`,
			},
			mg: declared(`{"PluginSettings":{"Plugins":{"com.example.a":{"x":9}}}}`, secretly("PluginSettings.Plugins.com.example.a.token")),
			want: want{
				calls:    all,
				patched:  `{"PluginSettings":{"Plugins":{"com.example.a":{"token":"pw","x":9,"y":2},"com.example.b":{"z":3}}}}`,
				versions: map[string]string{"PluginSettings.Plugins.com.example.a.token": version},
			},
		},
		"FirstPlugin": {
			reason: "a server may have no plugins' settings at all",
			server: &fake{
				config: `{"PluginSettings":{"Plugins":null,"PluginStates":{}}}`,
				after:  `{"PluginSettings":{"Plugins":{"com.example.a":{"x":9}}}}`,
			},
			mg:   declared(`{"PluginSettings":{"Plugins":{"com.example.a":{"x":9}}}}`),
			want: want{calls: all, patched: `{"PluginSettings":{"Plugins":{"com.example.a":{"x":9}}}}`, versions: map[string]string{}},
		},
		"Environment": {
			reason: "what the environment sets would be written at every poll",
			server: &fake{config: `{"TeamSettings":{"SiteName":"Old"}}`, environment: `{"TeamSettings":{"SiteName":true}}`},
			mg:     declared(`{"TeamSettings":{"SiteName":"New"}}`),
			want:   want{err: cmpopts.AnyError, calls: []string{"GetConfig", "GetEnvironmentConfig"}},
		},
		"NotTaken": {
			reason: "what the server leaves as it is does not go unnoticed",
			server: &fake{config: `{"ServiceSettings":{"SiteURL":"https://a"}}`, after: `{"ServiceSettings":{"SiteURL":"https://b"}}`},
			mg:     declared(`{"ServiceSettings":{"SiteURL":"https://b/"}}`),
			want:   want{err: cmpopts.AnyError, calls: all, patched: `{"ServiceSettings":{"SiteURL":"https://b/"}}`, versions: map[string]string{}},
		},
		"Nothing": {
			reason: "what does not differ is not written",
			server: &fake{config: `{"TeamSettings":{"SiteName":"Chat"}}`},
			mg:     declared(`{"TeamSettings":{"SiteName":"Chat"}}`),
			want:   want{calls: []string{"GetConfig"}},
		},
		"CannotGet": {
			reason: "nothing is written while it is unknown what is there",
			server: &fake{Record: kindtest.Fails("GetConfig", boom)},
			mg:     declared(`{"TeamSettings":{"SiteName":"New"}}`),
			want:   want{err: boom, calls: []string{"GetConfig"}},
		},
		"CannotAsk": {
			reason: "nothing is written while it is unknown what the environment sets",
			server: &fake{config: `{"TeamSettings":{"SiteName":"Old"}}`, Record: kindtest.Fails("GetEnvironmentConfig", boom)},
			mg:     declared(`{"TeamSettings":{"SiteName":"New"}}`),
			want:   want{err: boom, calls: []string{"GetConfig", "GetEnvironmentConfig"}},
		},
		"CannotWrite": {
			reason: "a secret that was not written is written again",
			server: &fake{config: `{"EmailSettings":{"SMTPPassword":""}}`, Record: kindtest.Fails("/config/patch", boom)},
			mg:     declared("", secretly(smtpPassword)),
			want:   want{err: boom, calls: all, patched: `{"EmailSettings":{"SMTPPassword":"pw"}}`},
		},
		"CannotRead": {
			reason: "an answer that is none is an error",
			server: &fake{config: `{"TeamSettings":{"SiteName":"Old"}}`, after: "<html>"},
			mg:     declared(`{"TeamSettings":{"SiteName":"New"}}`),
			want:   want{err: cmpopts.AnyError, calls: all, patched: `{"TeamSettings":{"SiteName":"New"}}`},
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := (&external{server: tc.server, kube: cluster()}).Update(t.Context(), tc.mg)
			got := want{err: err, calls: tc.server.Calls, patched: tc.server.patched, versions: tc.mg.Status.AtProvider.SecretVersions}

			if diff := cmp.Diff(tc.want, got, cmp.AllowUnexported(want{}), cmpopts.EquateErrors(), cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("\n%s\nUpdate(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}
