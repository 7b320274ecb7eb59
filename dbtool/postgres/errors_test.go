package postgres

import (
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
)

func TestReasons(t *testing.T) {
	for code, want := range map[string]job.Reason{
		"28P01": job.ReasonDatabaseDenied, "42501": job.ReasonDatabaseDenied, "53100": job.ReasonDiskFull, "53300": job.ReasonUnavailable, "55P03": job.ReasonDatabaseInUse,
		"57P01": job.ReasonUnavailable, "08006": job.ReasonUnavailable, "22P02": job.ReasonCorrupt, "23505": job.ReasonCorrupt, "42601": job.ReasonCorrupt,
		"42P07": job.ReasonInvalid, "3D000": job.ReasonInvalid, "40P01": job.ReasonUnavailable, "XX000": job.ReasonInternal, "": job.ReasonInternal,
	} {
		if got := reason(code); got != want {
			t.Errorf("%s: %s, want %s", code, got, want)
		}
	}
}

func TestLastWordsAreHeard(t *testing.T) {
	for severity, want := range map[string]bool{"ERROR": true, "WARNING": true, "PANIC": false} {
		for _, otherwise := range []bool{true, false} {
			handler := goesOn(func(*pgconn.PgConn, *pgconn.PgError) bool { return otherwise })
			if got := handler(nil, &pgconn.PgError{Severity: "whatever the language", SeverityUnlocalized: severity}); got != (want && otherwise) {
				t.Errorf("a session goes on after %s, otherwise %t: %t", severity, otherwise, got)
			}
		}
	}
}
