package main

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sync/errgroup"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/fake"
)

// asking is a manifest of a program that asks cert-manager for certificates.
const asking = `
apiVersion: v1
kind: Service
metadata: {name: plugin, namespace: system}
---
apiVersion: cert-manager.io/v1
kind: Certificate
metadata: {name: server, namespace: system}
spec: {commonName: plugin, dnsNames: [plugin], secretName: server-tls}
---
apiVersion: cert-manager.io/v1
kind: Certificate
metadata: {name: client, namespace: system}
spec: {commonName: plugin-client, secretName: client-tls}
---
apiVersion: cert-manager.io/v1
kind: Issuer
metadata: {name: self, namespace: system}
`

func TestIssueCertificates(t *testing.T) {
	manifest, err := parseManifest([]byte(asking))
	if err != nil {
		t.Fatal(err)
	}

	b := &bringUp{api: fake.NewFakeClient()}

	others, err := b.issueCertificates(t.Context(), manifest)
	if err != nil {
		t.Fatalf("issueCertificates(...): %v", err)
	}

	var left []schema.GroupVersionKind
	for _, o := range others {
		left = append(left, o.GroupVersionKind())
	}

	if diff := cmp.Diff([]schema.GroupVersionKind{{Version: "v1", Kind: "Service"}}, left); diff != "" {
		t.Errorf("Nothing is left that only cert-manager understands.\nobjects: -want, +got:\n%s", diff)
	}

	cases := map[string]struct {
		reason         string
		server, client string
		name           string
		want           bool
	}{
		"Both":           {"Server and client trust each other's certificates.", "server-tls", "client-tls", "plugin", true},
		"OtherServer":    {"The server is no other one.", "server-tls", "client-tls", "chat", false},
		"ClientAsServer": {"A client's certificate is no server's.", "client-tls", "client-tls", "plugin-client", false},
		"ServerAsClient": {"A server's certificate is no client's.", "server-tls", "server-tls", "plugin", false},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			err := shakeHands(t, secretIn(t, b.api, tc.server), secretIn(t, b.api, tc.client), tc.name)
			if diff := cmp.Diff(tc.want, err == nil); diff != "" {
				t.Errorf("%s\nhandshake: -want, +got (%v):\n%s", tc.reason, err, diff)
			}
		})
	}

	before := secretIn(t, b.api, "server-tls")
	if _, err := b.issueCertificates(t.Context(), manifest); err != nil {
		t.Fatalf("issueCertificates(...): %v", err)
	}

	if diff := cmp.Diff(before, secretIn(t, b.api, "server-tls")); diff != "" {
		t.Errorf("A Secret that is there stays.\nSecret: -was, +is:\n%s", diff)
	}
}

// shakeHands of a server and a client, each of which has the other's certificate to
// trust. The server says which ones it trusts, and the client heeds it.
func shakeHands(t *testing.T, server, client *corev1.Secret, name string) error {
	t.Helper()

	listener, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{
		Certificates: []tls.Certificate{pairOf(t, server)},
		ClientAuth:   tls.RequireAndVerifyClientCert,
		ClientCAs:    poolOf(t, client),
		MinVersion:   tls.VersionTLS13,
	})
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close() //nolint:errcheck // Only accepted from.

	dialer := &tls.Dialer{Config: &tls.Config{
		Certificates: []tls.Certificate{pairOf(t, client)},
		RootCAs:      poolOf(t, server),
		ServerName:   name,
		MinVersion:   tls.VersionTLS13,
	}}
	group, ctx := errgroup.WithContext(t.Context())

	group.Go(func() error {
		accepted, err := listener.Accept()
		if err != nil {
			return err
		}
		defer accepted.Close() //nolint:errcheck // Nothing is pending on this connection.

		// What a client says first is when a server judges its certificate.
		_, err = io.ReadAll(accepted)

		return err
	})
	group.Go(func() error {
		dialed, err := dialer.DialContext(ctx, "tcp", listener.Addr().String())
		if err != nil {
			return err
		}

		return dialed.Close()
	})

	return group.Wait()
}

func pairOf(t *testing.T, secret *corev1.Secret) tls.Certificate {
	t.Helper()

	pair, err := tls.X509KeyPair(secret.Data[corev1.TLSCertKey], secret.Data[corev1.TLSPrivateKeyKey])
	if err != nil {
		t.Error(err)
	}

	return pair
}

func poolOf(t *testing.T, secret *corev1.Secret) *x509.CertPool {
	t.Helper()

	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(secret.Data[corev1.TLSCertKey]) {
		t.Errorf("Secret %s has no certificate", secret.GetName())
	}

	return pool
}

func secretIn(t *testing.T, api client.Client, name string) *corev1.Secret {
	t.Helper()

	secret := &corev1.Secret{}
	if err := api.Get(t.Context(), client.ObjectKey{Namespace: "system", Name: name}, secret); err != nil {
		t.Fatal(err)
	}

	return secret
}
