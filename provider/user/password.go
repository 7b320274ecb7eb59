package user

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/crossplane/crossplane-runtime/v2/pkg/meta"
	"github.com/crossplane/crossplane-runtime/v2/pkg/password"
	"github.com/crossplane/crossplane-runtime/v2/pkg/reconciler/managed"
	"github.com/crossplane/crossplane-runtime/v2/pkg/resource"
	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	"github.com/mattermost/mattermost/server/public/model"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/server/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/provider/account"
)

// Classes of characters that a server may ask for in a password.
const (
	lowercase = "abcdefghijklmnopqrstuvwxyz"
	uppercase = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	digits    = "0123456789"
	symbols   = "-_.+"

	// passwordLength is what any server accepts: one asks for 14 characters at most by its
	// edition, and takes up to 72.
	passwordLength = 32
)

// publisher writes connection Secrets.
type publisher interface {
	PublishConnection(ctx context.Context, mg resource.LocalConnectionSecretOwner, details managed.ConnectionDetails) (bool, error)
}

// passwords reads and keeps passwords in Secrets.
type passwords struct {
	kube      client.Reader
	publisher publisher
}

func newPasswords(kube client.Client) passwords {
	return passwords{kube: kube, publisher: managed.NewAPILocalSecretPublisher(kube, kube.Scheme())}
}

// known is what Secrets say of a password. The zero value is nothing.
type known struct {
	// declared is the password in the Secret that the spec names, and version is that
	// Secret's.
	declared, version string

	// published is the password in the connection Secret. Kept says that the Secret has
	// one, which may be empty.
	published string
	kept      bool
}

// String hides the passwords.
func (k known) String() string { return "[passwords]" }

// changed says whether the Secret that the spec names is another than that which mg's
// password was last set from.
func (k known) changed(mg *v1alpha1.User) bool {
	return k.version != "" && k.version != mg.Status.AtProvider.PasswordSecretVersion
}

// read what Secrets say of mg's password.
func (p passwords) read(ctx context.Context, mg *v1alpha1.User) (known, error) {
	k, err := p.published(ctx, mg)
	if err != nil {
		return known{}, errors.Wrap(err, "cannot get spec.writeConnectionSecretToRef")
	}

	ref := mg.Spec.ForProvider.PasswordSecretRef
	if ref == nil {
		return k, nil
	}

	secret := &corev1.Secret{}
	if err := p.kube.Get(ctx, types.NamespacedName{Namespace: mg.GetNamespace(), Name: ref.Name}, secret); err != nil {
		return known{}, errors.Wrap(err, "cannot get spec.forProvider.passwordSecretRef")
	}

	declared := strings.TrimRight(string(secret.Data[ref.Key]), "\r\n")
	if declared == "" {
		return known{}, errors.Errorf("cannot use spec.forProvider.passwordSecretRef: Secret %q has no key %s", ref.Name, ref.Key)
	}

	k.declared, k.version = declared, fmt.Sprintf("%s/%s", secret.UID, secret.ResourceVersion)

	return k, nil
}

// published returns the password in mg's connection Secret.
func (p passwords) published(ctx context.Context, mg *v1alpha1.User) (known, error) {
	ref := mg.GetWriteConnectionSecretToReference()
	if ref == nil {
		return known{}, nil
	}

	secret := &corev1.Secret{}
	err := p.kube.Get(ctx, types.NamespacedName{Namespace: mg.GetNamespace(), Name: ref.Name}, secret)

	password, kept := secret.Data[xpv2.CredentialsSecretPasswordKey]

	return known{published: string(password), kept: kept}, resource.IgnoreNotFound(err)
}

// initial returns the password of a new user: the one that is declared, or the one that
// an interrupted creation left, or a generated one. What is generated is published
// first.
func (p passwords) initial(ctx context.Context, mg *v1alpha1.User) (string, error) {
	secrets, err := p.read(ctx, mg)
	if err != nil {
		return "", err
	}

	if password := cmp.Or(secrets.declared, secrets.published); password != "" {
		return password, nil
	}

	if mg.GetWriteConnectionSecretToReference() == nil {
		return "", errors.New("cannot create user: its password would be lost: set spec.writeConnectionSecretToRef or spec.forProvider.passwordSecretRef")
	}

	generated, err := generate()
	if err != nil {
		return "", err
	}

	_, err = p.publisher.PublishConnection(ctx, mg, details(mg.Spec.ForProvider.Username, generated))

	return generated, errors.Wrap(err, "cannot keep the password of user")
}

// details to publish for user. Publishing less than what is in the Secret would cause a
// write at each poll. If mg did not create the account, a published password that mg did
// not set is not the account's: a creation may have failed because another client was
// faster.
func (k known) details(mg *v1alpha1.User, user *model.User, standing account.Standing) managed.ConnectionDetails {
	d := details(user.Username, "")
	if !k.kept {
		return d
	}

	d[xpv2.CredentialsSecretPasswordKey] = []byte(k.published)

	set := mg.Status.AtProvider.PasswordSecretVersion != "" || !meta.GetExternalCreateSucceeded(mg).IsZero()
	if standing == account.NotCreated && !set {
		d[xpv2.CredentialsSecretPasswordKey] = []byte{}
	}

	return d
}

// details to publish. A password that is unknown is left out.
func details(username, password string) managed.ConnectionDetails {
	d := managed.ConnectionDetails{xpv2.CredentialsSecretUserKey: []byte(username)}
	if password != "" {
		d[xpv2.CredentialsSecretPasswordKey] = []byte(password)
	}

	return d
}

// generate a password that has every class of characters.
func generate() (string, error) {
	settings := password.Settings{CharacterSet: lowercase + uppercase + digits + symbols, Length: passwordLength}

	for {
		generated, err := settings.Generate()
		if err != nil {
			return "", errors.Wrap(err, "cannot generate a password")
		}

		if complete(generated) {
			return generated, nil
		}
	}
}

func complete(password string) bool {
	for _, class := range []string{lowercase, uppercase, digits, symbols} {
		if !strings.ContainsAny(password, class) {
			return false
		}
	}

	return true
}
