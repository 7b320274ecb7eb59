package bucket

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"strings"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/mattermost/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/provision"
	"github.com/crossplane-mattermost/crossplane-mattermost/input/v1beta1"
)

const (
	annotationExternalName = "crossplane.io/external-name"

	defaultConfig     = "default"
	defaultConfigKind = "ClusterProviderConfig"

	maxBucketName = 63
	hashLength    = 8
)

// managed resource of a Crossplane provider, decided.
type managed struct {
	apiVersion, kind string
	// suffix of its name, where there are several of a kind.
	suffix string
	// config of the provider.
	config v1beta1.BucketProviderConfig
	// externalName of what it stands for, empty where the provider gives one.
	externalName string
	// forProvider says how it has to be.
	forProvider map[string]any
	// retained keeps what it stands for when it is deleted.
	retained bool
	// holdsData marks what holds files.
	holdsData bool
	// secret that the connection is written to, empty for none.
	secret string
}

// object of a managed resource.
func (m managed) object(g gathered) map[string]any {
	metadata := map[string]any{"name": objectName(g) + m.suffix, "labels": labelsOf(g, m.holdsData)}
	if m.externalName != "" {
		metadata["annotations"] = map[string]any{annotationExternalName: m.externalName}
	}
	spec := map[string]any{
		"forProvider":        m.forProvider,
		"managementPolicies": []string{"*"},
		"providerConfigRef": map[string]any{
			"kind": cmp.Or(m.config.Kind, defaultConfigKind),
			"name": cmp.Or(m.config.Name, defaultConfig),
		},
	}
	if m.retained {
		spec["managementPolicies"] = []string{"Observe", "Create", "Update", "LateInitialize"}
	}
	if m.secret != "" {
		spec["writeConnectionSecretToRef"] = map[string]any{"name": m.secret}
	}
	return map[string]any{"apiVersion": m.apiVersion, "kind": m.kind, "metadata": metadata, "spec": spec}
}

// objectName is that of every object of a backend, and of the Secret that holds its
// key.
func objectName(g gathered) string { return g.name + "-bucket" }

func labelsOf(g gathered, holdsData bool) map[string]string {
	out := maps.Clone(provision.Labels(g.name, component, g.policy.Labels))
	if holdsData {
		out[compose.LabelHoldsData] = "true"
	}
	return out
}

func retained(g gathered) bool { return g.spec.DeletionPolicy != v1alpha1.DeletionDelete }

// uniqueName is one that no other object has, in whatever cluster, and that nobody can
// choose. With a name of the cluster's, an object that is made again has it again.
func uniqueName(g gathered, cluster string) string {
	from := g.state.Composite().String("metadata", "uid")
	if cluster != "" {
		from = strings.Join([]string{cluster, g.namespace, g.name}, "/")
	}
	sum := sha256.Sum256([]byte(from))
	prefix := g.namespace + "-" + g.name
	if most := maxBucketName - hashLength - 1; len(prefix) > most {
		prefix = strings.TrimRight(prefix[:most], "-")
	}
	return prefix + "-" + hex.EncodeToString(sum[:])[:hashLength]
}

// externalName that a composed object was made with, empty when there is none.
func externalName(g gathered, composed string) string {
	return g.state.Observed(composed).String("metadata", "annotations", annotationExternalName)
}

// awaited is a composed object that a connection waits for.
type awaited struct {
	// composed name of the object, its resource as kubectl takes it, and what its name
	// ends with.
	composed, resource, suffix string
	// ready says whether it is; nil for managed resources.
	ready func(compose.Resource) bool
}

// waitingFor says which of some objects is waited for, empty when all are ready.
func waitingFor(g gathered, all ...awaited) string {
	for _, one := range all {
		ready := one.ready
		if ready == nil {
			ready = reportsReady
		}
		if !ready(g.state.Observed(one.composed)) {
			name := objectName(g) + one.suffix
			return fmt.Sprintf("waiting for %s %q to be ready: should it not, `kubectl describe %s %s` says why", one.resource, name, one.resource, name)
		}
	}
	return ""
}

func reportsReady(r compose.Resource) bool { return r.Condition("Ready").Status == compose.True }
