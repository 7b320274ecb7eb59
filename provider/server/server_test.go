package server

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
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/server/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/provider/kindtest"
)

const (
	unlicensed = "11.4.0.123.4.cafe.false"
	licensed   = "11.4.0.123.4.beef.true"
)

// fake is a server that says of itself what it is told to.
type fake struct {
	kindtest.Record

	header string
	ping   map[string]any
	config map[string]string
}

func (f *fake) GetPingWithOptions(_ context.Context, o model.SystemPingOptions) (map[string]any, *model.Response, error) {
	if !o.FullStatus || !o.RESTSemantics {
		return nil, nil, errors.New("a ping that tells too little")
	}

	return f.ping, &model.Response{ServerVersion: f.header}, f.Call("ping")
}

func (f *fake) DoAPIGet(context.Context, string, string) (*http.Response, error) {
	j, err := json.Marshal(f.config)

	return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(strings.NewReader(string(j)))}, errors.Join(err, f.Call("config"))
}

func (f *fake) GetOldClientLicense(context.Context, string) (map[string]string, *model.Response, error) {
	return map[string]string{"Id": "license", "SkuShortName": "enterprise", "Users": "100", "ExpiresAt": "9", "Cluster": "true"}, nil, f.Call("license")
}

func healthy() map[string]any {
	return map[string]any{"status": "OK", "database_status": "OK", "filestore_status": "OK"}
}

func TestObserve(t *testing.T) {
	boom := errors.New("boom")
	there := managed.ExternalObservation{ResourceExists: true, ResourceUpToDate: true}

	known := v1alpha1.ServerObservation{
		Version: "11.4.0", BuildNumber: "123.4", ConfigHash: "cafe", Edition: "Team",
		Status: "OK", DatabaseStatus: "OK", FilestoreStatus: "OK",
	}

	type want struct {
		observation managed.ExternalObservation
		err         error
		at          v1alpha1.ServerObservation
		ready       xpv2.Condition
		calls       []string
	}

	cases := map[string]struct {
		reason  string
		server  *fake
		before  v1alpha1.ServerObservation
		deleted bool
		want    want
	}{
		"First": {
			reason: "a healthy server is ready, and says what it is",
			server: &fake{header: unlicensed, ping: healthy()},
			want:   want{observation: there, at: known, ready: xpv2.Available(), calls: []string{"ping", "config"}},
		},
		"Steady": {
			reason: "a server that is as before costs one read",
			server: &fake{header: unlicensed, ping: healthy()},
			before: known,
			want:   want{observation: there, at: known, ready: xpv2.Available(), calls: []string{"ping"}},
		},
		"Licensed": {
			reason: "a new license is looked at",
			server: &fake{header: licensed, ping: healthy(), config: map[string]string{"BuildEnterpriseReady": "true"}},
			before: known,
			want: want{
				observation: there,
				at: v1alpha1.ServerObservation{
					Version: "11.4.0", BuildNumber: "123.4", ConfigHash: "beef", Edition: "Enterprise",
					Status: "OK", DatabaseStatus: "OK", FilestoreStatus: "OK",
					License: &v1alpha1.ServerLicense{ID: "license", SKUShortName: "enterprise", Users: 100, ExpiresAt: 9, HighAvailability: ptr.To(true)},
				},
				ready: xpv2.Available(),
				calls: []string{"ping", "config", "license"},
			},
		},
		"LicenseOfOlderProvider": {
			reason: "a license whose high availability is not known is looked at again",
			server: &fake{header: licensed, ping: healthy(), config: map[string]string{"BuildEnterpriseReady": "true"}},
			before: v1alpha1.ServerObservation{
				Version: "11.4.0", BuildNumber: "123.4", ConfigHash: "beef", Edition: "Enterprise",
				License: &v1alpha1.ServerLicense{ID: "license", SKUShortName: "enterprise", Users: 100, ExpiresAt: 9},
			},
			want: want{
				observation: there,
				at: v1alpha1.ServerObservation{
					Version: "11.4.0", BuildNumber: "123.4", ConfigHash: "beef", Edition: "Enterprise",
					Status: "OK", DatabaseStatus: "OK", FilestoreStatus: "OK",
					License: &v1alpha1.ServerLicense{ID: "license", SKUShortName: "enterprise", Users: 100, ExpiresAt: 9, HighAvailability: ptr.To(true)},
				},
				ready: xpv2.Available(),
				calls: []string{"ping", "config", "license"},
			},
		},
		"Unhealthy": {
			reason: "a server is as healthy as its worst part, which is named",
			server: &fake{header: unlicensed, ping: map[string]any{"status": "UNHEALTHY", "database_status": "UNHEALTHY", "filestore_status": "OK"}},
			before: known,
			want: want{
				observation: there,
				at: v1alpha1.ServerObservation{
					Version: "11.4.0", BuildNumber: "123.4", ConfigHash: "cafe", Edition: "Team",
					Status: "UNHEALTHY", DatabaseStatus: "UNHEALTHY", FilestoreStatus: "OK",
				},
				ready: xpv2.Unavailable().WithMessage("the server says that it is unhealthy: database, server"),
				calls: []string{"ping"},
			},
		},
		"Unreachable": {
			reason: "a server that does not answer is not ready, and nothing is known of its parts",
			server: &fake{Record: kindtest.Fails("ping", boom)},
			before: known,
			want: want{
				observation: there,
				at:          v1alpha1.ServerObservation{Version: "11.4.0", BuildNumber: "123.4", ConfigHash: "cafe", Edition: "Team"},
				ready:       xpv2.Unavailable().WithMessage("cannot ask the server for its health: boom"),
				calls:       []string{"ping"},
			},
		},
		"NoLicense": {
			reason: "what cannot be asked for is asked for again",
			server: &fake{header: licensed, ping: healthy(), Record: kindtest.Fails("license", boom)},
			before: known,
			want:   want{observation: there, err: boom, at: known, calls: []string{"ping", "config", "license"}},
		},
		"Deleted": {
			reason:  "a Server that is deleted asks for nothing and leaves the server alone",
			server:  &fake{},
			deleted: true,
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			mg := &v1alpha1.Server{Status: v1alpha1.ServerStatus{AtProvider: tc.before}}
			if tc.deleted {
				mg.DeletionTimestamp = ptr.To(metav1.Now())
			}

			observation, err := (&external{server: tc.server}).Observe(t.Context(), mg)
			got := want{observation: observation, err: err, at: mg.Status.AtProvider, calls: tc.server.Calls}

			if c := mg.GetCondition(xpv2.TypeReady); c.Reason != "" {
				got.ready = c
			}

			if diff := cmp.Diff(tc.want, got, cmp.AllowUnexported(want{}), cmpopts.EquateErrors(), test.EquateConditions()); diff != "" {
				t.Errorf("\n%s\nObserve(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestParseVersion(t *testing.T) {
	cases := map[string]struct {
		reason string
		header string
		want   identity
	}{
		"Release":       {reason: "a release has a build number", header: "9.10.0.9145.cafe.false", want: identity{version: "9.10.0", buildNumber: "9145", configHash: "cafe"}},
		"DottedBuild":   {reason: "a build number may have dots", header: licensed, want: identity{version: "11.4.0", buildNumber: "123.4", configHash: "beef", licensed: true}},
		"NoBuildNumber": {reason: "a build of one's own has no number", header: "11.4.0..cafe.false", want: identity{version: "11.4.0", configHash: "cafe"}},
		"Other":         {reason: "a header of another form is kept as it is", header: "12", want: identity{version: "12"}},
		"None":          {reason: "a server may say nothing"},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, parseVersion(tc.header), cmp.AllowUnexported(identity{})); diff != "" {
				t.Errorf("\n%s\n-want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

// TestNothingIsWritten proves that a server is only observed.
func TestNothingIsWritten(t *testing.T) {
	server := &fake{}
	e := &external{server: server}

	if _, err := e.Create(t.Context(), nil); err == nil {
		t.Error("Create(...): no error")
	}

	if _, err := e.Update(t.Context(), nil); err == nil {
		t.Error("Update(...): no error")
	}

	if _, err := e.Delete(t.Context(), nil); err != nil {
		t.Errorf("Delete(...): %v", err)
	}

	if diff := cmp.Diff([]string(nil), server.Calls); diff != "" {
		t.Errorf("requests: -want, +got:\n%s", diff)
	}
}
