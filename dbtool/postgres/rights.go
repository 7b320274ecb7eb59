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
  WHERE relnamespace = $1::text::regnamespace AND relkind IN ('r', 'p') GROUP BY relowner ORDER BY count(*) DESC, relowner LIMIT 1), session_user::text)`

// rights that replacing needs.
const rights = `
SELECT session_user::text,
       pg_catalog.pg_has_role(session_user, $2::name, 'MEMBER'),
       pg_catalog.has_database_privilege($2::name, pg_catalog.current_database(), 'CREATE'),
       pg_catalog.has_schema_privilege($2::name, $1::text, 'CREATE'),
       coalesce((SELECT pg_catalog.min(c.relname::text) FROM pg_catalog.pg_class c
         WHERE c.relnamespace = $1::text::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm') AND NOT pg_catalog.pg_has_role($2::name, c.relowner, 'MEMBER')
           AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')), '')`

// ownerOf the data in a schema. It fails if who is connected cannot replace that data in
// the owner's name, and says what is missing.
func ownerOf(ctx context.Context, q querier, schema string) (string, error) {
	role := ""
	if err := q.QueryRow(ctx, holder, schema).Scan(&role); err != nil {
		return "", errors.Wrap(classify(err), "cannot ask who owns the data")
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
