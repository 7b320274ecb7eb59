package license

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/crossplane/crossplane-runtime/v2/pkg/reconciler/managed"
	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/server/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/provider/kindtest"
)

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
