package mysql

import (
	"context"
	"database/sql"
	"fmt"
	"io"
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
	if !slices.ContainsFunc(slices.Collect(maps.Keys(l.rows)), func(table string) bool { return strings.EqualFold(table, mysqldump.Systems) }) {
		return restored, mysqldump.NotMattermost()
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

// play the dump's statements, but those that belong to the place that it comes from.
func (l *loading) play(ctx context.Context, d *mysqldump.Reader) error {
	charset := ""
	for {
		st, err := d.Next()
		if err == io.EOF { //nolint:errorlint // The reader returns it as it is.
			l.progress()
			return nil
		}
		if err != nil {
			return err
		}
		if now := d.Charset(); now != charset {
			if _, err := l.conn.ExecContext(ctx, "SET NAMES "+now); err != nil {
				return errors.Wrap(classify(err), "cannot set the dump's character set")
			}
			charset = now
		}
		if err := l.step(ctx, st); err != nil {
			return err
		}
	}
}

// step does what a statement deserves.
func (l *loading) step(ctx context.Context, st mysqldump.Statement) error {
	switch st.Kind {
	case mysqldump.CreateTable:
		l.rows[st.Table] = 0
		_, err := l.conn.ExecContext(ctx, string(l.collations.adapt(st.Text)))
		return errors.Wrapf(classify(err), "cannot make table %s", st.Table)
	case mysqldump.AlterTable:
		_, err := l.conn.ExecContext(ctx, string(st.Text))
		return errors.Wrapf(classify(err), "cannot complete table %s", st.Table)
	case mysqldump.Insert:
		return l.insert(ctx, st)
	case mysqldump.Program:
		l.log.Warn("Left out: views, triggers and routines are not Mattermost's")
	case mysqldump.Unknown, mysqldump.Setting, mysqldump.Place:
	}
	return nil
}

// insert rows.
func (l *loading) insert(ctx context.Context, st mysqldump.Statement) error {
	if st.Table != l.table {
		l.progress()
		l.table = st.Table
	}
	result, err := l.conn.ExecContext(ctx, string(st.Text))
	if err != nil {
		return errors.Wrapf(classify(err), "cannot load table %s", st.Table)
	}
	inserted, err := result.RowsAffected()
	l.rows[st.Table] += inserted
	return errors.Wrapf(classify(err), "cannot count the rows of table %s", st.Table)
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
