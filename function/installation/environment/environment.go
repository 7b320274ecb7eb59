// Package environment is what users add to the server's pods: variables and volumes.
package environment

import (
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"k8s.io/utils/ptr"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/mattermost/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/admission"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/decision"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/facts"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/feature"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/objects"
)

// Feature is the environment that users give to the servers of an installation.
//
//nolint:gochecknoglobals // A table.
var Feature = feature.Feature{
	Secrets: secrets,
	Rules:   []feature.Chapter{{Condition: feature.ConditionAccepted, Gates: []feature.Gate{admitted, secretsExist}}},
	Status:  forgetDataSource,
}

// Part is what users add to the server's pods. Their variables win over those of features, and
// their volumes come first.
func Part(f *facts.Facts) decision.Part {
	out := decision.Part{Mounts: slices.Clone(f.Spec.VolumeMounts)}
	for _, e := range f.Spec.MattermostEnv {
		out.Env = append(out.Env, corev1.EnvVar{Name: e.Name, Value: e.Value, ValueFrom: e.ValueFrom})
	}
	for _, v := range f.Spec.Volumes {
		out.Volumes = append(out.Volumes, volume(v))
	}
	return out
}

func volume(v v1alpha1.Volume) corev1.Volume {
	return corev1.Volume{Name: v.Name, VolumeSource: corev1.VolumeSource{
		ConfigMap:             v.ConfigMap,
		Secret:                v.Secret,
		EmptyDir:              v.EmptyDir,
		PersistentVolumeClaim: v.PersistentVolumeClaim,
		Projected:             v.Projected,
		DownwardAPI:           v.DownwardAPI,
		CSI:                   v.CSI,
	}}
}

// secrets that variables are read from, also those that need not exist.
func secrets(f *facts.Facts) []string {
	var out []string
	for _, e := range f.Spec.MattermostEnv {
		if e.ValueFrom != nil && e.ValueFrom.SecretKeyRef != nil {
			out = append(out, e.ValueFrom.SecretKeyRef.Name)
		}
	}
	return out
}

// required is the key of a Secret that a variable cannot do without, nil if there is none.
func required(e v1alpha1.EnvVar) *corev1.SecretKeySelector {
	if e.ValueFrom == nil || e.ValueFrom.SecretKeyRef == nil || ptr.Deref(e.ValueFrom.SecretKeyRef.Optional, false) {
		return nil
	}
	return e.ValueFrom.SecretKeyRef
}

// admitted refuses variables, volumes and mounts that Kubernetes would refuse in a pod.
func admitted(f *facts.Facts, _ *decision.Decisions) compose.Verdict {
	var errs field.ErrorList
	users, spec := Part(f), field.NewPath("spec")
	for _, e := range users.Env {
		errs = append(errs, admission.Variable(spec.Child("mattermostEnv").Key(e.Name), e, objects.ContainerServer)...)
	}
	for _, v := range users.Volumes {
		errs = append(errs, admission.Volume(spec.Child("volumes").Key(v.Name), v, objects.ContainerServer)...)
	}
	return admission.Verdict(append(errs, admission.Mounts(spec.Child("volumeMounts"), users.Mounts, users.Volumes)...))
}

// secretsExist refuses variables that a pod could not start with.
func secretsExist(f *facts.Facts, _ *decision.Decisions) compose.Verdict {
	for _, e := range f.Spec.MattermostEnv {
		ref := required(e)
		if ref == nil {
			continue
		}
		of := fmt.Sprintf("spec.mattermostEnv[%s].valueFrom.secretKeyRef", e.Name)
		if v := feature.SecretComplete(f, of, ref.Name, ref.Key); !v.Pass {
			return v
		}
	}
	return compose.Passed
}

// leading are variables by which users may lead the server to other data than the spec names,
// sorted.
//
//nolint:gochecknoglobals // A table.
var leading = []string{
	"MM_CONFIG",
	"MM_FILESETTINGS_AMAZONS3BUCKET",
	"MM_FILESETTINGS_AMAZONS3ENDPOINT",
	"MM_FILESETTINGS_DIRECTORY",
	"MM_FILESETTINGS_DRIVERNAME",
	"MM_SQLSETTINGS_DATASOURCE",
	"MM_SQLSETTINGS_DRIVERNAME",
}

// forgetDataSource where a variable leads the server to other data than the spec names. One that
// says what the spec says, too, does not.
func forgetDataSource(_ *facts.Facts, d *decision.Decisions, to *v1alpha1.MattermostInstallationStatus) {
	if d.Stage != decision.Accepted {
		return
	}
	for _, name := range d.Server.Overridden {
		if _, leads := slices.BinarySearch(leading, name); leads {
			to.DataSource = nil
		}
	}
}
