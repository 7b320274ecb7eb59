package main

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"path/filepath"
	"time"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
)

// Certificates are made anew whenever the cluster is brought up from nothing.
const certificateLifetime = 365 * 24 * time.Hour

// authority is the one certificate authority of the cluster.
type authority struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
	pem         []byte
}

// subject is who a certificate is for. One with names or addresses is a
// server's, one without is a client's.
type subject struct {
	name   string
	groups []string
	hosts  []string
	ips    []net.IP
}

// credentials are a certificate and its private key, PEM encoded.
type credentials struct {
	certificate []byte
	key         []byte
}

func newAuthority() (*authority, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, errors.Wrap(err, "cannot generate the authority's key")
	}

	template, err := certificateTemplate("crossplane-mattermost-cluster")
	if err != nil {
		return nil, err
	}

	template.IsCA = true
	template.BasicConstraintsValid = true
	template.KeyUsage = x509.KeyUsageCertSign | x509.KeyUsageCRLSign | x509.KeyUsageDigitalSignature

	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return nil, errors.Wrap(err, "cannot sign the authority's certificate")
	}

	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, errors.Wrap(err, "cannot parse the authority's certificate")
	}

	return &authority{certificate: certificate, key: key, pem: encodePEM("CERTIFICATE", der)}, nil
}

// issue signs a certificate for the subject with a new key.
func (a *authority) issue(s subject) (credentials, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return credentials{}, errors.Wrapf(err, "cannot generate a key for %s", s.name)
	}

	template, err := certificateTemplate(s.name)
	if err != nil {
		return credentials{}, err
	}

	template.Subject.Organization = s.groups
	template.DNSNames = s.hosts
	template.IPAddresses = s.ips
	template.KeyUsage = x509.KeyUsageDigitalSignature
	template.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}

	if len(s.hosts)+len(s.ips) > 0 {
		template.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	}

	der, err := x509.CreateCertificate(rand.Reader, template, a.certificate, key.Public(), a.key)
	if err != nil {
		return credentials{}, errors.Wrapf(err, "cannot sign a certificate for %s", s.name)
	}

	private, err := encodeKey(key)

	return credentials{certificate: encodePEM("CERTIFICATE", der), key: private}, err
}

// writePKI makes the authority, every certificate of the control plane and the
// kubeconfig files. Nobody but the owner may read them.
func writePKI(p paths) error {
	ca, err := newAuthority()
	if err != nil {
		return err
	}

	caKey, err := encodeKey(ca.key)
	if err != nil {
		return err
	}

	tokenKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return errors.Wrap(err, "cannot generate the key for service account tokens")
	}

	files := map[string][]byte{"ca.crt": ca.pem, "ca.key": caKey}
	if files["sa.key"], err = encodeKey(tokenKey); err != nil {
		return err
	}

	if files["sa.pub"], err = encodePublicKey(tokenKey.Public()); err != nil {
		return err
	}

	for file, s := range certificates() {
		c, err := ca.issue(s)
		if err != nil {
			return err
		}

		files[file+".crt"], files[file+".key"] = c.certificate, c.key
	}

	for file, content := range files {
		if err := replaceFile(filepath.Join(p.pki(), file), content); err != nil {
			return errors.Wrapf(err, "cannot write %s", file)
		}
	}

	return writeKubeconfigs(p, ca)
}

// certificates are those that components read from files of their own rather
// than from a kubeconfig, by file name.
func certificates() map[string]subject {
	return map[string]subject{
		"apiserver": {
			name: "kube-apiserver",
			hosts: []string{
				"localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc",
				"kubernetes.default.svc.cluster.local",
			},
			ips: []net.IP{net.ParseIP(loopback), net.ParseIP(serviceAddress), net.ParseIP(bridgeAddress)},
		},
		"apiserver-kubelet-client": {name: "kube-apiserver-kubelet-client", groups: []string{"system:masters"}},
		"kubelet":                  {name: nodeName, hosts: []string{nodeName}, ips: []net.IP{net.ParseIP(loopback)}},
	}
}

func certificateTemplate(name string) (*x509.Certificate, error) {
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		return nil, errors.Wrap(err, "cannot choose a serial number")
	}

	now := time.Now()

	return &x509.Certificate{
		SerialNumber: serial,
		Subject:      pkix.Name{CommonName: name},
		// A clock that is set back a little must not invalidate the cluster.
		NotBefore: now.Add(-time.Hour),
		NotAfter:  now.Add(certificateLifetime),
	}, nil
}

func encodePEM(kind string, der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
}

func encodeKey(key *ecdsa.PrivateKey) ([]byte, error) {
	der, err := x509.MarshalECPrivateKey(key)

	return encodePEM("EC PRIVATE KEY", der), errors.Wrap(err, "cannot encode a private key")
}

func encodePublicKey(key crypto.PublicKey) ([]byte, error) {
	der, err := x509.MarshalPKIXPublicKey(key)

	return encodePEM("PUBLIC KEY", der), errors.Wrap(err, "cannot encode a public key")
}
