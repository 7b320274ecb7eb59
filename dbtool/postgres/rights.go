package postgres

import (
	"context"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/failure"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
)

// holder is who owns what is in a schema now: of most tables, or else who asks.
const holder = `
SELECT coalesce((SELECT pg_catalog.pg_get_userbyid(relowner)::text FROM pg_catalog.pg_class
  WHERE relnamespace = pg_catalog.quote_ident($1::text)::regnamespace AND relkind IN ('r', 'p') GROUP BY relowner ORDER BY count(*) DESC, relowner LIMIT 1), session_user::text)`

// rights that replacing needs.
const rights = `
SELECT session_user::text,
       pg_catalog.pg_has_role(session_user, $2::name, 'MEMBER'),
       pg_catalog.has_database_privilege($2::name, pg_catalog.current_database(), 'CREATE'),
       pg_catalog.has_schema_privilege($2::name, $1::text, 'CREATE'),
       coalesce((SELECT pg_catalog.min(c.relname::text) FROM pg_catalog.pg_class c
         WHERE c.relnamespace = pg_catalog.quote_ident($1::text)::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm') AND NOT pg_catalog.pg_has_role($2::name, c.relowner, 'MEMBER')
           AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')), '')`

// powers are roles that reach beyond the database and that the connected user has or can
// act as. The owner of the data counts too, since the data is loaded in that role's name.
const powers = `
SELECT coalesce(pg_catalog.bool_or(r.rolsuper), false), count(*), coalesce(pg_catalog.bool_or(r.rolsuper AND r.rolname = $1), false), pg_catalog.current_database()::text
  FROM pg_catalog.pg_roles r
 WHERE (r.rolsuper OR r.rolname IN ('pg_execute_server_program', 'pg_read_server_files', 'pg_write_server_files'))
   AND (pg_catalog.pg_has_role(session_user, r.oid, 'MEMBER') OR pg_catalog.pg_has_role($1::name, r.oid, 'MEMBER'))`

// noPowers fails if the connected user or the owner of the data has more power over the
// server than to replace the data: a fault of this program would hand that power to the
// dump. The error says how to create a role without it.
func noPowers(ctx context.Context, q querier, schema, role string) error {
	super, owner, count, database := false, false, 0, ""
	if err := q.QueryRow(ctx, powers, role).Scan(&super, &count, &owner, &database); err != nil {
		return errors.Wrap(classify(err), "cannot ask for rights")
	}
	if count == 0 {
		return nil
	}
	what := "is a member of pg_execute_server_program, pg_read_server_files or pg_write_server_files"
	if super {
		what = "is a superuser of the database's server, or can act as one"
	}
	database, schema = quote(database), quote(schema)
	remedy := "CREATE ROLE mattermost_restore LOGIN PASSWORD '<password>' IN ROLE " + quote(role) + "; GRANT CREATE ON DATABASE " + database + " TO " + quote(role) + ";"
	if owner || super && role == "" {
		remedy = "CREATE ROLE mattermost_owner LOGIN PASSWORD '<password>'; ALTER DATABASE " + database + " OWNER TO mattermost_owner; ALTER SCHEMA " + schema + " OWNER TO mattermost_owner; " +
			"and ALTER TABLE, SEQUENCE, VIEW, MATERIALIZED VIEW, TYPE … OWNER TO mattermost_owner for all that is in it"
	}
	return failure.Errorf(job.ReasonDatabaseDenied, "the user that would load the dump %s, and a dump is not trusted with such rights. Use a role that owns the data and no more: %s. The platform's policy can permit it all the same: tool.allowSuperuser", what, remedy)
}

// ownerOf returns the owner of the data in a schema. It fails if the connected user cannot
// replace that data in the owner's name, or has more rights than that and is not allowed
// to. The error says what is wrong.
func ownerOf(ctx context.Context, q querier, schema string, allowSuperuser bool) (string, error) {
	role := ""
	if err := q.QueryRow(ctx, holder, schema).Scan(&role); err != nil {
		return "", errors.Wrap(classify(err), "cannot ask who owns the data")
	}
	if !allowSuperuser {
		if err := noPowers(ctx, q, schema, role); err != nil {
			return "", err
		}
	}
	user, table := "", ""
	member, database, create := false, false, false
	if err := q.QueryRow(ctx, rights, schema, role).Scan(&user, &member, &database, &create, &table); err != nil {
		return "", errors.Wrap(classify(err), "cannot ask for rights")
	}
	switch {
	case !member:
		return "", failure.Errorf(job.ReasonDatabaseDenied, "the data is role %q's, which user %q may not act as: GRANT it that role", role, user)
	case !database:
		return "", failure.Errorf(job.ReasonDatabaseDenied, "role %q may not create schemas: GRANT CREATE ON DATABASE", role)
	case !create:
		return "", failure.Errorf(job.ReasonDatabaseDenied, "role %q may not create tables in schema %q: GRANT CREATE ON SCHEMA", role, schema)
	case table != "":
		return "", failure.Errorf(job.ReasonDatabaseDenied, "role %q may not move table %q, which is somebody else's", role, table)
	}
	return role, nil
}
