package v1beta1

import "k8s.io/apimachinery/pkg/api/resource"

// DatabaseBackend answers a MattermostDatabase. Exactly one is set.
type DatabaseBackend struct {
	// Standalone is one PostgreSQL server on a volume.
	// +optional
	Standalone *StandaloneDatabase `json:"standalone,omitempty"`

	// Existing is a Secret that is there already.
	// +optional
	Existing *ExistingSecret `json:"existing,omitempty"`
}

// StandaloneDatabase is one PostgreSQL server on a volume, without a second one to
// take over.
type StandaloneDatabase struct {
	// Image repository. It needs bash, initdb and postgres on its PATH, and is run as
	// <image>:<version>. Default: docker.io/library/postgres.
	// +optional
	Image string `json:"image,omitempty"`

	// Version of those that ask for none. Default: 17.
	// +optional
	Version string `json:"version,omitempty"`

	// RunAsUser is the user and group of the image's postgres account. Default: 999.
	// +optional
	RunAsUser int64 `json:"runAsUser,omitempty"`

	// StorageSize of those that ask for none. Default: 20Gi.
	// +optional
	StorageSize *resource.Quantity `json:"storageSize,omitempty"`
}
