package v1alpha1

import (
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// MattermostBucketKind is the kind of a MattermostBucket.
const MattermostBucketKind = "MattermostBucket"

// A MattermostBucket asks for a bucket that speaks S3, in the user's terms. What
// answers is the platform's choice: a Composition, ours or any other that fills in
// status.connection.
//
// +kubebuilder:object:root=true
// +kubebuilder:resource:path=mattermostbuckets,singular=mattermostbucket,shortName=mmbucket,categories=mattermost,scope=Namespaced
// +kubebuilder:subresource:status
// +kubebuilder:printcolumn:name="BACKEND",type="string",JSONPath=".status.backend"
// +kubebuilder:printcolumn:name="STORAGE",type="string",JSONPath=".spec.storageSize"
// +kubebuilder:printcolumn:name="SECRET",type="string",JSONPath=".status.connection.secretName"
// +kubebuilder:validation:XValidation:rule="size(self.metadata.name) <= 45 && self.metadata.name.matches('^[a-z]([-a-z0-9]*[a-z0-9])?$')",message="metadata.name must be at most 45 characters of a-z, 0-9 and '-', begin with a letter and end with a letter or digit: Services carry it in their names"
type MattermostBucket struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	Spec   MattermostBucketSpec   `json:"spec"`
	Status MattermostBucketStatus `json:"status,omitempty"`
}

// MattermostBucketSpec is what a user wants of a bucket. A backend refuses what it
// does not have.
//
// +kubebuilder:validation:XValidation:rule="(has(self.bucketName) ? self.bucketName : 'default') == (has(oldSelf.bucketName) ? oldSelf.bucketName : 'default')",message="spec.bucketName cannot change: files do not move by themselves"
// +kubebuilder:validation:XValidation:rule="(has(self.region) ? self.region : 'default') == (has(oldSelf.region) ? oldSelf.region : 'default')",message="spec.region cannot change: files do not move by themselves"
type MattermostBucketSpec struct {
	BucketRequest `json:",inline"`

	// BucketName is the bucket's name. It cannot change. Default: the backend's.
	// +optional
	// +kubebuilder:validation:MaxLength=63
	// +kubebuilder:validation:XValidation:rule="self.matches('^[a-z0-9]([-.a-z0-9]*[a-z0-9])?$') && self.size() >= 3",message="spec.bucketName must be 3 to 63 characters of a-z, 0-9, '-' and '.', and begin and end with a letter or digit"
	BucketName string `json:"bucketName,omitempty"`
}

// BucketRequest is what an installation may ask for of its bucket.
type BucketRequest struct {
	// StorageSize that files may take, where the backend limits it. It may grow, and
	// never shrinks. Default: the backend's.
	// +optional
	// +kubebuilder:validation:Type=string
	// +kubebuilder:validation:MaxLength=20
	// +kubebuilder:validation:XValidation:rule="isQuantity(self) && quantity(self).isGreaterThan(quantity('0'))",message="storageSize must be a quantity above zero, such as 50Gi"
	StorageSize *resource.Quantity `json:"storageSize,omitempty"`

	// Region that files are kept in. It cannot change. Default: the backend's.
	// +optional
	// +kubebuilder:validation:MaxLength=63
	Region string `json:"region,omitempty"`

	// RetentionDays is for how long the backend keeps files that were deleted or
	// replaced. Default: the backend's.
	// +optional
	// +kubebuilder:validation:Minimum=0
	// +kubebuilder:validation:Maximum=3650
	RetentionDays *int32 `json:"retentionDays,omitempty"`

	// DeletionPolicy says what becomes of the files when this object is deleted: Retain
	// keeps them, for another of the same name to take over; Delete deletes them.
	// Default: Retain.
	// +optional
	DeletionPolicy DeletionPolicy `json:"deletionPolicy,omitempty"`
}

// MattermostBucketStatus is what is known of a bucket. Conditions are added by
// Crossplane: Ready and Synced are its own; Accepted and BackendReady are ours.
type MattermostBucketStatus struct {
	// Backend that answers.
	// +optional
	Backend string `json:"backend,omitempty"`

	// ObservedGeneration of the spec that this status speaks of.
	// +optional
	ObservedGeneration int64 `json:"observedGeneration,omitempty"`

	// Nudges counts changes to this status while condition Responsive is False.
	// Crossplane's circuit breaker closes only when something changes. Absent otherwise.
	// +optional
	Nudges int64 `json:"nudges,omitempty"`

	// Connection to the bucket, once there is one.
	// +optional
	Connection *BucketConnection `json:"connection,omitempty"`

	// StorageSize is the size of the volume that files are on. Absent for a backend without
	// a volume.
	// +optional
	// +kubebuilder:validation:Type=string
	StorageSize *resource.Quantity `json:"storageSize,omitempty"`
}

// BucketConnection is the contract between whatever provides a bucket and whoever
// uses it: where the parts of a connection are found. Each part is under a key of the
// Secret or, where it is no secret, in values. A key wins.
type BucketConnection struct {
	// SecretName is a Secret of this object's namespace. It is not needed with
	// values.useServiceAccount.
	// +optional
	SecretName string `json:"secretName,omitempty"`

	// Keys of the Secret.
	// +optional
	Keys BucketKeys `json:"keys,omitempty"`

	// Values that are no secret.
	// +optional
	Values BucketValues `json:"values,omitempty"`
}

// BucketKeys are keys of a Secret, each absent when the Secret has no such part.
type BucketKeys struct {
	// Endpoint is host and optional port, with http:// or https:// or without.
	// +optional
	Endpoint string `json:"endpoint,omitempty"`

	// Bucket is the bucket's name.
	// +optional
	Bucket string `json:"bucket,omitempty"`

	// Region of the bucket.
	// +optional
	Region string `json:"region,omitempty"`

	// AccessKey is the key's id.
	// +optional
	AccessKey string `json:"accessKey,omitempty"`

	// SecretKey is the key itself.
	// +optional
	SecretKey string `json:"secretKey,omitempty"`
}

// BucketValues are the parts of a connection that are no secret.
type BucketValues struct {
	// Endpoint is host and optional port. TLS is used unless it begins with http://.
	// +optional
	Endpoint string `json:"endpoint,omitempty"`

	// Bucket is the bucket's name.
	// +optional
	Bucket string `json:"bucket,omitempty"`

	// Region of the bucket.
	// +optional
	Region string `json:"region,omitempty"`

	// AccessKey is the key's id, where it is public.
	// +optional
	AccessKey string `json:"accessKey,omitempty"`

	// UseServiceAccount says that the server's ServiceAccount has access by itself, so
	// that no key is needed.
	// +optional
	UseServiceAccount bool `json:"useServiceAccount,omitempty"`
}
