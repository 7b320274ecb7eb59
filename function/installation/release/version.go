// Package release compares versions of Mattermost, and knows what its releases are.
package release

import (
	"regexp"

	"github.com/Masterminds/semver/v3"
)

// tag matches a version without a digest: a whole version number, optionally with a suffix.
var tag = regexp.MustCompile(`^v?(\d+\.\d+\.\d+)(-[0-9A-Za-z.-]+)?$`)

// prerelease matches the suffix of a prerelease. Any other suffix marks a build of the
// release.
var prerelease = regexp.MustCompile(`(?i)^-(alpha|beta|rc|pre|preview|dev|snapshot|nightly)`)

// whole matches a whole version number, optionally with a digest.
var whole = regexp.MustCompile(`^v?\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?(@sha256:[0-9a-f]{64})?$`)

// Whole says whether a version is a whole version number, such as 11.7.9, optionally with a
// suffix and a digest.
func Whole(version string) bool { return whole.MatchString(version) }

// Semantic parses a version. It returns nil for a digest and for a moving tag such as
// 10.11, which may be any release of its minor version. A build of a release counts as that
// release.
func Semantic(version string) *semver.Version {
	name := withoutDigest(version)
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

// LineOf is the minor version that a version names, such as 10.11, or nil. Even a moving tag
// may name one.
func LineOf(version string) *semver.Version {
	v := asSpelled(version)
	if v == nil {
		return nil
	}
	return line(v)
}

// line of a version is its line's first release.
func line(v *semver.Version) *semver.Version { return semver.New(v.Major(), v.Minor(), 0, "", "") }

// Earlier says whether a version is earlier than another. It is not if one of them cannot be
// compared.
func Earlier(version, than string) bool {
	a, b := Semantic(version), Semantic(than)
	return a != nil && b != nil && a.LessThan(b)
}

// touches says whether a constraint may apply to a version, as spelled or as its release. A
// prerelease may or may not have what its release has.
func touches(version string, within *semver.Constraints) bool {
	v, spelled := Semantic(version), asSpelled(version)
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
	v, err := semver.NewVersion(withoutDigest(version))
	if err != nil {
		return nil
	}
	return v
}
