package restore

import "github.com/crossplane-mattermost/crossplane-mattermost/function/compose"

// Kinds of the objects that are composed for restores.
func Kinds() compose.Kinds {
	return compose.Kinds{
		nameCheck:    "Job.batch",
		nameReplace:  "Job.batch",
		nameForget:   "Job.batch",
		namePassword: "Secret",
		nameScratch:  compose.Of(apiCNPG, "Cluster"),
	}
}
