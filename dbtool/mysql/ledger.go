package mysql

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/database"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/failure"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
)

// Done returns what a request did, nil if it was not carried out here.
func (d *Database) Done(ctx context.Context, request string) (*database.Record, error) {
	return d.find(ctx, d.pool, request)
}

// find the record of a request.
func (d *Database) find(ctx context.Context, s session, request string) (*database.Record, error) {
	found, err := exists(ctx, s, d.name(), marker(request))
	if err != nil || !found {
		return nil, err
	}
	r, restored := &database.Record{}, []byte(nil)
	err = s.QueryRowContext(ctx, "SELECT Restored, Complete FROM "+d.marker(request)+" WHERE Id = ?", request).Scan(&restored, &r.Complete)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil //nolint:nilnil // As the interface says.
	}
	if err != nil {
		return nil, errors.Wrap(classify(err), "cannot read the record of the request")
	}
	return r, errors.Wrap(json.Unmarshal(restored, &r.Restored), "cannot read the record of the request")
}

// marker of a request with the database that it is in.
func (d *Database) marker(request string) string {
	return quote(d.name()) + "." + quote(marker(request))
}

// record a request in the data that it brings.
func record(ctx context.Context, s session, name, request string, restored job.Restored) error {
	encoded, err := json.Marshal(restored)
	if err != nil {
		return errors.Wrap(err, "cannot encode the record of the request")
	}
	table := quote(name) + "." + quote(marker(request))
	create := fmt.Sprintf("CREATE TABLE %s (Id varchar(128) PRIMARY KEY, Restored text NOT NULL, Complete tinyint(1) NOT NULL DEFAULT 0) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4", table)
	if _, err := s.ExecContext(ctx, create); err != nil {
		return errors.Wrap(classify(err), "cannot make a place for the record of the request")
	}
	_, err = s.ExecContext(ctx, "INSERT INTO "+table+" (Id, Restored) VALUES (?, ?)", request, string(encoded))
	return errors.Wrap(classify(err), "cannot record the request")
}

// Complete records that all else that belongs to a request is done too. The database that
// the data was loaded into is empty since.
func (d *Database) Complete(ctx context.Context, request string, files int64) error {
	done, err := d.Done(ctx, request)
	if err != nil || done == nil || done.Complete {
		return err
	}
	if err := drop(ctx, d.pool, database.Restoring(request)); err != nil {
		return err
	}
	done.Restored.Files = files
	encoded, err := json.Marshal(done.Restored)
	if err != nil {
		return errors.Wrap(err, "cannot encode the record of the request")
	}
	_, err = d.pool.ExecContext(ctx, "UPDATE "+d.marker(request)+" SET Complete = 1, Restored = ? WHERE Id = ?", string(encoded), request) //nolint:gosec // A name, quoted.
	return errors.Wrap(classify(err), "cannot record that the request is complete")
}

// Forget drops the data that a request replaced.
func (d *Database) Forget(ctx context.Context, request string) error {
	done, err := d.Done(ctx, request)
	if err != nil {
		return err
	}
	err = drop(ctx, d.pool, database.Restoring(request))
	if done != nil {
		return errors.Join(err, drop(ctx, d.pool, database.Replaced(request)))
	}
	if failure.Reason(err) == job.ReasonDatabaseDenied {
		// Who may not drop it did not make it either.
		return nil
	}
	return err
}
