package installation

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/Masterminds/semver/v3"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
)

// wantedVersion is the channel's, else the user's, else the one that the installation has,
// else the platform's, else the default.
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

// firstVersion of an installation that names none.
func firstVersion(g gathered) string {
	if g.policy.Version != "" {
		return g.policy.Version
	}
	return defaultVersion
}

// keptVersion is the version that an installation has which names none: what the Deployment
// runs, else what the first migration goes to, else what was served last. Another default of
// the platform, or of a later release of this function, is for new installations.
func keptVersion(g gathered) string {
	if _, v := splitImage(g.served); v != "" {
		return v
	}
	for _, m := range g.migrations {
		if _, v := splitImage(m.image); v != "" && !m.failed() && !m.leaving() {
			return v
		}
	}
	// Whoever writes this might as well write spec.version: the same rules hold for it.
	if released.MatchString(g.before.Version) {
		return g.before.Version
	}
	return ""
}

// released is the form of a version that is believed of a status: a whole version number,
// perhaps with a digest.
var released = regexp.MustCompile(`^v?\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?(@sha256:[0-9a-f]{64})?$`)

// kept says whether the version is that of the server that runs, which nobody named.
func kept(g gathered) bool {
	_, v := splitImage(g.served)
	return g.spec.Version == "" && channel(g) == "" && g.version == v
}

// tag of a version, without a digest beside it, that is a whole version number, perhaps
// with a suffix.
var tag = regexp.MustCompile(`^v?(\d+\.\d+\.\d+)(-[0-9A-Za-z.-]+)?$`)

// prerelease is the suffix of what comes before a release. Any other suffix is that of a
// build of the release, or of one's own.
var prerelease = regexp.MustCompile(`(?i)^-(alpha|beta|rc|pre|preview|dev|snapshot|nightly)`)

// semantic version that a version says, nil where it is a digest or a moving tag: that of
// 10.11 is any release of the line. A build of a release is that release.
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

// lineOfTag is the line that even a moving tag names, such as 10.11, nil where there is none.
func lineOfTag(version string) *semver.Version {
	v := asSpelled(version)
	if v == nil {
		return nil
	}
	return lineOf(v)
}

// touches says whether a constraint may speak of a version, as it is spelled, or as the
// release that it is of. A prerelease may have what its release has, or not yet.
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

// asSpelled is a version with every suffix that it has, nil where it is none.
func asSpelled(version string) *semver.Version {
	name, _, _ := strings.Cut(version, "@")
	v, err := semver.NewVersion(name)
	if err != nil {
		return nil
	}
	return v
}

// versionAllowed refuses a version that the platform does not allow. One that runs and that
// nobody named runs on: condition VersionCurrent tells of it.
func versionAllowed(g gathered) compose.Verdict {
	if kept(g) || allows(g, g.version) {
		return compose.Passed
	}
	if semantic(g.version) == nil {
		return compose.Refuse("VersionNotAllowed", fmt.Sprintf(
			"spec.version %q says no version that this platform could compare: use a release that satisfies %s", g.version, allowedText(g)))
	}
	return compose.Refuse("VersionNotAllowed", fmt.Sprintf(
		"spec.version %q is not allowed on this platform: use a release that satisfies %s", g.version, allowedText(g)))
}

// allows says whether the platform allows a version, as it is spelled or as the release
// that it is a build of.
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
