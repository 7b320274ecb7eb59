package backup

import (
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/tool"
)

// remedies by the reason of a failure.
//
//nolint:gochecknoglobals // A table.
var remedies = map[string]string{
	string(job.ReasonAccessDenied):   "let the credentials of the store list, read, write and delete below its prefix, and those of the file store read",
	string(job.ReasonNotFound):       "create the bucket, or correct its name in spec.store",
	string(job.ReasonCorrupt):        "what was stored before is damaged: see the Job's log, and use another spec.store.prefix",
	string(job.ReasonUnknownFormat):  "something else is stored below the prefix: use another spec.store.prefix",
	string(job.ReasonTooNew):         "the client programs of the tool are older than the database's server: the platform team sets a later tool.image in the Composition",
	string(job.ReasonDatabaseDenied): "let the installation's user read the whole database, and correct the password in its Secret",
	string(job.ReasonDatabaseInUse):  "wait for what works on the database to end",
	string(job.ReasonDiskFull):       "make room in the bucket, or on the nodes; the platform team may raise tool.scratchSize in the Composition",
	string(job.ReasonMismatch):       "see the Job's log",
	string(job.ReasonInvalid):        "correct what the message names",
	string(job.ReasonTaken):          "spec.store.prefix belongs to another cluster, namespace or request: use another spec.store.prefix or metadata.name; the message says how to take over the backups of a cluster that no longer exists",
	string(job.ReasonUnavailable):    "see that the database and the store answer, that no NetworkPolicy is in the way, and that the store has room: not every store says so",
	string(job.ReasonInternal):       "see the Job's log",
	"OOMKilled":                      "the platform team raises tool.resources in the Composition",
	"Evicted":                        "make room on the nodes, or let the platform team set tool.resources in the Composition",
	"DeadlineExceeded":               "see the Job's log: a backup may take a day",
	"NativeFailed":                   "condition ArchiveReady of the installation's MattermostDatabase says what it needs, and the log of container plugin-barman-cloud in the database's pods what is wrong",
}

// failure in words: what failed, why, and what to do.
func failure(what string, of tool.Outcome) string { return of.Failure(what, remedies) }
