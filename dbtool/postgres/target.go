// Package postgres backs up and restores PostgreSQL databases: with pg_dump and
// pg_restore as children, and a restore as one transaction.
package postgres

import (
	"context"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/database"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/dump"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/failure"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
)

// restoring is what sessions of restores are told by.
const restoring = application + " restore"

// Check reads the whole dump and asks for rights and versions.
func (d *Database) Check(ctx context.Context, r database.Request, source dump.Dump) (job.Restored, error) {
	restored := job.Restored{Version: source.MattermostVersion}
	if err := d.MayReplace(ctx, r); err != nil {
		return restored, err
	}
	present, err := migration(ctx, d.conn, d.schema)
	if err != nil {
		return restored, err
	}
	where, err := placeOf(ctx, d.conn, d.schema)
	if err != nil {
		return restored, err
	}
	read := &reading{}
	p := &player{sink: read, place: where, target: d.schema, major: major(d.conn)}
	if err := play(ctx, p, source, r.Scratch); err != nil {
		return restored, err
	}
	restored.Tables, restored.Rows, restored.Skipped = p.loaded.Tables, p.loaded.Rows, p.loaded.Skipped
	return restored, compare(read.migration, present)
}

// play a dump from its beginning to its end.
func play(ctx context.Context, p *player, source dump.Dump, scratch string) error {
	sql, err := script(ctx, source, scratch)
	if err != nil {
		return err
	}
	err = p.play(ctx, sql)
	return errors.Join(err, sql.Close())
}

// major version of the server.
func major(conn *pgx.Conn) int {
	version, _, _ := strings.Cut(conn.PgConn().ParameterStatus("server_version"), " ")
	number := 0
	for _, c := range version {
		if c < '0' || c > '9' {
			break
		}
		number = number*10 + int(c-'0')
	}
	return number
}

func notMattermost() error {
	return failure.Errorf(job.ReasonInvalid, "the dump is not of a Mattermost server: it has no table %s", systems)
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
	return d.ReplaceBy(ctx, r, source.MattermostVersion, func(ctx context.Context, tx pgx.Tx, schema string) (Loaded, error) {
		p, err := newPlayer(ctx, tx, schema)
		if err != nil {
			return Loaded{}, err
		}
		if err := play(ctx, p, source, r.Scratch); err != nil {
			return Loaded{}, err
		}
		p.loaded.from = p.place.home
		if p.loaded.from == schema {
			return p.loaded, nil
		}
		_, err = MoveSchema(ctx, tx, p.loaded.from, schema)
		return p.loaded, err
	})
}

// ReplaceBy replaces the server's data by what load brings, in one transaction, unless
// the request did so before. Version is that of the Mattermost server whose data it is,
// if that is known.
func (d *Database) ReplaceBy(ctx context.Context, r database.Request, version string, load Load) (job.Restored, error) {
	config := d.config.Copy()
	config.RuntimeParams["application_name"] = restoring
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return job.Restored{}, errors.Wrap(classify(err), "cannot connect to the database")
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	// What else the program has open would count as somebody else's.
	if err := d.conn.Close(ctx); err != nil {
		return job.Restored{}, errors.Wrap(err, "cannot close a session")
	}
	restored := job.Restored{}
	err = pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
		restored, err = d.replace(ctx, tx, r, version, load)
		return err
	})
	if err != nil {
		return job.Restored{}, classify(err)
	}
	d.conn, err = d.connect(ctx)
	return restored, failure.Retry(err)
}

// replace in a transaction.
func (d *Database) replace(ctx context.Context, tx pgx.Tx, r database.Request, version string, load Load) (job.Restored, error) {
	if err := seize(ctx, tx, r.Patience); err != nil {
		return job.Restored{}, err
	}
	done, err := find(ctx, tx, r.ID)
	if err != nil {
		return job.Restored{}, err
	}
	if done != nil {
		return done.Restored, nil
	}
	present, err := migration(ctx, tx, d.schema)
	if err != nil {
		return job.Restored{}, err
	}
	restored := job.Restored{Version: version}
	if restored.Replaced, err = d.moveAway(ctx, tx, r); err != nil {
		return job.Restored{}, err
	}
	began, err := footingOf(ctx, tx)
	if err != nil {
		return job.Restored{}, err
	}
	loaded, err := load(ctx, tx, d.schema)
	if err != nil {
		return job.Restored{}, err
	}
	restored.Tables, restored.Rows, restored.LeftOut, restored.Skipped = loaded.Tables, loaded.Rows, loaded.LeftOut, loaded.Skipped
	if err := reset(ctx, tx); err != nil {
		return job.Restored{}, err
	}
	if err := began.holds(ctx, tx); err != nil {
		return job.Restored{}, err
	}
	if err := d.inspect(ctx, tx, present); err != nil {
		return job.Restored{}, err
	}
	if err := d.Correct(ctx, tx, d.schema, r.SiteURL); err != nil {
		return job.Restored{}, err
	}
	if err := tx.QueryRow(ctx, "SELECT pg_catalog.clock_timestamp()").Scan(&restored.At); err != nil {
		return job.Restored{}, errors.Wrap(classify(err), "cannot ask for the time")
	}
	restored.At = restored.At.UTC()
	if err := finish(ctx, tx, d.schema, loaded); err != nil {
		return job.Restored{}, err
	}
	if err := began.holds(ctx, tx); err != nil {
		return job.Restored{}, err
	}
	return restored, record(ctx, tx, r.ID, restored)
}

// moveAway the present data, as its owner, and return the schema that it is in then;
// empty if there is none.
func (d *Database) moveAway(ctx context.Context, tx pgx.Tx, r database.Request) (string, error) {
	role, err := ownerOf(ctx, tx, d.schema, r.AllowSuperuser)
	if err != nil {
		return "", err
	}
	name := database.Replaced(r.ID)
	schema := pgx.Identifier{name}.Sanitize()
	for _, sql := range []string{"SET ROLE " + pgx.Identifier{role}.Sanitize(), "SET LOCAL lock_timeout = '30s'", "CREATE SCHEMA " + schema} {
		if _, err := tx.Exec(ctx, sql); err != nil {
			return "", errors.Wrap(classify(err), "cannot make a schema for the data that is replaced")
		}
	}
	moved, err := MoveSchema(ctx, tx, d.schema, name)
	if err != nil || moved > 0 {
		return name, err
	}
	_, err = tx.Exec(ctx, "DROP SCHEMA "+schema)
	return "", errors.Wrap(classify(err), "cannot drop a schema that is not needed")
}

// inspect what was loaded before it counts.
func (d *Database) inspect(ctx context.Context, tx pgx.Tx, present int64) error {
	exists, err := existsTable(ctx, tx, d.schema, systems)
	if err != nil {
		return err
	}
	if !exists {
		return notMattermost()
	}
	loaded, err := migration(ctx, tx, d.schema)
	if err != nil {
		return err
	}
	return compare(loaded, present)
}
