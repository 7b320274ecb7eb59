package installation

import (
	"fmt"
	"strings"

	"github.com/Masterminds/semver/v3"
	corev1 "k8s.io/api/core/v1"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
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

// wantedVersion is the channel's, else the user's, else the platform's, else the
// default.
func wantedVersion(g gathered) string {
	if channel(g) != "" {
		return channelVersion(g)
	}
	for _, v := range []string{g.spec.Version, g.policy.Version} {
		if v != "" {
			return v
		}
	}
	return defaultVersion
}

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

// semantic version that a version says, nil where it is a digest or a moving tag.
func semantic(version string) *semver.Version {
	tag, _, _ := strings.Cut(version, "@")
	v, err := semver.NewVersion(tag)
	if err != nil {
		return nil
	}
	return v
}

// versionAllowed refuses a version that the platform does not allow.
func versionAllowed(g gathered) compose.Verdict {
	if len(g.versions) == 0 {
		return compose.Passed
	}
	allowed := strings.Join(g.policy.Versions, " or ")
	v := semantic(g.version)
	if v == nil {
		return compose.Refuse("VersionNotAllowed", fmt.Sprintf(
			"spec.version %q says no version that this platform could compare: use a release that satisfies %s", g.version, allowed))
	}
	for _, c := range g.versions {
		if c.Check(v) {
			return compose.Passed
		}
	}
	return compose.Refuse("VersionNotAllowed", fmt.Sprintf(
		"spec.version %q is not allowed on this platform: use a release that satisfies %s", g.version, allowed))
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
