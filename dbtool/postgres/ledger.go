package postgres

import (
	"context"
	"encoding/json"

	"github.com/jackc/pgx/v5"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/database"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
)

const (
	ledgerTable = database.LedgerName + ".requests"
	// createLedger in the transaction that writes its first row.
	createLedger = `
CREATE SCHEMA IF NOT EXISTS ` + database.LedgerName + `;
CREATE TABLE IF NOT EXISTS ` + ledgerTable + ` (
  id text PRIMARY KEY,
  restored jsonb NOT NULL,
  complete boolean NOT NULL DEFAULT false,
  forgotten_at timestamptz
)`
)

// Done returns what a request did, nil if it was not carried out here.
func (d *Database) Done(ctx context.Context, request string) (*database.Record, error) {
	return find(ctx, d.conn, request)
}

// find the record of a request.
func find(ctx context.Context, q querier, request string) (*database.Record, error) {
	exists, err := existsTable(ctx, q, database.LedgerName, "requests")
	if err != nil || !exists {
		return nil, err
	}
	r, restored := &database.Record{}, []byte(nil)
	err = q.QueryRow(ctx, "SELECT restored, complete FROM "+ledgerTable+" WHERE id = $1", request).Scan(&restored, &r.Complete)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil //nolint:nilnil // As the interface says.
	}
	if err != nil {
		return nil, errors.Wrap(classify(err), "cannot read the record of the request")
	}
	return r, errors.Wrap(json.Unmarshal(restored, &r.Restored), "cannot read the record of the request")
}

// record a request in the transaction that carries it out.
func record(ctx context.Context, tx pgx.Tx, request string, restored job.Restored) error {
	encoded, err := json.Marshal(restored)
	if err != nil {
		return errors.Wrap(err, "cannot encode the record of the request")
	}
	if _, err := tx.Conn().PgConn().Exec(ctx, createLedger).ReadAll(); err != nil {
		return errors.Wrap(classify(err), "cannot make a place for the record of the request")
	}
	_, err = tx.Exec(ctx, "INSERT INTO "+ledgerTable+" (id, restored) VALUES ($1, $2)", request, string(encoded))
	return errors.Wrap(classify(err), "cannot record the request")
}

// Complete records that all else that belongs to a request is done too.
func (d *Database) Complete(ctx context.Context, request string, files int64) error {
	_, err := d.conn.Exec(ctx, "UPDATE "+ledgerTable+" SET complete = true, restored = restored || pg_catalog.jsonb_build_object('files', $2::bigint)"+
		" WHERE id = $1 AND NOT complete", request, files)
	return errors.Wrap(classify(err), "cannot record that the request is complete")
}

// Forget drops the data that a request replaced.
func (d *Database) Forget(ctx context.Context, request string) error {
	r, err := d.Done(ctx, request)
	if err != nil || r == nil {
		return err
	}
	return errors.Wrap(pgx.BeginFunc(ctx, d.conn, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "DROP SCHEMA IF EXISTS "+pgx.Identifier{database.Replaced(request)}.Sanitize()+" CASCADE"); err != nil {
			return classify(err)
		}
		_, err := tx.Exec(ctx, "UPDATE "+ledgerTable+" SET forgotten_at = coalesce(forgotten_at, pg_catalog.now()) WHERE id = $1", request)
		return classify(err)
	}), "cannot drop the data that was replaced")
}
