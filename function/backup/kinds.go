package backup

import "github.com/crossplane-mattermost/crossplane-mattermost/function/compose"

// Kinds of the objects that are composed for backups.
func Kinds() compose.Kinds {
	return compose.Kinds{
		nameJob:             "Job.batch",
		nameCronJob:         "CronJob.batch",
		nameNative:          compose.Of(apiCNPG, "Backup"),
		nameNativeScheduled: compose.Of(apiCNPG, "ScheduledBackup"),
	}
}
