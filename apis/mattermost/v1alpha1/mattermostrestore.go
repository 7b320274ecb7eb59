package v1alpha1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// MattermostRestoreKind is the kind of a MattermostRestore.
const MattermostRestoreKind = "MattermostRestore"

// A MattermostRestore replaces an installation's data by that of a backup, once and
// never again. Field names are those of the Mattermost operator's MattermostRestoreDB
// wherever the meaning is the same.
//
// +kubebuilder:object:root=true
// +kubebuilder:resource:path=mattermostrestores,singular=mattermostrestore,shortName=mmrestore,categories=mattermost,scope=Namespaced
// +kubebuilder:subresource:status
// +kubebuilder:printcolumn:name="STATE",type="string",JSONPath=".status.state"
// +kubebuilder:printcolumn:name="STEP",type="string",JSONPath=".status.step"
// +kubebuilder:printcolumn:name="INSTALLATION",type="string",JSONPath=".spec.mattermostClusterName"
// +kubebuilder:printcolumn:name="DOWNTIME",type="string",JSONPath=".status.downtime"
// +kubebuilder:validation:XValidation:rule="size(self.metadata.name) <= 45 && self.metadata.name.matches('^[a-z]([-a-z0-9]*[a-z0-9])?$')",message="metadata.name must be at most 45 characters of a-z, 0-9 and '-', begin with a letter and end with a letter or digit: Jobs carry it in their names"
type MattermostRestore struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	Spec   MattermostRestoreSpec   `json:"spec"`
	Status MattermostRestoreStatus `json:"status,omitempty"`
}

// MattermostRestoreSpec is the request. Only replacedData can change: another restore
// is another object.
//
// +kubebuilder:validation:XValidation:rule="has(self.from) != (has(self.initBucketURL) && size(self.initBucketURL) > 0)",message="spec: set exactly one of initBucketURL (an object of a bucket, such as s3://my-backups/mattermost.sql.gz) or from (a MattermostBackup, a MattermostDatabase or an archive of this namespace)"
// +kubebuilder:validation:XValidation:rule="!has(self.from) || !has(self.restoreSecret) || size(self.restoreSecret) == 0",message="spec.restoreSecret goes with spec.initBucketURL: leave it out, what spec.from names knows its own"
// +kubebuilder:validation:XValidation:rule="!(has(self.mattermostDBPassword) && size(self.mattermostDBPassword) > 0 && has(self.mattermostDBPasswordSecret))",message="spec.mattermostDBPassword and spec.mattermostDBPasswordSecret exclude each other: keep the Secret"
// +kubebuilder:validation:XValidation:rule="self.mattermostClusterName == oldSelf.mattermostClusterName && (has(self.initBucketURL) ? self.initBucketURL : 'none') == (has(oldSelf.initBucketURL) ? oldSelf.initBucketURL : 'none') && has(self.from) == has(oldSelf.from) && (!has(self.from) || self.from == oldSelf.from)",message="spec: a restore is made once and cannot change: create another MattermostRestore"
type MattermostRestoreSpec struct {
	// MattermostClusterName names the MattermostInstallation of this namespace whose
	// data is replaced.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=45
	MattermostClusterName string `json:"mattermostClusterName"`

	// InitBucketURL is the source: s3://bucket/key. The key is an object (a dump of pg_dump
	// in its custom or plain format, or a dump of mysqldump, optionally compressed with
	// gzip or zstd) or a folder (a backup of a MattermostBackup, or a dump of pg_dump in
	// its directory format). The format is detected.
	// +optional
	// +kubebuilder:validation:MaxLength=1024
	// +kubebuilder:validation:XValidation:rule="self == '' || self.matches('^s3://[a-z0-9][-.a-z0-9]{1,61}[a-z0-9]/.+$')",message="spec.initBucketURL must be s3://<bucket>/<key>, such as s3://my-backups/mattermost.sql.gz"
	// +kubebuilder:validation:XValidation:rule="!self.matches('^s3://[^/]*/(.*/)?(/|[.][.]?(/|$))') && !self.matches('[[:cntrl:]]')",message="spec.initBucketURL must have no part '.' or '..', no '//' and no control characters in its key: name the path itself"
	InitBucketURL string `json:"initBucketURL,omitempty"`

	// RestoreSecret names a Secret of this namespace that opens the bucket of
	// initBucketURL: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, and optionally
	// AWS_REGION, S3_PROVIDER (AWS is all there is to say), and AWS_ENDPOINT_URL for a
	// service that is not Amazon's. Default: the identity of the installation's
	// ServiceAccount.
	// +optional
	// +kubebuilder:validation:MaxLength=253
	// +kubebuilder:validation:XValidation:rule="self.matches('^([a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*)?$')",message="spec.restoreSecret must be the name of a Secret: lower case letters, digits, '-' and '.', with a letter or digit at both ends of each part"
	RestoreSecret string `json:"restoreSecret,omitempty"`

	// From is a backup of a MattermostBackup of this namespace, or what the platform
	// archives of a database.
	// +optional
	From *RestoreSource `json:"from,omitempty"`

	// MattermostDBName is the database that the data goes to. Default: the
	// installation's, and it can be no other.
	// +optional
	// +kubebuilder:validation:MaxLength=63
	MattermostDBName string `json:"mattermostDBName,omitempty"`

	// MattermostDBUser is who loads the data. It must own what is there, or be able to
	// act as who does. Default: the installation's own user.
	// +optional
	// +kubebuilder:validation:MaxLength=63
	MattermostDBUser string `json:"mattermostDBUser,omitempty"`

	// MattermostDBPassword of that user. Whoever may read this object reads it:
	// mattermostDBPasswordSecret is better. Default: that of the installation's own
	// user.
	// +optional
	// +kubebuilder:validation:MaxLength=1024
	MattermostDBPassword string `json:"mattermostDBPassword,omitempty"`

	// MattermostDBPasswordSecret is a key of a Secret of this namespace that holds the
	// password.
	// +optional
	MattermostDBPasswordSecret *SecretKey `json:"mattermostDBPasswordSecret,omitempty"`

	// Files are restored too, where the backup has some. Default: true.
	// +optional
	Files *bool `json:"files,omitempty"`

	// ReplacedData says what becomes of the data that was replaced, once the server has
	// answered on the new data: Retain keeps it, in a schema (on MySQL: a database)
	// that status.replaced names; Delete deletes it. Default: Retain.
	// +optional
	ReplacedData DeletionPolicy `json:"replacedData,omitempty"`
}

// RestoreSource is a backup of a MattermostBackup, or the archive of a database at any
// moment that it reaches back to.
//
// +kubebuilder:validation:XValidation:rule="(has(self.backup) ? 1 : 0) + (has(self.database) ? 1 : 0) + (has(self.archive) ? 1 : 0) == 1",message="spec.from: set exactly one of backup (a MattermostBackup of this namespace), database (a MattermostDatabase of this namespace) or archive (that of a database that is gone, or is elsewhere)"
// +kubebuilder:validation:XValidation:rule="!has(self.name) || size(self.name) == 0 || has(self.backup) && !has(self.pointInTime)",message="spec.from.name chooses a backup of spec.from.backup: leave it out, with spec.from.pointInTime the backup before that moment is found"
type RestoreSource struct {
	// Backup names a MattermostBackup of this namespace. One with method Native is
	// recovered from the archive of its installation's database.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=45
	Backup string `json:"backup,omitempty"`

	// Name of the backup, as in the status of the MattermostBackup. Default: the newest one
	// when the restore begins.
	// +optional
	// +kubebuilder:validation:MaxLength=63
	// +kubebuilder:validation:XValidation:rule="self.matches('^([A-Za-z0-9_][A-Za-z0-9_.-]*)?$')",message="spec.from.name must be the name of a backup, such as nightly-backup-29301234, and no path"
	Name string `json:"name,omitempty"`

	// Database names a MattermostDatabase of this namespace that the platform archives:
	// its status.archive says so.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=45
	Database string `json:"database,omitempty"`

	// Archive is that of a database that is gone, or is of another namespace or cluster,
	// as its status.archive said.
	// +optional
	Archive *RestoreArchive `json:"archive,omitempty"`

	// PointInTime that the database is restored to, such as 2026-03-01T10:30:00Z: what
	// was committed until then is there, and nothing after it. Default: the end of the
	// archive, or of the backup.
	// +optional
	// +kubebuilder:validation:MaxLength=40
	// +kubebuilder:validation:XValidation:rule="self.matches('^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]{1,6})?(Z|[-+][0-9]{2}:[0-9]{2})$')",message="spec.from.pointInTime must be a moment of RFC 3339 with its time zone, such as 2026-03-01T10:30:00Z or 2026-03-01T11:30:00+01:00"
	PointInTime string `json:"pointInTime,omitempty"`
}

// RestoreArchive is where CloudNativePG's plugin Barman Cloud archived a database.
type RestoreArchive struct {
	// ObjectStore names an ObjectStore of the plugin, in this namespace.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	// +kubebuilder:validation:XValidation:rule="self.matches('^([a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*)?$')",message="spec.from.archive.objectStore must be the name of an ObjectStore: lower case letters, digits, '-' and '.', with a letter or digit at both ends of each part"
	ObjectStore string `json:"objectStore"`

	// ServerName is the folder of the database's server below the ObjectStore's
	// destination.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	// +kubebuilder:validation:XValidation:rule="self.matches('^[A-Za-z0-9_][A-Za-z0-9_.-]*$')",message="spec.from.archive.serverName must be the name of a folder, such as chat-pg-0a1b2c3d, and no path"
	ServerName string `json:"serverName"`

	// DatabaseName is the name of the database, and of the role that owns it. Default:
	// mattermost.
	// +optional
	// +kubebuilder:validation:MaxLength=63
	DatabaseName string `json:"databaseName,omitempty"`

	// Version is the major version of PostgreSQL that wrote the archive, such as "17".
	// Default: that of the installation's own database.
	// +optional
	// +kubebuilder:validation:MaxLength=8
	// +kubebuilder:validation:XValidation:rule="self.matches('^[0-9]{2}$')",message="spec.from.archive.version must be a major version of PostgreSQL, such as '17'"
	Version string `json:"version,omitempty"`
}

// SecretKey is a key of a Secret of the same namespace.
type SecretKey struct {
	// Name of the Secret.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	// +kubebuilder:validation:XValidation:rule="self.matches('^([a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*)?$')",message="name must be the name of a Secret: lower case letters, digits, '-' and '.', with a letter or digit at both ends of each part"
	Name string `json:"name"`

	// Key of the Secret.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	// +kubebuilder:validation:XValidation:rule="self.matches('^[-._a-zA-Z0-9]+$')",message="key must be the key of a Secret: letters, digits, '-', '_' and '.'"
	Key string `json:"key"`
}

// RestoreState is how far a restore is, in the Mattermost operator's words.
type RestoreState string

// States of a restore.
const (
	// RestoreRestoring means that it is under way, or waits for its turn.
	RestoreRestoring RestoreState = "restoring"
	// RestoreFinished means that the server has answered on the new data.
	RestoreFinished RestoreState = "finished"
	// RestoreFailed means that nothing was replaced, or that another restore replaced the
	// data before a server had answered on it, and that nothing more is tried.
	RestoreFailed RestoreState = "failed"
)

// RestoreStep is what a restore does.
type RestoreStep string

// Steps of a restore, in their order.
const (
	// RestoreWaits for what it names, or for its turn.
	RestoreWaits RestoreStep = "Waiting"
	// RestoreRecovers a database of its own from the archive, while the server serves.
	RestoreRecovers RestoreStep = "Recovering"
	// RestoreChecks the whole source and the way to the database, while the server
	// serves.
	RestoreChecks RestoreStep = "Checking"
	// RestoreQuiesces the installation: no server runs, so that nothing is written.
	RestoreQuiesces RestoreStep = "Quiescing"
	// RestoreReplaces the data.
	RestoreReplaces RestoreStep = "Replacing"
	// RestoreResumes the installation, on the new data or, after a failure, the old.
	RestoreResumes RestoreStep = "Resuming"
	// RestoreDrops the data that was replaced.
	RestoreDrops RestoreStep = "Dropping"
	// RestoreDone means that nothing is left to do.
	RestoreDone RestoreStep = "Done"
)

// MattermostRestoreStatus is what is known of a restore. Conditions are added by
// Crossplane: Ready and Synced are its own; Accepted, SourceVerified and DataRestored
// are ours.
type MattermostRestoreStatus struct {
	// State in one word: restoring, finished or failed.
	// +optional
	State RestoreState `json:"state,omitempty"`

	// Step that is under way: Waiting, Recovering, Checking, Quiescing, Replacing,
	// Resuming, Dropping or Done.
	// +optional
	Step RestoreStep `json:"step,omitempty"`

	// Source that is restored: s3://bucket/key, or the folder of an archive.
	// +optional
	Source string `json:"source,omitempty"`

	// PointInTime that was asked for, empty for the end of the source.
	// +optional
	PointInTime string `json:"pointInTime,omitempty"`

	// ObservedGeneration of the spec that this status speaks of.
	// +optional
	ObservedGeneration int64 `json:"observedGeneration,omitempty"`

	// Nudges counts changes to this status while condition Responsive is False.
	// Crossplane's circuit breaker closes only when something changes. Absent otherwise.
	// +optional
	Nudges int64 `json:"nudges,omitempty"`

	// QuiescedAt is when the last server had stopped.
	// +optional
	QuiescedAt *metav1.Time `json:"quiescedAt,omitempty"`

	// RestoredAt is when the data was replaced.
	// +optional
	RestoredAt *metav1.Time `json:"restoredAt,omitempty"`

	// ServingAt is when a server served again.
	// +optional
	ServingAt *metav1.Time `json:"servingAt,omitempty"`

	// Downtime between quiescedAt and servingAt, such as 42s.
	// +optional
	Downtime string `json:"downtime,omitempty"`

	// Replaced is the schema (on MySQL: the database) that holds the data that was
	// replaced, empty when there was none or it is deleted.
	// +optional
	Replaced string `json:"replaced,omitempty"`

	// Tables that were restored.
	// +optional
	Tables int64 `json:"tables,omitempty"`

	// Rows that were restored.
	// +optional
	Rows int64 `json:"rows,omitempty"`

	// Files that were restored.
	// +optional
	Files int64 `json:"files,omitempty"`

	// LeftOut lists what was not restored: tables of MySQL that PostgreSQL does not have,
	// by name, and parts of a PostgreSQL dump that belong to the place that the dump comes
	// from, such as owners (42) or statements of schema metric_helpers (7).
	// +optional
	LeftOut []string `json:"leftOut,omitempty"`

	// Version of the Mattermost server that the data is of, where that is known.
	// +optional
	Version string `json:"version,omitempty"`
}
