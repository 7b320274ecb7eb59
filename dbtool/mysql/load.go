package mysql

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/dump"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/failure"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/mysqldump"
)

// loading of a dump into a database of its own.
type loading struct {
	database *Database
	conn     *sql.Conn
	// name of the database.
	name string
	log  *slog.Logger

	collations collations
	// rows that were inserted, by table.
	rows map[string]int64
	// table that rows were inserted into last.
	table string
}

// settings of the session, in place of those in the dump: rows come before what they
// refer to, and zero is a value like others.
//
//nolint:gochecknoglobals // A constant list.
var settings = []string{
	"SET SESSION foreign_key_checks = 0", "SET SESSION unique_checks = 0", "SET SESSION sql_mode = 'NO_AUTO_VALUE_ON_ZERO'",
	"SET SESSION time_zone = '+00:00'", "SET SESSION lock_wait_timeout = 30",
}

// load the dump.
func (l *loading) load(ctx context.Context, source dump.Dump) (job.Restored, error) {
	l.rows = map[string]int64{}
	restored := job.Restored{Version: source.MattermostVersion}
	if err := l.prepare(ctx); err != nil {
		return restored, err
	}
	content, err := source.Content(ctx)
	if err != nil {
		return restored, err
	}
	if err := errors.Join(l.play(ctx, mysqldump.NewReader(content)), content.Close()); err != nil {
		return restored, err
	}
	restored.Tables, restored.Rows, err = l.count(ctx)
	return restored, err
}

// prepare an empty database, with the character set of the one that it will replace.
func (l *loading) prepare(ctx context.Context) (err error) {
	if l.collations, err = collationsOf(ctx, l.conn); err != nil {
		return err
	}
	charset, collation := "", ""
	err = l.conn.QueryRowContext(ctx, "SELECT default_character_set_name, default_collation_name FROM information_schema.schemata WHERE schema_name = ?", l.database.name()).
		Scan(&charset, &collation)
	if err != nil {
		return errors.Wrap(classify(err), "cannot ask for the database's character set")
	}
	create := fmt.Sprintf("CREATE DATABASE %s CHARACTER SET %s COLLATE %s", quote(l.name), quote(charset), quote(collation))
	for _, statement := range append(slices.Clone(settings), create, "USE "+quote(l.name)) {
		if _, err := l.conn.ExecContext(ctx, statement); err != nil {
			return errors.Wrap(classify(err), "cannot make a database for what is restored")
		}
	}
	return nil
}

// play the dump as it was checked: what is run was made of what was read. What belongs to
// the place that the dump comes from is left out.
func (l *loading) play(ctx context.Context, d *mysqldump.Reader) error {
	charset := ""
	summary, err := mysqldump.Walk(d, mysqldump.Visitor{Run: func(of mysqldump.Kind, table, sql string) error {
		if now := d.Charset(); now != charset {
			if _, err := l.conn.ExecContext(ctx, "SET NAMES "+now); err != nil {
				return errors.Wrap(classify(err), "cannot set the dump's character set")
			}
			charset = now
		}
		return l.step(ctx, of, table, sql)
	}})
	l.progress()
	if summary.Programs > 0 {
		l.log.Warn("Left out: views, triggers and routines are not Mattermost's", "statements", summary.Programs)
	}
	return err
}

// step carries a statement out.
func (l *loading) step(ctx context.Context, of mysqldump.Kind, table, sql string) error {
	if of == mysqldump.Insert {
		return l.insert(ctx, table, sql)
	}
	if of == mysqldump.CreateTable {
		l.rows[table] = 0
		sql = string(l.collations.adapt([]byte(sql)))
	}
	_, err := l.conn.ExecContext(ctx, sql)
	return errors.Wrapf(classify(err), "cannot make table %s", table)
}

// insert rows.
func (l *loading) insert(ctx context.Context, table, sql string) error {
	if table != l.table {
		l.progress()
		l.table = table
	}
	result, err := l.conn.ExecContext(ctx, sql)
	if err != nil {
		return errors.Wrapf(classify(err), "cannot load table %s", table)
	}
	inserted, err := result.RowsAffected()
	l.rows[table] += inserted
	return errors.Wrapf(classify(err), "cannot count the rows of table %s", table)
}

// progress of the table that was loaded.
func (l *loading) progress() {
	if l.table != "" {
		l.log.Info("Loaded", "table", l.table, "rows", l.rows[l.table])
	}
}

// count rows, table by table, and compare them with those that were inserted.
func (l *loading) count(ctx context.Context) (tables, rows int64, err error) {
	var differ []string
	for _, name := range slices.Sorted(maps.Keys(l.rows)) {
		count := int64(0)
		if err := l.conn.QueryRowContext(ctx, "SELECT count(*) FROM "+quote(l.name)+"."+quote(name)).Scan(&count); err != nil {
			return tables, rows, errors.Wrapf(classify(err), "cannot count the rows of table %s", name)
		}
		tables++
		rows += count
		if count != l.rows[name] {
			differ = append(differ, fmt.Sprintf("%s (%d instead of %d)", name, count, l.rows[name]))
		}
	}
	if len(differ) > 0 {
		return tables, rows, failure.Errorf(job.ReasonMismatch, "tables have other numbers of rows than in the dump: %s", strings.Join(differ, ", "))
	}
	return tables, rows, nil
}
