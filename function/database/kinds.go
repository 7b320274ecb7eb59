package database

import (
	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/provision"
)

// Kinds of the objects that are composed for databases, of all backends.
func Kinds() compose.Kinds {
	return provision.ServerKinds().Merged(compose.Kinds{
		nameAuroraCluster:    compose.Of(apiRDS, "Cluster"),
		nameAuroraInstance:   compose.Of(apiRDS, "ClusterInstance"),
		nameRDSInstance:      compose.Of(apiRDS, kindInstance),
		nameRDSReader:        compose.Of(apiRDS, kindInstance),
		nameCloudSQLInstance: compose.Of(apiCloudSQL, kindCloudSQL),
		nameCloudSQLReader:   compose.Of(apiCloudSQL, kindCloudSQL),
		nameCloudSQLDatabase: compose.Of(apiCloudSQL, "Database"),
		nameCloudSQLUser:     compose.Of(apiCloudSQL, "User"),
		nameAzureServer:      compose.Of(apiAzure, kindAzure),
		nameAzureReader:      compose.Of(apiAzure, kindAzure),
		nameAzureDatabase:    compose.Of(apiAzure, "FlexibleServerDatabase"),
		nameSQLRole:          compose.Of(apiSQL, "Role"),
		nameSQLDatabase:      compose.Of(apiSQL, "Database"),
		nameSQLGrant:         compose.Of(apiSQL, "Grant"),
		nameSQLUsage:         "Usage.protection.crossplane.io",
		nameCNPGCluster:      compose.Of(apiCNPG, "Cluster"),
		nameCNPGStore:        compose.Of(apiBarman, "ObjectStore"),
		nameCNPGSchedule:     compose.Of(apiCNPG, "ScheduledBackup"),
	})
}
