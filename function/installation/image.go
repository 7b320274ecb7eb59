package installation

import (
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/provision"
)

const (
	// defaultImage is the Mattermost operator's.
	defaultImage = "mattermost/mattermost-enterprise-edition"
	// defaultVersion is the latest release of the current Extended Support
	// Release, as of August 2026 (Mattermost's release policy).
	defaultVersion = "11.7.9"

	digestPrefix = "sha256:"
)

// repository that is wanted, as it is pulled.
func repository(g gathered) string {
	repo := defaultImage
	for _, r := range []string{g.spec.Image, g.policy.Image} {
		if r != "" {
			repo = r
			break
		}
	}
	return provision.Mirrored(g.policy.Registry, repo)
}

// imageOf a version is its reference.
func imageOf(g gathered, version string) string {
	if strings.HasPrefix(version, digestPrefix) {
		return repository(g) + "@" + version
	}
	return repository(g) + ":" + version
}

// splitImage undoes imageOf: repository and version of a reference.
func splitImage(reference string) (repository, version string) {
	name, digest, pinned := strings.Cut(reference, "@")
	// A colon before the last slash belongs to the registry's port.
	tag := strings.LastIndex(name, ":")
	if tag > strings.LastIndex(name, "/") {
		repository, version = name[:tag], name[tag+1:]
	} else {
		repository = name
	}
	switch {
	case !pinned:
		return repository, version
	case version == "":
		return repository, digest
	}
	return repository, version + "@" + digest
}

func pullPolicy(g gathered) corev1.PullPolicy {
	if g.spec.ImagePullPolicy != "" {
		return g.spec.ImagePullPolicy
	}
	return corev1.PullIfNotPresent
}

func pullSecrets(g gathered) []corev1.LocalObjectReference {
	var out []corev1.LocalObjectReference
	for _, name := range g.policy.ImagePullSecrets {
		out = append(out, corev1.LocalObjectReference{Name: name})
	}
	return out
}
