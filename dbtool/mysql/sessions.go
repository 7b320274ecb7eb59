package mysql

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"time"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/failure"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
)

// pause between two looks at something that is waited for.
const pause = 250 * time.Millisecond

// errEnded makes a pool throw a session away.
var errEnded = driver.ErrBadConn

// seize the database: one restore at a time, and nobody else connected.
func (d *Database) seize(ctx context.Context, conn *sql.Conn, patience time.Duration) error {
	deadline := time.Now().Add(patience)
	for {
		problem, err := d.occupied(ctx, conn)
		if err != nil || problem == nil {
			return err
		}
		if time.Now().After(deadline) {
			return problem
		}
		select {
		case <-ctx.Done():
			return errors.Wrap(context.Cause(ctx), "stopped while others were connected")
		case <-time.After(pause):
		}
	}
}

// occupied says who has the database, nil if nobody has. Sessions of other users are
// only seen with the privilege PROCESS; servers connect as the user that asks.
func (d *Database) occupied(ctx context.Context, conn *sql.Conn) (problem, err error) {
	locked := sql.NullBool{}
	if err := conn.QueryRowContext(ctx, "SELECT get_lock(left(concat('mattermost-dbtool ', ?), 64), 0)", d.name()).Scan(&locked); err != nil {
		return nil, errors.Wrap(classify(err), "cannot lock the database for the restore")
	}
	if !locked.Bool {
		return failure.New(job.ReasonDatabaseInUse, "another restore is under way in the database"), nil
	}
	count, user := 0, sql.NullString{}
	err = conn.QueryRowContext(ctx, "SELECT count(*), min(user) FROM information_schema.processlist WHERE db = ? AND id <> connection_id()", d.name()).Scan(&count, &user)
	if err != nil {
		return nil, errors.Wrap(classify(err), "cannot look who is connected")
	}
	if count == 0 {
		return nil, nil
	}
	return failure.Errorf(job.ReasonDatabaseInUse, "%d other sessions are connected to the database, such as one of user %q: end them", count, user.String), nil
}
