// Package composed names the objects that are composed for an installation.
package composed

import (
	"github.com/crossplane-mattermost/crossplane-mattermost/apis/mattermost/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/objects"
)

// Names under which objects are composed.
const (
	ServiceAccount = "service-account"
	Service        = "service"
	MetricsService = "metrics-service"
	Ingress        = "ingress"
	Volume         = "claim"
	Deployment     = "deployment"
	Budget         = "pod-disruption-budget"
	Database       = "database"
	Bucket         = "bucket"
	Connection     = "connection"
	Protection     = "protection"
	WindowOpens    = "window-opens"
	WindowCloses   = "window-closes"
	Administrator  = "administrator"
	ProviderConfig = "provider-config"
	Server         = "server"

	// PrefixMigration begins the name of a migration Job; what it migrates to follows, since
	// a Job cannot change.
	PrefixMigration = "migration-"
	// PrefixTeam and PrefixChannel begin the names of a team, whose name follows, and of its
	// channels, whose names follow that.
	PrefixTeam    = "team-"
	PrefixChannel = "channel-"
)

// ProtectionOf is the name of the Usage of a composed claim.
func ProtectionOf(claim string) string { return claim + "-protection" }

// Kinds of the objects that are composed for installations.
func Kinds() compose.Kinds {
	group, usage, managed := v1alpha1.GroupVersion.String(), "Usage.protection.crossplane.io", objects.APIVersionManaged
	return compose.Kinds{
		ServiceAccount:         "ServiceAccount",
		Service:                "Service",
		MetricsService:         "Service",
		Ingress:                "Ingress.networking.k8s.io",
		Volume:                 "PersistentVolumeClaim",
		Deployment:             "Deployment.apps",
		PrefixMigration:        "Job.batch",
		Budget:                 "PodDisruptionBudget.policy",
		Database:               compose.Of(group, v1alpha1.MattermostDatabaseKind),
		ProtectionOf(Database): usage,
		Bucket:                 compose.Of(group, v1alpha1.MattermostBucketKind),
		ProtectionOf(Bucket):   usage,
		Connection:             "Secret",
		Protection:             usage,
		WindowOpens:            "CronJob.batch",
		WindowCloses:           "CronJob.batch",
		Administrator:          "Secret",
		ProviderConfig:         compose.Of(managed, objects.KindProviderConfig),
		Server:                 compose.Of(managed, "Server"),
		PrefixTeam:             compose.Of(managed, "Team"),
		PrefixChannel:          compose.Of(managed, "Channel"),
	}
}
