package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/failure"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
)

const (
	// lockKey of the advisory lock that restores of one database take.
	lockKey = int64(0x6d6d_6462_746f_6f6c)
	// pause between two looks at something that is waited for.
	pause = 250 * time.Millisecond
)

// predecessors are the sessions of a restore that was killed: the server may not have
// noticed yet. What they have not committed is undone.
const predecessors = `
SELECT pg_catalog.pg_terminate_backend(pid) FROM pg_catalog.pg_stat_activity
 WHERE datname = pg_catalog.current_database() AND pid <> pg_catalog.pg_backend_pid() AND usename = session_user AND application_name = $1`

// others are sessions of those who might write: not the server's own processes, and not
// those who watch it.
const others = `
SELECT count(*), coalesce(min(usename::text), ''), coalesce(min(application_name), '') FROM pg_catalog.pg_stat_activity
 WHERE datname = pg_catalog.current_database() AND pid <> pg_catalog.pg_backend_pid() AND usesysid IS NOT NULL
   AND (backend_type IS NULL OR backend_type = 'client backend')
   AND (usename = session_user OR NOT pg_catalog.pg_has_role(usesysid, 'pg_monitor', 'MEMBER'))`

// seize the database: one restore at a time, and nobody else connected.
func seize(ctx context.Context, tx pgx.Tx, patience time.Duration) error {
	// Limits of the role are meant for servers.
	for _, sql := range []string{"SET LOCAL statement_timeout = 0", "SET LOCAL idle_in_transaction_session_timeout = 0"} {
		if _, err := tx.Exec(ctx, sql); err != nil {
			return errors.Wrap(classify(err), "cannot lift limits of the session")
		}
	}
	if _, err := tx.Exec(ctx, predecessors, restoring); err != nil {
		return errors.Wrap(classify(err), "cannot end the session of a restore that was interrupted")
	}
	deadline := time.Now().Add(patience)
	for {
		problem, err := occupied(ctx, tx)
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

// occupied says who has the database, nil if nobody has.
func occupied(ctx context.Context, tx pgx.Tx) (problem, err error) {
	locked := false
	if err := tx.QueryRow(ctx, "SELECT pg_catalog.pg_try_advisory_xact_lock($1)", lockKey).Scan(&locked); err != nil {
		return nil, errors.Wrap(classify(err), "cannot lock the database for the restore")
	}
	if !locked {
		return failure.New(job.ReasonDatabaseInUse, "another restore is under way in the database"), nil
	}
	count, user, name := int64(0), "", ""
	// The view is read anew only outside of what a transaction has seen of it.
	if _, err := tx.Exec(ctx, "SELECT pg_catalog.pg_stat_clear_snapshot()"); err != nil {
		return nil, errors.Wrap(classify(err), "cannot look who is connected")
	}
	if err := tx.QueryRow(ctx, others).Scan(&count, &user, &name); err != nil {
		return nil, errors.Wrap(classify(err), "cannot look who is connected")
	}
	if count == 0 {
		return nil, nil
	}
	return failure.Errorf(job.ReasonDatabaseInUse, "%d other sessions are connected to the database, such as one of user %q (application %q): end them", count, user, name), nil
}
