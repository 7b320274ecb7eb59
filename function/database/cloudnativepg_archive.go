package database

import (
	"fmt"
	"strings"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
)

// conditionArchive says whether the database could be recovered, should it be lost.
const conditionArchive = "ArchiveReady"

// cnpgArchiveReady with a backup, and every change since. Nobody who uses the database
// would notice that they are missing.
func cnpgArchiveReady(g gathered) []compose.Condition {
	if cnpgBackupOf(g) == nil {
		return nil
	}
	cluster := g.state.Observed(nameCNPGCluster)
	changes, backup := cluster.Condition("ContinuousArchiving"), cluster.Condition("LastBackupSucceeded")
	recoverable := g.state.Observed(nameCNPGStore).Has("status", "serverRecoveryWindow", cnpgServerName(g), "firstRecoverabilityPoint")
	c := compose.Condition{Type: conditionArchive, Status: compose.False}
	switch {
	case changes.Status == compose.False:
		c.Reason = "ArchiveFailing"
		c.Message = fmt.Sprintf("changes of the database are not archived, and fill its volume: %s: %s", PluginError(changes.Message), cnpgArchiveRemedy(g))
	case backup.Reason == "LastBackupFailed":
		c.Reason = "BackupFailed"
		c.Message = fmt.Sprintf("the last backup of the database failed: %s: %s; the next one is made by schedule %q, or now by a MattermostBackup of method Native",
			PluginError(backup.Message), cnpgArchiveRemedy(g), cnpgScheduleOf(g))
	case changes.Status != compose.True:
		c.Reason, c.Message, c.Waiting = "Waiting", "waiting for the first change of the database to be archived", true
	case !recoverable && backup.Status != compose.True:
		c.Reason, c.Message, c.Waiting = "Waiting", "waiting for the first backup of the database", true
	default:
		c.Status, c.Reason = compose.True, "Archiving"
	}
	return []compose.Condition{c}
}

// cnpgArchiveRemedy names what may be wrong: the plugin itself tells no more than that one
// of its programs failed.
func cnpgArchiveRemedy(g gathered) string {
	who := fmt.Sprintf("the identity of ServiceAccount %q", cnpgName(g))
	if key := cnpgCredentials(g).SecretAccessKey; key != nil {
		who = fmt.Sprintf("keys %s and %s of Secret %q", keyS3ID, keyS3Key, key.Name)
	}
	where := cnpgDestination(g)
	if endpoint := cnpgBackupOf(g).EndpointURL; endpoint != "" {
		where += " at " + endpoint
	}
	return fmt.Sprintf("let %s list, read, write and delete below %s; the log of container plugin-barman-cloud in the pods of Cluster %q says what is wrong",
		who, where, cnpgName(g))
}

// PluginError is what a plugin of CloudNativePG said, without how it was carried.
func PluginError(message string) string {
	if _, said, carried := strings.Cut(message, "rpc error: code = Unknown desc = "); carried {
		return said
	}
	return message
}
