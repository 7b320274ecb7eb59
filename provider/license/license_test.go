package license

import (
	"context"
	"encoding/base64"
	"strings"
	"testing"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/crossplane/crossplane-runtime/v2/pkg/meta"
	"github.com/crossplane/crossplane-runtime/v2/pkg/reconciler/managed"
	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
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

func TestObserve(t *testing.T) {
	boom := errors.New("boom")
	get := []string{"GetOldClientLicense"}

	cases := map[string]struct {
		reason string
		server *fake
		kube   client.Reader
		mg     *v1alpha1.License
		// id in the status after it.
		id   string
		want kindtest.Observed
	}{
		"UpToDate": {
			reason: "a license that is as declared costs one read",
			server: &fake{license: licensed("ours", "enterprise")},
			kube:   cluster(file(`{"id":"ours"}`)),
			mg:     declared(named),
			id:     "ours",
			want: kindtest.Observed{
				Observation:  managed.ExternalObservation{ResourceExists: true, ResourceUpToDate: true},
				Calls:        get,
				ExternalName: "ours",
				Ready:        xpv2.Available(),
			},
		},
		"Adopted": {
			reason: "a license that is there already is not uploaded again",
			server: &fake{license: licensed("ours", "enterprise")},
			kube:   cluster(file(`{"id":"ours"}`)),
			mg:     declared(),
			id:     "ours",
			want: kindtest.Observed{
				Observation:  managed.ExternalObservation{ResourceExists: true, ResourceUpToDate: true, ResourceLateInitialized: true},
				Calls:        get,
				ExternalName: "ours",
				Ready:        xpv2.Available(),
			},
		},
		"Another": {
			reason: "another license is to be replaced, and is never taken for ours",
			server: &fake{license: licensed("theirs", "enterprise")},
			kube:   cluster(file(`{"id":"ours"}`)),
			mg:     declared(),
			id:     "theirs",
			want:   kindtest.Observed{Observation: managed.ExternalObservation{ResourceExists: true, Diff: "licenseSecretRef"}, Calls: get},
		},
		"EncryptedAndUploaded": {
			reason: "a license that does not tell its id is known by the Secret that it was uploaded from",
			server: &fake{license: licensed("ours", "enterprise")},
			kube:   cluster("-----BEGIN LICENSE FILE-----"),
			mg:     declared(named, uploadedFrom("uid/7/text")),
			id:     "ours",
			want: kindtest.Observed{
				Observation:  managed.ExternalObservation{ResourceExists: true, ResourceUpToDate: true},
				Calls:        get,
				ExternalName: "ours",
				Ready:        xpv2.Available(),
			},
		},
		"EncryptedAndChanged": {
			reason: "a license that does not tell its id is to be uploaded when the Secret changed",
			server: &fake{license: licensed("ours", "enterprise")},
			kube:   cluster("-----BEGIN LICENSE FILE-----"),
			mg:     declared(named, uploadedFrom("uid/6/text")),
			id:     "ours",
			want:   kindtest.Observed{Observation: managed.ExternalObservation{ResourceExists: true, Diff: "licenseSecretRef"}, Calls: get, ExternalName: "ours"},
		},
		"Unlicensed": {
			reason: "a server without a license is to have one",
			server: &fake{license: map[string]string{"IsLicensed": "false"}},
			kube:   cluster(file(`{"id":"ours"}`)),
			mg:     declared(),
			want:   kindtest.Observed{Calls: get},
		},
		"Entry": {
			reason: "the edition that a server has by itself is no license",
			server: &fake{license: licensed("", "entry")},
			kube:   cluster(file(`{"id":"ours"}`)),
			mg:     declared(),
			want:   kindtest.Observed{Calls: get},
		},
		"Unseen": {
			reason: "a license that the account may not see is not uploaded again and again",
			server: &fake{license: licensed("", "enterprise")},
			kube:   cluster(file(`{"id":"ours"}`)),
			mg:     declared(),
			want:   kindtest.Observed{Err: cmpopts.AnyError, Calls: get},
		},
		"NoSecret": {
			reason: "a Secret that is not there is an error",
			server: &fake{license: licensed("theirs", "enterprise")},
			kube:   cluster(""),
			mg:     declared(),
			id:     "theirs",
			want:   kindtest.Observed{Err: cmpopts.AnyError, Calls: get},
		},
		"Unreachable": {
			reason: "an error says nothing about the license",
			server: &fake{Record: kindtest.Fails("GetOldClientLicense", boom)},
			kube:   cluster(file(`{"id":"ours"}`)),
			mg:     declared(named),
			want:   kindtest.Observed{Err: boom, Calls: get, ExternalName: "ours"},
		},
		"Kept": {
			reason: "deletion leaves the license where it is, without a request",
			server: &fake{license: licensed("ours", "enterprise")},
			kube:   cluster(""),
			mg:     declared(named, deleted),
			want:   kindtest.Observed{ExternalName: "ours"},
		},
		"ToBeRemoved": {
			reason: "a license is there until it is removed, also after its Secret",
			server: &fake{license: licensed("ours", "enterprise")},
			kube:   cluster(""),
			mg:     declared(named, deleted, removed),
			id:     "ours",
			want:   kindtest.Observed{Observation: managed.ExternalObservation{ResourceExists: true}, Calls: get, ExternalName: "ours"},
		},
		"AnotherIsNotRemoved": {
			reason: "consent to remove ours is none to remove another",
			server: &fake{license: licensed("theirs", "enterprise")},
			kube:   cluster(""),
			mg:     declared(named, deleted, removed),
			id:     "theirs",
			want:   kindtest.Observed{Calls: get, ExternalName: "ours"},
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			kindtest.Observe(t, tc.reason, &external{server: tc.server, kube: tc.kube}, &tc.server.Record, tc.mg, tc.want)

			if diff := cmp.Diff(tc.id, tc.mg.Status.AtProvider.ID); diff != "" {
				t.Errorf("\n%s\nObserve(...): status.atProvider.id: -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestUpload(t *testing.T) {
	boom := errors.New("boom")
	text := file(`{"id":"ours"}`)

	type want struct {
		err      error
		calls    []string
		uploaded string
		version  string
	}

	cases := map[string]struct {
		reason string
		server *fake
		kube   client.Reader
		want   want
	}{
		"Upload": {
			reason: "the license is uploaded, and it is noted which",
			server: &fake{},
			kube:   cluster(text + "\n"),
			want:   want{calls: []string{"UploadLicenseFile"}, uploaded: text, version: "uid/7/text"},
		},
		"NoSecret": {
			reason: "nothing is uploaded while there is no license",
			server: &fake{},
			kube:   cluster(""),
			want:   want{err: cmpopts.AnyError},
		},
		"Refused": {
			reason: "a license that was not taken is uploaded again",
			server: &fake{Record: kindtest.Fails("UploadLicenseFile", boom)},
			kube:   cluster(text),
			want:   want{err: boom, calls: []string{"UploadLicenseFile"}, uploaded: text},
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			upload := map[string]func(e *external, mg *v1alpha1.License) error{
				"Create": func(e *external, mg *v1alpha1.License) error {
					_, err := e.Create(t.Context(), mg)
					return err
				},
				"Update": func(e *external, mg *v1alpha1.License) error {
					_, err := e.Update(t.Context(), mg)
					return err
				},
			}

			for method, do := range upload {
				tc.server.Calls = nil
				mg := declared()
				err := do(&external{server: tc.server, kube: tc.kube}, mg)
				got := want{err: err, calls: tc.server.Calls, uploaded: tc.server.uploaded, version: mg.Status.AtProvider.LicenseSecretVersion}

				if diff := cmp.Diff(tc.want, got, cmp.AllowUnexported(want{}), cmpopts.EquateErrors()); diff != "" {
					t.Errorf("\n%s\n%s(...): -want, +got:\n%s", tc.reason, method, diff)
				}
			}
		})
	}
}

func TestDelete(t *testing.T) {
	boom := errors.New("boom")

	cases := map[string]struct {
		reason string
		fails  error
	}{
		"Remove":       {reason: "a license is removed when the spec consents"},
		"CannotRemove": {reason: "an error keeps the object", fails: boom},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			server := &fake{Record: kindtest.Fails("RemoveLicenseFile", tc.fails)}
			kindtest.Delete(t, tc.reason, &external{server: server}, &server.Record, declared(named, deleted, removed), kindtest.Deleted{Err: tc.fails, Calls: []string{"RemoveLicenseFile"}})
		})
	}
}

func TestIDOf(t *testing.T) {
	cases := map[string]struct {
		reason string
		file   string
		want   string
	}{
		"Signed":    {reason: "a license tells its id before the signature", file: file(`{"id":"ours"}`), want: "ours"},
		"Padded":    {reason: "what pads a license is no part of it", file: base64.StdEncoding.EncodeToString([]byte(`{"id":"ours"}` + strings.Repeat("s", signatureSize) + "\x00\x00")), want: "ours"},
		"Encrypted": {reason: "a license of another form tells nothing", file: "-----BEGIN LICENSE FILE-----"},
		"Short":     {reason: "a signature alone tells nothing", file: base64.StdEncoding.EncodeToString([]byte("s"))},
		"NotJSON":   {reason: "what is not JSON tells nothing", file: file("ours")},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, idOf(tc.file)); diff != "" {
				t.Errorf("\n%s\n-want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}
