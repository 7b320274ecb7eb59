package backends

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"strings"

	"github.com/jackc/pgx/v5"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/test/kube"
)

const (
	postgresName  = "postgres"
	postgresImage = "test/postgres:15"
	postgresPort  = 5432
	superuser     = "postgres"
)

// Postgres is a PostgreSQL server in the cluster.
type Postgres struct {
	host     string
	address  string
	password string
}

// RunPostgres runs a PostgreSQL server in a namespace, or finds the one that runs
// there.
func RunPostgres(ctx context.Context, c client.Client, namespace string) (*Postgres, error) {
	const secret, key = "postgres-superuser", "password" //nolint:gosec // Names, not values.
	values, err := kept(ctx, c, namespace, secret, key)
	if err != nil {
		return nil, err
	}
	address, err := server{
		namespace: namespace,
		name:      postgresName,
		image:     postgresImage,
		// Each replica of a server may open a hundred connections.
		args: []string{"-c", "max_connections=500"},
		env: []corev1.EnvVar{
			fromSecret("POSTGRES_PASSWORD", secret, key),
			{Name: "PGDATA", Value: "/data/pgdata"},
		},
		port: postgresPort,
		cpu:  "250m",
		started: corev1.ProbeHandler{Exec: &corev1.ExecAction{
			Command: []string{"pg_isready", "--host=127.0.0.1", "--quiet"},
		}},
	}.run(ctx, c)
	if err != nil {
		return nil, errors.Wrap(err, "cannot run PostgreSQL")
	}
	return &Postgres{
		host:     fmt.Sprintf("%s.%s.svc", postgresName, namespace),
		address:  address,
		password: values[key],
	}, nil
}

// Database makes an empty database, in place of an earlier one, with an owner of
// the same name, and returns the URL that pods reach it by.
func (p *Postgres) Database(ctx context.Context, name string) (string, error) {
	password := credential()
	return dsn(name, password, p.host, name), p.create(ctx, name, password)
}

// Credentials of a role.
type Credentials struct {
	Username, Password string
}

// DatabaseFor makes a database as Database does, and returns the credentials of its
// owner as they are: the password has characters that mean something else in a URL
// and in a DSN.
func (p *Postgres) DatabaseFor(ctx context.Context, name string) (Credentials, error) {
	out := Credentials{Username: name, Password: credential() + ` @:/?#[]!$&'()*+,;=%40\"`}
	return out, p.create(ctx, name, out.Password)
}

func (p *Postgres) create(ctx context.Context, name, password string) error {
	conn, err := p.superuser(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(ctx) }()

	role := pgx.Identifier{name}.Sanitize()
	for _, statement := range []string{
		fmt.Sprintf("DROP DATABASE IF EXISTS %s WITH (FORCE)", role),
		fmt.Sprintf("DROP ROLE IF EXISTS %s", role),
		fmt.Sprintf("CREATE ROLE %s LOGIN PASSWORD '%s'", role, strings.ReplaceAll(password, "'", "''")),
		fmt.Sprintf("CREATE DATABASE %s OWNER %s", role, role),
	} {
		if _, err := conn.Exec(ctx, statement); err != nil {
			// The statement holds a password, and so may the complaint.
			return errors.Errorf("cannot create database %s", name)
		}
	}
	return nil
}

// superuser is a connection with every right.
func (p *Postgres) superuser(ctx context.Context) (conn *pgx.Conn, err error) {
	// A Service takes connections a moment after its pod is ready.
	err = kube.Until(ctx, startLimit, func(ctx context.Context) (err error) {
		conn, err = pgx.Connect(ctx, dsn(superuser, p.password, p.address, superuser))
		return err
	})
	return conn, errors.Wrap(err, "cannot connect to PostgreSQL as its superuser")
}

func dsn(user, password, host, database string) string {
	u := url.URL{
		Scheme:   "postgres",
		User:     url.UserPassword(user, password),
		Host:     net.JoinHostPort(host, fmt.Sprint(postgresPort)),
		Path:     database,
		RawQuery: "sslmode=disable&connect_timeout=10",
	}
	return u.String()
}
