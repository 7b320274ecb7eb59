package bucket

import (
	"maps"
	"strings"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/provision"
	"github.com/crossplane-mattermost/crossplane-mattermost/input/v1beta1"
)

const maxBucketName = 63

// resource of a provider, beside a composed object whose account it has. Its suffix
// tells it from others of its kind.
func (g gathered) resource(with, apiVersion, kind, suffix string, of v1beta1.ProviderConfigReference, forProvider any) *provision.Managed {
	return provision.Manage(apiVersion, kind, objectName(g)+suffix, labelsOf(g, false), of, forProvider).
		Beside(g.state.Observed(with))
}

// objectName is that of every object of a backend, and of the Secret that holds its
// key.
func objectName(g gathered) string { return g.name + "-bucket" }

func labelsOf(g gathered, holdsData bool) map[string]string {
	out := provision.Labels(g.name, component, g.policy.Labels)
	if holdsData {
		maps.Copy(out, provision.HoldsData(""))
	}
	return out
}

func retained(g gathered) bool { return provision.Retained(g.spec.DeletionPolicy) }

// uniqueName is one that no other object has, in whatever cluster, and that nobody can
// choose. With a name of the cluster's, an object that is made again has it again.
func uniqueName(g gathered, cluster string) string {
	from := g.state.Composite().String("metadata", "uid")
	if cluster != "" {
		from = strings.Join([]string{cluster, g.namespace, g.name}, "/")
	}
	return provision.Distinct(g.namespace+"-"+g.name, from, maxBucketName)
}

// externalName that a composed object was made with, empty when there is none.
func externalName(g gathered, composed string) string {
	return g.state.Observed(composed).String("metadata", "annotations", provision.AnnotationExternalName)
}

// madeWith returns a value of forProvider from the first of some composed objects that has
// it, or an empty string.
func madeWith(g gathered, field string, composed ...string) string {
	for _, name := range composed {
		if value := g.state.Observed(name).String("spec", "forProvider", field); value != "" {
			return value
		}
	}
	return ""
}

// part of a backend that a connection waits for, as kubectl takes its resource.
func (g gathered) part(composed, resource, suffix string) provision.Part {
	return provision.Part{Composed: composed, Resource: resource, Name: objectName(g) + suffix}
}
