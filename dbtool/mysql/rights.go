package mysql

import (
	"context"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/database"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/failure"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
)

// mayReplace tries what replacing needs, with names that nothing else has, and leaves
// nothing behind: grants cannot be asked for in a way that all servers know.
func (d *Database) mayReplace(ctx context.Context, request string) error {
	if err := d.noTriggers(ctx); err != nil {
		return err
	}
	restoring, replaced := quote(database.Restoring(request)), quote(database.Replaced(request))
	err := d.statements(ctx,
		"CREATE DATABASE IF NOT EXISTS "+restoring,
		"CREATE DATABASE IF NOT EXISTS "+replaced,
		"CREATE TABLE IF NOT EXISTS "+restoring+".attempt (id int)",
		"RENAME TABLE "+restoring+".attempt TO "+replaced+".attempt",
	)
	dropped := d.statements(ctx, "DROP DATABASE IF EXISTS "+restoring, "DROP DATABASE IF EXISTS "+replaced)
	if failure.Reason(err) == job.ReasonDatabaseDenied || failure.Reason(dropped) == job.ReasonDatabaseDenied {
		return failure.Errorf(job.ReasonDatabaseDenied, "user %[1]q may not make databases for data that is restored or replaced: GRANT ALL ON `restoring\\_%%`.* and ON `replaced\\_%%`.* TO %[1]s", d.config.User)
	}
	return errors.Wrap(errors.Join(err, dropped), "cannot make databases for data that is restored or replaced")
}

// noTriggers fails if tables have triggers: they cannot move to another database then.
func (d *Database) noTriggers(ctx context.Context) error {
	count := 0
	err := d.pool.QueryRowContext(ctx, "SELECT count(*) FROM information_schema.triggers WHERE trigger_schema = ?", d.name()).Scan(&count)
	if err == nil && count > 0 {
		return failure.New(job.ReasonInvalid, "tables of the database have triggers, which are not Mattermost's: drop them")
	}
	return errors.Wrap(classify(err), "cannot list triggers")
}

// statements are executed up to the first that fails.
func (d *Database) statements(ctx context.Context, all ...string) error {
	for _, statement := range all {
		if _, err := d.pool.ExecContext(ctx, statement); err != nil {
			return classify(err)
		}
	}
	return nil
}
