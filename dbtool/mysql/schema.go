package mysql

import (
	"context"
	"database/sql"
	"strings"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/database"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/mysqldump"
)

// markerPrefix begins the names of the tables that remember requests: one for each, so
// that the statement that exchanges the tables can bring it along.
const markerPrefix = database.LedgerName + "_"

// marker is the table that remembers a request.
func marker(request string) string {
	return markerPrefix + strings.TrimPrefix(database.Replaced(request), database.ReplacedPrefix)
}

// session of a database, or a pool of them.
type session interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// tables of a database that are the server's: without the program's own, and without
// views.
func tables(ctx context.Context, s session, name string) ([]string, error) {
	found, err := texts(ctx, s, "SELECT table_name FROM information_schema.tables WHERE table_schema = ? AND table_type = 'BASE TABLE' AND table_name NOT LIKE ? ORDER BY 1",
		name, strings.ReplaceAll(markerPrefix, "_", `\_`)+"%")
	return found, errors.Wrap(err, "cannot list tables")
}

// texts that a query returns.
func texts(ctx context.Context, s session, query string, args ...any) ([]string, error) {
	rows, err := s.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, classify(err)
	}
	defer func() { _ = rows.Close() }()
	var found []string
	for rows.Next() {
		text := ""
		if err := rows.Scan(&text); err != nil {
			return nil, classify(err)
		}
		found = append(found, text)
	}
	return found, classify(rows.Err())
}

// exists says whether a database has a table: a view is none.
func exists(ctx context.Context, s session, name, table string) (bool, error) {
	count := 0
	err := s.QueryRowContext(ctx, "SELECT count(*) FROM information_schema.tables WHERE table_schema = ? AND table_name = ? AND table_type = 'BASE TABLE'", name, table).Scan(&count)
	return count > 0, errors.Wrapf(classify(err), "cannot look for table %s", table)
}

// migration that Mattermost carried out last in a database, 0 if none.
func migration(ctx context.Context, s session, name string) (int64, error) {
	found, err := exists(ctx, s, name, mysqldump.Migrations)
	if err != nil || !found {
		return 0, err
	}
	version := int64(0)
	err = s.QueryRowContext(ctx, "SELECT coalesce(max(Version), 0) FROM "+quote(name)+"."+quote(mysqldump.Migrations)).Scan(&version)
	return version, errors.Wrap(classify(err), "cannot read Mattermost's migrations")
}
