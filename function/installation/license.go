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

	// variableLicense of the server's environment is the license itself.
	variableLicense = "MM_LICENSE"
)

// licensing is what is known of a license for high availability.
type licensing string

const (
	// licenseGiven is one that the spec gives.
	licenseGiven licensing = "Given"
	// licenseReported is one that the server reports.
	licenseReported licensing = "Reported"
	// licenseAbsent means that there is none.
	licenseAbsent licensing = "None"
	// licenseUnknown means that nobody tells.
	licenseUnknown licensing = ""
)

// clusters says whether replicas form a cluster by it.
func (l licensing) clusters() bool { return l == licenseGiven || l == licenseReported }

// licenseOf an installation, and where nobody tells, what was known last, which is
// unknown at first.
func licenseOf(g gathered, was licensing) licensing {
	server := g.state.Observed(nameServer)
	if gives(g) {
		return licenseGiven
	}
	if said := licenseReportedBy(server); said != licenseUnknown {
		return said
	}
	if was == licenseUnknown || was == licenseGiven && !server.Exists() {
		// There never was one, or it was taken out of the spec and nobody could tell of another.
		return licenseAbsent
	}
	return was
}

// gives says whether the spec gives a license.
func gives(g gathered) bool {
	return g.spec.LicenseSecret != "" || slices.ContainsFunc(g.spec.MattermostEnv, func(e v1alpha1.EnvVar) bool {
		return e.Name == variableLicense && (e.Value != "" || e.ValueFrom != nil)
	})
}

// licenseReportedBy a Server. One that is away says nothing, nor does one whose provider
// did not ask for high availability yet.
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
