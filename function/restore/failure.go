package restore

import (
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/tool"
)

// Types of a restore's conditions. Ready, Synced and Responsive are Crossplane's.
const (
	conditionAccepted = "Accepted"
	conditionVerified = "SourceVerified"
	conditionRestored = "DataRestored"
)

// another is the remedy of all that is over.
const another = "a restore is never tried again: create another MattermostRestore"

// remedies by the reason of a failure.
//
//nolint:gochecknoglobals // A table.
var remedies = map[string]string{
	string(job.ReasonAccessDenied):   "let the credentials of spec.restoreSecret, or of the MattermostBackup's store, list the bucket and read what is below the key, and those of the file store write; the password of a database that was recovered is the operator's to set",
	string(job.ReasonNotFound):       "correct spec.initBucketURL, or choose in spec.from.name a backup that the MattermostBackup's status lists",
	string(job.ReasonCorrupt):        "the source was altered or not stored to its end: restore another backup",
	string(job.ReasonUnknownFormat):  "the source must be a backup of a MattermostBackup, a dump of pg_dump in its custom, directory or plain format, or of mysqldump, as it is or compressed with gzip or zstd",
	string(job.ReasonTooNew):         "the source is of a later PostgreSQL or Mattermost than what it would be restored to: upgrade that first, or restore an earlier backup",
	string(job.ReasonDatabaseDenied): "correct the database's Secret or spec.mattermostDBUser and its password: the user must own what is in the database, or be able to act as who does, and must not be a superuser of its server",
	string(job.ReasonDatabaseInUse):  "end the sessions of others in the database",
	string(job.ReasonDiskFull):       "make room in the database for a second copy of the data, in the file store, or on the nodes; the platform team may raise tool.scratchSize in the Composition",
	string(job.ReasonMismatch):       "what was loaded is not what the source has: see the Job's log",
	string(job.ReasonTaken):          "the prefix belongs to another cluster, namespace or request: name the MattermostBackup that made it, or its folder in spec.initBucketURL",
	string(job.ReasonInvalid):        "correct what the message names: spec.mattermostDBName can only be the installation's own database",
	string(job.ReasonUnavailable):    "see that the database and the source's service answer, and that no NetworkPolicy is in the way",
	string(job.ReasonInternal):       "see the Job's log",
	"OOMKilled":                      "the platform team raises tool.resources in the Composition",
	"Evicted":                        "make room on the nodes, or let the platform team set tool.resources in the Composition",
	"BackoffLimitExceeded":           "see the Job's events",
	reasonRecovery:                   "the pod's log says why. An archive reaches as far as the last transaction in it, so that a moment after which nothing was written cannot be recovered, and a moment of the last minutes only later; spec.from.archive must name an ObjectStore whose Secret opens the bucket, a folder below its destination, and the version that wrote it",
}

// failure in words: what failed, why, and what to do.
func failure(what string, of tool.Outcome) string { return of.Failure(what, remedies) }

// under is a condition of something that a Job does: why it does not start, or why it is
// tried again.
func under(c compose.Condition, reason, message string, of tool.Outcome) compose.Condition {
	c.Reason, c.Message, c.Waiting = reason, message, true
	switch {
	case of.Reason != "":
		c.Reason, c.Message, c.Waiting, c.Progress = "Retrying", failure(message+", which is tried again", of), false, compose.ProgressContinues
	case of.Waiting != "":
		c.Message += ": " + of.Waiting
	}
	return c
}
