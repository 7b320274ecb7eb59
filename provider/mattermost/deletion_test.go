package mattermost

import (
	"context"
	"testing"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/crossplane/crossplane-runtime/v2/pkg/reconciler/managed"
	"github.com/crossplane/crossplane-runtime/v2/pkg/resource"
	"github.com/crossplane/crossplane-runtime/v2/pkg/test"
	"github.com/google/go-cmp/cmp"
	"github.com/mattermost/mattermost/server/public/model"
	corev1 "k8s.io/api/core/v1"
	kerrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/server/v1alpha1"
)

// terminating is the API server's error for an object in a namespace that is being deleted.
func terminating() error {
	refusal := kerrors.NewForbidden(schema.GroupResource{Resource: "providerconfigusages"}, "usage", errors.New("unable to create new content in namespace ns because it is being terminated"))
	refusal.ErrStatus.Details.Causes = []metav1.StatusCause{{Type: corev1.NamespaceTerminatingCause}}

	return errors.Wrap(refusal, "cannot apply ProviderConfigUsage")
}

// config returns a ProviderConfig with a UID and a generation.
func config(uid types.UID, generation int64) *v1alpha1.ProviderConfig {
	return &v1alpha1.ProviderConfig{ObjectMeta: metav1.ObjectMeta{UID: uid, Generation: generation}, Spec: spec()}
}

func TestConnectDeleted(t *testing.T) {
	const (
		configKey = "*v1alpha1.ProviderConfig ns/chat"
		loginKey  = "*v1.Secret ns/login"
	)

	type want struct {
		// last says that the client is the one from before, and client that there is one.
		last, client, failed, terminating, gone bool
	}

	cases := map[string]struct {
		reason string
		// since is what happened after the resource connected.
		since   func(c cluster, mg *v1alpha1.Team)
		tracked error
		// unconnected says that the resource did not connect before.
		unconnected bool
		want        want
	}{
		"Unchanged": {
			reason: "a configuration that is there is used",
			want:   want{last: true, client: true},
		},
		"Terminating": {
			reason:  "a usage that cannot be recorded is no obstacle, and tells that the namespace goes",
			tracked: terminating(),
			want:    want{last: true, client: true, terminating: true},
		},
		"Untracked": {
			reason:  "any other reason why it cannot be recorded is no obstacle either, and tells nothing",
			tracked: errors.New("boom"),
			want:    want{last: true, client: true},
		},
		"SecretGone": {
			reason: "the last client is used when the Secret is gone",
			since:  func(c cluster, _ *v1alpha1.Team) { delete(c, loginKey) },
			want:   want{last: true, client: true, failed: true, gone: true},
		},
		"ConfigurationGone": {
			reason: "the last client is used when the configuration is gone",
			since:  func(c cluster, _ *v1alpha1.Team) { delete(c, configKey) },
			want:   want{last: true, client: true, failed: true, gone: true},
		},
		"AllGone": {
			reason:  "the last client is used when everything of the namespace is gone",
			since:   func(c cluster, _ *v1alpha1.Team) { delete(c, configKey); delete(c, loginKey) },
			tracked: terminating(),
			want:    want{last: true, client: true, failed: true, gone: true, terminating: true},
		},
		"Restarted": {
			reason:      "a provider that was restarted knows no client",
			since:       func(c cluster, _ *v1alpha1.Team) { delete(c, loginKey) },
			unconnected: true,
			want:        want{failed: true, gone: true},
		},
		"MadeAnew": {
			reason: "the client of a deleted configuration is not used for another one of the same name",
			since:  func(c cluster, _ *v1alpha1.Team) { c[configKey] = config("other", 1); delete(c, loginKey) },
			want:   want{failed: true, gone: true},
		},
		"Changed": {
			reason: "the client of a configuration before it changed may be of another server",
			since:  func(c cluster, _ *v1alpha1.Team) { c[configKey] = config("own", 2); delete(c, loginKey) },
			want:   want{failed: true, gone: true},
		},
		"AnotherReference": {
			reason: "the client of a configuration that the resource does not name any more is not used",
			since:  func(_ cluster, mg *v1alpha1.Team) { mg.Spec.ProviderConfigReference.Name = "missing" },
			want:   want{failed: true, gone: true},
		},
		"AnotherResource": {
			reason: "the client of a resource is not used for another one of the same name",
			since:  func(c cluster, mg *v1alpha1.Team) { mg.UID = "other"; delete(c, configKey) },
			want:   want{failed: true, gone: true},
		},
		"Unusable": {
			reason: "a Secret without credentials can be corrected: no other client is used",
			since:  func(c cluster, _ *v1alpha1.Team) { c[loginKey] = secret(nil) },
			want:   want{failed: true},
		},
		"NoReference": {
			reason: "a resource that names no configuration has no client",
			since:  func(_ cluster, mg *v1alpha1.Team) { mg.Spec.ProviderConfigReference = nil },
			want:   want{failed: true},
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			c := cluster{configKey: config("own", 1), loginKey: secret(map[string]string{"token": "t"})}
			tracked := error(nil)
			connector := NewConnector(&test.MockClient{MockGet: c.get}, resource.ModernTrackerFn(func(context.Context, resource.ModernManaged) error { return tracked }), NewRequests())

			mg := team("ns", v1alpha1.ProviderConfigKind)
			mg.UID, mg.Finalizers = "team", []string{managed.FinalizerName}

			var before *model.Client4

			if !tc.unconnected {
				var err error
				if before, err = connector.Connect(t.Context(), mg); err != nil {
					t.Fatal(err)
				}
			}

			if tc.since != nil {
				tc.since(c, mg)
			}

			tracked = tc.tracked
			d := connector.ConnectDeleted(t.Context(), mg)

			got := want{
				last: d.Client != nil && d.Client == before, client: d.Client != nil, failed: d.Err != nil,
				terminating: d.NamespaceTerminating, gone: d.ConfigurationGone,
			}
			if diff := cmp.Diff(tc.want, got, cmp.AllowUnexported(want{})); diff != "" {
				t.Errorf("\n%s\nConnectDeleted(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

// TestLastClientLogsIn asserts that the last client works after its configuration was
// deleted, although the session ended and refused logins cannot be saved.
func TestLastClientLogsIn(t *testing.T) {
	s, url := newServer(t)
	s.accounts["admin"] = "pw"

	withURL := config("own", 1)
	withURL.Spec.URL = url

	c := cluster{"*v1alpha1.ProviderConfig ns/chat": withURL, "*v1.Secret ns/login": secret(map[string]string{"username": "admin", "password": "pw"})}
	connector := c.connector()
	mg := team("ns", v1alpha1.ProviderConfigKind)
	mg.UID, mg.Finalizers = "team", []string{managed.FinalizerName}

	before, err := connector.Connect(t.Context(), mg)
	if err != nil {
		t.Fatal(err)
	}

	clear(c)

	d := connector.ConnectDeleted(t.Context(), mg)
	if d.Client != before {
		t.Fatal("the last client is not used")
	}

	if _, _, err := d.Client.GetTeam(t.Context(), "team", ""); err != nil {
		t.Errorf("the last client does not work: %v", err)
	}

	if diff := cmp.Diff(1, s.logins); diff != "" {
		t.Errorf("logins: -want, +got:\n%s", diff)
	}
}

// TestLastClientsAreForgotten asserts that a client is kept only as long as there is
// something to delete with it.
func TestLastClientsAreForgotten(t *testing.T) {
	c := cluster{"*v1alpha1.ProviderConfig ns/chat": config("own", 1), "*v1.Secret ns/login": secret(map[string]string{"token": "t"})}
	connector := c.connector()
	mg := team("ns", v1alpha1.ProviderConfigKind)
	mg.UID = "team"

	kept := func() int {
		t.Helper()

		if _, err := connector.Connect(t.Context(), mg); err != nil {
			t.Fatal(err)
		}

		return len(connector.last)
	}

	if diff := cmp.Diff(0, kept()); diff != "" {
		t.Errorf("clients of a resource that was not made: -want, +got:\n%s", diff)
	}

	mg.Finalizers = []string{managed.FinalizerName}

	if diff := cmp.Diff(1, kept()); diff != "" {
		t.Errorf("clients of a resource: -want, +got:\n%s", diff)
	}

	connector.Forget(mg)

	if diff := cmp.Diff(0, len(connector.last)); diff != "" {
		t.Errorf("clients of a resource that is gone: -want, +got:\n%s", diff)
	}
}
