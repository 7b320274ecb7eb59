package scaling

import (
	"slices"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/mattermost/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/composed"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/facts"
)

// variableLicense is the environment variable of the server that contains a license.
const variableLicense = "MM_LICENSE"

// licensing is what is known about a license for high availability.
type licensing string

const (
	// licenseGiven means that the spec contains a license.
	licenseGiven licensing = "Given"
	// licenseReported means that the server reports a license.
	licenseReported licensing = "Reported"
	// licenseAbsent means that there is no license.
	licenseAbsent licensing = "None"
	// licenseUnknown means that nothing is known about a license.
	licenseUnknown licensing = ""
)

// clusters says whether replicas form a cluster with this license.
func (l licensing) clusters() bool { return l == licenseGiven || l == licenseReported }

// licenseOf an installation. If neither the spec nor the server says, it is what was known
// last, which is unknown at first.
func licenseOf(f *facts.Facts, was licensing) licensing {
	server := f.Observed(composed.Server)
	if gives(f) {
		return licenseGiven
	}
	if said := licenseReportedBy(server); said != licenseUnknown {
		return said
	}
	if was == licenseUnknown || was == licenseGiven && !server.Exists() {
		// There never was a license, or it was removed from the spec and no Server can
		// report another.
		return licenseAbsent
	}
	return was
}

// gives says whether the spec contains a license.
func gives(f *facts.Facts) bool {
	return f.Spec.LicenseSecret != "" || slices.ContainsFunc(f.Spec.MattermostEnv, func(e v1alpha1.EnvVar) bool {
		return e.Name == variableLicense && (e.Value != "" || e.ValueFrom != nil)
	})
}

// licenseReportedBy a Server. It is unknown while the Server is not ready, or if its provider
// does not report high availability yet.
func licenseReportedBy(server compose.Resource) licensing {
	at := server.At("status", "atProvider")
	license := at.At("license")
	switch {
	case license.Value("highAvailability").GetBoolValue():
		return licenseReported
	case !compose.Ready(server), at.String("version") == "", license.Exists() && !license.Has("highAvailability"):
		return licenseUnknown
	}
	return licenseAbsent
}
