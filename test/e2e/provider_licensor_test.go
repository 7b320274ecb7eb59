package e2e

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha512"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"regexp"
	"testing"
	"testing/cryptotest"
	"time"

	"github.com/mattermost/mattermost/server/public/model"
	"k8s.io/utils/ptr"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/test/cluster/image"
	"github.com/crossplane-mattermost/crossplane-mattermost/test/cluster/location"
)

// licensor signs licenses that servers of its image take for Mattermost's.
type licensor struct {
	key *rsa.PrivateKey
}

// signedLicense is a license as a file has it.
type signedLicense struct {
	id, text string
}

// newLicensor is the same in every run, and so is its image: nodes keep images.
func newLicensor(t *testing.T) (l licensor) {
	t.Helper()
	const bits = 2048
	// What is random is foreseeable no longer than it takes to make the key.
	t.Run("Authority", func(t *testing.T) {
		cryptotest.SetGlobalRandom(t, 1)
		var err error
		if l.key, err = rsa.GenerateKey(rand.Reader, bits); err != nil {
			t.Fatal(err)
		}
	})
	return l
}

// publicKey of Mattermost's, of those that its server is compiled with.
var publicKey = regexp.MustCompile(`-----BEGIN PUBLIC KEY-----\n[A-Za-z0-9+/=\n]+-----END PUBLIC KEY-----`)

// publish an image of the server in which the keys of Mattermost's authorities are replaced
// by this one's.
func (l licensor) publish(ctx context.Context, repository string) error {
	der, err := x509.MarshalPKIXPublicKey(&l.key.PublicKey)
	if err != nil {
		return err
	}
	own := bytes.TrimSpace(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
	return image.Patch(ctx, location.Registry, "mattermost/mattermost-enterprise-edition:"+versionNow, repository+":"+versionNow, "mattermost/bin/mattermost",
		func(program []byte) ([]byte, error) {
			replaced := 0
			out := publicKey.ReplaceAllFunc(program, func(key []byte) []byte {
				if len(key) != len(own) {
					return key
				}
				replaced++
				return own
			})
			if replaced == 0 {
				return nil, errors.New("it has no key of a licensor")
			}
			return out, nil
		})
}

// sign a new license for some users, for a day.
func (l licensor) sign(t *testing.T) signedLicense {
	t.Helper()
	now := time.Now()
	const day = 24 * time.Hour
	out := signedLicense{id: model.NewId()}
	plain, err := json.Marshal(model.License{
		Id: out.id, IssuedAt: now.Add(-day).UnixMilli(), StartsAt: now.Add(-day).UnixMilli(), ExpiresAt: now.Add(day).UnixMilli(),
		Customer: &model.Customer{Id: model.NewId(), Name: "Example", Email: "licensing@example.org", Company: "Example"},
		Features: &model.Features{Users: ptr.To(100)},
		SkuName:  "Professional", SkuShortName: model.LicenseShortSkuProfessional,
	})
	if err != nil {
		t.Fatal(err)
	}
	sum := sha512.Sum512(plain)
	signature, err := rsa.SignPKCS1v15(nil, l.key, crypto.SHA512, sum[:])
	if err != nil {
		t.Fatal(err)
	}
	out.text = base64.StdEncoding.EncodeToString(append(plain, signature...))
	return out
}
