package mysql

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/postgres"
)

// Names of tables of Mattermost's.
const (
	configurations   = "Configurations"
	clusterDiscovery = "ClusterDiscovery"
)

// correct what the restored data says of the place that it comes from: the
// configuration's way to the database and the site's URL, and which servers run.
func (d *Database) correct(ctx context.Context, conn *sql.Conn, name, siteURL string) error {
	if err := d.configure(ctx, conn, name, siteURL); err != nil {
		return err
	}
	found, err := exists(ctx, conn, name, clusterDiscovery)
	if err != nil || !found {
		return err
	}
	_, err = conn.ExecContext(ctx, "DELETE FROM "+quote(name)+"."+clusterDiscovery) //nolint:gosec // A name, quoted.
	return errors.Wrap(classify(err), "cannot empty the list of servers")
}

// configure the server that reads its configuration from the database.
func (d *Database) configure(ctx context.Context, conn *sql.Conn, name, siteURL string) error {
	found, err := exists(ctx, conn, name, configurations)
	if err != nil || !found {
		return err
	}
	table, value := quote(name)+"."+configurations, ""
	err = conn.QueryRowContext(ctx, "SELECT Value FROM "+table+" WHERE Active").Scan(&value)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return errors.Wrap(classify(err), "cannot read the restored configuration")
	}
	corrected, err := postgres.CorrectConfiguration([]byte(value), "mysql", d.source, siteURL)
	if err != nil {
		return err
	}
	if _, err := conn.ExecContext(ctx, "UPDATE "+table+" SET Value = ? WHERE Active", string(corrected)); err != nil { //nolint:gosec // A name, quoted.
		return errors.Wrap(classify(err), "cannot correct the restored configuration")
	}
	summed := 0
	err = conn.QueryRowContext(ctx, "SELECT count(*) FROM information_schema.columns WHERE table_schema = ? AND table_name = ? AND column_name = 'SHA'", name, configurations).Scan(&summed)
	if err != nil || summed == 0 {
		return errors.Wrap(classify(err), "cannot look for the configuration's checksum")
	}
	sum := sha256.Sum256(corrected)
	_, err = conn.ExecContext(ctx, "UPDATE "+table+" SET SHA = ? WHERE Active AND SHA <> ''", hex.EncodeToString(sum[:])) //nolint:gosec // A name, quoted.
	return errors.Wrap(classify(err), "cannot correct the restored configuration's checksum")
}
