package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/failure"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
)

// footing is the transaction that a dump is loaded in, and the role of its session. A dump
// must change neither.
type footing struct {
	transaction   int64
	user, session string
}

// footingOf returns the footing of a transaction.
func footingOf(ctx context.Context, tx pgx.Tx) (footing, error) {
	f := footing{}
	err := tx.QueryRow(ctx, "SELECT pg_catalog.txid_current(), current_user::text, session_user::text").Scan(&f.transaction, &f.user, &f.session)
	return f, errors.Wrap(classify(err), "cannot ask for the transaction and its role")
}

// holds returns an error if the footing changed. Statements that follow would otherwise run
// with the rights of the role that connected.
func (f footing) holds(ctx context.Context, tx pgx.Tx) error {
	now, err := footingOf(ctx, tx)
	switch {
	case err != nil:
		return err
	case now.transaction != f.transaction:
		return failure.New(job.ReasonInvalid, "the transaction that the dump was loaded in is not the one that it was begun in: nothing is recorded")
	case now != f:
		return failure.New(job.ReasonInvalid, "the dump changed the role that it is loaded by: nothing is recorded")
	}
	return nil
}
