// Package license is the license that an installation's servers get from a Secret.
package license

import (
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"k8s.io/utils/ptr"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/admission"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/decision"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/facts"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/feature"
)

const (
	keyLicense    = "license"
	volumeLicense = "mattermost-license"
	mountLicense  = "/mattermost-license"
)

// Feature is the license of an installation.
//
//nolint:gochecknoglobals // A table.
var Feature = feature.Feature{
	Secrets: func(f *facts.Facts) []string { return []string{f.Spec.LicenseSecret} },
	Rules:   []feature.Chapter{{Condition: feature.ConditionAccepted, Gates: []feature.Gate{secretComplete, licenseUnhidden}}},
	Server:  part,
}

func secretComplete(f *facts.Facts, _ *decision.Decisions) compose.Verdict {
	if f.Spec.LicenseSecret == "" {
		return compose.Passed
	}
	return feature.SecretComplete(f, "spec.licenseSecret", f.Spec.LicenseSecret, keyLicense)
}

// licenseUnhidden refuses a user's mount in place of the license.
func licenseUnhidden(f *facts.Facts, _ *decision.Decisions) compose.Verdict {
	if f.Spec.LicenseSecret == "" {
		return compose.Passed
	}
	return admission.Verdict(admission.Unmounted(field.NewPath("spec", "volumeMounts"), f.Spec.VolumeMounts, "the Secret of spec.licenseSecret", mountLicense, mountLicense+"/"+keyLicense))
}

// part of the server's pods: the license as a file, and annotations by which Prometheus finds
// the metrics that a license unlocks.
func part(f *facts.Facts) decision.Part {
	if f.Spec.LicenseSecret == "" {
		return decision.Part{}
	}
	return decision.Part{
		Env: []corev1.EnvVar{{Name: "MM_SERVICESETTINGS_LICENSEFILELOCATION", Value: mountLicense + "/" + keyLicense}},
		Volumes: []corev1.Volume{{Name: volumeLicense, VolumeSource: corev1.VolumeSource{
			Secret: &corev1.SecretVolumeSource{
				SecretName: f.Spec.LicenseSecret,
				// The Secret may hold more, such as the database's credentials.
				Items:       []corev1.KeyToPath{{Key: keyLicense, Path: keyLicense}},
				DefaultMode: ptr.To[int32](0o440),
			},
		}}},
		Mounts: []corev1.VolumeMount{{Name: volumeLicense, MountPath: mountLicense, ReadOnly: true}},
		Annotations: map[string]string{
			"prometheus.io/scrape": "true",
			"prometheus.io/path":   "/metrics",
			"prometheus.io/port":   "8067",
		},
	}
}
