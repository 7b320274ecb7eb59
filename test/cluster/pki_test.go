package main

import (
	"crypto/x509"
	"encoding/pem"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/client-go/tools/clientcmd"
)

func TestWritePKI(t *testing.T) {
	p := paths(t.TempDir())
	if err := writePKI(p); err != nil {
		t.Fatalf("writePKI(...): %v", err)
	}

	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(read(t, filepath.Join(p.pki(), "ca.crt"))) {
		t.Fatal("the authority's certificate cannot be read back")
	}

	cases := map[string]struct {
		reason string
		file   string
		name   string
		want   bool
	}{
		"InPod":       {"Client libraries in pods verify the Service's name.", "apiserver.crt", "kubernetes.default.svc", true},
		"ServiceIP":   {"In-cluster configuration uses the Service's address.", "apiserver.crt", "10.96.0.1", true},
		"Loopback":    {"The kubeconfig names loopback.", "apiserver.crt", "127.0.0.1", true},
		"Bridge":      {"Pods may use the forwarder's own address.", "apiserver.crt", "10.245.0.1", true},
		"Kubelet":     {"The API server reaches the kubelet by the node's name.", "kubelet.crt", "localhost", true},
		"OtherServer": {"The kubelet cannot pass itself off as the API server.", "kubelet.crt", "kubernetes.default.svc", false},
		"Client":      {"A client's certificate is no server's.", "apiserver-kubelet-client.crt", "localhost", false},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := certificate(t, read(t, filepath.Join(p.pki(), tc.file))).Verify(x509.VerifyOptions{DNSName: tc.name, Roots: roots})
			if diff := cmp.Diff(tc.want, err == nil); diff != "" {
				t.Errorf("%s\nVerify(%s): -want, +got (%v):\n%s", tc.reason, tc.name, err, diff)
			}
		})
	}
}

func TestWriteKubeconfigs(t *testing.T) {
	p := paths(t.TempDir())
	if err := writePKI(p); err != nil {
		t.Fatalf("writePKI(...): %v", err)
	}

	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(read(t, filepath.Join(p.pki(), "ca.crt")))

	cases := map[string]struct {
		reason string
		path   string
		name   string
		groups []string
	}{
		"Admin": {
			reason: "The administrator may do everything.",
			path:   p.kubeconfig(),
			name:   "crossplane-mattermost-admin",
			groups: []string{"system:masters"},
		},
		"Kubelet": {
			reason: "Node authorization knows a kubelet by this name and group.",
			path:   p.identity("kubelet"),
			name:   "system:node:localhost",
			groups: []string{"system:nodes"},
		},
		"Proxy": {
			reason: "The bootstrap policy knows kube-proxy by this name.",
			path:   p.identity("kube-proxy"),
			name:   "system:kube-proxy",
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			config, err := clientcmd.BuildConfigFromFlags("", tc.path)
			if err != nil {
				t.Fatalf("%s\nBuildConfigFromFlags(...): %v", tc.reason, err)
			}

			if diff := cmp.Diff("https://127.0.0.1:16443", config.Host); diff != "" {
				t.Errorf("%s\nserver: -want, +got:\n%s", tc.reason, diff)
			}

			client := certificate(t, config.CertData)
			if diff := cmp.Diff(tc.name, client.Subject.CommonName); diff != "" {
				t.Errorf("%s\nname: -want, +got:\n%s", tc.reason, diff)
			}

			if diff := cmp.Diff(tc.groups, client.Subject.Organization); diff != "" {
				t.Errorf("%s\ngroups: -want, +got:\n%s", tc.reason, diff)
			}

			usage := []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
			if _, err := client.Verify(x509.VerifyOptions{Roots: roots, KeyUsages: usage}); err != nil {
				t.Errorf("%s\nVerify(...): %v", tc.reason, err)
			}
		})
	}
}

func TestPKIIsPrivate(t *testing.T) {
	p := paths(t.TempDir())
	if err := writePKI(p); err != nil {
		t.Fatalf("writePKI(...): %v", err)
	}

	files, err := filepath.Glob(filepath.Join(p.pki(), "*"))
	if err != nil {
		t.Fatal(err)
	}

	for _, file := range append(files, p.kubeconfig()) {
		info, err := os.Stat(file)
		if err != nil {
			t.Fatal(err)
		}

		if diff := cmp.Diff(os.FileMode(0o600), info.Mode().Perm()); diff != "" {
			t.Errorf("%s holds or leads to keys: -want, +got:\n%s", filepath.Base(file), diff)
		}
	}
}

func certificate(t *testing.T, encoded []byte) *x509.Certificate {
	t.Helper()

	block, _ := pem.Decode(encoded)
	if block == nil {
		t.Fatal("not PEM")
	}

	c, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}

	return c
}

func read(t *testing.T, path string) []byte {
	t.Helper()

	content, err := os.ReadFile(path) //nolint:gosec // Written by the test.
	if err != nil {
		t.Fatal(err)
	}

	return content
}
