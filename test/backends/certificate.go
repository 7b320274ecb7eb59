package backends

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"time"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
)

// Certificate is a server's certificate, signed by an authority of its own.
type Certificate struct {
	// Authority, Certificate and Key in PEM.
	Authority, Certificate, Key string
	// Roots hold the authority.
	Roots *x509.CertPool
}

// NewCertificate for DNS names, valid for a day.
func NewCertificate(names ...string) (*Certificate, error) {
	authorityKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, errors.Wrap(err, "cannot make the authority's key")
	}
	authority := template(1, "authority")
	authority.IsCA, authority.BasicConstraintsValid = true, true
	authority.KeyUsage = x509.KeyUsageCertSign
	authorityDER, err := x509.CreateCertificate(rand.Reader, authority, authority, authorityKey.Public(), authorityKey)
	if err != nil {
		return nil, errors.Wrap(err, "cannot make the authority")
	}

	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, errors.Wrap(err, "cannot make the key")
	}
	leaf := template(2, names[0])
	leaf.DNSNames = names
	leaf.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	leafDER, err := x509.CreateCertificate(rand.Reader, leaf, authority, key.Public(), authorityKey)
	if err != nil {
		return nil, errors.Wrap(err, "cannot make the certificate")
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, errors.Wrap(err, "cannot encode the key")
	}
	out := &Certificate{
		Authority:   encode("CERTIFICATE", authorityDER),
		Certificate: encode("CERTIFICATE", leafDER),
		Key:         encode("PRIVATE KEY", keyDER),
		Roots:       x509.NewCertPool(),
	}
	out.Roots.AppendCertsFromPEM([]byte(out.Authority))
	return out, nil
}

func template(serial int64, name string) *x509.Certificate {
	return &x509.Certificate{
		SerialNumber: big.NewInt(serial),
		Subject:      pkix.Name{CommonName: name},
		NotBefore:    time.Now().Add(-time.Minute),
		NotAfter:     time.Now().Add(24 * time.Hour),
	}
}

func encode(kind string, der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
}
