package installation

import (
	"github.com/crossplane-mattermost/crossplane-mattermost/apis/mattermost/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/objects"
)

// Kinds of the objects that are composed for installations.
func Kinds() compose.Kinds {
	group, usage, managed := v1alpha1.GroupVersion.String(), "Usage.protection.crossplane.io", objects.APIVersionManaged
	out := compose.Kinds{
		nameServiceAccount: "ServiceAccount",
		nameService:        "Service",
		nameMetricsService: "Service",
		nameIngress:        "Ingress.networking.k8s.io",
		nameClaim:          "PersistentVolumeClaim",
		nameDeployment:     "Deployment.apps",
		prefixMigration:    "Job.batch",
		nameBudget:         "PodDisruptionBudget.policy",
		nameDatabase:       compose.Of(group, v1alpha1.MattermostDatabaseKind),
		nameBucket:         compose.Of(group, v1alpha1.MattermostBucketKind),
		nameConnection:     "Secret",
		nameProtection:     usage,
		nameOpens:          "CronJob.batch",
		nameCloses:         "CronJob.batch",
		nameAdministrator:  "Secret",
		nameProviderConfig: compose.Of(managed, objects.KindProviderConfig),
		nameServer:         compose.Of(managed, "Server"),
		prefixTeam:         compose.Of(managed, "Team"),
		prefixChannel:      compose.Of(managed, "Channel"),
	}
	for _, c := range claims {
		out[c.protection()] = usage
	}
	return out
}
