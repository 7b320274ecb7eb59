package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/failure"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
)

// Loaded is what came into a schema.
type Loaded struct {
	Tables int64
	Rows   int64
	// LeftOut are tables of the source that have no place here.
	LeftOut []string
	// Skipped describes what else of the source was left out, such as "grants (12)".
	Skipped []string

	// late statements create functions of schema from. They run last, so that nothing calls
	// the functions while data is loaded or corrected.
	late []string
	from string
	// made says that the dump created schema from.
	made bool
}

// Load brings new data into a schema, in the one transaction that moved the old data
// away and that will be committed, or rolled back, by its caller. The schema has no
// tables of the server's when it is called.
type Load func(ctx context.Context, tx pgx.Tx, schema string) (Loaded, error)

// Later adds the functions of an earlier part of the structure.
func (l *Loaded) Later(earlier Loaded) {
	l.late = append(earlier.late, l.late...)
	l.from = earlier.from
}

// finish creates the functions of a dump, and removes its own schema.
func finish(ctx context.Context, tx pgx.Tx, schema string, of Loaded) error {
	if err := makeLate(ctx, tx, schema, of); err != nil {
		return err
	}
	return unmake(ctx, tx, schema, of)
}

// makeLate creates the functions after everything else, and calls none of them.
func makeLate(ctx context.Context, tx pgx.Tx, schema string, of Loaded) error {
	if len(of.late) == 0 {
		return nil
	}
	s := &session{conn: tx.Conn().PgConn()}
	if err := s.exec(ctx, statement{sql: "SET LOCAL check_function_bodies = off"}); err != nil {
		return err
	}
	for _, sql := range of.late {
		if sql == "" {
			continue
		}
		if err := s.exec(ctx, statement{sql: sql}); err != nil {
			return errors.Wrap(err, "cannot make a function of the dump")
		}
	}
	if of.from == schema {
		return reset(ctx, tx)
	}
	if err := reset(ctx, tx); err != nil {
		return err
	}
	_, err := MoveSchema(ctx, tx, of.from, schema)
	return err
}

// unmake drops the schema that the dump created, if it is not the server's. Sessions look
// for tables in the schema that is called like their role first, so that a server would not
// find its own.
func unmake(ctx context.Context, tx pgx.Tx, schema string, of Loaded) error {
	if !of.made || of.from == schema {
		return nil
	}
	// Extensions stay where the dump created them: only superusers can move them.
	const left = `
SELECT EXISTS (SELECT FROM pg_catalog.pg_extension e JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace WHERE n.nspname = $1::text),
       EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = $1::text)`
	extensions, role := false, false
	if err := tx.QueryRow(ctx, left, of.from).Scan(&extensions, &role); err != nil {
		return errors.Wrap(classify(err), "cannot look for the extensions of the dump")
	}
	switch {
	case extensions && role:
		return failure.Errorf(job.ReasonInvalid, "the dump has extensions in schema %s, which is called like a role: it would hide the server's own schema from that role", shown(of.from))
	case extensions:
		return nil
	}
	_, err := tx.Exec(ctx, "DROP SCHEMA "+quote(of.from))
	return errors.Wrap(classify(err), "cannot drop the schema that the dump created")
}

// reset the settings of the dump, so that they do not affect later statements.
func reset(ctx context.Context, tx pgx.Tx) error {
	_, err := tx.Conn().PgConn().Exec(ctx, "RESET ALL; SET LOCAL search_path = ''").ReadAll()
	return errors.Wrap(classify(err), "cannot reset the session")
}
