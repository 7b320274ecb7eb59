package facts

import (
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/release"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/provision"
)

// defaultImage is the Mattermost operator's.
const defaultImage = "mattermost/mattermost-enterprise-edition"

// Image of a version is its reference in the repository that the spec, or else the platform,
// names, as it is pulled.
func (f *Facts) Image(version string) string {
	repository := defaultImage
	for _, r := range []string{f.Spec.Image, f.Policy.Image} {
		if r != "" {
			repository = r
			break
		}
	}
	return release.Reference(provision.Mirrored(f.Policy.Registry, repository), version)
}
