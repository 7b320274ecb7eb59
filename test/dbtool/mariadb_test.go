package dbtool_test

import (
	"context"
	"database/sql"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/go-sql-driver/mysql"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
	"github.com/crossplane-mattermost/crossplane-mattermost/test/cluster/artifact"
	"github.com/crossplane-mattermost/crossplane-mattermost/test/local"
)

// root of MariaDB has no password: it is only let in by the socket.
const root = "root"

// mariadb is a server that is started when a test first asks for it.
type mariadb struct {
	socket, address string
}

var startMariaDB = sync.OnceValues(func() (*mariadb, error) { return runMariaDB(context.Background()) })

// runMariaDB with the programs of Debian's packages, which are installed if they are
// missing.
func runMariaDB(ctx context.Context) (*mariadb, error) {
	announce := func(_ string, run func(context.Context) error) error { return run(ctx) }
	if err := artifact.InstallPackages(ctx, announce, "mariadb-server-core", "mariadb-client"); err != nil {
		return nil, err
	}
	data := filepath.Join(here.Dir, "mariadb")
	if err := os.Mkdir(data, 0o700); err != nil {
		return nil, err
	}
	as, err := local.Account(data)
	if err != nil {
		return nil, err
	}
	install := exec.CommandContext(ctx, "mariadb-install-db", "--no-defaults", "--datadir="+data, "--auth-root-authentication-method=normal", "--force", "--skip-test-db", "--skip-name-resolve") //nolint:gosec // A path of this test's own.
	install.SysProcAttr, install.Dir = as, here.Dir
	if out, err := install.CombinedOutput(); err != nil {
		return nil, errors.Wrapf(err, "cannot initialise MariaDB: %s", out)
	}
	port, err := local.FreePort(ctx)
	if err != nil {
		return nil, err
	}
	m := &mariadb{socket: filepath.Join(data, "socket"), address: net.JoinHostPort("127.0.0.1", port)}
	server := exec.Command("mariadbd", "--no-defaults", "--datadir="+data, "--socket="+m.socket, "--pid-file="+filepath.Join(data, "pid"), "--bind-address=127.0.0.1", "--port="+port, //nolint:gosec,noctx // It is stopped below.
		"--character-set-server=utf8mb4", "--collation-server=utf8mb4_general_ci", "--innodb-flush-log-at-trx-commit=0", "--skip-log-bin", "--skip-name-resolve", "--log-error="+filepath.Join(data, "log"))
	server.SysProcAttr, server.Dir = as, here.Dir
	if err := server.Start(); err != nil {
		return nil, err
	}
	here.AtStop(func() {
		_ = server.Process.Signal(syscall.SIGKILL)
		_ = server.Wait()
	})
	return m, local.Await(ctx, func() error {
		_, err := m.exec(ctx, "", "DELETE FROM mysql.global_priv WHERE User = ''", "FLUSH PRIVILEGES")
		return err
	})
}

func mariaDB(t *testing.T) *mariadb {
	t.Helper()
	m, err := startMariaDB()
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// exec statements as root, and return the first value that the last one returns.
func (m *mariadb) exec(ctx context.Context, database string, statements ...string) (string, error) {
	c := mysql.NewConfig()
	c.User, c.Net, c.Addr, c.DBName, c.Logger = root, "unix", m.socket, database, &mysql.NopLogger{}
	connector, err := mysql.NewConnector(c)
	if err != nil {
		return "", err
	}
	pool := sql.OpenDB(connector)
	defer func() { _ = pool.Close() }()
	pool.SetMaxOpenConns(1)
	value := sql.NullString{}
	for _, s := range statements {
		rows, err := pool.QueryContext(ctx, s)
		if err != nil {
			return "", errors.Wrapf(err, "%.100s", s)
		}
		if rows.Next() {
			if err := rows.Scan(&value); err != nil {
				return "", err
			}
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			return "", err
		}
	}
	return value.String, nil
}

// query as root, and return the first value as text.
func (m *mariadb) query(t *testing.T, database string, statements ...string) string {
	t.Helper()
	value, err := m.exec(t.Context(), database, statements...)
	if err != nil {
		t.Fatal(err)
	}
	return value
}

// newDatabase of a user of its own, who may replace it.
func (m *mariadb) newDatabase(t *testing.T) string {
	t.Helper()
	name := "db_" + strings.ToLower(regexp.MustCompile(`\W+`).ReplaceAllString(t.Name(), "_"))
	name = name[max(0, len(name)-40):]
	for m.query(t, "", "SELECT count(*) FROM information_schema.schemata WHERE schema_name = '"+name+"'") != "0" {
		name += "x"
	}
	user := fmt.Sprintf("`%s`@`%%`", name)
	m.query(t, "", "CREATE DATABASE "+name,
		"CREATE OR REPLACE USER "+user+" IDENTIFIED BY '"+strings.ReplaceAll(local.Password, "'", "''")+"'",
		"GRANT ALL ON "+name+".* TO "+user,
		"GRANT ALL ON `restoring\\_%`.* TO "+user, "GRANT ALL ON `replaced\\_%`.* TO "+user)
	t.Cleanup(func() { _, _ = m.exec(context.Background(), "", "DROP DATABASE IF EXISTS "+name) })
	return name
}

// url of a database for its own user.
func (m *mariadb) url(database string) string {
	c := mysql.NewConfig()
	c.User, c.Passwd, c.Net, c.Addr, c.DBName = database, local.Password, "tcp", m.address, database
	return "mysql://" + c.FormatDSN() + "?charset=utf8mb4,utf8&writeTimeout=60s"
}

// dump of a database by mariadb-dump.
func (m *mariadb) dump(t *testing.T, args ...string) []byte {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "mariadb-dump", append([]string{"--no-defaults", "--user=" + root, "--socket=" + m.socket, "--skip-dump-date"}, args...)...).Output() //nolint:gosec // Arguments of the tests' own.
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// data of a database as text, without what a restore may change.
func (m *mariadb) data(t *testing.T, database string) string {
	t.Helper()
	args := []string{"--skip-extended-insert", "--order-by-primary", "--skip-comments", database}
	for _, table := range []string{"Configurations", "ClusterDiscovery"} {
		args = append(args, "--ignore-table="+database+"."+table)
	}
	return regexp.MustCompile("(?s)DROP TABLE IF EXISTS `mattermost_dbtool_.*?UNLOCK TABLES;\n").ReplaceAllString(string(m.dump(t, args...)), "")
}

// mysqlEnv is the environment to back a database up.
func mysqlEnv(m *mariadb, database, bucket, name string) env {
	return backupEnv("", bucket, name).with(env{job.EnvDatabaseURL: m.url(database), job.EnvServerVersion: artifact.Mattermost9})
}
