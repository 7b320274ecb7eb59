package installation

import (
	"maps"
	"slices"
	"strings"

	"github.com/Masterminds/semver/v3"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/input/v1beta1"
)

// checkPolicy fails on a policy that could not be obeyed. No user can mend it, so
// that nothing is changed until the platform team does.
func checkPolicy(policy *v1beta1.Input) error {
	for i, name := range policy.Sizes {
		if _, ok := sizes[name]; !ok {
			return errors.Errorf("cannot use sizes[%d] of the function's input: %q is not one of %s", i, name, knownSizes())
		}
	}
	if _, ok := sizes[policy.Size]; !ok && policy.Size != "" {
		return errors.Errorf("cannot use size of the function's input: %q is not one of %s", policy.Size, knownSizes())
	}
	return nil
}

// allowedVersions of the policy. It fails on a constraint that cannot be read, for
// the same reason.
func allowedVersions(policy *v1beta1.Input) ([]*semver.Constraints, error) {
	var out []*semver.Constraints
	for i, text := range policy.Versions {
		c, err := constraint(text)
		if err != nil {
			return nil, errors.Wrapf(err, "cannot read versions[%d] of the function's input: %q is no constraint such as \">=11.7 <11.8\"", i, text)
		}
		out = append(out, c)
	}
	return out, nil
}

func knownSizes() string { return strings.Join(slices.Sorted(maps.Keys(sizes)), ", ") }
