package release

import (
	"slices"

	"github.com/Masterminds/semver/v3"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/input/v1beta1"
)

// Releases are what the rules for changes of version depend on.
type Releases struct {
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

// known are the releases of Mattermost's release policy and version archive, with the
// changes that its upgrade notes warn of. Servers before 7.1 must pass through it.
//
//nolint:gochecknoglobals // A table.
var known = Releases{
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

// with returns the releases with those that the platform adds.
func (r Releases) with(added v1beta1.Releases) (Releases, error) {
	r.extendedSupport, r.knownBad = slices.Clone(r.extendedSupport), slices.Clone(r.knownBad)
	for i, text := range added.ExtendedSupport {
		v, err := semver.NewVersion(text)
		if err != nil {
			return r, errors.Wrapf(err, "cannot read releases.extendedSupport[%d] of the function's input: %q is no release line such as 12.3", i, text)
		}
		r.extendedSupport = append(r.extendedSupport, v)
	}
	for i, k := range added.KnownBad {
		from, err := constraint(k.From)
		if err != nil {
			return r, errors.Wrapf(err, "cannot read releases.knownBad[%d].from of the function's input: %q is no constraint such as \">=12.1 <12.2\"", i, k.From)
		}
		to, err := constraint(k.To)
		if err != nil {
			return r, errors.Wrapf(err, "cannot read releases.knownBad[%d].to of the function's input: %q is no constraint such as \">=12.1 <12.2\"", i, k.To)
		}
		r.knownBad = append(r.knownBad, knownBad{from: from, to: to, reason: k.Reason})
	}
	return r, nil
}

// PassedOver is the first line with extended support that a change of version would pass
// over, nil when there is none.
func (r Releases) PassedOver(from, to *semver.Version) *semver.Version {
	var first *semver.Version
	for _, of := range r.extendedSupport {
		between := line(from).LessThan(of) && of.LessThan(line(to))
		if between && (first == nil || of.LessThan(first)) {
			first = of
		}
	}
	return first
}

// Warning of a change of version that damages data, empty when there is none.
func (r Releases) Warning(from, to string) string {
	for _, k := range r.knownBad {
		if touches(from, k.from) && touches(to, k.to) {
			return k.reason
		}
	}
	return ""
}

// Same says whether two versions are the same release.
func (r Releases) Same(a, b *semver.Version) bool {
	return a.Equal(b) || slices.ContainsFunc(r.twins, func(of [2]*semver.Version) bool {
		return of[0].Equal(a) && of[1].Equal(b) || of[0].Equal(b) && of[1].Equal(a)
	})
}
