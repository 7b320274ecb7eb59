package serve

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"testing"
	"time"

	"google.golang.org/grpc/credentials"
)

// authority is a certificate authority like the one Crossplane keeps.
type authority struct {
	key         *ecdsa.PrivateKey
	certificate *x509.Certificate
	pem         []byte
}

func newAuthority(t *testing.T) *authority {
	t.Helper()

	template := certificateTemplate(1, "authority")
	template.IsCA, template.BasicConstraintsValid = true, true
	template.KeyUsage = x509.KeyUsageCertSign

	key := newKey(t)

	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}

	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}

	return &authority{key: key, certificate: certificate, pem: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})}
}

// issue returns a certificate with a serial number and its key, for servers on
// the loopback address and for clients.
func (a *authority) issue(t *testing.T, serial int64) (certificate, key []byte) {
	t.Helper()

	template := certificateTemplate(serial, "127.0.0.1")
	template.DNSNames = []string{"localhost"}
	template.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth}

	k := newKey(t)

	der, err := x509.CreateCertificate(rand.Reader, template, a.certificate, k.Public(), a.key)
	if err != nil {
		t.Fatal(err)
	}

	keyDER, err := x509.MarshalPKCS8PrivateKey(k)
	if err != nil {
		t.Fatal(err)
	}

	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}),
		pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: keyDER})
}

// clientCredentials trusts servers of a and shows a certificate of issuer, or
// none if there is no issuer.
func (a *authority) clientCredentials(t *testing.T, issuer *authority) credentials.TransportCredentials {
	t.Helper()

	roots := x509.NewCertPool()
	roots.AddCert(a.certificate)

	config := &tls.Config{MinVersion: tls.VersionTLS13, RootCAs: roots, ServerName: "localhost"}

	if issuer != nil {
		pair, err := tls.X509KeyPair(issuer.issue(t, 2))
		if err != nil {
			t.Fatal(err)
		}

		config.Certificates = []tls.Certificate{pair}
	}

	return credentials.NewTLS(config)
}

func newKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()

	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}

	return key
}

func certificateTemplate(serial int64, name string) *x509.Certificate {
	return &x509.Certificate{
		SerialNumber: big.NewInt(serial),
		Subject:      pkix.Name{CommonName: name},
		NotBefore:    time.Now().Add(-time.Hour),
		NotAfter:     time.Now().Add(time.Hour),
	}
}

// mountedSecret is a directory that changes as a Secret's volume does: its
// files are links through ..data, which is replaced in one step.
type mountedSecret struct {
	dir      string
	versions int
}

func newMountedSecret(t *testing.T, certificate, key, ca []byte) *mountedSecret {
	t.Helper()

	m := &mountedSecret{dir: t.TempDir()}
	m.set(t, certificate, key, ca)

	for _, name := range []string{"tls.crt", "tls.key", "ca.crt"} {
		if err := os.Symlink(filepath.Join("..data", name), filepath.Join(m.dir, name)); err != nil {
			t.Fatal(err)
		}
	}

	return m
}

func (m *mountedSecret) set(t *testing.T, certificate, key, ca []byte) {
	t.Helper()

	m.versions++
	version := fmt.Sprintf("..version_%d", m.versions)

	if err := os.Mkdir(filepath.Join(m.dir, version), 0o750); err != nil {
		t.Fatal(err)
	}

	for name, content := range map[string][]byte{"tls.crt": certificate, "tls.key": key, "ca.crt": ca} {
		if err := os.WriteFile(filepath.Join(m.dir, version, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}

	next := filepath.Join(m.dir, "..data_tmp")
	if err := os.Symlink(version, next); err != nil {
		t.Fatal(err)
	}

	if err := os.Rename(next, filepath.Join(m.dir, "..data")); err != nil {
		t.Fatal(err)
	}
}
