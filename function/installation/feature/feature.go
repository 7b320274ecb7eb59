// Package feature is the vocabulary of features. A feature is one concern of an installation,
// such as its database or its license, in a package of its own. No feature needs another one:
// they have facts and decisions in common.
package feature

import (
	"github.com/crossplane-mattermost/crossplane-mattermost/apis/mattermost/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/decision"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/facts"
)

// Feature is one concern of an installation. A function that it does not need is nil.
type Feature struct {
	// Require looks up objects that the feature depends on and that are not composed.
	Require func(a *compose.Answer, f *facts.Facts, d *decision.Decisions)
	// Secrets whose values the server reads when it starts, by name.
	Secrets func(f *facts.Facts) []string
	// Rules that refuse a spec.
	Rules []Chapter
	// Waits says whether the server's objects wait for what the feature claims.
	Waits func(f *facts.Facts) bool
	// Server is what the feature adds to the server's pods.
	Server func(f *facts.Facts) decision.Part
	// Hold composes what follows the spec while it is refused or waits, too. Other objects stay
	// as they were applied.
	Hold Composer
	// Spent are the names of composed objects that do not stay, even while the spec is refused
	// or waits.
	Spent func(f *facts.Facts, d *decision.Decisions) []string
	// Claim composes what the server's objects wait for.
	Claim Composer
	// Compose composes everything else.
	Compose Composer
	// Conditions of the installation at its stage. A refusal of the same type wins.
	Conditions func(f *facts.Facts, d *decision.Decisions) []compose.Condition
	// Status reports in the feature's fields of the status.
	Status func(f *facts.Facts, d *decision.Decisions, to *v1alpha1.MattermostInstallationStatus)
}

// Composer composes objects.
type Composer func(a *compose.Answer, f *facts.Facts, d *decision.Decisions) error

// Gate decides whether a rule has something against the spec. It may depend on the decisions
// up to Backup.
type Gate func(f *facts.Facts, d *decision.Decisions) compose.Verdict

// Chapter is a list of gates that one condition speaks of.
type Chapter struct {
	// Condition is the type of the condition that is False when a gate refuses.
	Condition string
	// Gates, in the order they are asked.
	Gates []Gate
}

// Types of an installation's conditions. Ready, Synced and Responsive are Crossplane's.
const (
	ConditionAccepted  = "Accepted"
	ConditionDatabase  = v1alpha1.ConditionDatabaseReady
	ConditionFileStore = "FileStoreReady"
	ConditionBackedUp  = "UpgradeBackedUp"
	ConditionMigration = "MigrationComplete"
	ConditionRollout   = "RolloutComplete"
	ConditionClustered = "ReplicasClustered"
	ConditionDowntime  = "ZeroDowntime"
	ConditionCurrent   = "VersionCurrent"
	ConditionHealthy   = "ServerHealthy"
)
