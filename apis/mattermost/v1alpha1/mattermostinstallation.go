package v1alpha1

import (
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// MattermostInstallationKind is the kind of a MattermostInstallation.
const MattermostInstallationKind = "MattermostInstallation"

// A MattermostInstallation is a running Mattermost server: its Deployment,
// Services, Ingress and volume, sized for a number of users. Its database and
// its file store are named here and never provisioned silently.
//
// +kubebuilder:object:root=true
// +kubebuilder:resource:path=mattermostinstallations,singular=mattermostinstallation,shortName=mmi,categories=mattermost,scope=Namespaced
// +kubebuilder:subresource:status
// +kubebuilder:subresource:scale:specpath=.spec.replicas,statuspath=.status.replicas,selectorpath=.status.selector
// +kubebuilder:printcolumn:name="STATE",type="string",JSONPath=".status.state"
// +kubebuilder:printcolumn:name="VERSION",type="string",JSONPath=".status.version"
// +kubebuilder:printcolumn:name="REPLICAS",type="integer",JSONPath=".status.replicas"
// +kubebuilder:printcolumn:name="UPGRADE",type="string",JSONPath=".status.upgrade.phase",priority=1
// +kubebuilder:printcolumn:name="ENDPOINT",type="string",JSONPath=".status.endpoint"
// +kubebuilder:validation:XValidation:rule="size(self.metadata.name) <= 45 && self.metadata.name.matches('^[a-z]([-a-z0-9]*[a-z0-9])?$')",message="metadata.name must be at most 45 characters of a-z, 0-9 and '-', begin with a letter and end with a letter or digit: Services and Jobs carry it in their names"
type MattermostInstallation struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	Spec   MattermostInstallationSpec   `json:"spec"`
	Status MattermostInstallationStatus `json:"status,omitempty"`
}

// MattermostInstallationSpec is what a user wants of a Mattermost server. Field
// names are those of the Mattermost operator's v1beta1 API wherever the meaning
// is the same. Nothing is ever written back here: effective values are in status.
//
// +kubebuilder:validation:XValidation:rule="has(self.database)",message="spec.database is required: set spec.database.claim: {} for a database that the platform provides, or name in spec.database.external.secret the Secret that holds DB_CONNECTION_STRING"
// +kubebuilder:validation:XValidation:rule="has(self.fileStore)",message="spec.fileStore is required: set exactly one of spec.fileStore.claim (a bucket that the platform provides), spec.fileStore.external (S3), spec.fileStore.externalVolume (an existing claim) or spec.fileStore.local (a new claim)"
// +kubebuilder:validation:XValidation:rule="!(has(self.version) && size(self.version) > 0 && has(self.upgrade) && has(self.upgrade.channel) && size(self.upgrade.channel) > 0)",message="spec.version and spec.upgrade.channel exclude each other: remove spec.upgrade.channel to stay on a version, or spec.version to follow the platform's releases"
// +kubebuilder:validation:XValidation:rule="!has(self.volumeMounts) || self.volumeMounts.all(m, has(self.volumes) && self.volumes.exists(v, v.name == m.name))",message="spec.volumeMounts: each mount must name one of spec.volumes"
type MattermostInstallationSpec struct {
	// Image is the repository of the server image, without tag. Default: the
	// platform's image, mattermost/mattermost-enterprise-edition unless the
	// platform says otherwise.
	// +optional
	// +kubebuilder:validation:MaxLength=255
	// +kubebuilder:validation:XValidation:rule="self == '' || self.matches('^([a-zA-Z0-9]([-a-zA-Z0-9]*[a-zA-Z0-9])?([.][a-zA-Z0-9]([-a-zA-Z0-9]*[a-zA-Z0-9])?)*(:([1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5]))?/)?[a-z0-9]+(([.]|_|__|-+)[a-z0-9]+)*(/[a-z0-9]+(([.]|_|__|-+)[a-z0-9]+)*)*$')",message="spec.image must be an image repository such as mattermost/mattermost-team-edition; tag and digest belong in spec.version"
	Image string `json:"image,omitempty"`

	// Version is the tag of the server image, its digest (sha256:…), or both
	// (11.4.0@sha256:…). Default: the version that the installation already has, or the
	// platform's version for a new installation.
	// +optional
	// +kubebuilder:validation:MaxLength=200
	// +kubebuilder:validation:XValidation:rule="self == '' || self.matches('^(sha256:[0-9a-f]{64}|[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}(@sha256:[0-9a-f]{64})?)$')",message="spec.version must be a tag such as 11.4.0, a digest sha256:<64 hex digits>, or tag@digest"
	Version string `json:"version,omitempty"`

	// ImagePullPolicy of the server container. Default: IfNotPresent.
	// +optional
	// +kubebuilder:validation:Enum=Always;IfNotPresent;Never
	ImagePullPolicy corev1.PullPolicy `json:"imagePullPolicy,omitempty"`

	// Upgrade says how versions follow each other. Default: a version is rolled out
	// when it is applied, and a change of version that is not safe is refused.
	// +optional
	Upgrade *Upgrade `json:"upgrade,omitempty"`

	// UpdateJob migrates the database's schema before a version is rolled out.
	// +optional
	UpdateJob *UpdateJob `json:"updateJob,omitempty"`

	// Size names a row of the sizing table: replicas and resources of the
	// server, and the nodes recommended for it. The first nine are the Mattermost
	// operator's sizes, the others the reference architectures of the server's
	// documentation, by concurrent users. Default: the platform's size,
	// 5000users unless the platform says otherwise.
	// +optional
	// +kubebuilder:validation:MaxLength=32
	// +kubebuilder:validation:XValidation:rule="!self.matches('^[0-9]{1,15}users$') || int(self.substring(0, size(self) - 5)) <= 200000",message="spec.size is above the largest size, 200000users: ask Mattermost (https://mattermost.com/contact-sales) for sizing, then set spec.replicas and spec.scheduling.resources explicitly"
	// +kubebuilder:validation:XValidation:rule="self in ['', 'miniSingleton', 'miniHA', 'cloud10users', 'cloud100users', '100users', '1000users', '5000users', '10000users', '25000users', '200users', '2000users', '15000users', '30000users', '50000users', '80000users', '90000users', '100000users', '200000users'] || (self.matches('^[0-9]{1,15}users$') && int(self.substring(0, size(self) - 5)) > 200000)",message="spec.size is not a known size: use one of miniSingleton, miniHA, cloud10users, cloud100users, 100users, 200users, 1000users, 2000users, 5000users, 10000users, 15000users, 25000users, 30000users, 50000users, 80000users, 90000users, 100000users, 200000users"
	Size string `json:"size,omitempty"`

	// Replicas of the server. Takes precedence over the size. 0 stops the server and keeps
	// everything else. Default: the size's number if there is a license for high
	// availability, otherwise 1, because replicas without such a license are not a cluster.
	// A running server keeps its number until spec.size, spec.replicas or the license
	// changes.
	// +optional
	// +kubebuilder:validation:Minimum=0
	// +kubebuilder:validation:Maximum=100
	Replicas *int32 `json:"replicas,omitempty"`

	// Scheduling of the server pods.
	// +optional
	Scheduling *Scheduling `json:"scheduling,omitempty"`

	// MattermostEnv are further environment variables of the server. A name that
	// is also generated replaces the generated variable in place; others follow
	// in the given order. Settings are MM_<SECTION>_<KEY>.
	// +optional
	// +listType=map
	// +listMapKey=name
	// +kubebuilder:validation:MaxItems=256
	MattermostEnv []EnvVar `json:"mattermostEnv,omitempty"`

	// LicenseSecret names a Secret of this namespace with the licence under key
	// license.
	// +optional
	// +kubebuilder:validation:MaxLength=253
	// +kubebuilder:validation:XValidation:rule="self.matches('^([a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*)?$')",message="spec.licenseSecret must be the name of a Secret: lower case letters, digits, '-' and '.', with a letter or digit at both ends of each part"
	LicenseSecret string `json:"licenseSecret,omitempty"`

	// Ingress makes the server reachable from outside. Default: no Ingress.
	// +optional
	Ingress *Ingress `json:"ingress,omitempty"`

	// Database of the server. Required.
	// +optional
	Database *Database `json:"database,omitempty"`

	// FileStore holds what users upload, and plugins. Required.
	// +optional
	FileStore *FileStore `json:"fileStore,omitempty"`

	// Bootstrap makes the first administrator, and a first team with channels, and has the
	// server say itself whether it is healthy. {} is enough for the administrator. It needs
	// provider-mattermost. Default: the first who opens an account is the administrator.
	// +optional
	Bootstrap *Bootstrap `json:"bootstrap,omitempty"`

	// DeletionProtection refuses to delete the installation. Default: true.
	// +optional
	DeletionProtection *bool `json:"deletionProtection,omitempty"`

	// ElasticSearch connects the server to a search engine (licensed).
	// +optional
	ElasticSearch *ElasticSearch `json:"elasticSearch,omitempty"`

	// Volumes are added to the server pods.
	// +optional
	// +listType=map
	// +listMapKey=name
	// +kubebuilder:validation:MaxItems=32
	Volumes []Volume `json:"volumes,omitempty"`

	// VolumeMounts mount Volumes in the server container.
	// +optional
	// +listType=map
	// +listMapKey=mountPath
	// +kubebuilder:validation:MaxItems=32
	VolumeMounts []corev1.VolumeMount `json:"volumeMounts,omitempty"`
}

// Scheduling says what the server pods need of their node.
type Scheduling struct {
	// Resources of the server container. When set, they replace the size's as a
	// whole. Default: the size's.
	// +optional
	Resources *Resources `json:"resources,omitempty"`
}

// Resources are compute resources by name, such as cpu and memory.
type Resources struct {
	// Limits are the most that the container may use.
	// +optional
	Limits corev1.ResourceList `json:"limits,omitempty"`

	// Requests are what the scheduler reserves for the container.
	// +optional
	Requests corev1.ResourceList `json:"requests,omitempty"`
}

// EnvVar is an environment variable of the server.
type EnvVar struct {
	// Name of the variable.
	// +kubebuilder:validation:MaxLength=253
	// +kubebuilder:validation:XValidation:rule="self.matches('^[A-Za-z_][A-Za-z0-9_]*$')",message="spec.mattermostEnv: a name must be letters, digits and underscores and must not begin with a digit, such as MM_SERVICESETTINGS_ENABLELINKPREVIEWS"
	Name string `json:"name"`

	// Value of the variable. Credentials belong in a Secret: see valueFrom.
	// +optional
	Value string `json:"value,omitempty"`

	// ValueFrom takes the value from a Secret, a ConfigMap or the pod.
	// +optional
	ValueFrom *corev1.EnvVarSource `json:"valueFrom,omitempty"`
}
