package postgres

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/database"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/failure"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
)

//nolint:gosec // The passwords are made up.
func TestParseConnection(t *testing.T) {
	for _, of := range []struct {
		reason string
		c      database.Connection
		want   []string
		bad    job.Reason
	}{
		{
			"parameters that are not PostgreSQL's are left out", database.Connection{URL: "postgres://mm:p%40ss@db:6432/chat?sslmode=require&binary_parameters=yes&connect_timeout=5"},
			[]string{"PGAPPNAME=mattermost-dbtool", "PGCONNECT_TIMEOUT=5", "PGDATABASE=chat", "PGHOST=db", "PGPASSWORD=p@ss", "PGPORT=6432", "PGSSLMODE=require", "PGUSER=mm"}, "",
		},
		{
			"several hosts, and a schema", database.Connection{URL: "postgresql://mm:x@a:1,b:2/chat?search_path=chat"},
			[]string{"PGAPPNAME=mattermost-dbtool", "PGDATABASE=chat", "PGHOST=a,b", "PGOPTIONS=-c search_path=chat", "PGPASSWORD=x", "PGPORT=1,2", "PGUSER=mm"}, "",
		},
		{
			"another user's password is not the first one's", database.Connection{URL: "postgres://mm:x@db/chat", User: "dba"},
			[]string{"PGAPPNAME=mattermost-dbtool", "PGDATABASE=chat", "PGHOST=db", "PGPORT=5432", "PGUSER=dba"}, "",
		},
		{
			"another user", database.Connection{URL: "postgres://mm:x@db/chat", User: "dba", Password: "y", Name: "chat"},
			[]string{"PGAPPNAME=mattermost-dbtool", "PGDATABASE=chat", "PGHOST=db", "PGPASSWORD=y", "PGPORT=5432", "PGUSER=dba"}, "",
		},
		{"another database", database.Connection{URL: "postgres://mm:x@db/chat", Name: "other"}, nil, job.ReasonInvalid},
		{"no URL", database.Connection{URL: "postgres://mm:sec ret@db:port/chat"}, nil, job.ReasonInvalid},
	} {
		t.Run(of.reason, func(t *testing.T) {
			d, err := parse(of.c)
			if of.bad != "" {
				if failure.Reason(err) != of.bad || strings.Contains(err.Error(), "sec ret") {
					t.Errorf("%v, want %s", err, of.bad)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(of.want, d.Environment()); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}
