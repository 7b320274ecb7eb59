package backends

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
)

// connect to a database as the server's superuser.
func (p *Postgres) connect(ctx context.Context, database string) (*pgx.Conn, error) {
	conn, err := pgx.Connect(ctx, dsn(superuser, p.password, p.address, database))
	return conn, errors.Wrapf(err, "cannot connect to database %s", database)
}

// Rows digests every row of every table of a database's public schema: the same text
// for the same rows, in whatever order they are stored.
func (p *Postgres) Rows(ctx context.Context, database string) (map[string]string, error) {
	conn, err := p.connect(ctx, database)
	if err != nil {
		return nil, err
	}
	defer func() { _ = conn.Close(ctx) }()
	tables, err := names(ctx, conn, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
	if err != nil {
		return nil, err
	}
	out := map[string]string{}
	for _, table := range tables {
		var count int64
		var digest string
		err := conn.QueryRow(ctx, fmt.Sprintf(
			"SELECT count(*), coalesce(md5(string_agg(md5(t::text), '' ORDER BY md5(t::text))), '') FROM public.%s t", pgx.Identifier{table}.Sanitize())).Scan(&count, &digest)
		if err != nil {
			return nil, errors.Wrapf(err, "cannot read table %s", table)
		}
		out[table] = fmt.Sprintf("%d rows, %s", count, digest)
	}
	return out, nil
}

// Schemas of a database that are no system's.
func (p *Postgres) Schemas(ctx context.Context, database string) ([]string, error) {
	conn, err := p.connect(ctx, database)
	if err != nil {
		return nil, err
	}
	defer func() { _ = conn.Close(ctx) }()
	return names(ctx, conn, "SELECT nspname FROM pg_namespace WHERE nspname !~ '^(pg_|information_schema)' ORDER BY 1")
}

// Do something to a database, as the superuser.
func (p *Postgres) Do(ctx context.Context, database string, statements ...string) error {
	conn, err := p.connect(ctx, database)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(ctx) }()
	for _, s := range statements {
		if _, err := conn.Exec(ctx, s); err != nil {
			return errors.Wrap(err, "cannot change the database")
		}
	}
	return nil
}

func names(ctx context.Context, conn *pgx.Conn, query string) ([]string, error) {
	rows, err := conn.Query(ctx, query)
	if err != nil {
		return nil, errors.Wrap(err, "cannot list names")
	}
	out, err := pgx.CollectRows(rows, pgx.RowTo[string])
	return out, errors.Wrap(err, "cannot list names")
}

// Text that a query returns in its one row.
func (p *Postgres) Text(ctx context.Context, database, query string) (out string, err error) {
	conn, err := p.connect(ctx, database)
	if err != nil {
		return "", err
	}
	defer func() { _ = conn.Close(ctx) }()
	return out, errors.Wrap(conn.QueryRow(ctx, query).Scan(&out), "cannot read from the database")
}
