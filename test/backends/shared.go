package backends

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
)

// codeForbidden is PostgreSQL's for what a role has no privilege for.
const codeForbidden = "42501"

// Connection to the server as its superuser, for programs that make databases of
// their own on it, by the keys that Crossplane's providers know.
func (p *Postgres) Connection() map[string]string {
	return map[string]string{
		"endpoint": p.host,
		"port":     fmt.Sprint(postgresPort),
		"username": superuser,
		"password": p.password,
	}
}

// Reads says whether a role may read a table of a database, and fails when something
// else is in the way.
func (p *Postgres) Reads(ctx context.Context, c Credentials, database, table string) (bool, error) {
	err := p.read(ctx, c, database, table)
	var refusal *pgconn.PgError
	if errors.As(err, &refusal) && refusal.Code == codeForbidden {
		return false, nil
	}
	return err == nil, errors.Wrapf(err, "cannot read table %s of database %s as role %s", table, database, c.Username)
}

func (p *Postgres) read(ctx context.Context, c Credentials, database, table string) error {
	conn, err := pgx.Connect(ctx, dsn(c.Username, c.Password, p.address, database))
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(ctx) }()
	_, err = conn.Exec(ctx, "SELECT * FROM "+pgx.Identifier{table}.Sanitize()+" LIMIT 1")
	return err
}

// Has says whether the server has a database, and a role.
func (p *Postgres) Has(ctx context.Context, database, role string) (hasDatabase, hasRole bool, err error) {
	conn, err := p.superuser(ctx)
	if err != nil {
		return false, false, err
	}
	defer func() { _ = conn.Close(ctx) }()
	err = conn.QueryRow(ctx, "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1), EXISTS (SELECT FROM pg_roles WHERE rolname = $2)", database, role).Scan(&hasDatabase, &hasRole)
	return hasDatabase, hasRole, errors.Wrap(err, "cannot list databases and roles")
}
