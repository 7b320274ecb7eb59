package v1beta1

import "k8s.io/apimachinery/pkg/api/resource"

// BucketBackend answers a MattermostBucket. Exactly one is set.
type BucketBackend struct {
	// Standalone is one S3 gateway on a volume.
	// +optional
	Standalone *StandaloneBucket `json:"standalone,omitempty"`

	// Existing is a Secret that is there already.
	// +optional
	Existing *ExistingSecret `json:"existing,omitempty"`

	// AWSS3 is a bucket of Amazon S3, made by Crossplane's provider for AWS.
	// +optional
	AWSS3 *AWSS3Bucket `json:"awsS3,omitempty"`

	// ObjectBucketClaim is a bucket of Rook or NooBaa.
	// +optional
	ObjectBucketClaim *ObjectBucketClaimBucket `json:"objectBucketClaim,omitempty"`

	// COSI is a bucket of a driver of the Container Object Storage Interface, v1alpha1.
	// +optional
	COSI *COSIBucket `json:"cosi,omitempty"`

	// GCS is a bucket of Google Cloud Storage, made by Crossplane's provider for GCP.
	// +optional
	GCS *GCSBucket `json:"gcs,omitempty"`

	// Garage is a bucket of a Garage cluster, made by the Garage operator.
	// +optional
	Garage *GarageBucket `json:"garage,omitempty"`
}

// StandaloneBucket is one S3 gateway on a volume.
type StandaloneBucket struct {
	// Image of the gateway, Versity's. Default: docker.io/versity/versitygw:v1.0.14.
	// +optional
	Image string `json:"image,omitempty"`

	// StorageSize of those that ask for none. Default: 50Gi.
	// +optional
	StorageSize *resource.Quantity `json:"storageSize,omitempty"`
}

// AWSS3Bucket is a bucket of Amazon S3.
type AWSS3Bucket struct {
	// Region of those that ask for none.
	Region string `json:"region"`

	// ProviderConfigRef of the managed resources.
	// +optional
	ProviderConfigRef ProviderConfigReference `json:"providerConfigRef,omitempty"`

	// UseServiceAccount says that the server's ServiceAccount has access by itself, by
	// roles for service accounts or pod identities that the platform sets up: no user
	// and no key are made.
	// +optional
	UseServiceAccount bool `json:"useServiceAccount,omitempty"`

	// Versioning keeps whatever is deleted or replaced, until a lifecycle rule of the
	// platform's deletes it.
	// +optional
	Versioning bool `json:"versioning,omitempty"`

	// ClusterName makes buckets' names unique to this cluster for good, so that a bucket
	// that is asked for again, by the same name in the same namespace, takes over the one
	// that was retained. Without it, that is another bucket. Default: none.
	// +optional
	ClusterName string `json:"clusterName,omitempty"`

	// AllowBucketName lets users choose the bucket's name. A bucket that the account
	// has under that name is taken over, with its files, whoever made it.
	// +optional
	AllowBucketName bool `json:"allowBucketName,omitempty"`
}

// GCSBucket is a bucket of Google Cloud Storage.
type GCSBucket struct {
	// Location of those that ask for no region: a region such as europe-west3, or EU,
	// US or ASIA.
	Location string `json:"location"`

	// Project that buckets are made in. Default: that of the provider's configuration.
	// +optional
	Project string `json:"project,omitempty"`

	// ProviderConfigRef of the managed resources.
	// +optional
	ProviderConfigRef ProviderConfigReference `json:"providerConfigRef,omitempty"`

	// ClusterName makes buckets' names unique to this cluster for good, so that a bucket
	// that is asked for again, by the same name in the same namespace, takes over the one
	// that was retained. Without it, that is another bucket. Default: none.
	// +optional
	ClusterName string `json:"clusterName,omitempty"`

	// AllowBucketName lets users choose the bucket's name. A bucket that the project
	// has under that name is taken over, with its files, whoever made it.
	// +optional
	AllowBucketName bool `json:"allowBucketName,omitempty"`
}

// ObjectBucketClaimBucket is a bucket of Rook or NooBaa.
type ObjectBucketClaimBucket struct {
	// StorageClassName of the claims.
	StorageClassName string `json:"storageClassName"`

	// DeletionPolicy says what the storage class does with the files of a claim that is
	// deleted, as its reclaimPolicy has it. Who asks for anything else is refused.
	// Default: Delete, as that of storage classes.
	// +optional
	// +kubebuilder:validation:Enum=Retain;Delete
	DeletionPolicy string `json:"deletionPolicy,omitempty"`
}

// COSIBucket is a bucket of a driver of the Container Object Storage Interface.
type COSIBucket struct {
	// BucketClassName of the claims.
	BucketClassName string `json:"bucketClassName"`

	// BucketAccessClassName of the accesses. Its authenticationType has to be KEY.
	BucketAccessClassName string `json:"bucketAccessClassName"`

	// DeletionPolicy says what the bucket class does with the files of a claim that is
	// deleted, as its deletionPolicy has it. Who asks for anything else is refused.
	// Default: Delete.
	// +optional
	// +kubebuilder:validation:Enum=Retain;Delete
	DeletionPolicy string `json:"deletionPolicy,omitempty"`
}

// GarageBucket is a bucket of a Garage cluster.
type GarageBucket struct {
	// ClusterRef names the GarageCluster.
	ClusterRef GarageClusterRef `json:"clusterRef"`

	// AllowBucketName lets users choose the bucket's name. A bucket that the cluster has
	// under that name is taken over, with its files, whoever made it.
	// +optional
	AllowBucketName bool `json:"allowBucketName,omitempty"`
}

// GarageClusterRef names a GarageCluster.
type GarageClusterRef struct {
	// Name of the cluster.
	Name string `json:"name"`

	// Namespace of the cluster, which has to grant access by a GarageReferenceGrant.
	// Default: the asking object's.
	// +optional
	Namespace string `json:"namespace,omitempty"`
}
