package restore

import (
	"fmt"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/tool"
)

// pathsSafe refuses a source that could lead out of its prefix. The API checks the names in
// the spec. Other names come from statuses, which other users may be able to write.
func pathsSafe(g gathered) compose.Verdict {
	if g.spec.From == nil {
		_, key := splitURL(g.spec.InitBucketURL)
		return safe("spec.initBucketURL", key, job.CheckPath)
	}
	backup := fmt.Sprintf("MattermostBackup %q", g.spec.From.Backup)
	if store := g.backupSpec.Store; store != nil {
		if v := safe(backup+": spec.store.prefix", store.Prefix, job.CheckPath); !v.Pass {
			return v
		}
	}
	name := "spec.from.name"
	if g.spec.From.Name == "" {
		name = backup + ": status.backups"
	}
	if v := safe(name, chosen(g), job.CheckName); !v.Pass {
		return v
	}
	if v := safe("the backup's ID in the archive", backupID(g), job.CheckName); !v.Pass {
		return v
	}
	of := archiveOf(g)
	if of == nil {
		return compose.Passed
	}
	server := "spec.from.archive.serverName"
	if g.spec.From.Archive == nil {
		server = fmt.Sprintf("MattermostDatabase %q: status.archive.serverName", origin(g))
	}
	return safe(server, of.ServerName, job.CheckName)
}

func ownIdentity(g gathered) compose.Verdict { return tool.OwnIdentity(g.state, g.installation) }

// safe refuses a text that a check rejects, unless it is empty.
func safe(field, text string, check func(string) error) compose.Verdict {
	if text == "" {
		return compose.Passed
	}
	if err := check(text); err != nil {
		return compose.Refuse("PathInvalid", fmt.Sprintf("%s: %q cannot be used: %s", field, text, err))
	}
	return compose.Passed
}
