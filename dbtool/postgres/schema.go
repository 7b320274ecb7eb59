package postgres

import (
	"context"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
)

// Names of tables of Mattermost's.
const (
	migrations = "db_migrations"
	// systems is in every version.
	systems        = "systems"
	configurations = "configurations"
)

// contents of a schema as statements that move them to another one: $1 and $2. What
// belongs to an extension stays, and what belongs to a table goes with it.
const contents = `
WITH own AS (SELECT $1::text AS name, $1::text::regnamespace AS oid)
SELECT pg_catalog.format('ALTER %s %I.%I SET SCHEMA %I',
         CASE c.relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' WHEN 'S' THEN 'SEQUENCE' WHEN 'f' THEN 'FOREIGN TABLE' ELSE 'TABLE' END,
         own.name, c.relname, $2::text)
  FROM pg_catalog.pg_class c JOIN own ON c.relnamespace = own.oid
 WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
   AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid
                    AND (d.deptype = 'e' OR c.relkind = 'S' AND d.deptype IN ('a', 'i') AND d.refclassid = 'pg_catalog.pg_class'::regclass))
UNION ALL
SELECT pg_catalog.format('ALTER TYPE %I.%I SET SCHEMA %I', own.name, t.typname, $2::text)
  FROM pg_catalog.pg_type t JOIN own ON t.typnamespace = own.oid LEFT JOIN pg_catalog.pg_class c ON c.oid = t.typrelid
 WHERE (t.typtype IN ('e', 'd', 'r') OR c.relkind = 'c')
   AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog.pg_type'::regclass AND d.objid = t.oid AND d.deptype = 'e')
UNION ALL
SELECT pg_catalog.format('ALTER ROUTINE %s SET SCHEMA %I', p.oid::regprocedure, $2::text)
  FROM pg_catalog.pg_proc p JOIN own ON p.pronamespace = own.oid
 WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog.pg_proc'::regclass AND d.objid = p.oid AND d.deptype IN ('e', 'i'))
UNION ALL
SELECT pg_catalog.format('ALTER COLLATION %I.%I SET SCHEMA %I', own.name, l.collname, $2::text)
  FROM pg_catalog.pg_collation l JOIN own ON l.collnamespace = own.oid
 WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog.pg_collation'::regclass AND d.objid = l.oid AND d.deptype = 'e')
UNION ALL
SELECT pg_catalog.format('ALTER TEXT SEARCH DICTIONARY %I.%I SET SCHEMA %I', own.name, s.dictname, $2::text)
  FROM pg_catalog.pg_ts_dict s JOIN own ON s.dictnamespace = own.oid
 WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog.pg_ts_dict'::regclass AND d.objid = s.oid AND d.deptype = 'e')
UNION ALL
SELECT pg_catalog.format('ALTER TEXT SEARCH CONFIGURATION %I.%I SET SCHEMA %I', own.name, s.cfgname, $2::text)
  FROM pg_catalog.pg_ts_config s JOIN own ON s.cfgnamespace = own.oid
 WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog.pg_ts_config'::regclass AND d.objid = s.oid AND d.deptype = 'e')`

// MoveSchema moves all that is the server's from one schema to another that exists, and
// returns how many things that were. Schemas themselves stay: that of the server may
// belong to somebody else, and have extensions in it.
func MoveSchema(ctx context.Context, tx pgx.Tx, from, to string) (int, error) {
	if _, err := tx.Exec(ctx, "SET LOCAL search_path = ''"); err != nil {
		return 0, errors.Wrap(classify(err), "cannot set the search path")
	}
	rows, err := tx.Query(ctx, contents, from, to)
	if err != nil {
		return 0, errors.Wrapf(classify(err), "cannot list schema %s", from)
	}
	statements, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return 0, errors.Wrapf(classify(err), "cannot list schema %s", from)
	}
	if len(statements) == 0 {
		return 0, nil
	}
	_, err = tx.Conn().PgConn().Exec(ctx, strings.Join(statements, ";\n")).ReadAll()
	return len(statements), errors.Wrapf(classify(err), "cannot move what is in schema %s", from)
}

// relations in a schema that are no extension's.
const relations = `
SELECT n.nspname, count(c.oid) FROM pg_catalog.pg_namespace n
  LEFT JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
       AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
 WHERE n.nspname NOT LIKE 'pg\_%' AND n.nspname <> 'information_schema'
 GROUP BY 1`

// schemas that exist, with the number of tables and views in them.
func schemas(ctx context.Context, q querier) (map[string]int64, error) {
	rows, err := q.Query(ctx, relations)
	if err != nil {
		return nil, errors.Wrap(classify(err), "cannot list schemas")
	}
	found, name, count := map[string]int64{}, "", int64(0)
	_, err = pgx.ForEachRow(rows, []any{&name, &count}, func() error {
		found[name] = count
		return nil
	})
	return found, errors.Wrap(classify(err), "cannot list schemas")
}

// placeOf a dump whose data goes to a schema.
func placeOf(ctx context.Context, q querier, schema string) (place, error) {
	p := place{path: schema, schemas: map[string]bool{}, foreign: map[string]bool{}, builtin: map[string]bool{}}
	found, err := schemas(ctx, q)
	if err != nil {
		return p, err
	}
	for name, count := range found {
		p.schemas[name] = true
		p.foreign[name] = count > 0 && name != schema
	}
	rows, err := q.Query(ctx, "SELECT DISTINCT proname::text FROM pg_catalog.pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace")
	if err != nil {
		return p, errors.Wrap(classify(err), "cannot list functions")
	}
	name := ""
	_, err = pgx.ForEachRow(rows, []any{&name}, func() error {
		p.builtin[name] = true
		return nil
	})
	return p, errors.Wrap(classify(err), "cannot list functions")
}

// existsTable says whether a schema has a table.
func existsTable(ctx context.Context, q querier, schema, table string) (bool, error) {
	exists := false
	err := q.QueryRow(ctx, "SELECT pg_catalog.to_regclass($1) IS NOT NULL", pgx.Identifier{schema, table}.Sanitize()).Scan(&exists)
	return exists, errors.Wrapf(classify(err), "cannot look for table %s", table)
}
