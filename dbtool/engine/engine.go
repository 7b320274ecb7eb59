// Package engine chooses what serves a database, by its URL and the dump.
package engine

import (
	"context"
	"strings"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/conversion"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/database"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/dump"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/failure"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/mysql"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/postgres"
)

// Of a URL.
func Of(url string) (dump.Engine, error) {
	switch scheme, _, _ := strings.Cut(url, "://"); scheme {
	case "postgres", "postgresql":
		return dump.PostgreSQL, nil
	case "mysql":
		return dump.MySQL, nil
	}
	return "", failure.New(job.ReasonInvalid, "the database's URL begins with neither postgres:// nor mysql://")
}

// Origin that a connection leads to.
func Origin(ctx context.Context, c database.Connection) (database.Origin, error) {
	engine, err := Of(c.URL)
	if err != nil {
		return nil, err
	}
	if engine == dump.MySQL {
		return mysql.Open(ctx, c)
	}
	return postgres.Open(ctx, c)
}

// Target that a connection leads to, for dumps of an engine; empty if there is no dump,
// because a request is only looked up, or forgotten.
func Target(ctx context.Context, c database.Connection, of dump.Engine) (database.Target, error) {
	engine, err := Of(c.URL)
	if err != nil {
		return nil, err
	}
	switch {
	case engine == of, of == "":
		return own(ctx, c, engine)
	case engine == dump.PostgreSQL && of == dump.MySQL:
		return conversion.Open(ctx, c)
	}
	return nil, failure.Errorf(job.ReasonInvalid, "cannot restore a dump of %s to a database of %s", of, engine)
}

// own target of an engine.
func own(ctx context.Context, c database.Connection, engine dump.Engine) (database.Target, error) {
	if engine == dump.MySQL {
		return mysql.Open(ctx, c)
	}
	return postgres.Open(ctx, c)
}
