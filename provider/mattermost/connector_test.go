package mattermost

import (
	"context"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/crossplane/crossplane-runtime/v2/pkg/resource"
	"github.com/crossplane/crossplane-runtime/v2/pkg/test"
	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	kerrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/server/v1alpha1"
)

func body(s string) io.ReadCloser { return io.NopCloser(strings.NewReader(s)) }

// cluster holds objects by kind and namespaced name.
type cluster map[string]client.Object

func (c cluster) get(_ context.Context, key client.ObjectKey, into client.Object) error {
	found, ok := c[fmt.Sprintf("%T %s", into, key)]
	if !ok {
		return kerrors.NewNotFound(schema.GroupResource{}, key.Name)
	}

	switch into := into.(type) {
	case *v1alpha1.ProviderConfig:
		found.(*v1alpha1.ProviderConfig).DeepCopyInto(into)
	case *v1alpha1.ClusterProviderConfig:
		found.(*v1alpha1.ClusterProviderConfig).DeepCopyInto(into)
	case *corev1.Secret:
		found.(*corev1.Secret).DeepCopyInto(into)
	default:
		return errors.Errorf("unexpected kind %T", into)
	}

	return nil
}

func (c cluster) connector() *Connector {
	return NewConnector(&test.MockClient{MockGet: c.get}, resource.ModernTrackerFn(func(context.Context, resource.ModernManaged) error { return nil }), NewRequests())
}

func secret(data map[string]string) *corev1.Secret {
	s := &corev1.Secret{Data: map[string][]byte{}}
	s.Name = "login"

	for k, v := range data {
		s.Data[k] = []byte(v)
	}

	return s
}

func team(namespace, kind string) *v1alpha1.Team {
	mg := &v1alpha1.Team{}
	mg.Namespace = namespace
	mg.Spec.ProviderConfigReference = &xpv2.ProviderConfigReference{Kind: kind, Name: "chat"}

	return mg
}

func spec(change ...func(s *v1alpha1.ProviderConfigSpec)) v1alpha1.ProviderConfigSpec {
	s := v1alpha1.ProviderConfigSpec{
		URL:         "https://chat.example.org",
		Credentials: v1alpha1.ProviderCredentials{SecretRef: v1alpha1.SecretReference{Name: "login"}},
	}

	for _, c := range change {
		c(&s)
	}

	return s
}

func TestEndpoint(t *testing.T) {
	type want struct {
		endpoint Endpoint
		err      string
	}

	cases := map[string]struct {
		reason  string
		cluster cluster
		cfg     configuration
		want    want
	}{
		"Token": {
			reason: "a token wins over a login, and rates have defaults",
			cluster: cluster{
				"*v1alpha1.ProviderConfig ns/chat": &v1alpha1.ProviderConfig{Spec: spec()},
				"*v1.Secret ns/login":              secret(map[string]string{"token": "t\n", "username": "admin", "password": "p"}),
			},
			cfg:  configuration{kind: v1alpha1.ProviderConfigKind, name: client.ObjectKey{Namespace: "ns", Name: "chat"}},
			want: want{endpoint: Endpoint{URL: "https://chat.example.org", Credentials: Credentials{Token: "t"}, Origin: Origin{Kind: v1alpha1.ProviderConfigKind, Name: "chat", Secret: "login"}, RequestsPerSecond: 10, Burst: 20}},
		},
		"Everything": {
			reason: "a login, a first administrator, authorities and a rate are as they are declared",
			cluster: cluster{
				"*v1alpha1.ClusterProviderConfig /chat": &v1alpha1.ClusterProviderConfig{Spec: spec(func(s *v1alpha1.ProviderConfigSpec) {
					s.Credentials.SecretRef.Namespace = "platform"
					s.FirstAdministrator = &v1alpha1.FirstAdministrator{Email: "admin@example.org"}
					s.TLS = &v1alpha1.TLS{CABundle: "bundle", CASecretRef: &v1alpha1.SecretKeyReference{SecretReference: v1alpha1.SecretReference{Namespace: "pki", Name: "ca"}}}
					s.RateLimit = &v1alpha1.RateLimit{RequestsPerSecond: 3, Burst: 4}
				})},
				"*v1.Secret platform/login": secret(map[string]string{"username": "admin", "password": " p \n"}),
				"*v1.Secret pki/ca":         secret(map[string]string{"ca.crt": "secret"}),
			},
			cfg: configuration{kind: v1alpha1.ClusterProviderConfigKind, name: client.ObjectKey{Name: "chat"}},
			want: want{endpoint: Endpoint{
				URL:                    "https://chat.example.org",
				Credentials:            Credentials{Username: "admin", Password: " p "},
				FirstAdministrator:     "admin@example.org",
				CertificateAuthorities: "bundle\nsecret",
				Origin:                 Origin{Kind: v1alpha1.ClusterProviderConfigKind, Name: "chat", Secret: "login"},
				RequestsPerSecond:      3,
				Burst:                  4,
			}},
		},
		"OwnNamespaceOnly": {
			reason: "a ProviderConfig does not lend out Secrets of other namespaces, whatever it says",
			cluster: cluster{
				"*v1alpha1.ProviderConfig ns/chat": &v1alpha1.ProviderConfig{Spec: spec(func(s *v1alpha1.ProviderConfigSpec) {
					s.Credentials.SecretRef.Namespace = "platform"
				})},
				"*v1.Secret platform/login": secret(map[string]string{"token": "t"}),
			},
			cfg:  configuration{kind: v1alpha1.ProviderConfigKind, name: client.ObjectKey{Namespace: "ns", Name: "chat"}},
			want: want{err: `cannot get spec.credentials.secretRef:  "login" not found`},
		},
		"NoCredentials": {
			reason: "a Secret without credentials is named, and what it needs",
			cluster: cluster{
				"*v1alpha1.ProviderConfig ns/chat": &v1alpha1.ProviderConfig{Spec: spec()},
				"*v1.Secret ns/login":              secret(map[string]string{"username": "admin"}),
			},
			cfg:  configuration{kind: v1alpha1.ProviderConfigKind, name: client.ObjectKey{Namespace: "ns", Name: "chat"}},
			want: want{err: `cannot use Secret "login" of spec.credentials.secretRef: it needs the key token, or the keys username and password`},
		},
		"NoAuthorities": {
			reason: "a Secret without the key of the authorities is named",
			cluster: cluster{
				"*v1alpha1.ProviderConfig ns/chat": &v1alpha1.ProviderConfig{Spec: spec(func(s *v1alpha1.ProviderConfigSpec) {
					s.TLS = &v1alpha1.TLS{CASecretRef: &v1alpha1.SecretKeyReference{SecretReference: s.Credentials.SecretRef, Key: "root.pem"}}
				})},
				"*v1.Secret ns/login": secret(map[string]string{"token": "t"}),
			},
			cfg:  configuration{kind: v1alpha1.ProviderConfigKind, name: client.ObjectKey{Namespace: "ns", Name: "chat"}},
			want: want{err: `cannot use Secret "login" of spec.tls.caSecretRef: it has no key root.pem`},
		},
		"UnknownKind": {
			reason: "only two kinds configure the provider",
			cfg:    configuration{kind: "StoreConfig", name: client.ObjectKey{Name: "chat"}},
			want:   want{err: "cannot get it: spec.providerConfigRef.kind must be ProviderConfig or ClusterProviderConfig"},
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			got, err := tc.cluster.connector().endpoint(t.Context(), tc.cfg)
			if tc.want.err != "" {
				if diff := cmp.Diff(tc.want.err, fmt.Sprint(err)); diff != "" {
					t.Errorf("\n%s\nerror: -want, +got:\n%s", tc.reason, diff)
				}

				return
			}

			if err != nil {
				t.Fatal(err)
			}

			if diff := cmp.Diff(tc.want.endpoint, got); diff != "" {
				t.Errorf("\n%s\n-want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestClientsAreShared(t *testing.T) {
	c := cluster{
		"*v1alpha1.ProviderConfig a/chat":       &v1alpha1.ProviderConfig{Spec: spec()},
		"*v1alpha1.ProviderConfig b/chat":       &v1alpha1.ProviderConfig{Spec: spec()},
		"*v1alpha1.ClusterProviderConfig /chat": &v1alpha1.ClusterProviderConfig{Spec: spec(func(s *v1alpha1.ProviderConfigSpec) { s.Credentials.SecretRef.Namespace = "a" })},
		"*v1.Secret a/login":                    secret(map[string]string{"token": "t"}),
		"*v1.Secret b/login":                    secret(map[string]string{"token": "t"}),
	}
	connector := c.connector()

	connect := func(mg *v1alpha1.Team) any {
		t.Helper()

		got, err := connector.Connect(t.Context(), mg)
		if err != nil {
			t.Fatal(err)
		}

		return got
	}

	a, shared := connect(team("a", v1alpha1.ProviderConfigKind)), connect(team("a", v1alpha1.ClusterProviderConfigKind))

	if connect(team("a", v1alpha1.ProviderConfigKind)) != a {
		t.Error("a second resource of a configuration has a client of its own")
	}

	if connect(team("b", v1alpha1.ProviderConfigKind)) == a {
		t.Error("configurations of the same name in two namespaces share a client")
	}

	if connect(team("b", v1alpha1.ClusterProviderConfigKind)) != shared {
		t.Error("a cluster's configuration has a client in each namespace")
	}

	c["*v1.Secret a/login"] = secret(map[string]string{"token": "changed"})

	if connect(team("a", v1alpha1.ProviderConfigKind)) == a {
		t.Error("a changed Secret does not make a new client")
	}

	delete(c, "*v1alpha1.ProviderConfig b/chat")

	if _, err := connector.Connect(t.Context(), team("b", v1alpha1.ProviderConfigKind)); err == nil {
		t.Error("a configuration that is gone connects")
	}

	if diff := cmp.Diff(2, len(connector.clients)); diff != "" {
		t.Errorf("clients that are kept: -want, +got:\n%s", diff)
	}
}

func TestUsageIsTrackedFirst(t *testing.T) {
	boom := errors.New("boom")
	connector := NewConnector(&test.MockClient{}, resource.ModernTrackerFn(func(context.Context, resource.ModernManaged) error { return boom }), NewRequests())

	if _, err := connector.Connect(t.Context(), team("ns", v1alpha1.ProviderConfigKind)); !errors.Is(err, boom) {
		t.Errorf("error: want %v, got %v", boom, err)
	}
}

// TestOnlyObservedIsNotTracked asserts that a resource that is only observed does not keep
// its configuration: its deletion does not need it.
func TestOnlyObservedIsNotTracked(t *testing.T) {
	tracked := 0
	connector := cluster{
		"*v1alpha1.ProviderConfig a/chat": &v1alpha1.ProviderConfig{Spec: spec()},
		"*v1.Secret a/login":              secret(map[string]string{"token": "t"}),
	}.connector()
	connector.usage = resource.ModernTrackerFn(func(context.Context, resource.ModernManaged) error {
		tracked++
		return nil
	})

	for _, policies := range []xpv2.ManagementPolicies{{xpv2.ManagementActionObserve}, {xpv2.ManagementActionAll}, {xpv2.ManagementActionObserve, xpv2.ManagementActionDelete}} {
		mg := team("a", v1alpha1.ProviderConfigKind)
		mg.SetManagementPolicies(policies)

		if _, err := connector.Connect(t.Context(), mg); err != nil {
			t.Fatal(err)
		}
	}

	if diff := cmp.Diff(2, tracked); diff != "" {
		t.Errorf("usages that are recorded: -want, +got:\n%s", diff)
	}
}

func TestCredentialsAreNotPrinted(t *testing.T) {
	e := fast("https://chat.example.org", Credentials{Token: secretToken, Username: "admin", Password: secretToken})

	for _, format := range []string{"%v", "%+v", "%#v", "%s"} {
		if got := fmt.Sprintf(format, e); strings.Contains(got, secretToken) {
			t.Errorf("%s shows the credentials: %s", format, got)
		}
	}
}
