package postgres

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/failure"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
)

// Names of tables of Mattermost's.
const (
	migrations = "db_migrations"
	// systems is in every version.
	systems          = "systems"
	configurations   = "configurations"
	clusterDiscovery = "clusterdiscovery"
)

// contents of a schema as statements that move them to another one: $1 and $2. What
// belongs to an extension stays, and what belongs to a table goes with it.
const contents = `
WITH own AS (SELECT $1::text AS name, pg_catalog.quote_ident($1::text)::regnamespace AS oid)
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

// belongings counts what is in a schema and is no extension's: a dump could call a function
// of others, run the checks of their types, use their operators, and take away all the rest.
const belongings = `
WITH things AS (
  SELECT relnamespace AS place, 'pg_catalog.pg_class'::regclass AS catalog, oid FROM pg_catalog.pg_class WHERE relkind IN ('r', 'p', 'v', 'm', 'f', 'S', 'c')
  UNION ALL SELECT pronamespace, 'pg_catalog.pg_proc'::regclass, oid FROM pg_catalog.pg_proc
  UNION ALL SELECT typnamespace, 'pg_catalog.pg_type'::regclass, oid FROM pg_catalog.pg_type WHERE typtype IN ('e', 'd', 'r')
  UNION ALL SELECT oprnamespace, 'pg_catalog.pg_operator'::regclass, oid FROM pg_catalog.pg_operator
  UNION ALL SELECT opfnamespace, 'pg_catalog.pg_opfamily'::regclass, oid FROM pg_catalog.pg_opfamily
  UNION ALL SELECT collnamespace, 'pg_catalog.pg_collation'::regclass, oid FROM pg_catalog.pg_collation
  UNION ALL SELECT connamespace, 'pg_catalog.pg_conversion'::regclass, oid FROM pg_catalog.pg_conversion
  UNION ALL SELECT dictnamespace, 'pg_catalog.pg_ts_dict'::regclass, oid FROM pg_catalog.pg_ts_dict
  UNION ALL SELECT cfgnamespace, 'pg_catalog.pg_ts_config'::regclass, oid FROM pg_catalog.pg_ts_config)
SELECT n.nspname, count(t.oid) FROM pg_catalog.pg_namespace n
  LEFT JOIN things t ON t.place = n.oid
       AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = t.catalog AND d.objid = t.oid AND d.deptype = 'e')
 WHERE n.nspname NOT LIKE 'pg\_%' AND n.nspname <> 'information_schema'
 GROUP BY 1`

// schemas that exist, with the number of things in them.
func schemas(ctx context.Context, q querier) (map[string]int64, error) {
	rows, err := q.Query(ctx, belongings)
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
	p := place{path: schema, schemas: map[string]bool{}, foreign: map[string]bool{}}
	found, err := schemas(ctx, q)
	if err != nil {
		return p, err
	}
	for name, count := range found {
		p.schemas[name] = true
		p.foreign[name] = count > 0 && name != schema
	}
	if p.ofExtensions, err = relationsOfExtensions(ctx, q); err != nil {
		return p, err
	}
	if p.builtin, err = functions(ctx, q, builtin); err != nil {
		return p, err
	}
	p.reachable, err = functions(ctx, q, reachable, schema, slices.Collect(maps.Keys(extensions)))
	return p, err
}

// relationsOfExtensions in all schemas, that of the server too.
func relationsOfExtensions(ctx context.Context, q querier) (map[name]bool, error) {
	const query = `
SELECT n.nspname::text, c.relname::text FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
 WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
   AND EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')`
	rows, err := q.Query(ctx, query)
	if err != nil {
		return nil, errors.Wrap(classify(err), "cannot list what extensions keep")
	}
	found, n := map[name]bool{}, name{}
	_, err = pgx.ForEachRow(rows, []any{&n.schema, &n.local}, func() error {
		found[n] = true
		return nil
	})
	return found, errors.Wrap(classify(err), "cannot list what extensions keep")
}

// builtin functions of the server, and those of extensions, which indexes and operators
// call.
const builtin = `
SELECT DISTINCT p.proname::text FROM pg_catalog.pg_proc p
 WHERE p.pronamespace = 'pg_catalog'::regnamespace
    OR EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog.pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')`

// reachable functions take one argument, so that PostgreSQL calls them for v.f. Those that
// only compute do no harm, and neither do casts, nor what a dump may make by itself. What
// is in the schema besides is moved away before the dump comes.
const reachable = `
SELECT DISTINCT p.proname::text FROM pg_catalog.pg_proc p
 WHERE p.prokind <> 'p' AND p.pronargs > 0 AND p.pronargs - p.pronargdefaults <= 1 AND NOT 'internal'::regtype = ANY (p.proargtypes)
   AND NOT (p.pronamespace = 'pg_catalog'::regnamespace
            AND (p.provolatile = 'i' OR EXISTS (SELECT FROM pg_catalog.pg_type t WHERE t.typnamespace = p.pronamespace AND t.typname = p.proname)))
   AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_extension e ON d.refclassid = 'pg_catalog.pg_extension'::regclass AND e.oid = d.refobjid
                    WHERE d.classid = 'pg_catalog.pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e' AND e.extname = ANY ($2::text[]))
   AND NOT (p.pronamespace = pg_catalog.quote_ident($1::text)::regnamespace
            AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog.pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'))`

// functions that a query names.
func functions(ctx context.Context, q querier, query string, arguments ...any) (map[string]bool, error) {
	rows, err := q.Query(ctx, query, arguments...)
	if err != nil {
		return nil, errors.Wrap(classify(err), "cannot list functions")
	}
	found, name := map[string]bool{}, ""
	_, err = pgx.ForEachRow(rows, []any{&name}, func() error {
		found[name] = true
		return nil
	})
	return found, errors.Wrap(classify(err), "cannot list functions")
}

// existsTable says whether a schema has a table. Something else of its name is an error:
// to read a view is to run what its maker wrote.
func existsTable(ctx context.Context, q querier, schema, table string) (bool, error) {
	is, found := false, 0
	err := q.QueryRow(ctx, "SELECT coalesce(pg_catalog.bool_and(relkind IN ('r', 'p')), false), count(*) FROM pg_catalog.pg_class WHERE oid = pg_catalog.to_regclass($1)",
		pgx.Identifier{schema, table}.Sanitize()).Scan(&is, &found)
	if err != nil {
		return false, errors.Wrapf(classify(err), "cannot look for table %s", table)
	}
	if found > 0 && !is {
		return false, failure.Errorf(job.ReasonInvalid, "%s is no table", table)
	}
	return is, nil
}
