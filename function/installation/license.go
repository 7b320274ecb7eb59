package installation

import (
	corev1 "k8s.io/api/core/v1"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
)

const (
	keyLicense    = "license"
	volumeLicense = "mattermost-license"
	mountLicense  = "/mattermost-license"
)

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
