package v1alpha1

import (
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
)

// FileStore is where the server keeps files. Exactly one kind of store is used.
//
// +kubebuilder:validation:XValidation:rule="[has(self.claim), has(self.external), has(self.externalVolume), has(self.local) && self.local.enabled].filter(x, x).size() == 1",message="spec.fileStore: set exactly one of claim (a bucket that the platform provides), external (S3), externalVolume (an existing claim) or local with enabled: true (a new claim)"
// +kubebuilder:validation:XValidation:rule="!has(self.discardClaim) || !self.discardClaim || !has(self.claim)",message="spec.fileStore.discardClaim consents to leaving the bucket of spec.fileStore.claim behind: it cannot be true while that bucket is the file store"
// +kubebuilder:validation:XValidation:rule="!has(self.discardLocal) || !self.discardLocal || !(has(self.local) && self.local.enabled)",message="spec.fileStore.discardLocal consents to deleting the volume that spec.fileStore.local made: it cannot be true while that volume is the file store"
type FileStore struct {
	// Claim asks the platform for a bucket, with the installation's name.
	// +optional
	Claim *BucketClaim `json:"claim,omitempty"`

	// External is a bucket of an S3 service that exists.
	// +optional
	External *ExternalFileStore `json:"external,omitempty"`

	// ExternalVolume is a persistent volume claim that exists.
	// +optional
	ExternalVolume *ExternalVolume `json:"externalVolume,omitempty"`

	// Local is a persistent volume claim that is made for the installation, with
	// the installation's name.
	// +optional
	Local *LocalFileStore `json:"local,omitempty"`

	// DiscardLocal consents to the deletion of the volume that local made, with
	// every file on it, once another store is used. Without it a change away from
	// local is refused. Default: false.
	// +optional
	DiscardLocal bool `json:"discardLocal,omitempty"`

	// DiscardClaim consents to leaving the claim, once another store is used. What
	// becomes of its files, its deletionPolicy says. Without it a change away from claim
	// is refused. Default: false.
	// +optional
	DiscardClaim bool `json:"discardClaim,omitempty"`
}

// BucketClaim asks the platform for a bucket.
type BucketClaim struct {
	BucketRequest `json:",inline"`

	// Class chooses among the Compositions that the platform offers, by their label
	// mattermost.crossplane.io/class. Default: the platform's.
	// +optional
	// +kubebuilder:validation:MaxLength=63
	// +kubebuilder:validation:XValidation:rule="self.matches('^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$')",message="spec.fileStore.claim.class must be the value of a label: letters, digits, '-', '_' and '.', with a letter or digit at both ends"
	Class string `json:"class,omitempty"`
}

// ExternalFileStore is a bucket of an S3 service that exists.
//
// +kubebuilder:validation:XValidation:rule="(has(self.secret) && self.secret.size() > 0) != (has(self.useServiceAccount) && self.useServiceAccount)",message="spec.fileStore.external: set either secret (a Secret with keys accesskey and secretkey) or useServiceAccount: true (the identity of the ServiceAccount)"
type ExternalFileStore struct {
	// URL is the service's host and optional port, such as s3.amazonaws.com. TLS
	// is used unless it begins with http://.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	// +kubebuilder:validation:XValidation:rule="self.matches('^(https?://)?[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:[0-9]{1,5})?$')",message="spec.fileStore.external.url must be a host with optional port, such as s3.amazonaws.com or http://gateway:7070, without a path"
	URL string `json:"url"`

	// Bucket is the bucket's name.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=255
	Bucket string `json:"bucket"`

	// Secret names a Secret of this namespace with keys accesskey and secretkey.
	// +optional
	// +kubebuilder:validation:MaxLength=253
	// +kubebuilder:validation:XValidation:rule="self.matches('^([a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*)?$')",message="spec.fileStore.external.secret must be the name of a Secret: lower case letters, digits, '-' and '.', with a letter or digit at both ends of each part"
	Secret string `json:"secret,omitempty"`

	// UseServiceAccount takes credentials from the cloud identity of the
	// installation's ServiceAccount, which has the installation's name and keeps
	// the annotations that others give it. Default: false.
	// +optional
	UseServiceAccount bool `json:"useServiceAccount,omitempty"`
}

// ExternalVolume is a persistent volume claim that exists.
type ExternalVolume struct {
	// VolumeClaimName names a claim of this namespace. With two replicas or more
	// it must be mountable on every node that runs one (ReadWriteMany).
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	// +kubebuilder:validation:XValidation:rule="self.matches('^([a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*)?$')",message="spec.fileStore.externalVolume.volumeClaimName must be the name of a PersistentVolumeClaim: lower case letters, digits, '-' and '.', with a letter or digit at both ends of each part"
	VolumeClaimName string `json:"volumeClaimName"`
}

// LocalFileStore is a persistent volume claim made for the installation. Its
// files are deleted with the installation.
//
// +kubebuilder:validation:XValidation:rule="(has(self.accessModes) ? self.accessModes : ['none']) == (has(oldSelf.accessModes) ? oldSelf.accessModes : ['none'])",message="spec.fileStore.local.accessModes cannot change: a claim keeps the access modes that it was made with"
// +kubebuilder:validation:XValidation:rule="quantity(has(self.storageSize) ? self.storageSize : '50Gi').compareTo(quantity(has(oldSelf.storageSize) ? oldSelf.storageSize : '50Gi')) >= 0",message="spec.fileStore.local.storageSize cannot shrink: a volume only grows"
type LocalFileStore struct {
	// Enabled chooses this file store.
	Enabled bool `json:"enabled"`

	// StorageSize of the claim. It may grow where the storage class allows it,
	// and never shrinks. Default: 50Gi.
	// +optional
	// +kubebuilder:validation:Type=string
	// +kubebuilder:validation:MaxLength=20
	// +kubebuilder:validation:XValidation:rule="isQuantity(self) && quantity(self).isGreaterThan(quantity('0'))",message="spec.fileStore.local.storageSize must be a quantity above zero, such as 50Gi"
	StorageSize *resource.Quantity `json:"storageSize,omitempty"`

	// AccessModes of the claim. Default: ReadWriteMany.
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=4
	// +kubebuilder:validation:items:Enum=ReadWriteOnce;ReadOnlyMany;ReadWriteMany;ReadWriteOncePod
	AccessModes []corev1.PersistentVolumeAccessMode `json:"accessModes,omitempty"`
}
