package filestore

import (
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/admission"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/composed"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/decision"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/facts"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/objects"
)

const (
	volumeData       = "mattermost-data"
	mountData        = "/mattermost/data"
	defaultClaimSize = "50Gi"
)

// externalVolumeUsable refuses a claim that does not exist or lost its volume.
func externalVolumeUsable(f *facts.Facts, _ *decision.Decisions) compose.Verdict {
	external := f.Spec.FileStore.ExternalVolume
	if external == nil {
		return compose.Passed
	}
	if !volume(f).Exists() {
		return compose.Refuse("ClaimNotFound", fmt.Sprintf(
			"spec.fileStore.externalVolume.volumeClaimName: PersistentVolumeClaim %q does not exist in namespace %q: create it, or use spec.fileStore.local", external.VolumeClaimName, f.Namespace))
	}
	if phase := volume(f).String("status", "phase"); phase == string(corev1.ClaimLost) {
		return compose.Refuse("ClaimLost", fmt.Sprintf(
			"spec.fileStore.externalVolume.volumeClaimName: PersistentVolumeClaim %q lost its volume: bind it to a volume again", external.VolumeClaimName))
	}
	return compose.Passed
}

// localVolumeKept refuses to leave the volume that was made, unless the user consents to its
// deletion.
func localVolumeKept(f *facts.Facts, _ *decision.Decisions) compose.Verdict {
	if localChosen(f) || f.Spec.FileStore.DiscardLocal || !f.Observed(composed.Volume).Exists() {
		return compose.Passed
	}
	return compose.Refuse("LocalVolumeInUse", fmt.Sprintf(
		"spec.fileStore: PersistentVolumeClaim %q holds this installation's files and would be deleted: copy them to the new store, then set spec.fileStore.discardLocal: true, or go back to spec.fileStore.local", f.Name))
}

// dataUnhidden refuses a user's mount in place of the volume that files are on.
func dataUnhidden(f *facts.Facts, _ *decision.Decisions) compose.Verdict {
	if f.Spec.FileStore == nil || claimName(f) == "" {
		return compose.Passed
	}
	return admission.Verdict(admission.Unmounted(field.NewPath("spec", "volumeMounts"), f.Spec.VolumeMounts, "the volume of spec.fileStore", mountData))
}

func localChosen(f *facts.Facts) bool {
	return f.Spec.FileStore.Local != nil && f.Spec.FileStore.Local.Enabled
}

// claimName is the claim that is mounted, empty when files are in a bucket.
func claimName(f *facts.Facts) string {
	switch fs := f.Spec.FileStore; {
	case fs.ExternalVolume != nil:
		return fs.ExternalVolume.VolumeClaimName
	case localChosen(f):
		return f.Name
	}
	return ""
}

// volumePart mounts the volume, and makes the server keep its files there.
func volumePart(f *facts.Facts) decision.Part {
	name := claimName(f)
	out := decision.Part{
		Env: []corev1.EnvVar{
			{Name: "MM_FILESETTINGS_DRIVERNAME", Value: "local"},
			{Name: "MM_FILESETTINGS_DIRECTORY", Value: mountData},
		},
		Volumes: []corev1.Volume{{Name: volumeData, VolumeSource: corev1.VolumeSource{
			PersistentVolumeClaim: &corev1.PersistentVolumeClaimVolumeSource{ClaimName: name},
		}}},
		Mounts: []corev1.VolumeMount{{Name: volumeData, MountPath: mountData}},
	}
	if singleNode(f) {
		out.SingleNodeVolume, out.AtOnce = name, true
	}
	return out
}

// singleNode says whether one node alone can mount the volume.
func singleNode(f *facts.Facts) bool {
	var modes []corev1.PersistentVolumeAccessMode
	if localChosen(f) {
		modes = accessModes(f)
	} else {
		for _, m := range volume(f).Value("spec", "accessModes").GetListValue().GetValues() {
			modes = append(modes, corev1.PersistentVolumeAccessMode(m.GetStringValue()))
		}
	}
	return len(modes) > 0 && !slices.Contains(modes, corev1.ReadWriteMany)
}

func accessModes(f *facts.Facts) []corev1.PersistentVolumeAccessMode {
	if modes := f.Spec.FileStore.Local.AccessModes; len(modes) > 0 {
		return modes
	}
	return []corev1.PersistentVolumeAccessMode{corev1.ReadWriteMany}
}

// composeVolume makes the volume, or lets it go with the user's consent.
func composeVolume(a *compose.Answer, f *facts.Facts, d *decision.Decisions) error {
	if localChosen(f) {
		return a.Desire(composed.Volume, objects.PersistentVolumeClaim(d.Server.Server, volumeSpec(f)))
	}
	if f.Spec.FileStore.DiscardLocal {
		a.Discard(composed.Volume)
	}
	return nil
}

// volumeSpec of the volume that is made for the installation.
func volumeSpec(f *facts.Facts) corev1.PersistentVolumeClaimSpec {
	local := f.Spec.FileStore.Local
	size := resource.MustParse(defaultClaimSize)
	if local.StorageSize != nil {
		size = *local.StorageSize
	}
	out := corev1.PersistentVolumeClaimSpec{
		AccessModes: accessModes(f),
		Resources:   corev1.VolumeResourceRequirements{Requests: corev1.ResourceList{corev1.ResourceStorage: size}},
	}
	// A claim keeps its class for life: the platform's choice is for new ones.
	class := f.Policy.StorageClass
	if made := f.Observed(composed.Volume); made.Exists() {
		class = made.String("spec", "storageClassName")
	}
	if class != "" {
		out.StorageClassName = &class
	}
	return out
}
