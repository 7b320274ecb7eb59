package installation

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/Masterminds/semver/v3"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
)

// wantedVersion is the channel's version if there is a channel. Otherwise it is the first
// of these: spec.version, the version that the installation has, the platform's version,
// the default.
func wantedVersion(g gathered) string {
	if channel(g) != "" {
		return channelVersion(g)
	}
	for _, v := range []string{g.spec.Version, keptVersion(g), firstVersion(g)} {
		if v != "" {
			return v
		}
	}
	return ""
}

// firstVersion of a new installation that names none.
func firstVersion(g gathered) string {
	if g.policy.Version != "" {
		return g.policy.Version
	}
	return defaultVersion
}

// keptVersion is the version of an installation that names none: what the Deployment runs,
// else the target of the first migration, else what was last served. The defaults of the
// platform and of later releases of this function are for new installations only.
func keptVersion(g gathered) string {
	if _, v := splitImage(g.served); v != "" {
		return v
	}
	for _, m := range g.migrations {
		if _, v := splitImage(m.image); v != "" && !m.failed() && !m.leaving() {
			return v
		}
	}
	// Whoever can write this could also write spec.version, and the same rules apply.
	if released.MatchString(g.before.Version) {
		return g.before.Version
	}
	return ""
}

// released matches a version that is accepted from a status: a whole version number,
// optionally with a digest.
var released = regexp.MustCompile(`^v?\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?(@sha256:[0-9a-f]{64})?$`)

// kept says whether the version is that of the running server and was named by nobody.
func kept(g gathered) bool {
	_, v := splitImage(g.served)
	return g.spec.Version == "" && channel(g) == "" && g.version == v
}

// tag matches a version without a digest: a whole version number, optionally with a suffix.
var tag = regexp.MustCompile(`^v?(\d+\.\d+\.\d+)(-[0-9A-Za-z.-]+)?$`)

// prerelease matches the suffix of a prerelease. Any other suffix marks a build of the
// release.
var prerelease = regexp.MustCompile(`(?i)^-(alpha|beta|rc|pre|preview|dev|snapshot|nightly)`)

// semantic parses a version. It returns nil for a digest and for a moving tag such as
// 10.11, which may be any release of its minor version. A build of a release counts as that
// release.
func semantic(version string) *semver.Version {
	name, _, _ := strings.Cut(version, "@")
	parts := tag.FindStringSubmatch(name)
	if parts == nil {
		return nil
	}
	number := parts[1]
	if prerelease.MatchString(parts[2]) {
		number += parts[2]
	}
	v, err := semver.NewVersion(number)
	if err != nil {
		return nil
	}
	return v
}

// lineOfTag is the minor version that a tag names, such as 10.11, or nil. Even a moving tag
// may name one.
func lineOfTag(version string) *semver.Version {
	v := asSpelled(version)
	if v == nil {
		return nil
	}
	return lineOf(v)
}

// touches says whether a constraint may apply to a version, as spelled or as its release. A
// prerelease may or may not have what its release has.
func touches(version string, within *semver.Constraints) bool {
	v, spelled := semantic(version), asSpelled(version)
	if v == nil || spelled == nil {
		return false
	}
	inOrder := *within
	inOrder.IncludePrerelease = true
	release := semver.New(v.Major(), v.Minor(), v.Patch(), "", "")
	return inOrder.Check(v) || within.Check(release) || within.Check(spelled)
}

// asSpelled parses a version with its suffix, or returns nil.
func asSpelled(version string) *semver.Version {
	name, _, _ := strings.Cut(version, "@")
	v, err := semver.NewVersion(name)
	if err != nil {
		return nil
	}
	return v
}

// versionAllowed refuses a version that the platform does not allow. A running version that
// nobody named stays, and condition VersionCurrent reports it.
func versionAllowed(g gathered) compose.Verdict {
	if kept(g) || allows(g, g.version) {
		return compose.Passed
	}
	if semantic(g.version) == nil {
		return compose.Refuse("VersionNotAllowed", fmt.Sprintf(
			"spec.version %q is not a version that can be compared: use a release that satisfies %s", g.version, allowedText(g)))
	}
	return compose.Refuse("VersionNotAllowed", fmt.Sprintf(
		"spec.version %q is not allowed on this platform: use a release that satisfies %s", g.version, allowedText(g)))
}

// allows says whether the platform allows a version, as spelled or as the release that it
// is a build of.
func allows(g gathered, version string) bool {
	v := semantic(version)
	if len(g.versions) == 0 {
		return true
	}
	if v == nil {
		return false
	}
	spelled := asSpelled(version)
	return slices.ContainsFunc(g.versions, func(c *semver.Constraints) bool { return c.Check(v) || c.Check(spelled) })
}

func allowedText(g gathered) string { return strings.Join(g.policy.Versions, " or ") }
