package installation

import (
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/mattermost/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
)

const (
	keyLicense    = "license"
	volumeLicense = "mattermost-license"
	mountLicense  = "/mattermost-license"

	// variableLicense is the environment variable of the server that contains a license.
	variableLicense = "MM_LICENSE"
)

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
func licenseOf(g gathered, was licensing) licensing {
	server := g.state.Observed(nameServer)
	if gives(g) {
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
func gives(g gathered) bool {
	return g.spec.LicenseSecret != "" || slices.ContainsFunc(g.spec.MattermostEnv, func(e v1alpha1.EnvVar) bool {
		return e.Name == variableLicense && (e.Value != "" || e.ValueFrom != nil)
	})
}

// licenseReportedBy a Server. It is unknown while the Server is not ready, or if its
// provider does not report high availability yet.
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

func licenseSecretComplete(g gathered) compose.Verdict {
	if g.spec.LicenseSecret == "" {
		return compose.Passed
	}
	return secretHasKeys(g, "spec.licenseSecret", g.spec.LicenseSecret, keyLicense)
}

func licenseEnv(g gathered) []corev1.EnvVar {
	if g.spec.LicenseSecret == "" {
		return nil
	}
	return []corev1.EnvVar{{Name: "MM_SERVICESETTINGS_LICENSEFILELOCATION", Value: mountLicense + "/" + keyLicense}}
}

// metricsAnnotations let Prometheus find the metrics that a licence unlocks.
func metricsAnnotations(g gathered) map[string]string {
	if g.spec.LicenseSecret == "" {
		return nil
	}
	return map[string]string{
		"prometheus.io/scrape": "true",
		"prometheus.io/path":   "/metrics",
		"prometheus.io/port":   "8067",
	}
}
