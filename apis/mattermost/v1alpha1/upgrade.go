package v1alpha1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// Upgrade says how versions of the server follow each other.
//
// +kubebuilder:validation:XValidation:rule="!has(self.window) || (has(self.channel) && size(self.channel) > 0)",message="spec.upgrade.window needs spec.upgrade.channel: a version that is named in spec.version is rolled out when it is applied"
type Upgrade struct {
	// Channel takes the version from the platform: its current Extended Support
	// Release, or its current feature release. A channel never goes back to an
	// earlier version. Default: none; the version is the one of spec.version.
	// +optional
	// +kubebuilder:validation:Enum=ESR;feature;""
	Channel string `json:"channel,omitempty"`

	// Window in which the channel's releases are taken. An upgrade that has begun
	// is brought to its end after it closes. Default: they are taken at once.
	// +optional
	Window *UpgradeWindow `json:"window,omitempty"`

	// Backup holds a change of version until a backup that was begun after the change
	// was asked for is complete: Required, or None. Any MattermostBackup of the
	// installation will do. Default: None.
	// +optional
	// +kubebuilder:validation:Enum=None;Required
	Backup UpgradeBackup `json:"backup,omitempty"`

	// Attempt is any number. A migration that failed, or that still tries, is
	// replaced by a new one when it changes. Default: 0.
	// +optional
	// +kubebuilder:validation:Minimum=0
	Attempt int64 `json:"attempt,omitempty"`

	// Allow lifts rules that refuse a change of version, each with the reason why
	// it is safe here. Default: every rule holds.
	// +optional
	// +listType=map
	// +listMapKey=rule
	// +kubebuilder:validation:MaxItems=4
	Allow []UpgradeAllowance `json:"allow,omitempty"`
}

// UpgradeBackup says whether a change of version waits for a backup.
type UpgradeBackup string

// Backups that a change of version waits for.
const (
	// UpgradeBackupNone does not wait.
	UpgradeBackupNone UpgradeBackup = "None"
	// UpgradeBackupRequired waits for one that was begun after the change was asked for.
	UpgradeBackupRequired UpgradeBackup = "Required"
)

// UpgradeWindow is open from each moment of Opens to the next moment of Closes.
//
// +kubebuilder:validation:XValidation:rule="self.opens != self.closes",message="spec.upgrade.window: opens and closes must differ"
type UpgradeWindow struct {
	// Opens are moments as of cron: minute, hour, day of month, month, day of week,
	// such as "0 2 * * 6".
	// +kubebuilder:validation:MaxLength=100
	// +kubebuilder:validation:XValidation:rule="self.matches('^[-0-9A-Za-z*/,?]+( [-0-9A-Za-z*/,?]+){4}$')",message="spec.upgrade.window.opens must be five fields of cron separated by a space, such as '0 2 * * 6'"
	Opens string `json:"opens"`

	// Closes are moments in the same form.
	// +kubebuilder:validation:MaxLength=100
	// +kubebuilder:validation:XValidation:rule="self.matches('^[-0-9A-Za-z*/,?]+( [-0-9A-Za-z*/,?]+){4}$')",message="spec.upgrade.window.closes must be five fields of cron separated by a space, such as '0 6 * * 6'"
	Closes string `json:"closes"`

	// TimeZone of both, by its name in the IANA database, such as Europe/Berlin.
	// Default: Etc/UTC.
	// +optional
	// +kubebuilder:validation:MaxLength=64
	// +kubebuilder:validation:XValidation:rule="self.matches('^([A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+)*)?$') && self != 'Local'",message="spec.upgrade.window.timeZone must be a name of the IANA database, such as Europe/Berlin"
	TimeZone string `json:"timeZone,omitempty"`
}

// UpgradeRule is a rule that refuses a change of version.
type UpgradeRule string

// Rules of a change of version.
const (
	// RuleDowngrade refuses an earlier version: its server may not know the schema.
	RuleDowngrade UpgradeRule = "Downgrade"
	// RuleSkipESR refuses to pass over an Extended Support Release: Mattermost tests
	// upgrades from one to the next.
	RuleSkipESR UpgradeRule = "SkipESR"
	// RuleKnownBad refuses a change that is known to damage data.
	RuleKnownBad UpgradeRule = "KnownBad"
	// RuleIncomparable refuses to change between versions of which at least one is a
	// digest without a tag, or a tag that is no version.
	RuleIncomparable UpgradeRule = "Incomparable"
)

// UpgradeAllowance lifts a rule.
type UpgradeAllowance struct {
	// Rule that is lifted: Downgrade (to an earlier version), SkipESR (pass over an
	// Extended Support Release), KnownBad (a change that is known to damage data) or
	// Incomparable (a digest without a tag, or a tag that is no version).
	// +kubebuilder:validation:Enum=Downgrade;SkipESR;KnownBad;Incomparable
	Rule UpgradeRule `json:"rule"`

	// Reason why it is safe here, for those who read the manifest later.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=1024
	// +kubebuilder:validation:XValidation:rule="self.trim().size() > 0",message="spec.upgrade.allow: a reason must say why it is safe to lift the rule here"
	Reason string `json:"reason"`
}

// UpdateJob is the Job that migrates the database's schema before a version is
// rolled out.
//
// +kubebuilder:validation:XValidation:rule="!(has(self.disabled) && self.disabled && has(self.savePlan) && self.savePlan)",message="spec.updateJob.savePlan needs the Job: set spec.updateJob.disabled to false"
type UpdateJob struct {
	// Disabled leaves the Job out: the first server of a version then migrates the
	// schema when it starts. Default: false.
	// +optional
	Disabled bool `json:"disabled,omitempty"`

	// Retries is how often a migration that fails is tried again before the upgrade
	// stops, with pauses that double from ten seconds to six minutes. Default: 10.
	// +optional
	// +kubebuilder:validation:Minimum=0
	// +kubebuilder:validation:Maximum=100
	Retries *int32 `json:"retries,omitempty"`

	// ExtraLabels of the Job and its pods. The installation's own win.
	// +optional
	// +kubebuilder:validation:MaxProperties=64
	ExtraLabels map[string]string `json:"extraLabels,omitempty"`

	// ExtraAnnotations of the Job and its pods. The installation's own win.
	// +optional
	// +kubebuilder:validation:MaxProperties=64
	ExtraAnnotations map[string]string `json:"extraAnnotations,omitempty"`

	// SavePlan keeps the plan that undoes the migration, as a file in the file
	// store, which must be a bucket. Servers can from version 8.0 on. Default: false.
	// +optional
	SavePlan bool `json:"savePlan,omitempty"`

	// Resources of the Job's container, as a whole. Default: those of a replica, of which the
	// Job requests at most 500m of CPU and 1Gi of memory.
	// +optional
	Resources *Resources `json:"resources,omitempty"`
}

// UpgradePhase is how far a change of version is.
type UpgradePhase string

// Phases of a change of version.
const (
	// PhaseAwaitingBackup means that a backup is waited for before anything is done.
	PhaseAwaitingBackup UpgradePhase = "AwaitingBackup"
	// PhaseSuperseding means that a migration to a version that is no longer wanted
	// ends first.
	PhaseSuperseding UpgradePhase = "Superseding"
	// PhaseMigrating means that the schema is being migrated while the version before
	// serves.
	PhaseMigrating UpgradePhase = "Migrating"
	// PhaseFailed means that the migration failed for good. The version before serves.
	PhaseFailed UpgradePhase = "Failed"
	// PhaseRolling means that replicas are being replaced.
	PhaseRolling UpgradePhase = "Rolling"
	// PhaseComplete means that every replica runs the version.
	PhaseComplete UpgradePhase = "Complete"
)

// UpgradeStatus is the change of version that is under way, or else the last one.
type UpgradeStatus struct {
	// From is the version before.
	// +optional
	From string `json:"from,omitempty"`

	// To is the version that is wanted.
	// +optional
	To string `json:"to,omitempty"`

	// Phase is AwaitingBackup, Superseding, Migrating, Failed, Rolling or Complete.
	// +optional
	Phase UpgradePhase `json:"phase,omitempty"`

	// RequestedAt is when the change was first seen, where it needs a backup.
	// +optional
	RequestedAt *metav1.Time `json:"requestedAt,omitempty"`

	// Backup that the change waited for: the MattermostBackup's name, a slash, and the
	// backup's own.
	// +optional
	Backup string `json:"backup,omitempty"`

	// JobName is the Job that migrates, or migrated, the schema. It is deleted when
	// the roll begins.
	// +optional
	JobName string `json:"jobName,omitempty"`

	// Attempts of the migration that have begun.
	// +optional
	Attempts int64 `json:"attempts,omitempty"`

	// StartedAt is when the migration began, as the Job says.
	// +optional
	StartedAt *metav1.Time `json:"startedAt,omitempty"`

	// MigratedAt is when the migration was complete, as the Job says.
	// +optional
	MigratedAt *metav1.Time `json:"migratedAt,omitempty"`
}
