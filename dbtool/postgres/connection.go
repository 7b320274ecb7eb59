package postgres

import (
	"context"
	"net"
	"net/url"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/database"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/failure"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
)

// application is how sessions of the program are told from others.
const application = "mattermost-dbtool"

// variables of PostgreSQL's client programs, by the URL's parameter.
//
//nolint:gochecknoglobals // A constant table.
var variables = map[string]string{
	"sslmode": "PGSSLMODE", "sslrootcert": "PGSSLROOTCERT", "sslcert": "PGSSLCERT", "sslkey": "PGSSLKEY", "sslcrl": "PGSSLCRL",
	"connect_timeout": "PGCONNECT_TIMEOUT", "options": "PGOPTIONS", "target_session_attrs": "PGTARGETSESSIONATTRS",
	"gssencmode": "PGGSSENCMODE", "channel_binding": "PGCHANNELBINDING", "krbsrvname": "PGKRBSRVNAME",
	"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD", "dbname": "PGDATABASE",
}

// Database is a PostgreSQL database.
type Database struct {
	config *pgx.ConnConfig
	env    []string
	url    string
	// schema that the server's tables are in.
	schema string
	conn   *pgx.Conn
}

// Open the way to a database and log in.
func Open(ctx context.Context, c database.Connection) (*Database, error) {
	d, err := parse(c)
	if err != nil {
		return nil, err
	}
	if d.conn, err = d.connect(ctx); err != nil {
		return nil, err
	}
	schema := (*string)(nil)
	if err := d.conn.QueryRow(ctx, "SELECT pg_catalog.current_schema()").Scan(&schema); err != nil {
		return nil, errors.Wrap(classify(err), "cannot ask for the schema")
	}
	if schema == nil {
		return nil, failure.New(job.ReasonInvalid, "no schema of the user's search_path exists in the database")
	}
	d.schema = *schema
	// All else has its schema. The owner of the database may have set another path, in which
	// functions and operators of the owner's come before PostgreSQL's.
	d.config.AfterConnect = func(ctx context.Context, conn *pgconn.PgConn) error {
		_, err := conn.Exec(ctx, "SET search_path = ''").ReadAll()
		return errors.Wrap(classify(err), "cannot set the search path")
	}
	return d, d.config.AfterConnect(ctx, d.conn.PgConn())
}

// parse a connection without an attempt to use it.
func parse(c database.Connection) (*Database, error) {
	u, err := url.Parse(c.URL)
	if err != nil {
		return nil, failure.New(job.ReasonInvalid, "the database's URL cannot be read")
	}
	if name := strings.TrimPrefix(u.Path, "/"); c.Name != "" && c.Name != name {
		return nil, failure.Errorf(job.ReasonInvalid, "the database is %q, and cannot be %q", name, c.Name)
	}
	user, password := u.User.Username(), ""
	password, _ = u.User.Password()
	if c.User != "" && c.User != user {
		user, password = c.User, ""
	}
	if c.Password != "" {
		password = c.Password
	}
	u.User = url.UserPassword(user, password)
	u.RawQuery = known(u.Query()).Encode()
	config, err := pgx.ParseConfig(u.String())
	if err != nil {
		return nil, failure.New(job.ReasonInvalid, "the database's URL cannot be used: see its host, port and parameters")
	}
	config.DefaultQueryExecMode = pgx.QueryExecModeExec
	config.RuntimeParams["application_name"] = application
	config.OnPgError = goesOn(config.OnPgError)
	return &Database{config: config, env: environment(u), url: c.URL}, nil
}

// goesOn says whether a session goes on after an answer, as otherwise said, but for the
// server's last words before it ends all sessions: why it does, such as a full disk, would
// be lost with the connection.
func goesOn(otherwise pgconn.PgErrorHandler) pgconn.PgErrorHandler {
	return func(conn *pgconn.PgConn, answer *pgconn.PgError) bool {
		return answer.SeverityUnlocalized != "PANIC" && otherwise(conn, answer)
	}
}

// known parameters: Go's other drivers have some that the server does not know.
func known(q url.Values) url.Values {
	for name := range q {
		if _, ok := variables[name]; !ok && name != "search_path" {
			q.Del(name)
		}
	}
	return q
}

// environment that PostgreSQL's client programs find the database by.
func environment(u *url.URL) []string {
	set := map[string]string{"PGAPPNAME": application}
	for name, values := range u.Query() {
		if variable, ok := variables[name]; ok {
			set[variable] = values[0]
		}
	}
	if path := u.Query().Get("search_path"); path != "" {
		set["PGOPTIONS"] = strings.TrimSpace(set["PGOPTIONS"] + " -c search_path=" + strings.ReplaceAll(path, " ", `\ `))
	}
	var hosts, ports []string
	for address := range strings.SplitSeq(u.Host, ",") {
		host, port, err := net.SplitHostPort(address)
		if err != nil {
			host, port = strings.Trim(address, "[]"), "5432"
		}
		hosts, ports = append(hosts, host), append(ports, port)
	}
	if u.Host != "" {
		set["PGHOST"], set["PGPORT"] = strings.Join(hosts, ","), strings.Join(ports, ",")
	}
	set["PGUSER"] = u.User.Username()
	set["PGPASSWORD"], _ = u.User.Password()
	set["PGDATABASE"] = strings.TrimPrefix(u.Path, "/")
	var env []string
	for name, value := range set {
		if value != "" {
			env = append(env, name+"="+value)
		}
	}
	slices.Sort(env)
	return env
}

// connect opens a session of its own.
func (d *Database) connect(ctx context.Context) (*pgx.Conn, error) {
	conn, err := pgx.ConnectConfig(ctx, d.config)
	return conn, errors.Wrap(classify(err), "cannot connect to the database")
}

// Schema that the server's tables are in.
func (d *Database) Schema() string { return d.schema }

// Config that sessions are opened with; it has secrets in it.
func (d *Database) Config() *pgx.ConnConfig { return d.config.Copy() }

// Environment that makes PostgreSQL's client programs use the database. It has secrets
// in it.
func (d *Database) Environment() []string { return slices.Clone(d.env) }

// Secrets that must not be shown.
func (d *Database) Secrets() []string { return []string{d.config.Password, d.url} }

// Close the session.
func (d *Database) Close(ctx context.Context) error {
	if d.conn == nil {
		return nil
	}
	return errors.Wrap(d.conn.Close(ctx), "cannot close the session")
}
