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
