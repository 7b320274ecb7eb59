package mysql

import (
	"context"
	"io"
	"net"
	"strings"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/database"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/dump"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/process"
)

// Describe the database.
func (d *Database) Describe(ctx context.Context) (database.Description, error) {
	description := database.Description{Engine: dump.MySQL}
	err := d.pool.QueryRowContext(ctx, "SELECT version(), (SELECT coalesce(sum(data_length + index_length), 0) FROM information_schema.tables WHERE table_schema = ?)", d.name()).
		Scan(&description.ServerVersion, &description.Bytes)
	if err != nil {
		return description, errors.Wrap(classify(err), "cannot ask for the version of the server")
	}
	description.SchemaVersion, err = migration(ctx, d.pool, d.name())
	return description, err
}

// Dump writes SQL of mariadb-dump: of one moment, and without locks.
func (d *Database) Dump(ctx context.Context, w io.Writer) error {
	others, err := d.others(ctx)
	if err != nil {
		return err
	}
	args := []string{
		// The password is in no argument, in no file and in no environment.
		"--defaults-file=/dev/stdin",
		"--single-transaction", "--quick", "--skip-lock-tables", "--no-tablespaces",
		"--skip-triggers", "--skip-routines", "--skip-events",
		"--hex-blob", "--default-character-set=utf8mb4", "--max-allowed-packet=1G",
	}
	for _, table := range others {
		args = append(args, "--ignore-table="+d.name()+"."+table)
	}
	err = process.Run(ctx, process.Command{
		Program: "mariadb-dump",
		Args:    append(args, d.name()),
		Stdin:   strings.NewReader(d.options()),
		Stdout:  w,
		Secrets: []string{d.config.Passwd, d.source},
	})
	return errors.Wrap(spoke(err), "cannot dump the database")
}

// others are tables and views that are not the server's.
func (d *Database) others(ctx context.Context) ([]string, error) {
	found, err := texts(ctx, d.pool, "SELECT table_name FROM information_schema.tables WHERE table_schema = ? AND (table_type <> 'BASE TABLE' OR table_name LIKE ?)",
		d.name(), strings.ReplaceAll(markerPrefix, "_", `\_`)+"%")
	return found, errors.Wrap(err, "cannot list tables")
}

// options of MariaDB's client programs, as a file that has secrets in it.
func (d *Database) options() string {
	options := []string{"[client]", option("user", d.config.User), option("password", d.config.Passwd)}
	if d.config.Net == "unix" {
		options = append(options, option("socket", d.config.Addr))
	} else if host, port, err := net.SplitHostPort(d.config.Addr); err == nil {
		options = append(options, option("host", host), option("port", port), "protocol=tcp")
	}
	switch d.config.TLSConfig {
	case "true":
		options = append(options, "ssl", "ssl-verify-server-cert")
	case "skip-verify":
		options = append(options, "ssl", "skip-ssl-verify-server-cert")
	case "preferred":
		options = append(options, "skip-ssl-verify-server-cert")
	default:
		options = append(options, "skip-ssl")
	}
	return strings.Join(options, "\n") + "\n"
}

// option with a value, as it is written in a file.
func option(name, value string) string {
	return name + `="` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(value) + `"`
}
