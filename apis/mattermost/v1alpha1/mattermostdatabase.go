package v1alpha1

import (
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// MattermostDatabaseKind is the kind of a MattermostDatabase.
const MattermostDatabaseKind = "MattermostDatabase"

// A MattermostDatabase asks for a PostgreSQL database, in the user's terms. What
// answers is the platform's choice: a Composition, ours or any other that fills in
// status.connection.
//
// +kubebuilder:object:root=true
// +kubebuilder:resource:path=mattermostdatabases,singular=mattermostdatabase,shortName=mmdb,categories=mattermost,scope=Namespaced
// +kubebuilder:subresource:status
// +kubebuilder:printcolumn:name="BACKEND",type="string",JSONPath=".status.backend"
// +kubebuilder:printcolumn:name="VERSION",type="string",JSONPath=".spec.version"
// +kubebuilder:printcolumn:name="STORAGE",type="string",JSONPath=".spec.storageSize"
// +kubebuilder:printcolumn:name="SECRET",type="string",JSONPath=".status.connection.secretName"
// +kubebuilder:validation:XValidation:rule="size(self.metadata.name) <= 45 && self.metadata.name.matches('^[a-z]([-a-z0-9]*[a-z0-9])?$')",message="metadata.name must be at most 45 characters of a-z, 0-9 and '-', begin with a letter and end with a letter or digit: Services carry it in their names"
type MattermostDatabase struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	Spec   MattermostDatabaseSpec   `json:"spec"`
	Status MattermostDatabaseStatus `json:"status,omitempty"`
}

// MattermostDatabaseSpec is what a user wants of a database. A backend refuses what
// it does not have.
//
// +kubebuilder:validation:XValidation:rule="(has(self.engine) ? self.engine : 'PostgreSQL') == (has(oldSelf.engine) ? oldSelf.engine : 'PostgreSQL')",message="spec.engine cannot change: data does not move by itself"
// +kubebuilder:validation:XValidation:rule="(has(self.databaseName) ? self.databaseName : 'mattermost') == (has(oldSelf.databaseName) ? oldSelf.databaseName : 'mattermost')",message="spec.databaseName cannot change: data does not move by itself"
// +kubebuilder:validation:XValidation:rule="(has(self.region) ? self.region : 'default') == (has(oldSelf.region) ? oldSelf.region : 'default')",message="spec.region cannot change: data does not move by itself"
type MattermostDatabaseSpec struct {
	// Engine of the database. It cannot change. Default: PostgreSQL.
	// +optional
	// +kubebuilder:validation:Enum=PostgreSQL
	Engine string `json:"engine,omitempty"`

	DatabaseRequest `json:",inline"`

	// Size is the class of the installation that the database serves, by a name of
	// the sizing table. Default: the backend's.
	// +optional
	// +kubebuilder:validation:MaxLength=32
	Size string `json:"size,omitempty"`

	// DatabaseName is the name of the database, and of the role that owns it. It
	// cannot change. Default: mattermost.
	// +optional
	// +kubebuilder:validation:MaxLength=40
	// +kubebuilder:validation:XValidation:rule="self.matches('^[a-z]([_a-z0-9]*[a-z0-9])?$')",message="spec.databaseName must be at most 40 characters of a-z, 0-9 and '_', begin with a letter and end with a letter or digit"
	DatabaseName string `json:"databaseName,omitempty"`
}

// DatabaseRequest is what an installation may ask for of its database.
type DatabaseRequest struct {
	// Version is the engine's major version, such as "17". Default: the backend's.
	// +optional
	// +kubebuilder:validation:MaxLength=8
	// +kubebuilder:validation:XValidation:rule="self.matches('^[0-9]{2}$')",message="version must be a major version of PostgreSQL, such as '17'"
	Version string `json:"version,omitempty"`

	// StorageSize of the database. It may grow where the backend allows it, and never
	// shrinks. Default: the backend's.
	// +optional
	// +kubebuilder:validation:Type=string
	// +kubebuilder:validation:MaxLength=20
	// +kubebuilder:validation:XValidation:rule="isQuantity(self) && quantity(self).isGreaterThan(quantity('0'))",message="storageSize must be a quantity above zero, such as 50Gi"
	StorageSize *resource.Quantity `json:"storageSize,omitempty"`

	// Instances that hold the same data, of which one takes over when another is
	// lost. Default: the backend's.
	// +optional
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=9
	Instances *int32 `json:"instances,omitempty"`

	// ReadReplicas answer reads besides. Default: 0.
	// +optional
	// +kubebuilder:validation:Minimum=0
	// +kubebuilder:validation:Maximum=15
	ReadReplicas int32 `json:"readReplicas,omitempty"`

	// Region that the data is kept in. It cannot change. Default: the backend's.
	// +optional
	// +kubebuilder:validation:MaxLength=63
	Region string `json:"region,omitempty"`

	// RetentionDays is for how long the backend's own backups are kept. Default: the
	// backend's.
	// +optional
	// +kubebuilder:validation:Minimum=0
	// +kubebuilder:validation:Maximum=365
	RetentionDays *int32 `json:"retentionDays,omitempty"`

	// Parameters of the engine, such as work_mem: 32MB.
	// +optional
	// +kubebuilder:validation:MaxProperties=64
	Parameters map[string]string `json:"parameters,omitempty"`

	// DeletionPolicy says what becomes of the data when this object is deleted: Retain
	// keeps it, for another of the same name to take over; Delete deletes it. Default:
	// Retain.
	// +optional
	DeletionPolicy DeletionPolicy `json:"deletionPolicy,omitempty"`
}

// DeletionPolicy says what becomes of data when the object that asked for it is
// deleted.
//
// +kubebuilder:validation:Enum=Retain;Delete
type DeletionPolicy string

// Deletion policies.
const (
	DeletionRetain DeletionPolicy = "Retain"
	DeletionDelete DeletionPolicy = "Delete"
)

// MattermostDatabaseStatus is what is known of a database. Conditions are added by
// Crossplane: Ready and Synced are its own; Accepted, BackendReady and, where the
// platform keeps an archive, ArchiveReady are ours.
type MattermostDatabaseStatus struct {
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

	// Connection to the database, once there is one.
	// +optional
	Connection *DatabaseConnection `json:"connection,omitempty"`

	// Archive of the database, from which a MattermostRestore goes back to any moment.
	// Absent where the backend keeps none of that sort.
	// +optional
	Archive *DatabaseArchive `json:"archive,omitempty"`

	// StorageSize is the size of the volume that the data is on. Absent for a backend without a
	// volume of its own.
	// +optional
	// +kubebuilder:validation:Type=string
	StorageSize *resource.Quantity `json:"storageSize,omitempty"`
}

// DatabaseArchive is where CloudNativePG's plugin Barman Cloud archives a database. It
// outlives the database: a MattermostRestore takes the same fields in spec.from.archive.
type DatabaseArchive struct {
	// ObjectStore of the plugin, in this object's namespace.
	ObjectStore string `json:"objectStore"`

	// ServerName is the folder of the database's server below the destination.
	ServerName string `json:"serverName"`

	// DestinationPath of the ObjectStore: s3://bucket/prefix.
	DestinationPath string `json:"destinationPath"`

	// DatabaseName is the name of the database, and of the role that owns it.
	DatabaseName string `json:"databaseName"`

	// Version is the major version of PostgreSQL.
	Version string `json:"version"`
}

// DatabaseConnection is the contract between whatever provides a database and whoever
// uses it: where the parts of a connection are found. Each part is under a key of the
// Secret or, where it is no secret, in values. A key wins.
type DatabaseConnection struct {
	// SecretName is a Secret of this object's namespace.
	SecretName string `json:"secretName"`

	// Keys of the Secret.
	// +optional
	Keys DatabaseKeys `json:"keys,omitempty"`

	// Values that are no secret.
	// +optional
	Values DatabaseValues `json:"values,omitempty"`
}

// DatabaseKeys are keys of a Secret, each absent when the Secret has no such part.
type DatabaseKeys struct {
	// URL has everything in it: postgres://user:password@host:5432/database, user and
	// password URL-encoded. The other keys are then not needed.
	// +optional
	URL string `json:"url,omitempty"`

	// Host, without port.
	// +optional
	Host string `json:"host,omitempty"`

	// Port.
	// +optional
	Port string `json:"port,omitempty"`

	// Database is the database's name.
	// +optional
	Database string `json:"database,omitempty"`

	// Username, as it is: not URL-encoded.
	// +optional
	Username string `json:"username,omitempty"`

	// Password, as it is: not URL-encoded.
	// +optional
	Password string `json:"password,omitempty"`

	// ReaderHost is a host that answers reads, without port.
	// +optional
	ReaderHost string `json:"readerHost,omitempty"`
}

// DatabaseValues are the parts of a connection that are no secret.
type DatabaseValues struct {
	// Host, without port.
	// +optional
	Host string `json:"host,omitempty"`

	// Port. Default: 5432.
	// +optional
	Port int32 `json:"port,omitempty"`

	// Database is the database's name.
	// +optional
	Database string `json:"database,omitempty"`

	// Username, as it is: not URL-encoded.
	// +optional
	Username string `json:"username,omitempty"`

	// ReaderHost is a host that answers reads, without port.
	// +optional
	ReaderHost string `json:"readerHost,omitempty"`

	// SSLMode of connections: disable, allow, prefer, require. Default: require.
	// +optional
	// +kubebuilder:validation:Enum=disable;allow;prefer;require
	SSLMode string `json:"sslMode,omitempty"`
}
