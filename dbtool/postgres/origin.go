package postgres

import (
	"context"
	"io"

	"github.com/jackc/pgx/v5"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/database"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/dump"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/process"
)

// Describe the database.
func (d *Database) Describe(ctx context.Context) (database.Description, error) {
	description := database.Description{Engine: dump.PostgreSQL}
	err := d.conn.QueryRow(ctx, "SELECT pg_catalog.current_setting('server_version'), pg_catalog.pg_database_size(pg_catalog.current_database())").
		Scan(&description.ServerVersion, &description.Bytes)
	if err != nil {
		return description, errors.Wrap(classify(err), "cannot ask for the version of PostgreSQL")
	}
	description.SchemaVersion, err = migration(ctx, d.conn, d.schema)
	return description, err
}

// querier is a session, or a transaction.
type querier interface {
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
}

// migration that Mattermost carried out last in a schema, 0 if none.
func migration(ctx context.Context, q querier, schema string) (int64, error) {
	exists, err := existsTable(ctx, q, schema, migrations)
	if err != nil || !exists {
		return 0, err
	}
	version := int64(0)
	err = q.QueryRow(ctx, "SELECT coalesce(max(version), 0)::bigint FROM "+pgx.Identifier{schema, migrations}.Sanitize()).Scan(&version)
	return version, errors.Wrap(classify(err), "cannot read Mattermost's migrations")
}

// Dump writes an archive of pg_dump, not compressed: of the server's schema, so that
// what restores left behind is not in it, and of the extensions that it needs.
func (d *Database) Dump(ctx context.Context, w io.Writer) error {
	err := process.Run(ctx, process.Command{
		Program: "pg_dump",
		Args: []string{
			"--format=custom", "--compress=0", "--no-password", "--lock-wait-timeout=5min",
			"--schema=" + pgx.Identifier{d.schema}.Sanitize(), "--extension=*",
		},
		Env:     d.env,
		Stdout:  w,
		Secrets: d.Secrets(),
	})
	return errors.Wrap(spoke(err, job.ReasonInternal), "cannot dump the database")
}
