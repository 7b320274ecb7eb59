package dbtool_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/database"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/failure"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/postgres"
	"github.com/crossplane-mattermost/crossplane-mattermost/test/local"
)

// TestWhatGotPastTheJudge is found before the program goes on in the name of who connected,
// or reads what was loaded.
func TestWhatGotPastTheJudge(t *testing.T) {
	const loaded = "CREATE TABLE public.systems (name text); "
	for _, tc := range []struct{ reason, sql, says string }{
		{"another role", loaded + "RESET ROLE", "changed the role"},
		{"a view for the migrations", loaded + "CREATE VIEW public.db_migrations AS SELECT 1/0 AS version", "db_migrations is no table"},
		{"a view for the configuration", loaded + "CREATE VIEW public.configurations AS SELECT (1/0)::text AS value, true AS active", "configurations is no table"},
		{"a view for the list of servers", loaded + "CREATE MATERIALIZED VIEW public.clusterdiscovery AS SELECT 1 AS id", "clusterdiscovery is no table"},
	} {
		t.Run(tc.reason, func(t *testing.T) {
			target := newDatabase(t, mattermost(100, "old"))
			d, err := postgres.Open(t.Context(), database.Connection{URL: here.URL(local.Superuser, target)})
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = d.Close(context.WithoutCancel(t.Context())) }()
			_, err = d.ReplaceBy(t.Context(), database.Request{ID: "uid-1", AllowSuperuser: true, Patience: 10 * time.Second}, "", func(ctx context.Context, tx pgx.Tx, _ string) (postgres.Loaded, error) {
				_, err := tx.Conn().PgConn().Exec(ctx, tc.sql).ReadAll()
				return postgres.Loaded{}, err
			})
			if failure.Reason(err) != job.ReasonInvalid || !strings.Contains(err.Error(), tc.says) {
				t.Errorf("%v", err)
			}
			if got := query(t, target, "SELECT value FROM systems"); got != "old" {
				t.Errorf("marker %q", got)
			}
		})
	}
}
