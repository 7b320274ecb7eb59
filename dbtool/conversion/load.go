package conversion

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/dump"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/failure"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/mysqldump"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/postgres"
)

// loading of a dump into an empty schema, in a transaction.
type loading struct {
	tx     pgx.Tx
	schema string
	// replaced is the schema that the present data was moved to.
	replaced  string
	structure postgres.Structure
	source    dump.Dump
	log       *slog.Logger

	converter *converter
}

// load everything: tables, rows, and then what rows have to comply with.
func (l *loading) load(ctx context.Context) (postgres.Loaded, error) {
	tables, err := l.play(ctx, l.structure.Tables)
	if err != nil {
		return postgres.Loaded{}, err
	}
	found, err := tablesOf(ctx, l.tx, l.schema)
	if err != nil {
		return postgres.Loaded{}, err
	}
	into := &copier{ctx: ctx, conn: l.tx.Conn().PgConn(), schema: l.schema, log: l.log}
	l.converter = newConverter(found, into, true)
	summary, err := read(ctx, l.source, l.converter)
	if err != nil {
		into.abort(err)
		return postgres.Loaded{}, err
	}
	if err := into.finish(); err != nil {
		return postgres.Loaded{}, err
	}
	if err := l.keep(ctx, summary); err != nil {
		return postgres.Loaded{}, err
	}
	l.log.Info("Making indexes and constraints")
	if _, err := l.play(ctx, l.structure.Rules); err != nil {
		return postgres.Loaded{}, failure.Mark(job.ReasonMismatch, err)
	}
	if err := l.refresh(ctx); err != nil {
		return postgres.Loaded{}, err
	}
	loaded, err := l.count(ctx)
	loaded.Later(tables)
	return loaded, err
}

// read a dump to its end.
func read(ctx context.Context, source dump.Dump, c *converter) (mysqldump.Summary, error) {
	content, err := source.Content(ctx)
	if err != nil {
		return mysqldump.Summary{}, err
	}
	summary, err := mysqldump.Walk(mysqldump.NewReader(content), mysqldump.Visitor{Table: c.addTable, Row: c.addRow})
	if err := errors.Join(err, content.Close()); err != nil {
		return summary, err
	}
	return summary, c.verdict()
}

// play a part of the structure.
func (l *loading) play(ctx context.Context, sql []byte) (postgres.Loaded, error) {
	loaded, err := postgres.Play(ctx, l.tx, l.schema, bytes.NewReader(sql))
	return loaded, errors.Wrap(err, "cannot copy the structure of the database")
}

// keep rows of the data that is replaced: which migrations made the structure, and the
// configuration if the dump has none.
func (l *loading) keep(ctx context.Context, summary mysqldump.Summary) error {
	kept := slices.Clone(keptTables)
	if l.converter.rows["configurations"] == 0 {
		kept = append(kept, "configurations")
		if l.converter.rows["configurationfiles"] == 0 {
			kept = append(kept, "configurationfiles")
		}
	}
	for _, name := range kept {
		if _, ok := l.converter.tables[name]; !ok {
			continue
		}
		to, from := pgx.Identifier{l.schema, name}.Sanitize(), pgx.Identifier{l.replaced, name}.Sanitize()
		tag, err := l.tx.Exec(ctx, fmt.Sprintf("INSERT INTO %s SELECT * FROM %s", to, from))
		if err != nil {
			return refusal(err, name)
		}
		l.converter.rows[name] = tag.RowsAffected()
	}
	present := int64(0)
	if err := l.tx.QueryRow(ctx, "SELECT coalesce(max(version), 0)::bigint FROM "+pgx.Identifier{l.schema, mysqldump.Migrations}.Sanitize()).Scan(&present); err != nil {
		return refusal(err, mysqldump.Migrations)
	}
	return compare(summary.Migration, present)
}

// own sequences of columns, and views that keep what they show, in a schema: statements
// that make them fit the rows.
const derived = `
SELECT pg_catalog.format('SELECT pg_catalog.setval(%L::regclass, coalesce(max(%I)::bigint, 0) + 1, false) FROM %I.%I',
         pg_catalog.format('%I.%I', $1::text, s.relname), a.attname, $1::text, t.relname)
  FROM pg_catalog.pg_class s
  JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = s.oid AND d.deptype IN ('a', 'i') AND d.refobjsubid > 0
  JOIN pg_catalog.pg_class t ON t.oid = d.refobjid
  JOIN pg_catalog.pg_attribute a ON a.attrelid = t.oid AND a.attnum = d.refobjsubid
 WHERE s.relkind = 'S' AND s.relnamespace = pg_catalog.quote_ident($1::text)::regnamespace
UNION ALL
SELECT pg_catalog.format('REFRESH MATERIALIZED VIEW %I.%I', $1::text, c.relname)
  FROM pg_catalog.pg_class c WHERE c.relkind = 'm' AND c.relnamespace = pg_catalog.quote_ident($1::text)::regnamespace`

// refresh what is derived from rows.
func (l *loading) refresh(ctx context.Context) error {
	rows, err := l.tx.Query(ctx, derived, l.schema)
	if err != nil {
		return failure.Mark(job.ReasonUnavailable, errors.Wrap(err, "cannot list sequences and views"))
	}
	statements, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return failure.Mark(job.ReasonUnavailable, errors.Wrap(err, "cannot list sequences and views"))
	}
	for _, sql := range statements {
		if _, err := l.tx.Exec(ctx, sql); err != nil {
			answer := (*pgconn.PgError)(nil)
			if errors.As(err, &answer) {
				return failure.Errorf(job.ReasonInternal, "cannot bring a sequence or a view up to date (SQLSTATE %s)", answer.Code)
			}
			return failure.Mark(job.ReasonUnavailable, errors.Wrap(err, "cannot bring a sequence or a view up to date"))
		}
	}
	return nil
}

// count rows, table by table, and compare them with those that were read.
func (l *loading) count(ctx context.Context) (postgres.Loaded, error) {
	loaded := postgres.Loaded{}
	var differ []string
	for _, name := range slices.Sorted(maps.Keys(l.converter.rows)) {
		count := int64(0)
		if err := l.tx.QueryRow(ctx, "SELECT count(*) FROM "+pgx.Identifier{l.schema, name}.Sanitize()).Scan(&count); err != nil {
			return loaded, refusal(err, name)
		}
		loaded.Tables++
		loaded.Rows += count
		if count != l.converter.rows[name] {
			differ = append(differ, fmt.Sprintf("%s (%d instead of %d)", name, count, l.converter.rows[name]))
		}
	}
	if len(differ) > 0 {
		return loaded, failure.Errorf(job.ReasonMismatch, "tables have other numbers of rows than in the dump: %s", strings.Join(differ, ", "))
	}
	l.converter.report(l.log)
	loaded.LeftOut = l.converter.leftOutTables()
	return loaded, nil
}
