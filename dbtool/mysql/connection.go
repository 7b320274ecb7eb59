// Package mysql backs up and restores databases of MySQL and MariaDB, which servers before
// Mattermost 11 use: with mariadb-dump as a child, and a restore that ends in one statement
// which exchanges all tables.
package mysql

import (
	"context"
	"database/sql"
	"strings"

	driver "github.com/go-sql-driver/mysql"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/database"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/failure"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
)

// scheme of the URL, which is no URL otherwise: a data source name of Go's driver
// follows.
const scheme = "mysql://"

// Database is a database of MySQL or of MariaDB.
type Database struct {
	config *driver.Config
	// source is the data source name as servers have it in their configuration.
	source string
	pool   *sql.DB
}

// Open the way to a database and log in.
func Open(ctx context.Context, c database.Connection) (*Database, error) {
	d, err := parse(c)
	if err != nil {
		return nil, err
	}
	connector, err := driver.NewConnector(d.config)
	if err != nil {
		return nil, failure.New(job.ReasonInvalid, "the database's URL cannot be used: see its address and parameters")
	}
	d.pool = sql.OpenDB(connector)
	// What else the program has open would count as somebody else's.
	d.pool.SetMaxOpenConns(1)
	if err := d.pool.PingContext(ctx); err != nil {
		return nil, errors.Join(errors.Wrap(classify(err), "cannot connect to the database"), d.pool.Close())
	}
	return d, nil
}

// parse a connection without an attempt to use it.
func parse(c database.Connection) (*Database, error) {
	source, _ := strings.CutPrefix(c.URL, scheme)
	config, err := driver.ParseDSN(source)
	if err != nil {
		return nil, failure.New(job.ReasonInvalid, "the database's URL cannot be read: mysql:// is followed by a data source name such as user:password@tcp(host:3306)/database")
	}
	switch {
	case config.DBName == "":
		return nil, failure.New(job.ReasonInvalid, "the database's URL names no database")
	case c.Name != "" && c.Name != config.DBName:
		return nil, failure.Errorf(job.ReasonInvalid, "the database is %q, and cannot be %q", config.DBName, c.Name)
	}
	if c.User != "" && c.User != config.User {
		config.User, config.Passwd = c.User, ""
	}
	if c.Password != "" {
		config.Passwd = c.Password
	}
	// What servers are patient with is not what takes long here.
	config.ReadTimeout, config.WriteTimeout = 0, 0
	config.MultiStatements, config.ParseTime, config.InterpolateParams = false, false, false
	// As large as the server takes.
	config.MaxAllowedPacket = 0
	// Dumps are in UTF-8, whatever servers ask for.
	if err := config.Apply(driver.Charset("utf8mb4", "")); err != nil {
		return nil, errors.Wrap(err, "cannot set the session's character set")
	}
	// Errors are returned, not logged: they may quote data.
	config.Logger = &driver.NopLogger{}
	return &Database{config: config, source: source}, nil
}

// name of the database.
func (d *Database) name() string { return d.config.DBName }

// Close the sessions.
func (d *Database) Close(context.Context) error {
	return errors.Wrap(d.pool.Close(), "cannot close the sessions")
}

// quote a name.
func quote(name string) string { return "`" + strings.ReplaceAll(name, "`", "``") + "`" }
