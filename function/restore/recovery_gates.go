package restore

import (
	"fmt"
	"time"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/mattermost/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/database"
)

const (
	fieldMoment = "spec.from.pointInTime"

	engineMySQL = "MySQL"
)

// untilSecured asks a gate of the archive as long as the archive is needed.
func untilSecured(gate compose.Gate[gathered]) compose.Gate[gathered] {
	return func(g gathered) compose.Verdict {
		if g.spec.From == nil || g.secured() {
			return compose.Passed
		}
		return gate(g)
	}
}

// momentsKept refuses a moment of a backup that has one only.
func momentsKept(g gathered) compose.Verdict {
	if g.spec.From.PointInTime == "" || g.spec.From.Backup == "" || !g.backup.Exists() || native(g) {
		return compose.Passed
	}
	return compose.Refuse("NotOffered", fmt.Sprintf(
		"%s: MattermostBackup %q has method Dump, whose backups are of one moment each: choose one by spec.from.name, or name in spec.from.database a MattermostDatabase that the platform archives", fieldMoment, g.spec.From.Backup))
}

// momentPassed refuses a moment that had not come when it was asked for.
func momentPassed(g gathered) compose.Verdict {
	if g.spec.From.PointInTime == "" {
		return compose.Passed
	}
	moment, err := time.Parse(time.RFC3339, g.spec.From.PointInTime)
	if err != nil {
		return compose.Refuse("PointInTimeInvalid", fmt.Sprintf("%s: %q is no moment: write it like 2026-03-01T10:30:00Z", fieldMoment, g.spec.From.PointInTime))
	}
	asked, err := time.Parse(time.RFC3339, g.state.Composite().String("metadata", "creationTimestamp"))
	if err != nil || !moment.After(asked) {
		return compose.Passed
	}
	return compose.Refuse("PointInTimeInFuture", fmt.Sprintf(
		"%s: %s is in the future: the restore was asked for at %s; create another MattermostRestore with a moment before it is created", fieldMoment, g.spec.From.PointInTime, asked.Format(time.RFC3339)))
}

// momentArchived refuses a moment that the archive does not reach back to.
func momentArchived(g gathered) compose.Verdict {
	first, ok := firstMoment(g)
	moment, err := time.Parse(time.RFC3339, g.spec.From.PointInTime)
	if !ok || err != nil || !moment.Before(first) {
		return compose.Passed
	}
	return compose.Refuse("PointInTimeTooEarly", fmt.Sprintf(
		"%s: the archive does not reach back to %s: its first moment is %s; create another MattermostRestore with that or a later one", fieldMoment, g.spec.From.PointInTime, first.Format(time.RFC3339)))
}

// firstMoment that the archive reaches back to, if that is told: by the operator in whole
// seconds, of which the last may be half over.
func firstMoment(g gathered) (first time.Time, ok bool) {
	of := archiveOf(g)
	if of == nil {
		return time.Time{}, false
	}
	first, err := time.Parse(time.RFC3339, g.required(requirementArchive).String("status", "serverRecoveryWindow", of.ServerName, "firstRecoverabilityPoint"))
	return first.Add(time.Second), err == nil
}

// databaseArchived refuses a database that the platform does not archive, or not in a way
// that it could be recovered here.
func databaseArchived(g gathered) compose.Verdict {
	claim := g.required(requirementDatabase)
	backend := claim.String("status", "backend")
	field := "spec.from.database"
	if g.spec.From.Database == "" {
		field = fmt.Sprintf("spec.from.backup: MattermostBackup %q", g.spec.From.Backup)
	}
	switch {
	case !claim.Exists() || backend == "" || g.archived != nil:
		return compose.Passed
	case backend != database.BackendCloudNativePG:
		return compose.Refuse("NotOffered", fmt.Sprintf(
			"%s: the archive of a database of backend %s can be recovered, and MattermostDatabase %q is of %s: restore a MattermostBackup with method Dump, or have the database recovered elsewhere and name it in spec.database.external of a MattermostInstallation",
			field, database.BackendCloudNativePG, claim.Name(), backend))
	}
	return compose.Refuse("NotOffered", fmt.Sprintf(
		"%s: the platform says for MattermostDatabase %q no place that it is archived in: restore a MattermostBackup with method Dump, and ask the platform team for a class with backups", field, claim.Name()))
}

// engineRecovered refuses to restore PostgreSQL to MySQL, before it is recovered for
// nothing.
func engineRecovered(g gathered) compose.Verdict {
	if !recovers(g) || g.data == nil || g.data.Engine != engineMySQL {
		return compose.Passed
	}
	return compose.Refuse("NotOffered", fmt.Sprintf(
		"spec.mattermostClusterName: MattermostInstallation %q is on MySQL, and what is archived is of PostgreSQL: restore to an installation on PostgreSQL", g.spec.MattermostClusterName))
}

// databaseKnown waits for the database whose archive is recovered.
func databaseKnown(g gathered) compose.Verdict {
	name := origin(g)
	switch claim := g.required(requirementDatabase); {
	case name == "" || g.archived != nil:
		return compose.Passed
	case !claim.Exists():
		return compose.Refuse("SourcePending", fmt.Sprintf(
			"waiting for MattermostDatabase %q, which does not exist in namespace %q: the archive of one that is gone is named by spec.from.archive", name, g.namespace))
	}
	return compose.Refuse("SourcePending", fmt.Sprintf("waiting for MattermostDatabase %q to say in status.archive where it is archived: its conditions say what it waits for", name))
}

// archiveKnown waits for the ObjectStore, and for something that can be recovered.
func archiveKnown(g gathered) compose.Verdict {
	of := archiveOf(g)
	if of == nil {
		return compose.Passed
	}
	if !g.required(requirementArchive).Exists() {
		return compose.Refuse("SourcePending", fmt.Sprintf(
			"waiting for ObjectStore %q of CloudNativePG's plugin Barman Cloud, which does not exist in namespace %q", of.ObjectStore, g.namespace))
	}
	if _, told := firstMoment(g); !told && origin(g) != "" {
		return compose.Refuse("SourcePending", fmt.Sprintf(
			"waiting for the first backup of MattermostDatabase %q, which nothing can be recovered without: ObjectStore %q says in status.serverRecoveryWindow when it is complete", origin(g), of.ObjectStore))
	}
	return compose.Passed
}

// nativeKnown waits for the operator's own object of the backup that is recovered.
func nativeKnown(g gathered) compose.Verdict {
	if archiveOf(g) == nil || !native(g) || g.spec.From.PointInTime != "" || backupID(g) != "" {
		return compose.Passed
	}
	return compose.Refuse("BackupPending", fmt.Sprintf(
		"waiting for Backup %q of CloudNativePG to say in status.backupId what the archive calls it: spec.from.name can be any that MattermostBackup %q lists", chosen(g), g.spec.From.Backup))
}

// sources that spec.from names.
func sources(from *v1alpha1.RestoreSource) int {
	if from == nil {
		return 0
	}
	named := 0
	for _, is := range []bool{from.Backup != "", from.Database != "", from.Archive != nil} {
		if is {
			named++
		}
	}
	return named
}
