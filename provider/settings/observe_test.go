package settings

import (
	"strings"
	"testing"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/crossplane/crossplane-runtime/v2/pkg/reconciler/managed"
	"github.com/crossplane/crossplane-runtime/v2/pkg/test"
	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/mattermost/mattermost/server/public/model"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/server/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/provider/kindtest"
)

func TestObserve(t *testing.T) {
	boom := errors.New("boom")
	get := []string{"GetConfig"}
	same := managed.ExternalObservation{ResourceExists: true, ResourceUpToDate: true}

	differs := func(names string) managed.ExternalObservation {
		return managed.ExternalObservation{ResourceExists: true, Diff: names}
	}

	type want struct {
		observation managed.ExternalObservation
		err         error
		calls       []string
		ready       xpv2.Condition
	}

	cases := map[string]struct {
		reason string
		server *fake
		mg     *v1alpha1.Settings
		want   want
	}{
		"UpToDate": {
			reason: "settings that are as declared cost one read, and others are nobody's business",
			server: &fake{config: `{"TeamSettings":{"SiteName":"Chat","MaxUsersPerTeam":50,"TeammateNameDisplay":"theirs"}}`},
			mg:     declared(`{"TeamSettings":{"SiteName":"Chat","MaxUsersPerTeam":50}}`),
			want:   want{observation: same, calls: get, ready: xpv2.Available()},
		},
		"Drift": {
			reason: "every setting that differs is named",
			server: &fake{config: `{"TeamSettings":{"SiteName":"Old","MaxUsersPerTeam":50},"ServiceSettings":{"EnableTutorial":true,"CorsAllowCredentials":null}}`},
			mg:     declared(`{"TeamSettings":{"SiteName":"New","MaxUsersPerTeam":51},"ServiceSettings":{"EnableTutorial":false,"CorsAllowCredentials":false}}`),
			want: want{
				observation: differs("ServiceSettings.CorsAllowCredentials, ServiceSettings.EnableTutorial, TeamSettings.MaxUsersPerTeam, TeamSettings.SiteName"),
				calls:       get,
				ready:       xpv2.Available(),
			},
		},
		"List": {
			reason: "a list is one value",
			server: &fake{config: `{"DisplaySettings":{"CustomURLSchemes":["a","b"]}}`},
			mg:     declared(`{"DisplaySettings":{"CustomURLSchemes":["b"]}}`),
			want:   want{observation: differs("DisplaySettings.CustomURLSchemes"), calls: get, ready: xpv2.Available()},
		},
		"NoList": {
			reason: "no list is an empty one",
			server: &fake{config: `{"DisplaySettings":{"CustomURLSchemes":null}}`},
			mg:     declared(`{"DisplaySettings":{"CustomURLSchemes":[]}}`),
			want:   want{observation: same, calls: get, ready: xpv2.Available()},
		},
		"JSON": {
			reason: "a setting that is any JSON is one value",
			server: &fake{config: `{"LogSettings":{"AdvancedLoggingJSON":{"console":{"type":"console"},"file":{}}}}`},
			mg:     declared(`{"LogSettings":{"AdvancedLoggingJSON":{"console":{"type":"console"}}}}`),
			want:   want{observation: differs("LogSettings.AdvancedLoggingJSON"), calls: get, ready: xpv2.Available()},
		},
		"Plugin": {
			reason: "a plugin's settings are the plugin's: the server need not have heard of them",
			server: &fake{config: `{"PluginSettings":{"Plugins":{"com.example.a":{"x":1,"y":2}}}}`},
			mg:     declared(`{"PluginSettings":{"Plugins":{"com.example.a":{"x":1},"com.example.b":{"z":1}}}}`),
			want:   want{observation: differs("PluginSettings.Plugins.com.example.b.z"), calls: get, ready: xpv2.Available()},
		},
		"HiddenAndWritten": {
			reason: "a secret that the server hides is as it was written: it is not written at every poll",
			server: &fake{config: `{"EmailSettings":{"SMTPPassword":"` + model.FakeSetting + `"}}`},
			mg:     declared("", secretly(smtpPassword), written(smtpPassword, version)),
			want:   want{observation: same, calls: get, ready: xpv2.Available()},
		},
		"HiddenAndChanged": {
			reason: "a secret that the server hides is to be written when its Secret changed",
			server: &fake{config: `{"EmailSettings":{"SMTPPassword":"` + model.FakeSetting + `"}}`},
			mg:     declared("", secretly(smtpPassword), written(smtpPassword, "uid/6/password")),
			want:   want{observation: differs(smtpPassword), calls: get, ready: xpv2.Available()},
		},
		"Emptied": {
			reason: "a secret that is gone from the server is to be written",
			server: &fake{config: `{"EmailSettings":{"SMTPPassword":""}}`},
			mg:     declared("", secretly(smtpPassword), written(smtpPassword, version)),
			want:   want{observation: differs(smtpPassword), calls: get, ready: xpv2.Available()},
		},
		"ShownSecret": {
			reason: "a secret that the server does not hide is compared",
			server: &fake{config: `{"EmailSettings":{"SMTPUsername":"pw"}}`},
			mg:     declared("", secretly("EmailSettings.SMTPUsername")),
			want:   want{observation: same, calls: get, ready: xpv2.Available()},
		},
		"PlainSecret": {
			reason: "a setting that a server hides is not taken from the spec, where anybody reads it",
			server: &fake{config: `{"EmailSettings":{"SMTPPassword":""}}`},
			mg:     declared(`{"EmailSettings":{"SMTPPassword":"pw"}}`),
			want:   want{err: cmpopts.AnyError},
		},
		"PlainSecretOfAPlugin": {
			reason: "nor is one that only this server hides",
			server: &fake{config: `{"PluginSettings":{"Plugins":{"a":{"token":"` + model.FakeSetting + `"}}}}`},
			mg:     declared(`{"PluginSettings":{"Plugins":{"a":{"token":"pw"}}}}`),
			want:   want{err: cmpopts.AnyError, calls: get},
		},
		"Unknown": {
			reason: "a setting that the server does not know would be written at every poll",
			server: &fake{config: `{"TeamSettings":{"SiteName":"Chat"}}`},
			mg:     declared(`{"TeamSettings":{"sitename":"Chat"}}`),
			want:   want{err: cmpopts.AnyError, calls: get},
		},
		"UnknownSection": {
			reason: "nor does it know a section",
			server: &fake{config: `{"TeamSettings":{"SiteName":"Chat"}}`},
			mg:     declared(`{"teamSettings":{"SiteName":"Chat"}}`),
			want:   want{err: cmpopts.AnyError, calls: get},
		},
		"Twice": {
			reason: "a setting has one value",
			server: &fake{config: `{"EmailSettings":{"SMTPUsername":"a"}}`},
			mg:     declared(`{"EmailSettings":{"SMTPUsername":"a"}}`, secretly("EmailSettings.SMTPUsername")),
			want:   want{err: cmpopts.AnyError},
		},
		"Null": {
			reason: "null is no value: a server leaves the setting as it is",
			server: &fake{},
			mg:     declared(`{"TeamSettings":{"SiteName":null}}`),
			want:   want{err: cmpopts.AnyError},
		},
		"NoSection": {
			reason: "settings are in sections",
			server: &fake{},
			mg:     declared(`{"TeamSettings":"Chat"}`),
			want:   want{err: cmpopts.AnyError},
		},
		"NoSecret": {
			reason: "a Secret that is not there is an error",
			server: &fake{},
			mg: declared("", secretly(smtpPassword), func(mg *v1alpha1.Settings) {
				mg.Spec.ForProvider.SecretConfig[0].ValueSecretRef.Name = "other"
			}),
			want: want{err: cmpopts.AnyError},
		},
		"Unreachable": {
			reason: "an error says nothing about settings",
			server: &fake{Record: kindtest.Fails("GetConfig", boom)},
			mg:     declared(`{"TeamSettings":{"SiteName":"Chat"}}`),
			want:   want{err: boom, calls: get},
		},
		"Deleted": {
			reason: "deletion asks for nothing and leaves settings as they are",
			server: &fake{},
			mg:     declared(`{"TeamSettings":{"SiteName":"Chat"}}`, deleted),
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			observation, err := (&external{server: tc.server, kube: cluster()}).Observe(t.Context(), tc.mg)
			got := want{observation: observation, err: err, calls: tc.server.Calls}

			if c := tc.mg.GetCondition(xpv2.TypeReady); c.Reason != "" {
				got.ready = c
			}

			if diff := cmp.Diff(tc.want, got, cmp.AllowUnexported(want{}), cmpopts.EquateErrors(), test.EquateConditions()); diff != "" {
				t.Errorf("\n%s\nObserve(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

// TestErrorsHideValues proves that no error shows what a setting is to be.
func TestErrorsHideValues(t *testing.T) {
	server := &fake{
		config: `{"EmailSettings":{"SMTPUsername":"theirs"}}`,
		after:  `{"EmailSettings":{"SMTPUsername":"theirs"}}`,
	}

	_, err := (&external{server: server, kube: cluster()}).Update(t.Context(), declared("", secretly("EmailSettings.SMTPUsername")))
	if err == nil || strings.Contains(err.Error(), "pw") || strings.Contains(err.Error(), "theirs") {
		t.Errorf("there is no error, or a value is in it: %v", err)
	}
}
