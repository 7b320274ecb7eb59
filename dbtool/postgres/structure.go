package postgres

import (
	"bytes"
	"context"
	"io"
	"log/slog"

	"github.com/jackc/pgx/v5"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/database"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/process"
)

// Structure is what a schema consists of besides rows, as SQL.
type Structure struct {
	// Tables and types.
	Tables []byte
	// Rules that are made once rows are there: indexes, keys and constraints.
	Rules []byte
}

// Structure of the server's schema, without tables that match patterns of pg_dump.
func (d *Database) Structure(ctx context.Context, without ...string) (Structure, error) {
	s := Structure{}
	for section, into := range map[string]*[]byte{"pre-data": &s.Tables, "post-data": &s.Rules} {
		out := &bytes.Buffer{}
		schema := pgx.Identifier{d.schema}.Sanitize()
		command := process.Command{
			Program: "pg_dump",
			Args: []string{
				"--section=" + section, "--schema=" + schema, "--no-owner", "--no-privileges", "--no-password",
				"--no-tablespaces", "--no-publications", "--no-subscriptions", "--no-security-labels", "--lock-wait-timeout=5min",
			},
			Env:     d.env,
			Stdout:  out,
			Secrets: d.Secrets(),
		}
		for _, pattern := range without {
			command.Args = append(command.Args, "--exclude-table="+schema+"."+pattern)
		}
		if err := process.Run(ctx, command); err != nil {
			return s, errors.Wrap(spoke(err, job.ReasonInternal), "cannot copy the structure of the database")
		}
		*into = out.Bytes()
	}
	return s, nil
}

// Play SQL of pg_dump in a transaction, for a schema. Late statements are not run yet.
func Play(ctx context.Context, tx pgx.Tx, schema string, script io.Reader) (Loaded, error) {
	p, err := newPlayer(ctx, tx, schema)
	if err != nil {
		return Loaded{}, err
	}
	p.place.home = schema
	p.loaded.from = schema
	if p.kept, err = keptIn(ctx, tx, schema); err != nil {
		return Loaded{}, err
	}
	err = p.play(ctx, script)
	return p.loaded, err
}

// keptIn returns the materialized views that an earlier part of a structure created in a
// schema.
func keptIn(ctx context.Context, tx pgx.Tx, schema string) (map[name]bool, error) {
	const made = `
SELECT c.relname FROM pg_catalog.pg_class c WHERE c.relnamespace = pg_catalog.quote_ident($1::text)::regnamespace AND c.relkind = 'm'
   AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')`
	rows, err := tx.Query(ctx, made, schema)
	if err != nil {
		return nil, errors.Wrap(classify(err), "cannot list views")
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	kept := map[name]bool{}
	for _, n := range names {
		kept[name{schema: schema, local: n}] = true
	}
	return kept, errors.Wrap(classify(err), "cannot list views")
}

// newPlayer for a dump in a transaction and a schema.
func newPlayer(ctx context.Context, tx pgx.Tx, schema string) (*player, error) {
	where, err := placeOf(ctx, tx, schema)
	if err != nil {
		return nil, err
	}
	for _, sql := range []string{
		// The SQL that this program writes depends on these settings.
		"SET LOCAL standard_conforming_strings = on", "SET LOCAL check_function_bodies = off", "SET LOCAL row_security = off",
		"SET LOCAL search_path = " + quote(schema),
	} {
		if _, err := tx.Exec(ctx, sql); err != nil {
			return nil, errors.Wrap(classify(err), "cannot prepare the session")
		}
	}
	p := &player{sink: &session{conn: tx.Conn().PgConn(), log: slog.Default()}, place: where, target: schema, major: major(tx.Conn())}
	p.setup.path = "SET LOCAL search_path = " + quote(schema)
	return p, nil
}

// MayReplace fails if the connected user lacks the rights to replace the server's data, or
// has more rights than the loading of a dump should have. The error says what to do.
func (d *Database) MayReplace(ctx context.Context, r database.Request) error {
	_, err := ownerOf(ctx, d.conn, d.schema, r.AllowSuperuser)
	return err
}
