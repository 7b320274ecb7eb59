package database

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"regexp"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/mattermost/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/provision"
	"github.com/crossplane-mattermost/crossplane-mattermost/input/v1beta1"
)

const (
	annotationExternalName = "crossplane.io/external-name"

	providerConfigName = "default"
	providerConfigKind = "ClusterProviderConfig"
	namePrefix         = "mm"

	// maxExternalName leaves room for a suffix in the 63 characters that AWS, Azure and
	// PostgreSQL allow. Cloud SQL allows 67 besides the longest name of a project.
	maxExternalName = 60
	hashLength      = 8
	suffixReader    = "-r"
)

// managed resource of a Crossplane provider.
type managed struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	Spec managedSpec `json:"spec"`
}

type managedSpec struct {
	ForProvider                any                            `json:"forProvider"`
	ManagementPolicies         []string                       `json:"managementPolicies"`
	ProviderConfigRef          v1beta1.DatabaseProviderConfig `json:"providerConfigRef"`
	WriteConnectionSecretToRef *reference                     `json:"writeConnectionSecretToRef,omitempty"`
}

// reference to an object of the same namespace.
type reference struct {
	Name string `json:"name"`
}

// keyReference is a key of a Secret of the same namespace.
type keyReference struct {
	Name string `json:"name"`
	Key  string `json:"key"`
}

// What managed resources let their provider do: everything, or everything but to
// delete what they stand for.
var (
	mayDelete = []string{"*"}                                             //nolint:gochecknoglobals // A constant in all but syntax.
	mayKeep   = []string{"Observe", "Create", "Update", "LateInitialize"} //nolint:gochecknoglobals // A constant in all but syntax.
)

func retained(g gathered) bool { return g.spec.DeletionPolicy != v1alpha1.DeletionDelete }

// policies are what the deletion policy says of what holds the data.
func policies(g gathered) []string {
	if retained(g) {
		return mayKeep
	}
	return mayDelete
}

// resource of a provider, which may not delete what it stands for until it is told. It
// goes with a composed object that keeps its provider's configuration: in another
// account, the provider would find nothing and make an empty database.
func (g gathered) resource(with, apiVersion, kind, name string, of v1beta1.ManagedDatabase, forProvider any) *managed {
	return &managed{
		TypeMeta:   metav1.TypeMeta{APIVersion: apiVersion, Kind: kind},
		ObjectMeta: metav1.ObjectMeta{Name: name, Labels: provision.Labels(g.name, component, g.policy.Labels)},
		Spec: managedSpec{
			ForProvider:        forProvider,
			ManagementPolicies: mayKeep,
			ProviderConfigRef: v1beta1.DatabaseProviderConfig{
				Name: g.stays(cmp.Or(of.ProviderConfig.Name, providerConfigName), with, "spec", "providerConfigRef", "name"),
				Kind: g.stays(cmp.Or(of.ProviderConfig.Kind, providerConfigKind), with, "spec", "providerConfigRef", "kind"),
			},
		},
	}
}

func (m *managed) named(external string) *managed {
	m.Annotations = map[string]string{annotationExternalName: external}
	return m
}

func (m *managed) allowed(policies []string) *managed {
	m.Spec.ManagementPolicies = policies
	return m
}

func (m *managed) writing(secret string) *managed {
	m.Spec.WriteConnectionSecretToRef = &reference{Name: secret}
	return m
}

func (m *managed) labelled(labels map[string]string) *managed {
	maps.Copy(m.Labels, labels)
	return m
}

// holdsData marks what data is in, made with a version if that matters.
func holdsData(version string) map[string]string {
	out := map[string]string{compose.LabelHoldsData: "true"}
	if version != "" {
		out[provision.LabelVersion] = version
	}
	return out
}

// Secrets that hold the password, and what a provider writes of a connection.
func passwordSecret(g gathered) string   { return g.name + "-database-password" }
func connectionSecret(g gathered) string { return g.name + "-database" }

// ownPassword of a user, which nobody but us makes, and once. It fails when its Secret
// is not seen though the user is, or was: another password would lock everybody out
// until they have it.
func ownPassword(g gathered, backend, user, secretName string) (map[string][]byte, error) {
	secret, of := g.state.Observed(provision.NameCredentials), g.state.Observed(user)
	before, err := told(g, backend)
	if err != nil {
		return nil, err
	}
	if !secret.Exists() && (of.Exists() || before != nil) {
		return nil, errors.Errorf("cannot find the password of the database's user: restore Secret %q", secretName)
	}
	return provision.Credentials(secret, of, keyPassword)
}

var dashes = regexp.MustCompile("-{2,}")

// externalName of what is made outside of this cluster, where the names of all
// namespaces meet. The same object always gets the same, so that one of the same name
// finds again what was retained.
func externalName(g gathered, of v1beta1.ManagedDatabase) string {
	sum := sha256.Sum256([]byte(g.namespace + "/" + g.name))
	name := dashes.ReplaceAllString(strings.Join([]string{cmp.Or(of.NamePrefix, namePrefix), g.namespace, g.name}, "-"), "-")
	name = name[:min(len(name), maxExternalName-hashLength-1)]
	return strings.TrimRight(name, "-") + "-" + hex.EncodeToString(sum[:])[:hashLength]
}

// stays is what an object was made with at a path, and something else only when there
// is none.
func (g gathered) stays(otherwise, composed string, path ...string) string {
	return cmp.Or(g.state.Observed(composed).String(path...), otherwise)
}

// part is a composed object that a connection waits for.
type part struct {
	// composed is the name it is composed under.
	composed string
	// resource and name that kubectl knows it by.
	resource, name string
}

// awaited says which part is waited for, empty when all are ready.
func awaited(g gathered, parts ...part) string {
	for _, p := range parts {
		if g.state.Observed(p.composed).Condition("Ready").Status != compose.True {
			return fmt.Sprintf("waiting for %s %q to be ready: should it not, `kubectl describe %s %s` says why", p.resource, p.name, p.resource, p.name)
		}
	}
	return ""
}

// told is the connection that this backend gave until now, nil when it gave none. What
// it is made of may be out of sight for a moment, and servers go on using it.
func told(g gathered, backend string) (*v1alpha1.DatabaseConnection, error) {
	status := g.state.Composite()
	if status.String("status", "backend") != backend {
		return nil, nil //nolint:nilnil // No connection is known, and that is no error.
	}
	var out *v1alpha1.DatabaseConnection
	return out, status.Decode(&out, "status", "connection")
}

// connect tells a connection once it leads somewhere: when its host is known and, the
// first time, everything is ready. It stays told while something is away.
func connect(g gathered, backend string, c v1alpha1.DatabaseConnection, parts ...part) (*v1alpha1.DatabaseConnection, string, error) {
	waiting := awaited(g, parts...)
	before, err := told(g, backend)
	if err != nil {
		return nil, "", err
	}
	if c.Values.Host == "" && c.Keys.Host == "" {
		if waiting == "" {
			waiting = fmt.Sprintf("waiting for %s %q to tell its address", parts[0].resource, parts[0].name)
		}
		return before, waiting, nil
	}
	if waiting != "" && before == nil {
		return nil, waiting, nil
	}
	return &c, waiting, nil
}
