// Package conversion restores dumps of MySQL to PostgreSQL, for servers of one and the same
// version of Mattermost: it copies the structure that the server made for PostgreSQL, and
// fills it with the dump's rows, in one transaction. The dump is read as it is streamed: no
// MySQL server runs, and nothing is stored on the way.
package conversion

import (
	"context"
	"log/slog"

	"github.com/jackc/pgx/v5"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/database"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/dump"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/failure"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/postgres"
)

// Database is a PostgreSQL database that takes dumps of MySQL.
type Database struct {
	*postgres.Database
}

// Open the way to a database and log in.
func Open(ctx context.Context, c database.Connection) (*Database, error) {
	d, err := postgres.Open(ctx, c)
	return &Database{d}, err
}

// Check reads and converts the whole dump, to nowhere.
func (d *Database) Check(ctx context.Context, r database.Request, source dump.Dump) (job.Restored, error) {
	restored := job.Restored{Version: source.MattermostVersion}
	present, err := d.present(ctx)
	if err != nil {
		return restored, err
	}
	if err := d.MayReplace(ctx, r); err != nil {
		return restored, err
	}
	session, err := pgx.ConnectConfig(ctx, d.Config())
	if err != nil {
		return restored, failure.New(job.ReasonUnavailable, "cannot connect to the database")
	}
	found, err := tablesOf(ctx, session, d.Schema())
	if err := errors.Join(err, session.Close(ctx)); err != nil {
		return restored, err
	}
	c := newConverter(found, nowhere{}, false)
	summary, err := read(ctx, source, c)
	if summary.Migration > 0 && summary.Migration != present {
		// What else is wrong is a consequence.
		err = compare(summary.Migration, present)
	}
	if err != nil {
		return restored, err
	}
	c.report(slog.Default())
	restored.Tables, restored.LeftOut = int64(len(c.rows)), c.leftOutTables()
	for _, rows := range c.rows {
		restored.Rows += rows
	}
	return restored, compare(summary.Migration, present)
}

// present structure's last migration.
func (d *Database) present(ctx context.Context) (int64, error) {
	description, err := d.Describe(ctx)
	if err == nil && description.SchemaVersion == 0 {
		err = failure.New(job.ReasonInvalid, "the database has no tables of Mattermost's, and a dump of MySQL does not say what they are in PostgreSQL: let the installation start once, with the version of the dump")
	}
	return description.SchemaVersion, err
}

// compare the last migration of a dump with that of the structure that it is to fill.
func compare(dumped, present int64) error {
	switch {
	case dumped > present:
		return failure.Errorf(job.ReasonTooNew, "the dump is of a later version of Mattermost than the installation: its last migration is %d, and here it is %d; set the installation's version to that of the dump first", dumped, present)
	case dumped < present:
		return failure.Errorf(job.ReasonInvalid, "the dump is of an earlier version of Mattermost than the installation: its last migration is %d, and here it is %d; restore it to an installation of the dump's version, and upgrade that", dumped, present)
	}
	return nil
}

// Replace the server's data by that of the dump.
func (d *Database) Replace(ctx context.Context, r database.Request, source dump.Dump) (job.Restored, error) {
	done, err := d.Done(ctx, r.ID)
	if err != nil {
		return job.Restored{}, err
	}
	if done != nil {
		return done.Restored, nil
	}
	if _, err := d.present(ctx); err != nil {
		return job.Restored{}, err
	}
	structure, err := d.Structure(ctx, pluginTables...)
	if err != nil {
		return job.Restored{}, err
	}
	return d.ReplaceBy(ctx, r, source.MattermostVersion, func(ctx context.Context, tx pgx.Tx, schema string) (postgres.Loaded, error) {
		l := &loading{
			tx: tx, schema: schema, replaced: database.Replaced(r.ID),
			structure: structure, source: source, log: slog.Default(),
		}
		return l.load(ctx)
	})
}

// nowhere is a sink that forgets.
type nowhere struct{}

func (nowhere) write(string, []string, []byte) error { return nil }
