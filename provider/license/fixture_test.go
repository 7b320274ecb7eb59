package license

import (
	"context"
	"encoding/base64"
	"strings"

	"github.com/crossplane/crossplane-runtime/v2/pkg/meta"
	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	"github.com/mattermost/mattermost/server/public/model"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"
	fakeclient "sigs.k8s.io/controller-runtime/pkg/client/fake"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/server/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/provider/kindtest"
)

// fake is a server that says of its license what it is told to.
type fake struct {
	kindtest.Record

	license map[string]string

	uploaded string
}

func (f *fake) GetOldClientLicense(context.Context, string) (map[string]string, *model.Response, error) {
	return f.license, nil, f.Call("GetOldClientLicense")
}

func (f *fake) UploadLicenseFile(_ context.Context, data []byte) (*model.Response, error) {
	f.uploaded = string(data)
	return nil, f.Call("UploadLicenseFile")
}

func (f *fake) RemoveLicenseFile(context.Context) (*model.Response, error) {
	return nil, f.Call("RemoveLicenseFile")
}

func licensed(id, sku string) map[string]string {
	return map[string]string{"IsLicensed": "true", "Id": id, "SkuShortName": sku, "Users": "100", "ExpiresAt": "9"}
}

// file returns a license file with a signature that nobody looks at.
func file(said string) string {
	return base64.StdEncoding.EncodeToString([]byte(said + strings.Repeat("s", signatureSize)))
}

// cluster whose Secret license holds text, unless that is empty.
func cluster(text string) client.Reader {
	c := fakeclient.NewClientBuilder()
	if text != "" {
		c.WithObjects(&corev1.Secret{
			ObjectMeta: metav1.ObjectMeta{Namespace: "ns", Name: "license", UID: "uid", ResourceVersion: "7"},
			Data:       map[string][]byte{"text": []byte(text)},
		})
	}

	return c.Build()
}

// declared returns a License, changed by change.
func declared(change ...func(mg *v1alpha1.License)) *v1alpha1.License {
	mg := &v1alpha1.License{
		ObjectMeta: metav1.ObjectMeta{Namespace: "ns"},
		Spec: v1alpha1.LicenseSpec{ForProvider: v1alpha1.LicenseParameters{
			LicenseSecretRef: xpv2.LocalSecretKeySelector{LocalSecretReference: xpv2.LocalSecretReference{Name: "license"}, Key: "text"},
			Deletion:         v1alpha1.LicenseKeep,
		}},
	}

	for _, c := range change {
		c(mg)
	}

	return mg
}

func named(mg *v1alpha1.License) { meta.SetExternalName(mg, "ours") }

func uploadedFrom(version string) func(mg *v1alpha1.License) {
	return func(mg *v1alpha1.License) { mg.Status.AtProvider.LicenseSecretVersion = version }
}

func deleted(mg *v1alpha1.License) { mg.DeletionTimestamp = ptr.To(metav1.Now()) }

func removed(mg *v1alpha1.License) { mg.Spec.ForProvider.Deletion = v1alpha1.LicenseRemove }
