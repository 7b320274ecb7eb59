// Package job is the contract between whoever composes a Job of mattermost-dbtool and
// the program: its commands, the environment that it reads, the code that it ends with
// and the message that it leaves. Nothing that is secret is in arguments.
package job

// Commands of the program.
const (
	// CommandBackup copies database and files to the store, and then deletes what retention
	// does not keep.
	CommandBackup = "backup"
	// CommandCheck reads the whole source and tries the way to the database, and changes
	// nothing.
	CommandCheck = "check"
	// CommandRestore replaces the data by that of the source, unless this request did so
	// before.
	CommandRestore = "restore"
	// CommandForget drops the data that a restore replaced.
	CommandForget = "forget"
)

// Environment of all commands.
const (
	// EnvRequest is the UID of the object that asks. The same request is never carried
	// out twice.
	EnvRequest = "REQUEST_ID"
	// EnvDatabaseURL is the URL that the server is connected by: postgres://…, or
	// mysql:// followed by a data source name of Go's MySQL driver.
	EnvDatabaseURL = "DATABASE_URL"
	// EnvDatabaseName must be the name in the URL, if it is set.
	EnvDatabaseName = "DATABASE_NAME"
	// EnvDatabaseUser and EnvDatabasePassword are used instead of those in the URL, if
	// they are set.
	EnvDatabaseUser     = "DATABASE_USER"
	EnvDatabasePassword = "DATABASE_PASSWORD"
)

// Environment that says where backups are stored, or what is restored.
const (
	// EnvStoreEndpoint is a host with optional port; TLS unless it begins with http://.
	// Default: s3.amazonaws.com.
	EnvStoreEndpoint = "STORE_ENDPOINT"
	EnvStoreBucket   = "STORE_BUCKET"
	// EnvStoreRegion is looked up when it is empty.
	EnvStoreRegion = "STORE_REGION"
	// EnvStoreAccessKey and EnvStoreSecretKey are both empty for the identity that the
	// cloud gives the pod.
	EnvStoreAccessKey = "STORE_ACCESS_KEY"
	EnvStoreSecretKey = "STORE_SECRET_KEY"
	// EnvStorePrefix is what backups are below: <prefix>/<backup>/manifest.json.
	EnvStorePrefix = "STORE_PREFIX"
	// EnvStoreOwner is the owner of the backups below the prefix, the UID of a namespace.
	// The first owner gets the prefix, and all others are refused.
	EnvStoreOwner = "STORE_OWNER"
	// EnvStoreEncryption is AES256 or KMS; empty for the bucket's own.
	EnvStoreEncryption = "STORE_ENCRYPTION"
	EnvStoreKMSKey     = "STORE_KMS_KEY"
	// EnvStoreCreate is true for a bucket that is made if it is not there, as servers do
	// with theirs: one that the platform gave for this alone.
	EnvStoreCreate = "STORE_CREATE"
	// EnvSource is the key of what is restored: an object, or a folder.
	EnvSource = "SOURCE"
	// EnvSourceDatabaseURL is the URL of a PostgreSQL database that is restored, instead of
	// a source in a store; secret. Nobody may write to that database meanwhile.
	EnvSourceDatabaseURL = "SOURCE_DATABASE_URL"
)

// Environment that says where the server keeps files: in a bucket, or in a directory.
// Without either, files are left alone.
const (
	EnvFilesEndpoint  = "FILES_ENDPOINT"
	EnvFilesBucket    = "FILES_BUCKET"
	EnvFilesRegion    = "FILES_REGION"
	EnvFilesAccessKey = "FILES_ACCESS_KEY"
	EnvFilesSecretKey = "FILES_SECRET_KEY"
	// EnvFilesPrefix is the folder of the bucket that files are in, empty for all of it.
	EnvFilesPrefix    = "FILES_PREFIX"
	EnvFilesDirectory = "FILES_DIRECTORY"
)

// Environment of single commands.
const (
	// EnvBackupName is the backup's own, unique below the prefix: that of its Job.
	EnvBackupName = "BACKUP_NAME"
	// EnvServerVersion is the version of the Mattermost server.
	EnvServerVersion = "SERVER_VERSION"
	// EnvKeepCount and EnvKeepDays are retention; empty for no limit.
	EnvKeepCount = "KEEP_COUNT"
	EnvKeepDays  = "KEEP_DAYS"
	// EnvSiteURL replaces what the restored configuration says, if it is set.
	EnvSiteURL = "SITE_URL"
	// EnvAllowSuperuser is true to let a user load data who is a superuser of the database
	// server, or who may run programs and use files on it.
	EnvAllowSuperuser = "ALLOW_SUPERUSER"
	// EnvScratch is a directory that what cannot be streamed passes through.
	EnvScratch = "SCRATCH"
)

// Codes that the program ends with.
const (
	// CodeDone means that it did what it was asked to.
	CodeDone = 0
	// CodeRetry means that it failed, and may succeed when it is tried again.
	CodeRetry = 1
	// CodeFinal means that it failed, changed nothing, and would fail again.
	CodeFinal = 2
)

// Reason says in one word why the program failed.
type Reason string

// Reasons of failures.
const (
	// ReasonAccessDenied means that the store, or the database that is the source, refuses
	// the credentials, or what they are used for.
	ReasonAccessDenied Reason = "AccessDenied"
	// ReasonNotFound means that the source, or the bucket, does not exist.
	ReasonNotFound Reason = "NotFound"
	// ReasonCorrupt means that the source was truncated or altered.
	ReasonCorrupt Reason = "Corrupt"
	// ReasonUnknownFormat means that the source is nothing that can be restored.
	ReasonUnknownFormat Reason = "UnknownFormat"
	// ReasonTooNew means that the source is of a later version, of the database or of
	// Mattermost, than what it would be restored to.
	ReasonTooNew Reason = "TooNew"
	// ReasonDatabaseDenied means that the database refuses the user, the password, or
	// what is to be done.
	ReasonDatabaseDenied Reason = "DatabaseDenied"
	// ReasonDatabaseInUse means that somebody else is connected.
	ReasonDatabaseInUse Reason = "DatabaseInUse"
	// ReasonDiskFull means that the database, the store or the Job's node has no room.
	ReasonDiskFull Reason = "DiskFull"
	// ReasonMismatch means that what was loaded is not what the source has.
	ReasonMismatch Reason = "Mismatch"
	// ReasonInvalid means that the request itself makes no sense.
	ReasonInvalid Reason = "Invalid"
	// ReasonTaken means that the prefix belongs to another owner, or that another request
	// made the backup of that name.
	ReasonTaken Reason = "Taken"
	// ReasonUnavailable means that a service did not answer.
	ReasonUnavailable Reason = "Unavailable"
	// ReasonInternal is everything else.
	ReasonInternal Reason = "Internal"
)
