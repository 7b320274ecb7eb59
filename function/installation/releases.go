package installation

import (
	"slices"
	"sync"

	"github.com/Masterminds/semver/v3"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/input/v1beta1"
)

// releases are what the lawfulness of a change of version depends on.
type releases struct {
	// twins are pairs of identical releases.
	twins [][2]*semver.Version
	// extendedSupport are the first versions of the lines with extended support.
	extendedSupport []*semver.Version
	knownBad        []knownBad
}

// knownBad is a change of version that damages data.
type knownBad struct {
	from, to *semver.Constraints
	reason   string
}

// knownReleases are those of Mattermost's release policy and version archive, with
// the changes that its upgrade notes warn of. Servers before 7.1 must pass through
// it.
//
//nolint:gochecknoglobals // A table.
var knownReleases = releases{
	extendedSupport: []*semver.Version{
		semver.MustParse("7.1"), semver.MustParse("7.8"), semver.MustParse("8.1"), semver.MustParse("9.5"),
		semver.MustParse("9.11"), semver.MustParse("10.5"), semver.MustParse("10.11"), semver.MustParse("11.7"),
	},
	// 10.11.16 and 10.11.17 were built from the same source.
	twins: [][2]*semver.Version{{semver.MustParse("10.11.16"), semver.MustParse("10.11.17")}},
	knownBad: []knownBad{{
		from:   mustConstraint(">=10.11.16 <10.12"),
		to:     mustConstraint(">=10.12 <11.7.3 || >=11.8.0 <11.8.1"),
		reason: "migrations of 10.11.16 and later have the numbers of others in releases before 11.7.3 and in 11.8.0, which would then be left out: use 11.7.3 or later, but not 11.8.0",
	}},
}

// constraints that the platform's input has, by their text.
//
//nolint:gochecknoglobals // A cache of what cannot change: to read one costs more than to ask it.
var constraints sync.Map

func constraint(text string) (*semver.Constraints, error) {
	if c, ok := constraints.Load(text); ok {
		return c.(*semver.Constraints), nil //nolint:forcetypeassert // Nothing else is stored.
	}
	c, err := semver.NewConstraint(text)
	if err == nil {
		constraints.Store(text, c)
	}
	return c, err
}

func mustConstraint(text string) *semver.Constraints {
	c, err := semver.NewConstraint(text)
	if err != nil {
		panic(err)
	}
	return c
}

// platformReleases adds the platform's to the known ones. It fails on what cannot be
// read, since no user could mend it.
func platformReleases(policy *v1beta1.Input) (releases, error) {
	out := knownReleases
	if policy.Releases == nil {
		return out, nil
	}
	for channel, v := range policy.Releases.Channels {
		if semantic(v) == nil {
			return out, errors.Errorf("cannot read releases.channels[%s] of the function's input: %q is no version such as 11.7.9", channel, v)
		}
	}
	for i, line := range policy.Releases.ExtendedSupport {
		v, err := semver.NewVersion(line)
		if err != nil {
			return out, errors.Wrapf(err, "cannot read releases.extendedSupport[%d] of the function's input: %q is no release line such as 12.3", i, line)
		}
		out.extendedSupport = append(out.extendedSupport[:len(out.extendedSupport):len(out.extendedSupport)], v)
	}
	for i, k := range policy.Releases.KnownBad {
		from, err := constraint(k.From)
		if err != nil {
			return out, errors.Wrapf(err, "cannot read releases.knownBad[%d].from of the function's input: %q is no constraint such as \">=12.1 <12.2\"", i, k.From)
		}
		to, err := constraint(k.To)
		if err != nil {
			return out, errors.Wrapf(err, "cannot read releases.knownBad[%d].to of the function's input: %q is no constraint such as \">=12.1 <12.2\"", i, k.To)
		}
		out.knownBad = append(out.knownBad[:len(out.knownBad):len(out.knownBad)], knownBad{from: from, to: to, reason: k.Reason})
	}
	return out, nil
}

// passedOver is the first line with extended support that a change of version would
// pass over, nil when there is none.
func (r releases) passedOver(from, to *semver.Version) *semver.Version {
	var first *semver.Version
	for _, line := range r.extendedSupport {
		between := lineOf(from).LessThan(line) && line.LessThan(lineOf(to))
		if between && (first == nil || line.LessThan(first)) {
			first = line
		}
	}
	return first
}

// warning of a change of version that damages data, empty when there is none.
func (r releases) warning(from, to string) string {
	for _, k := range r.knownBad {
		if touches(from, k.from) && touches(to, k.to) {
			return k.reason
		}
	}
	return ""
}

// same says whether two versions are the same release.
func (r releases) same(a, b *semver.Version) bool {
	return a.Equal(b) || slices.ContainsFunc(r.twins, func(of [2]*semver.Version) bool {
		return of[0].Equal(a) && of[1].Equal(b) || of[0].Equal(b) && of[1].Equal(a)
	})
}

// lineOf a version is its line's first release.
func lineOf(v *semver.Version) *semver.Version { return semver.New(v.Major(), v.Minor(), 0, "", "") }
