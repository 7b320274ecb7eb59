package backends

import (
	"context"
	"database/sql"
	"fmt"
	"net"
	"strconv"

	"github.com/go-sql-driver/mysql"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/test/kube"
)

const (
	mariadbName  = "mariadb"
	mariadbImage = "test/mariadb:10"
	mariadbPort  = 3306
)

// MariaDB is a MariaDB server in the cluster, for servers before Mattermost 11: they
// warn that it is not MySQL, and run on it.
type MariaDB struct {
	host     string
	address  string
	password string
}

// RunMariaDB runs a MariaDB server in a namespace, or finds the one that runs there.
func RunMariaDB(ctx context.Context, c client.Client, namespace string) (*MariaDB, error) {
	const secret, key = "mariadb-root", "password"
	values, err := kept(ctx, c, namespace, secret, key)
	if err != nil {
		return nil, err
	}
	address, err := server{
		namespace: namespace,
		name:      mariadbName,
		image:     mariadbImage,
		args:      []string{"--max-connections=500"},
		env:       []corev1.EnvVar{fromSecret("MARIADB_ROOT_PASSWORD", secret, key)},
		port:      mariadbPort,
		cpu:       "100m",
		started: corev1.ProbeHandler{Exec: &corev1.ExecAction{
			Command: []string{"mariadb", "--no-defaults", "--socket=/tmp/mariadb.sock", "--user=root", "--execute=SELECT 1"},
		}},
	}.run(ctx, c)
	if err != nil {
		return nil, errors.Wrap(err, "cannot run MariaDB")
	}
	return &MariaDB{
		host:     fmt.Sprintf("%s.%s.svc", mariadbName, namespace),
		address:  address,
		password: values[key],
	}, nil
}

// Database makes an empty database, in place of an earlier one, with a user of the same
// name, and returns the URL that pods reach it by. The user may replace the database by
// a restored one.
func (m *MariaDB) Database(ctx context.Context, name string) (string, error) {
	root, err := m.root(ctx)
	if err != nil {
		return "", err
	}
	defer func() { _ = root.Close() }()

	// Letters and digits, as it comes.
	password := credential()
	for _, statement := range []string{
		fmt.Sprintf("DROP DATABASE IF EXISTS `%s`", name),
		fmt.Sprintf("CREATE DATABASE `%s` CHARACTER SET utf8mb4", name),
		fmt.Sprintf("CREATE OR REPLACE USER `%s`@`%%` IDENTIFIED BY '%s'", name, password),
		fmt.Sprintf("GRANT ALL ON `%s`.* TO `%s`@`%%`", name, name),
		fmt.Sprintf("GRANT ALL ON `restoring\\_%%`.* TO `%s`@`%%`", name),
		fmt.Sprintf("GRANT ALL ON `replaced\\_%%`.* TO `%s`@`%%`", name),
	} {
		if _, err := root.ExecContext(ctx, statement); err != nil {
			// The statement holds a password, and so may the complaint.
			return "", errors.Errorf("cannot create database %s", name)
		}
	}
	return "mysql://" + mysqlDSN(name, password, m.host, name), nil
}

// DumpCommand dumps a database to standard output, compressed, in the server's own pod,
// where root needs no password.
func (m *MariaDB) DumpCommand(name string) string {
	return fmt.Sprintf("mariadb-dump --no-defaults --socket=/tmp/mariadb.sock --user=root --single-transaction --default-character-set=utf8mb4 %q | gzip", name)
}

// root is a pool of connections with every right.
func (m *MariaDB) root(ctx context.Context) (*sql.DB, error) {
	db, err := sql.Open("mysql", mysqlDSN("root", m.password, m.address, ""))
	if err != nil {
		return nil, errors.Wrap(err, "cannot connect to MariaDB")
	}
	// A Service takes connections a moment after its pod is ready.
	err = kube.Until(ctx, startLimit, db.PingContext)
	return db, errors.Wrap(err, "cannot connect to MariaDB as root")
}

func mysqlDSN(user, password, host, database string) string {
	c := mysql.NewConfig()
	c.User, c.Passwd, c.DBName = user, password, database
	c.Net, c.Addr = "tcp", net.JoinHostPort(host, strconv.Itoa(mariadbPort))
	c.Params = map[string]string{"charset": "utf8mb4"}
	return c.FormatDSN()
}
