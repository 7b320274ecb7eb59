package v1alpha1

import corev1 "k8s.io/api/core/v1"

// Volume is a volume of the server pods. Exactly one source is set, of the kinds
// that Pod Security "restricted" allows.
//
// +kubebuilder:validation:XValidation:rule="has(self.hostPath) || has(self.nfs) || [has(self.configMap), has(self.secret), has(self.emptyDir), has(self.persistentVolumeClaim), has(self.projected), has(self.downwardAPI), has(self.csi)].filter(x, x).size() == 1",message="spec.volumes: a volume needs exactly one of configMap, secret, emptyDir, persistentVolumeClaim, projected, downwardAPI or csi"
type Volume struct {
	// Name of the volume.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=63
	// +kubebuilder:validation:XValidation:rule="self.matches('^[a-z0-9]([-a-z0-9]*[a-z0-9])?$')",message="spec.volumes: a name must be of lower case letters, digits and '-', with a letter or digit at both ends"
	// +kubebuilder:validation:XValidation:rule="!(self in ['mattermost-data', 'mattermost-license'])",message="spec.volumes: mattermost-data and mattermost-license are names of the installation's own volumes"
	Name string `json:"name"`

	// +optional
	ConfigMap *corev1.ConfigMapVolumeSource `json:"configMap,omitempty"`
	// +optional
	Secret *corev1.SecretVolumeSource `json:"secret,omitempty"`
	// +optional
	EmptyDir *corev1.EmptyDirVolumeSource `json:"emptyDir,omitempty"`
	// +optional
	PersistentVolumeClaim *corev1.PersistentVolumeClaimVolumeSource `json:"persistentVolumeClaim,omitempty"`
	// +optional
	Projected *corev1.ProjectedVolumeSource `json:"projected,omitempty"`
	// +optional
	DownwardAPI *corev1.DownwardAPIVolumeSource `json:"downwardAPI,omitempty"`
	// +optional
	CSI *corev1.CSIVolumeSource `json:"csi,omitempty"`

	// HostPath is refused.
	// +optional
	HostPath *RefusedVolumeSource `json:"hostPath,omitempty"`
	// NFS is refused.
	// +optional
	NFS *RefusedVolumeSource `json:"nfs,omitempty"`
}

// RefusedVolumeSource is a source that a user may know from pods and that an
// installation refuses, with the remedy, rather than drops.
//
// +kubebuilder:pruning:PreserveUnknownFields
// +kubebuilder:validation:XValidation:rule="false",message="spec.volumes: hostPath and nfs volumes are not allowed: use a persistentVolumeClaim"
type RefusedVolumeSource struct{}
