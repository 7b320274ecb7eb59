package v1alpha1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// MattermostBackupKind is the kind of a MattermostBackup.
const MattermostBackupKind = "MattermostBackup"

// A MattermostBackup copies an installation's database, and its files, to a bucket:
// once, or whenever a schedule says so. What it stored outlives it: the deletion of
// this object deletes no backup.
//
// +kubebuilder:object:root=true
// +kubebuilder:resource:path=mattermostbackups,singular=mattermostbackup,shortName=mmbackup,categories=mattermost,scope=Namespaced
// +kubebuilder:subresource:status
// +kubebuilder:printcolumn:name="STATE",type="string",JSONPath=".status.state"
// +kubebuilder:printcolumn:name="INSTALLATION",type="string",JSONPath=".spec.installation"
// +kubebuilder:printcolumn:name="SCHEDULE",type="string",JSONPath=".spec.schedule"
// +kubebuilder:printcolumn:name="LAST",type="date",JSONPath=".status.backups[0].completedAt"
// +kubebuilder:printcolumn:name="SIZE",type="integer",JSONPath=".status.backups[0].bytes",priority=1
// +kubebuilder:validation:XValidation:rule="size(self.metadata.name) <= 45 && self.metadata.name.matches('^[a-z]([-a-z0-9]*[a-z0-9])?$')",message="metadata.name must be at most 45 characters of a-z, 0-9 and '-', begin with a letter and end with a letter or digit: Jobs carry it in their names"
type MattermostBackup struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	Spec   MattermostBackupSpec   `json:"spec"`
	Status MattermostBackupStatus `json:"status,omitempty"`
}

// MattermostBackupSpec is what a user wants of backups.
//
// +kubebuilder:validation:XValidation:rule="self.installation == oldSelf.installation",message="spec.installation cannot change: backups of another installation need a MattermostBackup of their own"
// +kubebuilder:validation:XValidation:rule="(has(self.schedule) && size(self.schedule) > 0) == (has(oldSelf.schedule) && size(oldSelf.schedule) > 0)",message="spec.schedule cannot be added or removed: a MattermostBackup is made once, or has a schedule, for life"
// +kubebuilder:validation:XValidation:rule="(has(self.schedule) && size(self.schedule) > 0) || !has(self.retention) && !has(self.suspend) && !has(self.timeZone)",message="spec.retention, spec.suspend and spec.timeZone need spec.schedule: without one there is one backup"
// +kubebuilder:validation:XValidation:rule="(has(self.method) && self.method == 'Native') != has(self.store)",message="spec.store is required: name in spec.store.bucket a MattermostBucket, or in spec.store.external a bucket that exists; only with spec.method: Native, whose backups go where the platform says, it must be left out"
// +kubebuilder:validation:XValidation:rule="!(has(self.method) && self.method == 'Native') || !has(self.retention) && !(has(self.files) && self.files)",message="spec.method: Native copies the database alone and keeps what the platform says: leave out spec.retention, and set spec.files: false; files need another MattermostBackup"
type MattermostBackupSpec struct {
	// Installation names the MattermostInstallation of this namespace that is backed
	// up. It cannot change.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=45
	Installation string `json:"installation"`

	// Schedule are moments as of cron: minute, hour, day of month, month, day of week,
	// such as "0 3 * * *". Without one, one backup is made, once.
	// +optional
	// +kubebuilder:validation:MaxLength=100
	// +kubebuilder:validation:XValidation:rule="self.matches('^[-0-9A-Za-z*/,?]+( [-0-9A-Za-z*/,?]+){4}$')",message="spec.schedule must be five fields of cron separated by a space, such as '0 3 * * *'"
	Schedule string `json:"schedule,omitempty"`

	// TimeZone of the schedule, by its name in the IANA database, such as
	// Europe/Berlin. Default: Etc/UTC.
	// +optional
	// +kubebuilder:validation:MaxLength=64
	// +kubebuilder:validation:XValidation:rule="self.matches('^([A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+)*)?$') && self != 'Local'",message="spec.timeZone must be a name of the IANA database, such as Europe/Berlin"
	TimeZone string `json:"timeZone,omitempty"`

	// Suspend the schedule. A backup that has begun is brought to its end. Default:
	// false.
	// +optional
	Suspend *bool `json:"suspend,omitempty"`

	// Files are copied too: what users uploaded, and plugins. Default: true, and false
	// with method Native.
	// +optional
	Files *bool `json:"files,omitempty"`

	// Method that the database is copied by. Dump reads it with its own client
	// programs, and serves every database; Native lets the database's operator do it,
	// where the platform's backend has one with backups. Default: Dump.
	// +optional
	Method BackupMethod `json:"method,omitempty"`

	// Store is where backups go. Required, unless the method is Native.
	// +optional
	Store *BackupStore `json:"store,omitempty"`

	// Retention says which backups are deleted. Default: none.
	// +optional
	Retention *BackupRetention `json:"retention,omitempty"`
}

// BackupMethod is the way that a database is copied.
//
// +kubebuilder:validation:Enum=Dump;Native
type BackupMethod string

// Methods of a backup.
const (
	// BackupDump reads the database with its own client programs.
	BackupDump BackupMethod = "Dump"
	// BackupNative lets the database's operator do it.
	BackupNative BackupMethod = "Native"
)

// BackupStore is where backups go. Below the prefix they are kept by the namespace
// and the name of their MattermostBackup.
//
// +kubebuilder:validation:XValidation:rule="has(self.bucket) != has(self.external)",message="spec.store: set exactly one of bucket (a MattermostBucket of this namespace) or external (a bucket that exists)"
type BackupStore struct {
	// Bucket names a MattermostBucket of this namespace. It should not be the one that
	// the installation keeps its files in: what deletes that one deletes the backups.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=45
	Bucket string `json:"bucket,omitempty"`

	// External is a bucket that exists.
	// +optional
	External *ExternalBucket `json:"external,omitempty"`

	// Prefix of the names of all objects, without a slash at either end. Default: none.
	// +optional
	// +kubebuilder:validation:MaxLength=255
	// +kubebuilder:validation:XValidation:rule="self.matches('^([A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*)?$')",message="spec.store.prefix must be parts of letters, digits, '_', '.' and '-', separated by '/', such as backups/mattermost"
	// +kubebuilder:validation:XValidation:rule="!self.matches('(^|/)[.][.]?(/|$)')",message="spec.store.prefix must have no part '.' or '..': name the path itself"
	Prefix string `json:"prefix,omitempty"`

	// Encryption by the server that stores. Default: the bucket's own.
	// +optional
	Encryption *BackupEncryption `json:"encryption,omitempty"`
}

// ExternalBucket is a bucket that exists.
//
// +kubebuilder:validation:XValidation:rule="(has(self.secret) && self.secret.size() > 0) != (has(self.useServiceAccount) && self.useServiceAccount)",message="set either secret (a Secret with keys accesskey and secretkey) or useServiceAccount: true (the identity of the installation's ServiceAccount)"
type ExternalBucket struct {
	// URL is the service's host and optional port, such as s3.amazonaws.com. TLS is
	// used unless it begins with http://.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	// +kubebuilder:validation:XValidation:rule="self.matches('^(https?://)?[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:[0-9]{1,5})?$')",message="url must be a host with optional port, such as s3.amazonaws.com or http://gateway:7070, without a path"
	URL string `json:"url"`

	// Bucket is the bucket's name.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=255
	Bucket string `json:"bucket"`

	// Region of the bucket. Default: what the service says.
	// +optional
	// +kubebuilder:validation:MaxLength=63
	Region string `json:"region,omitempty"`

	// Secret names a Secret of this namespace with keys accesskey and secretkey.
	// +optional
	// +kubebuilder:validation:MaxLength=253
	// +kubebuilder:validation:XValidation:rule="self.matches('^([a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*)?$')",message="secret must be the name of a Secret: lower case letters, digits, '-' and '.', with a letter or digit at both ends of each part"
	Secret string `json:"secret,omitempty"`

	// UseServiceAccount takes credentials from the cloud identity of the installation's
	// ServiceAccount. Default: false.
	// +optional
	UseServiceAccount bool `json:"useServiceAccount,omitempty"`
}

// BackupEncryption is encryption by the server that stores.
//
// +kubebuilder:validation:XValidation:rule="self.type == 'KMS' || !has(self.kmsKeyID)",message="spec.store.encryption.kmsKeyID needs type: KMS"
type BackupEncryption struct {
	// Type of the encryption: AES256 with a key of the service's, or KMS with one that
	// is managed.
	// +kubebuilder:validation:Enum=AES256;KMS
	Type string `json:"type"`

	// KMSKeyID names the managed key. Default: the account's.
	// +optional
	// +kubebuilder:validation:MaxLength=512
	KMSKeyID string `json:"kmsKeyID,omitempty"`
}

// BackupRetention says which backups are deleted, after each new one: those that one of
// the limits does not keep. The newest always stays.
//
// +kubebuilder:validation:XValidation:rule="has(self.count) || has(self.days)",message="spec.retention: set count, days or both"
type BackupRetention struct {
	// Count of backups that are kept. Default: no limit.
	// +optional
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=1000
	Count *int32 `json:"count,omitempty"`

	// Days that a backup is kept. Default: no limit.
	// +optional
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=3650
	Days *int32 `json:"days,omitempty"`
}

// BackupState is what a MattermostBackup is about, in one word.
type BackupState string

// States of a MattermostBackup.
const (
	// BackupRefused means that the spec, or something it names, cannot be used.
	BackupRefused BackupState = "refused"
	// BackupWaiting means that the installation, or the bucket, is not there yet.
	BackupWaiting BackupState = "waiting"
	// BackupScheduled means that backups are made when the schedule says so.
	BackupScheduled BackupState = "scheduled"
	// BackupSuspended means that the schedule is suspended.
	BackupSuspended BackupState = "suspended"
	// BackupRunning means that a backup is being made.
	BackupRunning BackupState = "running"
	// BackupComplete means that the one backup is made.
	BackupComplete BackupState = "complete"
	// BackupFailed means that the last backup could not be made.
	BackupFailed BackupState = "failed"
)

// MattermostBackupStatus is what is known of backups. Conditions are added by
// Crossplane: Ready and Synced are its own; Accepted and BackupComplete are ours.
type MattermostBackupStatus struct {
	// State in one word: refused, waiting, scheduled, suspended, running, complete or
	// failed.
	// +optional
	State BackupState `json:"state,omitempty"`

	// Location that backups are below: s3://bucket/prefix.
	// +optional
	Location string `json:"location,omitempty"`

	// ObservedGeneration of the spec that this status speaks of.
	// +optional
	ObservedGeneration int64 `json:"observedGeneration,omitempty"`

	// Nudges counts changes to this status while condition Responsive is False.
	// Crossplane's circuit breaker closes only when something changes. Absent otherwise.
	// +optional
	Nudges int64 `json:"nudges,omitempty"`

	// Backups that exist, newest first, at most the newest 12.
	// +optional
	// +listType=map
	// +listMapKey=name
	Backups []StoredBackup `json:"backups,omitempty"`
}

// StoredBackup is a backup that is complete.
type StoredBackup struct {
	// Name of the backup, below the location.
	Name string `json:"name"`

	// StartedAt is when its Job began: the data is not older.
	StartedAt metav1.Time `json:"startedAt"`

	// CompletedAt is when all of it was stored.
	CompletedAt metav1.Time `json:"completedAt"`

	// Bytes of the database's dump as it is stored.
	// +optional
	Bytes int64 `json:"bytes,omitempty"`

	// Files that belong to it.
	// +optional
	Files int64 `json:"files,omitempty"`

	// Checksum of its manifest, which has the checksums of all else: sha256 and 64
	// hexadecimal digits.
	// +optional
	Checksum string `json:"checksum,omitempty"`

	// Version of the Mattermost server that it was made of.
	// +optional
	Version string `json:"version,omitempty"`
}
