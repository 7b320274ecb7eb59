// Package v1beta1 holds the function's input: the platform team's policy, set
// once in the Composition and obeyed for every installation.
// +kubebuilder:object:generate=true
// +groupName=mattermost.fn.crossplane.io
// +versionName=v1beta1
package v1beta1

import (
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Input is the platform team's policy.
//
// +kubebuilder:object:root=true
// +kubebuilder:resource:categories=crossplane
type Input struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	// Image is the server image repository of installations that name none.
	// Default: mattermost/mattermost-enterprise-edition.
	// +optional
	Image string `json:"image,omitempty"`

	// Version of new installations that name none. Existing installations keep their
	// version. Default: 11.7.9, the latest release of the current Extended Support Release.
	// +optional
	Version string `json:"version,omitempty"`

	// Registry is a mirror, host with optional path, that every image is taken
	// from: registry.example.com/mirror makes mattermost/x
	// registry.example.com/mirror/mattermost/x. A registry that the image names is
	// replaced. Default: none.
	// +optional
	Registry string `json:"registry,omitempty"`

	// Sizes that installations may use. Default: every size.
	// +optional
	Sizes []string `json:"sizes,omitempty"`

	// Size of installations that name none. Default: 5000users.
	// +optional
	Size string `json:"size,omitempty"`

	// Versions are semantic version constraints, such as ">=11.7 <11.8". A version
	// is allowed when it satisfies one of them; a digest without a tag and a tag
	// that is no version are then not allowed. Default: every version.
	// +optional
	Versions []string `json:"versions,omitempty"`

	// IngressClass of Ingresses that name none. Default: the cluster's.
	// +optional
	IngressClass string `json:"ingressClass,omitempty"`

	// StorageClass of claims that are made. Default: the cluster's.
	// +optional
	StorageClass string `json:"storageClass,omitempty"`

	// ImagePullSecrets name Secrets, of the installation's namespace, that pods
	// pull images with.
	// +optional
	ImagePullSecrets []string `json:"imagePullSecrets,omitempty"`

	// Labels of every composed object and pod, besides the installation's own,
	// which win.
	// +optional
	Labels map[string]string `json:"labels,omitempty"`

	// Tool that makes and restores backups. Default: the one of this release.
	// +optional
	Tool *Tool `json:"tool,omitempty"`

	// Releases that this platform knows of, besides those that the function knows.
	// +optional
	Releases *Releases `json:"releases,omitempty"`

	// Database answers a MattermostDatabase. It is needed in Compositions of that kind. In
	// those of MattermostRestores, cloudNativePG says in which image, version and storage an
	// archive is recovered where no Cluster tells. It has no meaning in others.
	// +optional
	Database *DatabaseBackend `json:"database,omitempty"`

	// Bucket answers a MattermostBucket. It is needed in Compositions of that kind, and
	// has no meaning in others.
	// +optional
	Bucket *BucketBackend `json:"bucket,omitempty"`
}

// Tool makes and restores backups, in Jobs.
type Tool struct {
	// Image of the tool, with its tag. Its client programs must be at least as new as
	// the database's server. Default:
	// ghcr.io/crossplane-mattermost/mattermost-dbtool, with this release's tag.
	// +optional
	Image string `json:"image,omitempty"`

	// Resources of the tool's container. Default: requests of 100m CPU and 128Mi
	// memory, and no limits: what loads a dump of MySQL needs much more memory.
	// +optional
	Resources *corev1.ResourceRequirements `json:"resources,omitempty"`

	// ScratchSize is the most that a Job may keep on its node: dumps of MySQL, and of
	// pg_dump's directory format, pass through it. Default: no limit.
	// +optional
	ScratchSize *resource.Quantity `json:"scratchSize,omitempty"`

	// AllowSuperuser lets a restore load data as a user who is a superuser of the database
	// server, or who may run programs and use files on it (on MySQL: a user with FILE or
	// SUPER). A dump is not trusted. Without such a user it cannot reach anything but the
	// database, even if it got past the checks. Default: false, and such a user is refused.
	// +optional
	AllowSuperuser bool `json:"allowSuperuser,omitempty"`
}

// Releases of Mattermost, as far as upgrades depend on them.
type Releases struct {
	// Channels are the versions, such as 11.7.9, that installations with
	// spec.upgrade.channel use, by channel: ESR, feature.
	// +optional
	Channels map[string]string `json:"channels,omitempty"`

	// ExtendedSupport are release lines, such as "12.3", that are Extended Support
	// Releases. An upgrade does not pass over one.
	// +optional
	ExtendedSupport []string `json:"extendedSupport,omitempty"`

	// KnownBad are changes of version that are refused.
	// +optional
	KnownBad []KnownBad `json:"knownBad,omitempty"`
}

// KnownBad is a change of version that is refused.
type KnownBad struct {
	// From is a semantic version constraint of the version before.
	From string `json:"from"`

	// To is a semantic version constraint of the version after.
	To string `json:"to"`

	// Reason is shown to users: what happens, and which version to use instead.
	Reason string `json:"reason"`
}
