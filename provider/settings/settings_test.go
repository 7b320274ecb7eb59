package settings

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/crossplane/crossplane-runtime/v2/pkg/reconciler/managed"
	"github.com/crossplane/crossplane-runtime/v2/pkg/test"
	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/mattermost/mattermost/server/public/model"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"
	fakeclient "sigs.k8s.io/controller-runtime/pkg/client/fake"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/server/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/provider/kindtest"
)

// fake is a server with a configuration, that records what it was asked. It answers a
// patch with after.
type fake struct {
	kindtest.Record

	config      string
	environment string
	after       string

	patched string
}

// object of a JSON text. Nothing is an empty one.
func object(text string) map[string]any {
	out := map[string]any{}
	if text != "" {
		if err := json.Unmarshal([]byte(text), &out); err != nil {
			panic(err)
		}
	}

	return out
}

func (f *fake) GetConfigWithOptions(_ context.Context, o model.GetConfigOptions) (map[string]any, *model.Response, error) {
	if o.RemoveDefaults || o.RemoveMasked {
		return nil, nil, errors.New("a configuration that lacks what is to be compared")
	}

	return object(f.config), nil, f.Call("GetConfig")
}

func (f *fake) GetEnvironmentConfig(context.Context) (map[string]any, *model.Response, error) {
	return object(f.environment), nil, f.Call("GetEnvironmentConfig")
}

func (f *fake) DoAPIPutJSON(_ context.Context, url string, data any) (*http.Response, error) {
	j, err := json.Marshal(data)
	f.patched = string(j)

	rsp := &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(strings.NewReader(f.after))}

	return rsp, errors.Join(err, f.Call(url))
}

// cluster with the Secret smtp, of version 7.
func cluster() client.Reader {
	return fakeclient.NewClientBuilder().WithObjects(&corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{Namespace: "ns", Name: "smtp", UID: "uid", ResourceVersion: "7"},
		Data:       map[string][]byte{"password": []byte("pw\n")},
	}).Build()
}

const (
	smtpPassword = "EmailSettings.SMTPPassword" //nolint:gosec // The name of a setting.
	version      = "uid/7/password"
)

// declared returns Settings of config, changed by change.
func declared(config string, change ...func(mg *v1alpha1.Settings)) *v1alpha1.Settings {
	mg := &v1alpha1.Settings{ObjectMeta: metav1.ObjectMeta{Namespace: "ns"}}
	if config != "" {
		mg.Spec.ForProvider.Config = &runtime.RawExtension{Raw: []byte(config)}
	}

	for _, c := range change {
		c(mg)
	}

	return mg
}

// secretly declares the setting at path by the Secret smtp.
func secretly(path string) func(mg *v1alpha1.Settings) {
	return func(mg *v1alpha1.Settings) {
		mg.Spec.ForProvider.SecretConfig = append(mg.Spec.ForProvider.SecretConfig, v1alpha1.SecretSetting{
			Path:           path,
			ValueSecretRef: xpv2.LocalSecretKeySelector{LocalSecretReference: xpv2.LocalSecretReference{Name: "smtp"}, Key: "password"},
		})
	}
}

func written(path, version string) func(mg *v1alpha1.Settings) {
	return func(mg *v1alpha1.Settings) { mg.Status.AtProvider.SecretVersions = map[string]string{path: version} }
}

func deleted(mg *v1alpha1.Settings) { mg.DeletionTimestamp = ptr.To(metav1.Now()) }

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

// TestNothingIsCreatedOrDeleted proves that settings are only changed.
func TestNothingIsCreatedOrDeleted(t *testing.T) {
	server := &fake{}
	e := &external{server: server, kube: cluster()}

	if _, err := e.Create(t.Context(), declared("")); err == nil {
		t.Error("Create(...): no error")
	}

	if _, err := e.Delete(t.Context(), declared("")); err != nil {
		t.Errorf("Delete(...): %v", err)
	}

	if diff := cmp.Diff([]string(nil), server.Calls); diff != "" {
		t.Errorf("requests: -want, +got:\n%s", diff)
	}
}
