// Package version decides which version an installation is to run: the one that its user or its
// channel names, or the one that it has.
package version

import (
	"fmt"
	"slices"
	"strings"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/decision"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/facts"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/feature"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/release"
)

// defaultVersion is the latest release of the current Extended Support Release, as of August 2026
// (Mattermost's release policy).
const defaultVersion = "11.7.9"

// Feature is the version of an installation.
//
//nolint:gochecknoglobals // A table.
var Feature = feature.Feature{
	Rules:      []feature.Chapter{{Condition: feature.ConditionAccepted, Gates: []feature.Gate{windowAdmitted, channelKnown, allowed}}},
	Compose:    composeWindow,
	Conditions: conditions,
}

// Decide on the version that is wanted. It is the channel's version if there is a channel.
// Otherwise it is the first of these: spec.version, the version that the installation has, the
// platform's version, the default.
func Decide(f *facts.Facts) decision.Version {
	out := decision.Version{Version: wanted(f)}
	out.Image = f.Image(out.Version)
	return out
}

func wanted(f *facts.Facts) string {
	if channel(f) != "" {
		return channelVersion(f)
	}
	for _, v := range []string{f.Spec.Version, had(f), first(f)} {
		if v != "" {
			return v
		}
	}
	return ""
}

// first version of a new installation that names none.
func first(f *facts.Facts) string {
	if f.Policy.Version != "" {
		return f.Policy.Version
	}
	return defaultVersion
}

// had is the version of an installation that names none: what the Deployment runs, else the
// target of the first migration, else what was last served. The defaults of the platform and of
// later releases of this function are for new installations only.
func had(f *facts.Facts) string {
	if _, v := release.Split(f.Deployment.Image); v != "" {
		return v
	}
	for _, m := range f.Migrations {
		if _, v := release.Split(m.Image); v != "" && !m.Failed() && !m.Leaving() {
			return v
		}
	}
	// Whoever can write this could also write spec.version, and the same rules apply.
	if release.Whole(f.Before.Version) {
		return f.Before.Version
	}
	return ""
}

// kept says whether the version is that of the running server and was named by nobody.
func kept(f *facts.Facts, version string) bool {
	_, v := release.Split(f.Deployment.Image)
	return f.Spec.Version == "" && channel(f) == "" && version == v
}

// allowed refuses a version that the platform does not allow. A running version that nobody
// named stays, and condition VersionCurrent reports it.
func allowed(f *facts.Facts, d *decision.Decisions) compose.Verdict {
	v := d.Version.Version
	if kept(f, v) || f.Releases.Allows(v) {
		return compose.Passed
	}
	if release.Semantic(v) == nil {
		return compose.Refuse("VersionNotAllowed", fmt.Sprintf(
			"spec.version %q is not a version that can be compared: use a release that satisfies %s", v, f.Releases.Allowed()))
	}
	return compose.Refuse("VersionNotAllowed", fmt.Sprintf(
		"spec.version %q is not allowed on this platform: use a release that satisfies %s", v, f.Releases.Allowed()))
}

// conditions say whether the version is the newest that is wanted.
func conditions(f *facts.Facts, d *decision.Decisions) []compose.Condition {
	if d.Stage != decision.Accepted {
		return nil
	}
	c := compose.Condition{Type: feature.ConditionCurrent, Status: compose.True, Reason: "Pinned", Progress: compose.ProgressUnaffected}
	if channel(f) == "" {
		return []compose.Condition{describeKept(f, d.Version.Version, c)}
	}
	return []compose.Condition{describeChannel(f, d.Version.Version, c)}
}

// describeKept describes a version that nobody named: whether the platform still allows it, and
// which version new installations get.
func describeKept(f *facts.Facts, v string, c compose.Condition) compose.Condition {
	switch {
	case !kept(f, v):
	case !f.Releases.Allows(v):
		c.Status, c.Reason = compose.False, "NotAllowed"
		c.Message = fmt.Sprintf("version %s runs on, though it is not allowed on this platform any more: set spec.version to a release that satisfies %s", v, f.Releases.Allowed())
	case v != first(f):
		c.Reason = "Kept"
		c.Message = fmt.Sprintf("version %s is kept, as long as spec.version names no other: new installations get %s", v, first(f))
	}
	return c
}

// begun says whether the migration to an image has: it is brought to its end also when the
// window closes.
func begun(f *facts.Facts, image string) bool {
	return slices.ContainsFunc(f.Migrations, func(m facts.Migration) bool { return m.Image == image })
}

func offered(f *facts.Facts) string {
	if all := f.Releases.Channels(); len(all) > 0 {
		return strings.Join(all, ", ")
	}
	return "none"
}
