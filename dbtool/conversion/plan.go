package conversion

import (
	"context"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/failure"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
)

// pluginTables are patterns of tables that plugins make for themselves, with their own
// migrations: those of MySQL cannot be taken over. A plugin makes new ones when it finds
// none.
//
//nolint:gochecknoglobals // A constant list.
var pluginTables = []string{"ir_*", "focalboard_*", "calls*"}

// ownTables are not taken from a dump: they say how the tables came about, which is
// different in each database, or are empty unless a migration runs.
//
//nolint:gochecknoglobals // A constant list.
var ownTables = []string{"db_migrations", "db_config_migrations", "schema_migrations", "db_lock"}

// keptTables have the rows of the database that is replaced.
//
//nolint:gochecknoglobals // A constant list.
var keptTables = []string{"db_migrations", "db_config_migrations"}

// staleColumns were left behind in databases of old servers, by table. Nothing reads
// them.
//
//nolint:gochecknoglobals // A constant table.
var staleColumns = map[string][]string{
	"sharedchannelremotes": {"description", "nextsyncat"},
	"threads":              {"teamid"},
}

// table of PostgreSQL.
type table struct {
	name    string
	columns map[string]column
}

// tables of a schema, by name.
type tables map[string]table

// columnsOf ordinary tables of a schema.
const columnsOf = `
SELECT c.relname, a.attname,
       CASE WHEN t.typcategory = 'A' THEN 'array'
            WHEN t.typtype = 'e' THEN 'enum'
            WHEN t.typname IN ('bool', 'bytea', 'json', 'jsonb') THEN t.typname::text
            WHEN t.typcategory = 'D' THEN 'time'
            WHEN t.typcategory = 'S' THEN 'text' ELSE 'other' END,
       CASE WHEN t.typname IN ('varchar', 'bpchar') AND a.atttypmod > 4 THEN a.atttypmod - 4 ELSE 0 END
  FROM pg_catalog.pg_attribute a
  JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
  JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
 WHERE c.relnamespace = pg_catalog.quote_ident($1::text)::regnamespace AND c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''`

// kinds by what columnsOf calls types.
//
//nolint:gochecknoglobals // A constant table.
var kinds = map[string]kind{
	"array": kindArray, "bool": kindBool, "bytea": kindBytes, "json": kindJSON, "jsonb": kindJSON,
	"time": kindTime, "text": kindText, "enum": kindText, "other": kindOther,
}

// querier is a session, or a transaction.
type querier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
}

// tablesOf a schema.
func tablesOf(ctx context.Context, q querier, schema string) (tables, error) {
	rows, err := q.Query(ctx, columnsOf, schema)
	if err != nil {
		return nil, errors.Wrap(failure.Mark(job.ReasonUnavailable, err), "cannot list tables")
	}
	found := tables{}
	of, c, kind, limit := "", column{}, "", int32(0)
	_, err = pgx.ForEachRow(rows, []any{&of, &c.name, &kind, &limit}, func() error {
		t, ok := found[of]
		if !ok {
			t = table{name: of, columns: map[string]column{}}
			found[of] = t
		}
		t.columns[c.name] = column{name: c.name, kind: kinds[kind], limit: int(limit), enum: kind == "enum"}
		return nil
	})
	return found, errors.Wrap(failure.Mark(job.ReasonUnavailable, err), "cannot list tables")
}

// destination of the rows of a table of MySQL.
type destination struct {
	table string
	// columns by those of MySQL; one without a name is left out.
	columns []column
}

// names of the columns that are filled.
func (d destination) names() []string {
	var names []string
	for _, c := range d.columns {
		if c.name != "" {
			names = append(names, c.name)
		}
	}
	return names
}

// destination of a table's rows, nil if it is left out.
func (t tables) destination(name string, columns []string) (*destination, error) {
	lower := strings.ToLower(name)
	to, ok := t[lower]
	if !ok || slices.Contains(ownTables, lower) || isPlugins(lower) {
		return nil, nil //nolint:nilnil // As the comment says.
	}
	d := &destination{table: lower}
	for _, c := range columns {
		lowerColumn := strings.ToLower(c)
		target, ok := to.columns[lowerColumn]
		if !ok && !slices.Contains(staleColumns[lower], lowerColumn) {
			return nil, failure.Errorf(job.ReasonMismatch, "table %.64q of the dump has a column %.64q that the installation's has not: they are not of the same version of Mattermost", name, c)
		}
		d.columns = append(d.columns, target)
	}
	return d, nil
}

// isPlugins says whether a table is a plugin's.
func isPlugins(table string) bool {
	return slices.ContainsFunc(pluginTables, func(pattern string) bool {
		return strings.HasPrefix(table, strings.TrimSuffix(pattern, "*"))
	})
}
