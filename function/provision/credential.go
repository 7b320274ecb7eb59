package provision

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
)

// Credentials are the values of a Secret, by key: those that are observed, and new
// ones for keys that have none. It fails when there is no Secret though a server runs
// with one: other credentials would lock everybody out who has the old ones, and the
// Secret may well be there and only not be seen.
func Credentials(secret, server compose.Resource, keys ...string) (map[string][]byte, error) {
	if !secret.Exists() && server.Exists() {
		return nil, errors.Errorf("cannot find the credentials of %s %q: restore its Secret; or, with spec.deletionPolicy Retain, which keeps its volume, delete the %s, so that new ones are made",
			server.String("kind"), server.Name(), server.String("kind"))
	}
	out := map[string][]byte{}
	for _, k := range keys {
		value, err := base64.StdEncoding.DecodeString(secret.String("data", k))
		if err != nil {
			return nil, errors.Errorf("cannot read key %q of Secret %q", k, secret.Name())
		}
		if len(value) == 0 {
			value = []byte(rand.Text())
		}
		out[k] = value
	}
	return out, nil
}

// Digest of credentials, which tells when they change and nothing else.
func Digest(values map[string][]byte, keys ...string) string {
	h := sha256.New()
	for _, k := range keys {
		sum := sha256.Sum256(values[k])
		_, _ = h.Write(sum[:])
	}
	return hex.EncodeToString(h.Sum(nil))[:16]
}

// Secret holds credentials.
func Secret(name string, labels map[string]string, values map[string][]byte) *corev1.Secret {
	return &corev1.Secret{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "Secret"},
		ObjectMeta: metav1.ObjectMeta{Name: name, Labels: labels},
		Data:       values,
	}
}
