package v1alpha1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// DataSource says where an installation keeps its data, and names the Secrets that
// open it, for those who copy or replace the data.
type DataSource struct {
	// Engine of the database: PostgreSQL or MySQL.
	Engine string `json:"engine"`

	// SecretName is a Secret of the installation's namespace, with the database's URL
	// under URLKey.
	SecretName string `json:"secretName"`

	// URLKey of the Secret.
	URLKey string `json:"urlKey"`

	// Bucket that files are in.
	// +optional
	Bucket *BucketConnection `json:"bucket,omitempty"`

	// FilesPrefix is the folder of the bucket that files are in, absent for all of it.
	// +optional
	FilesPrefix string `json:"filesPrefix,omitempty"`

	// VolumeClaimName is the persistent volume claim that files are on.
	// +optional
	VolumeClaimName string `json:"volumeClaimName,omitempty"`
}

const (
	// ConditionDatabaseReady of an installation speaks of its database.
	ConditionDatabaseReady = "DatabaseReady"
	// ReasonDatabaseChanged of that condition means that the spec names another database than
	// servers are connected to, and that the change is refused or not made yet. Backups and
	// restores wait meanwhile.
	ReasonDatabaseChanged = "DatabaseChanged"
	// ReasonDatabaseUnsupported means that no server can use the database that the spec names. It
	// may be another one, too.
	ReasonDatabaseUnsupported = "DatabaseUnsupported"
)

// RestoreParticipation is an installation's part in a restore.
type RestoreParticipation struct {
	// Name of the MattermostRestore.
	Name string `json:"name"`

	// UID of the MattermostRestore.
	UID string `json:"uid"`

	// Phase of the installation: Stopping, Quiesced, Resuming or Serving.
	Phase ParticipationPhase `json:"phase"`

	// QuiescedAt is when the last server had stopped.
	// +optional
	QuiescedAt *metav1.Time `json:"quiescedAt,omitempty"`

	// DataReplaced says that servers run, or will, on the data of this restore.
	// +optional
	DataReplaced bool `json:"dataReplaced,omitempty"`

	// ServingAt is when a server served again.
	// +optional
	ServingAt *metav1.Time `json:"servingAt,omitempty"`
}

// ParticipationPhase is how far an installation is with its part in a restore.
type ParticipationPhase string

// Phases of an installation's part in a restore.
const (
	// ParticipationStopping means that servers or a migration still run.
	ParticipationStopping ParticipationPhase = "Stopping"
	// ParticipationQuiesced means that nothing runs that could write.
	ParticipationQuiesced ParticipationPhase = "Quiesced"
	// ParticipationResuming means that the data is migrated, or servers start.
	ParticipationResuming ParticipationPhase = "Resuming"
	// ParticipationServing means that a server has answered on the data, or could if
	// spec.replicas were not 0.
	ParticipationServing ParticipationPhase = "Serving"
)
