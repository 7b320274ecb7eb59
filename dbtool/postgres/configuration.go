package postgres

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"reflect"

	"github.com/jackc/pgx/v5"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/failure"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
)

// Correct what the restored data says of the place that it comes from: the
// configuration's way to the database and the site's URL, and which servers run.
func (d *Database) Correct(ctx context.Context, tx pgx.Tx, schema, siteURL string) error {
	if err := d.configure(ctx, tx, schema, siteURL); err != nil {
		return err
	}
	exists, err := existsTable(ctx, tx, schema, clusterDiscovery)
	if err != nil || !exists {
		return err
	}
	_, err = tx.Exec(ctx, "DELETE FROM "+pgx.Identifier{schema, clusterDiscovery}.Sanitize())
	return errors.Wrap(classify(err), "cannot empty the list of servers")
}

// configure the server that reads its configuration from the database.
func (d *Database) configure(ctx context.Context, tx pgx.Tx, schema, siteURL string) error {
	exists, err := existsTable(ctx, tx, schema, configurations)
	if err != nil || !exists {
		return err
	}
	table, value := pgx.Identifier{schema, configurations}.Sanitize(), ""
	err = tx.QueryRow(ctx, "SELECT value FROM "+table+" WHERE active").Scan(&value)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil
	}
	if err != nil {
		return errors.Wrap(classify(err), "cannot read the restored configuration")
	}
	corrected, err := CorrectConfiguration([]byte(value), "postgres", d.url, siteURL)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, "UPDATE "+table+" SET value = $1 WHERE active", string(corrected))
	if err != nil {
		return errors.Wrap(classify(err), "cannot correct the restored configuration")
	}
	summed := false
	err = tx.QueryRow(ctx, `SELECT EXISTS (SELECT FROM pg_catalog.pg_attribute
		WHERE attrelid = $1::text::regclass AND attname = 'sha' AND NOT attisdropped)`, table).Scan(&summed)
	if err != nil || !summed {
		return errors.Wrap(classify(err), "cannot look for the configuration's checksum")
	}
	sum := sha256.Sum256(corrected)
	_, err = tx.Exec(ctx, "UPDATE "+table+" SET sha = $1 WHERE active AND sha <> ''", hex.EncodeToString(sum[:]))
	return errors.Wrap(classify(err), "cannot correct the restored configuration's checksum")
}

// CorrectConfiguration makes a configuration, as JSON, that of the place that it is
// restored to. What it does not know it leaves as it is, and so it does a configuration
// that says the right things already, to the letter.
func CorrectConfiguration(value []byte, driver, source, siteURL string) ([]byte, error) {
	sections := map[string]json.RawMessage{}
	if err := json.Unmarshal(value, &sections); err != nil {
		return nil, failure.New(job.ReasonCorrupt, "the restored configuration is no JSON")
	}
	corrections := map[string]map[string]any{"SqlSettings": {
		"DriverName": driver, "DataSource": source,
		"DataSourceReplicas": []string{}, "DataSourceSearchReplicas": []string{}, "ReplicaLagSettings": []any{},
	}}
	if siteURL != "" {
		corrections["ServiceSettings"] = map[string]any{"SiteURL": siteURL}
	}
	changed := false
	for section, settings := range corrections {
		corrected, err := correct(sections, section, settings)
		if err != nil {
			return nil, err
		}
		changed = changed || corrected
	}
	if !changed {
		return value, nil
	}
	return encode(sections)
}

// correct settings of a section, and say whether there was anything to correct.
func correct(sections map[string]json.RawMessage, section string, settings map[string]any) (changed bool, err error) {
	present := map[string]json.RawMessage{}
	if raw, ok := sections[section]; ok {
		if err := json.Unmarshal(raw, &present); err != nil {
			return false, failure.Errorf(job.ReasonCorrupt, "section %s of the restored configuration is no JSON object", section)
		}
	}
	for name, value := range settings {
		encoded, err := encode(value)
		if err != nil {
			return false, err
		}
		if !says(present[name], encoded) {
			present[name], changed = encoded, true
		}
	}
	if !changed {
		return false, nil
	}
	sections[section], err = encode(present)
	return true, err
}

// says whether JSON means what other JSON does. A list that is null is an empty one.
func says(present, wanted json.RawMessage) bool {
	var is, want any
	if json.Unmarshal(present, &is) != nil || json.Unmarshal(wanted, &want) != nil {
		return false
	}
	if list, ok := want.([]any); ok && len(list) == 0 && is == nil {
		return true
	}
	return reflect.DeepEqual(is, want)
}

// encode JSON as it is, without escapes for HTML.
func encode(value any) ([]byte, error) {
	out := &bytes.Buffer{}
	e := json.NewEncoder(out)
	e.SetEscapeHTML(false)
	if err := e.Encode(value); err != nil {
		return nil, errors.Wrap(err, "cannot encode the configuration")
	}
	return bytes.TrimRight(out.Bytes(), "\n"), nil
}
