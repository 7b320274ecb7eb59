package serve

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"os"
	"path/filepath"
	"sync"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/crossplane/crossplane-runtime/v2/pkg/logging"
)

// mutualTLS returns a configuration that serves the certificate in dir to
// clients whose certificate its ca.crt signed. Connections made after the files
// changed use what they hold then. Files that cannot be used are reported to
// log, and the last good ones stay in use. It fails when there are no good ones
// to begin with.
func mutualTLS(dir string, log logging.Logger) (*tls.Config, error) {
	c := &certificates{dir: dir, log: log}

	seen, err := readKeyPair(dir)
	if err != nil {
		return nil, err
	}

	if c.config, err = seen.config(); err != nil {
		return nil, err
	}

	c.seen = seen

	return &tls.Config{
		MinVersion: tls.VersionTLS13,
		GetConfigForClient: func(*tls.ClientHelloInfo) (*tls.Config, error) {
			return c.current(), nil
		},
	}, nil
}

// certificates is what was last loaded from a directory. The files are small
// and handshakes rare, as Crossplane keeps its connection, so that reading them
// for each handshake is cheaper than a watch that has to follow the symbolic
// links kubelet swaps.
type certificates struct {
	dir string
	log logging.Logger

	mu     sync.Mutex
	seen   keyPair
	config *tls.Config
}

// current returns the configuration for a connection that begins now.
func (c *certificates) current() *tls.Config {
	c.mu.Lock()
	defer c.mu.Unlock()

	found, err := readKeyPair(c.dir)
	if err != nil {
		c.log.Info("Serving with the certificates loaded before", "error", err)
		return c.config
	}

	if found.equal(c.seen) {
		return c.config
	}

	// What was seen is kept even if it is no good, so that it is reported once.
	c.seen = found

	config, err := found.config()
	if err != nil {
		c.log.Info("Serving with the certificates loaded before", "error", err)
		return c.config
	}

	c.log.Info("Loaded new certificates", "directory", c.dir)
	c.config = config

	return c.config
}

// keyPair is the PEM text of a server's certificate and key and of the
// authority its clients' certificates come from.
type keyPair struct {
	certificate, key, authority []byte
}

func readKeyPair(dir string) (keyPair, error) {
	k := keyPair{}

	for name, content := range map[string]*[]byte{"tls.crt": &k.certificate, "tls.key": &k.key, "ca.crt": &k.authority} {
		b, err := os.ReadFile(filepath.Clean(filepath.Join(dir, name)))
		if err != nil {
			return keyPair{}, errors.Wrapf(err, "cannot read TLS file %s", name)
		}

		*content = b
	}

	return k, nil
}

func (k keyPair) equal(other keyPair) bool {
	return bytes.Equal(k.certificate, other.certificate) &&
		bytes.Equal(k.key, other.key) &&
		bytes.Equal(k.authority, other.authority)
}

func (k keyPair) config() (*tls.Config, error) {
	certificate, err := tls.X509KeyPair(k.certificate, k.key)
	if err != nil {
		return nil, errors.Wrap(err, "cannot use tls.crt with tls.key")
	}

	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(k.authority) {
		return nil, errors.New("cannot use ca.crt: it has no certificate in PEM form")
	}

	return &tls.Config{
		MinVersion:   tls.VersionTLS13,
		NextProtos:   []string{"h2"},
		Certificates: []tls.Certificate{certificate},
		ClientCAs:    pool,
		ClientAuth:   tls.RequireAndVerifyClientCert,
		// A resumed session would outlive the authority that admitted it.
		SessionTicketsDisabled: true,
	}, nil
}
