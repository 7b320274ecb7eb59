package mysql

import (
	"context"
	"database/sql"
	"log/slog"
	"strings"
	"time"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/database"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/dump"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/failure"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/mysqldump"
)

// Check reads the whole dump and asks for rights and versions.
func (d *Database) Check(ctx context.Context, r database.Request, source dump.Dump) (job.Restored, error) {
	restored := job.Restored{Version: source.MattermostVersion}
	done, err := d.Done(ctx, r.ID)
	if err != nil {
		return restored, err
	}
	if done != nil {
		return done.Restored, nil
	}
	present, err := migration(ctx, d.pool, d.name())
	if err != nil {
		return restored, err
	}
	if err := d.noPowers(ctx, r.AllowSuperuser); err != nil {
		return restored, err
	}
	if err := d.mayReplace(ctx, r.ID); err != nil {
		return restored, err
	}
	content, err := source.Content(ctx)
	if err != nil {
		return restored, err
	}
	summary, err := mysqldump.Walk(mysqldump.NewReader(content), mysqldump.Visitor{Run: func(mysqldump.Kind, string, string) error { return nil }})
	if err := errors.Join(err, content.Close()); err != nil {
		return restored, err
	}
	restored.Tables, restored.Rows = summary.Tables, summary.Rows
	return restored, compare(summary.Migration, present)
}

// compare the last migration of a dump with that of what is there.
func compare(dumped, present int64) error {
	if present > 0 && dumped > present {
		return failure.Errorf(job.ReasonTooNew, "the dump is of a later version of Mattermost than the installation: its last migration is %d, and here it is %d; upgrade the installation first", dumped, present)
	}
	return nil
}

// Replace the server's data by that of the dump.
func (d *Database) Replace(ctx context.Context, r database.Request, source dump.Dump) (job.Restored, error) {
	if err := d.noPowers(ctx, r.AllowSuperuser); err != nil {
		return job.Restored{}, err
	}
	conn, err := d.pool.Conn(ctx)
	if err != nil {
		return job.Restored{}, errors.Wrap(classify(err), "cannot connect to the database")
	}
	// The session has settings that nobody else wants: it ends with its lock.
	defer func() { _ = conn.Raw(func(any) error { return errEnded }) }()
	if err := d.seize(ctx, conn, r.Patience); err != nil {
		return job.Restored{}, err
	}
	if err := drop(ctx, conn, database.Restoring(r.ID)); err != nil {
		return job.Restored{}, err
	}
	done, err := d.find(ctx, conn, r.ID)
	if err != nil {
		return job.Restored{}, err
	}
	if done != nil {
		return done.Restored, nil
	}
	restored, err := d.replace(ctx, conn, r, source)
	if err != nil {
		// What is left behind would only take room: the next try begins anew.
		_ = drop(context.WithoutCancel(ctx), conn, database.Restoring(r.ID))
	}
	return restored, err
}

// replace in a session that has the database for itself.
func (d *Database) replace(ctx context.Context, conn *sql.Conn, r database.Request, source dump.Dump) (job.Restored, error) {
	present, err := migration(ctx, conn, d.name())
	if err != nil {
		return job.Restored{}, err
	}
	l := &loading{database: d, conn: conn, name: database.Restoring(r.ID), log: slog.Default()}
	restored, err := l.load(ctx, source)
	if err != nil {
		return job.Restored{}, err
	}
	dumped, err := migration(ctx, conn, l.name)
	if err != nil {
		return job.Restored{}, err
	}
	if err := compare(dumped, present); err != nil {
		return job.Restored{}, err
	}
	if err := d.correct(ctx, conn, l.name, r.SiteURL); err != nil {
		return job.Restored{}, err
	}
	return d.exchange(ctx, conn, r.ID, restored)
}

// drop a database, if it is there.
func drop(ctx context.Context, s session, name string) error {
	_, err := s.ExecContext(ctx, "DROP DATABASE IF EXISTS "+quote(name))
	return errors.Wrap(classify(err), "cannot drop a database that is not needed")
}

// exchange what was loaded for what is there: in one statement, which brings the record
// of the request along.
func (d *Database) exchange(ctx context.Context, conn *sql.Conn, request string, restored job.Restored) (job.Restored, error) {
	restoring, replaced := database.Restoring(request), database.Replaced(request)
	incoming, err := tables(ctx, conn, restoring)
	if err != nil {
		return restored, err
	}
	outgoing, err := tables(ctx, conn, d.name())
	if err != nil {
		return restored, err
	}
	if len(outgoing) > 0 {
		restored.Replaced = replaced
		if _, err := conn.ExecContext(ctx, "CREATE DATABASE IF NOT EXISTS "+quote(replaced)); err != nil {
			return restored, errors.Wrap(classify(err), "cannot make a database for the data that is replaced")
		}
	}
	at := ""
	if err := conn.QueryRowContext(ctx, "SELECT date_format(utc_timestamp(6), '%Y-%m-%dT%H:%i:%s.%fZ')").Scan(&at); err != nil {
		return restored, errors.Wrap(classify(err), "cannot ask for the time")
	}
	if restored.At, err = time.Parse(time.RFC3339Nano, at); err != nil {
		return restored, errors.Wrap(err, "cannot read the time")
	}
	if err := record(ctx, conn, restoring, request, restored); err != nil {
		return restored, err
	}
	var moves []string
	for _, table := range outgoing {
		moves = append(moves, move(table, d.name(), replaced))
	}
	for _, table := range append(incoming, marker(request)) {
		moves = append(moves, move(table, restoring, d.name()))
	}
	if _, err := conn.ExecContext(ctx, "RENAME TABLE "+strings.Join(moves, ", ")); err != nil {
		return restored, errors.Wrap(classify(err), "cannot exchange the tables")
	}
	return restored, nil
}

// move of a table, as RENAME TABLE says it.
func move(table, from, to string) string {
	return quote(from) + "." + quote(table) + " TO " + quote(to) + "." + quote(table)
}
