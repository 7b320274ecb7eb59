package backends

import (
	"context"
	"fmt"
	"maps"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
)

// codeLocked is PostgreSQL's for a lock that was not to be had in time.
const codeLocked = "55P03"

// ErrBusy means that somebody else has a table for itself.
var ErrBusy = errors.New("a table is locked")

// connect to a database as the server's superuser.
func (p *Postgres) connect(ctx context.Context, database string) (*pgx.Conn, error) {
	conn, err := pgx.Connect(ctx, dsn(superuser, p.password, p.address, database))
	return conn, errors.Wrapf(err, "cannot connect to database %s", database)
}

// Rows digests every row of every table of a database, as Digest does.
func (p *Postgres) Rows(ctx context.Context, database string) (map[string]string, error) {
	conn, err := p.connect(ctx, database)
	if err != nil {
		return nil, err
	}
	defer func() { _ = conn.Close(ctx) }()
	return Digest(ctx, conn)
}

// Digest every row of every table of the public schema: the same text for the same rows,
// in whatever order they are stored. Tables that are exchanged while they are read are
// read again. It returns ErrBusy while somebody else has a table for itself.
func Digest(ctx context.Context, conn *pgx.Conn) (map[string]string, error) {
	if _, err := conn.Exec(ctx, "SET lock_timeout = '500ms'"); err != nil {
		return nil, errors.Wrap(err, "cannot limit the wait for tables")
	}
	for {
		before, err := tables(ctx, conn)
		if err != nil {
			return nil, err
		}
		out, err := digestAll(ctx, conn, before)
		after, listed := tables(ctx, conn)
		if listed != nil {
			return nil, listed
		}
		if maps.Equal(before, after) {
			return out, err
		}
	}
}

// Texts that a query answers about a database, a text a row.
func (p *Postgres) Texts(ctx context.Context, database, query string) ([]string, error) {
	conn, err := p.connect(ctx, database)
	if err != nil {
		return nil, err
	}
	defer func() { _ = conn.Close(ctx) }()
	rows, err := conn.Query(ctx, query)
	if err != nil {
		return nil, errors.Wrap(err, "cannot query a database")
	}
	out, err := pgx.CollectRows(rows, pgx.RowTo[string])
	return out, errors.Wrap(err, "cannot read what a query answers")
}

// tables of the public schema, by name, with what tells one from another of its name.
func tables(ctx context.Context, conn *pgx.Conn) (map[string]uint32, error) {
	rows, err := conn.Query(ctx, "SELECT relname, oid FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'")
	if err != nil {
		return nil, errors.Wrap(err, "cannot list tables")
	}
	out := map[string]uint32{}
	var name string
	var id uint32
	_, err = pgx.ForEachRow(rows, []any{&name, &id}, func() error {
		out[name] = id
		return nil
	})
	return out, errors.Wrap(err, "cannot list tables")
}

func digestAll(ctx context.Context, conn *pgx.Conn, tables map[string]uint32) (map[string]string, error) {
	out := map[string]string{}
	for table := range tables {
		var count int64
		var digest string
		err := conn.QueryRow(ctx, fmt.Sprintf(
			"SELECT count(*), coalesce(md5(string_agg(md5(t::text), '' ORDER BY md5(t::text))), '') FROM public.%s t", pgx.Identifier{table}.Sanitize())).Scan(&count, &digest)
		var refusal *pgconn.PgError
		if errors.As(err, &refusal) && refusal.Code == codeLocked {
			return nil, ErrBusy
		}
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
