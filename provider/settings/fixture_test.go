package settings

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
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
