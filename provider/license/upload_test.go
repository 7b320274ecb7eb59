package license

import (
	"testing"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/server/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/provider/kindtest"
)

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
