package release

import (
	"slices"
	"strings"
	"sync"

	"github.com/Masterminds/semver/v3"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/input/v1beta1"
)

// Policy of a platform about versions.
type Policy struct {
	Releases

	// allowed versions; every version when there are none.
	allowed []*semver.Constraints
	texts   []string
	// channels by name, with the release of each.
	channels map[string]string
}

// Read the platform's policy about versions. It fails on what cannot be read, since no user
// could correct it.
func Read(policy *v1beta1.Input) (Policy, error) {
	out := Policy{Releases: known, texts: policy.Versions}
	for i, text := range policy.Versions {
		c, err := constraint(text)
		if err != nil {
			return Policy{}, errors.Wrapf(err, "cannot read versions[%d] of the function's input: %q is no constraint such as \">=11.7 <11.8\"", i, text)
		}
		out.allowed = append(out.allowed, c)
	}
	if policy.Releases == nil {
		return out, nil
	}
	for channel, v := range policy.Releases.Channels {
		if Semantic(v) == nil {
			return Policy{}, errors.Errorf("cannot read releases.channels[%s] of the function's input: %q is no version such as 11.7.9", channel, v)
		}
	}
	out.channels = policy.Releases.Channels
	var err error
	out.Releases, err = out.with(*policy.Releases)
	return out, err
}

// Channel returns the release of a channel, empty without one.
func (p Policy) Channel(name string) string { return p.channels[name] }

// Channels that have a release, sorted.
func (p Policy) Channels() []string {
	out := make([]string, 0, len(p.channels))
	for name := range p.channels {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

// Allows says whether the platform allows a version, as spelled or as the release that it
// is a build of.
func (p Policy) Allows(version string) bool {
	v := Semantic(version)
	if len(p.allowed) == 0 {
		return true
	}
	if v == nil {
		return false
	}
	spelled := asSpelled(version)
	return slices.ContainsFunc(p.allowed, func(c *semver.Constraints) bool { return c.Check(v) || c.Check(spelled) })
}

// Allowed spells the versions that the platform allows.
func (p Policy) Allowed() string { return strings.Join(p.texts, " or ") }

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
