package mysql

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	driver "github.com/go-sql-driver/mysql"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/database"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/failure"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
)

func TestParse(t *testing.T) {
	const url = "mysql://mm:p@ss/w:o%rd@tcp(db.example.com:3307)/chat?charset=utf8mb4,utf8&readTimeout=30s&tls=" //nolint:gosec // A test's.
	for _, tc := range []struct {
		reason     string
		connection database.Connection
		want       string
		refused    job.Reason
	}{
		{
			"as servers have it", database.Connection{URL: url + "false"},
			"[client]\nuser=\"mm\"\npassword=\"p@ss/w:o%rd\"\nhost=\"db.example.com\"\nport=\"3307\"\nprotocol=tcp\nskip-ssl\n", "",
		},
		{
			"another user", database.Connection{URL: url + "true", User: `o"t\her`, Password: "x\ny", Name: "chat"},
			"[client]\nuser=\"o\\\"t\\\\her\"\npassword=\"x\\ny\"\nhost=\"db.example.com\"\nport=\"3307\"\nprotocol=tcp\nssl\nssl-verify-server-cert\n", "",
		},
		{
			"another user has another password", database.Connection{URL: url + "skip-verify", User: "other"},
			"[client]\nuser=\"other\"\npassword=\"\"\nhost=\"db.example.com\"\nport=\"3307\"\nprotocol=tcp\nssl\nskip-ssl-verify-server-cert\n", "",
		},
		{
			"by a socket", database.Connection{URL: "mysql://mm@unix(/run/s)/chat"},
			"[client]\nuser=\"mm\"\npassword=\"\"\nsocket=\"/run/s\"\nskip-ssl\n", "",
		},
		{"another database", database.Connection{URL: url + "false", Name: "other"}, "", job.ReasonInvalid},
		{"no database", database.Connection{URL: "mysql://mm:x@tcp(db:3306)/"}, "", job.ReasonInvalid},
		{"a URL", database.Connection{URL: "mysql://mm:x@db:3306"}, "", job.ReasonInvalid}, //nolint:gosec // A test's.
	} {
		t.Run(tc.reason, func(t *testing.T) {
			got, err := parse(tc.connection)
			if err != nil {
				if failure.Reason(err) != tc.refused || tc.want != "" {
					t.Errorf("want %q, got %v", tc.refused, err)
				}
				return
			}
			if diff := cmp.Diff(tc.want, got.options()); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			if got.config.ReadTimeout != 0 {
				t.Error("what takes long would be interrupted")
			}
		})
	}
}

func TestCollations(t *testing.T) {
	known := collations{"utf8mb4_general_ci": true, "utf8mb4_bin": true}
	for _, tc := range []struct {
		reason, statement, want string
	}{
		{"known", "COLLATE=utf8mb4_general_ci", "COLLATE=utf8mb4_general_ci"},
		{"MySQL's", "`a` text COLLATE utf8mb4_0900_ai_ci) COLLATE=utf8mb4_0900_AI_CI", "`a` text COLLATE utf8mb4_unicode_520_ci) COLLATE=utf8mb4_unicode_520_ci"},
		{"by case", "collate utf8mb4_0900_as_cs", "collate utf8mb4_bin"},
		{"MariaDB's", "COLLATE=uca1400_ai_ci COLLATE utf8mb3_uca1400_as_cs", "COLLATE=utf8mb4_unicode_520_ci COLLATE utf8mb3_bin"},
		{"another character set", "COLLATE latin1_german3_ci", "COLLATE latin1_general_ci"},
		{"in texts and names nothing is meant", "`collate x` text DEFAULT 'it''s \\\\' 'collate x' COLLATE x_cs COMMENT 'COLLATE=x'", "`collate x` text DEFAULT 'it''s \\\\' 'collate x' COLLATE x_bin COMMENT 'COLLATE=x'"},
		{"none", "DEFAULT CHARSET=utf8mb4", "DEFAULT CHARSET=utf8mb4"},
	} {
		t.Run(tc.reason, func(t *testing.T) {
			if got := string(known.adapt([]byte(tc.statement))); got != tc.want {
				t.Errorf("want %s, got %s", tc.want, got)
			}
		})
	}
}

func TestClassify(t *testing.T) {
	for _, tc := range []struct {
		reason string
		err    error
		want   job.Reason
		text   string
	}{
		{"a refused login, without what the server says", &driver.MySQLError{Number: 1045, Message: "Access denied for user 'a'"}, job.ReasonDatabaseDenied, "the server refuses the user, the password, or what is to be done (error 1045)"},
		{"data is not quoted", &driver.MySQLError{Number: 1062, Message: "Duplicate entry 'secret' for key 'a'"}, job.ReasonCorrupt, "the server refuses it (error 1062)"},
		{"a full disk", &driver.MySQLError{Number: 1114}, job.ReasonDiskFull, "the server refuses it (error 1114)"},
		{"a lost session", driver.ErrInvalidConn, job.ReasonUnavailable, driver.ErrInvalidConn.Error()},
	} {
		t.Run(tc.reason, func(t *testing.T) {
			got := classify(tc.err)
			if failure.Reason(got) != tc.want || got.Error() != tc.text {
				t.Errorf("want %s: %s; got %s: %v", tc.want, tc.text, failure.Reason(got), got)
			}
		})
	}
}
