package postgres

import (
	"regexp"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/failure"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/process"
)

// classify an error of a session. The server's own text is not kept, since it may contain
// data or configuration. The SQLSTATE is kept, with a text of this program.
func classify(err error) error {
	if err == nil {
		return nil
	}
	if answer := (*pgconn.PgError)(nil); errors.As(err, &answer) {
		return failure.Errorf(reason(answer.Code), "%s", public(answer))
	}
	if c := (*pgconn.ConnectError)(nil); errors.As(err, &c) {
		return failure.Mark(job.ReasonUnavailable, err)
	}
	if pgconn.SafeToRetry(err) || strings.Contains(err.Error(), "conn closed") {
		return failure.Mark(job.ReasonUnavailable, err)
	}
	return failure.Mark(failure.Reason(err), err)
}

// public describes a server's error without its text: what the SQLSTATE means, and which
// object it is about.
func public(answer *pgconn.PgError) string {
	code := answer.Code
	if !sqlState.MatchString(code) {
		code = "unknown"
	}
	out := "the server refuses it"
	for _, m := range meanings {
		if strings.HasPrefix(code, m.code) {
			out = m.text
			break
		}
	}
	out += " (SQLSTATE " + code
	if names := shownNames(answer.SchemaName, answer.TableName, answer.ColumnName, answer.DataTypeName, answer.ConstraintName); names != "" {
		out += ", about " + names
	}
	return out + ")"
}

var sqlState = regexp.MustCompile(`^[0-9A-Z]{5}$`)

// meanings of SQLSTATEs, and of their classes.
//
//nolint:gochecknoglobals // A constant table.
var meanings = []struct{ code, text string }{
	{"08", "the connection to the server is broken"},
	{"0A", "the server does not know how to do that"},
	{"22", "the server refuses a value"},
	{"23502", "a value is missing"},
	{"23503", "a row refers to one that is not there"},
	{"23505", "two rows have the same key"},
	{"23", "a row breaks a rule of its table"},
	{"25006", "the server takes no changes: it is a replica, or read-only"},
	{"25P02", "the transaction has failed"},
	{"28", "the server refuses the user or the password"},
	{"3D", "there is no such database"},
	{"3F", "there is no such schema"},
	{"40P01", "others hold what is needed"},
	{"42501", "the user lacks a privilege"},
	{"42601", "the server cannot read the statement"},
	{"42P07", "something of that name is there already"},
	{"42710", "something of that name is there already"},
	{"42P01", "there is no such table"},
	{"42703", "there is no such column"},
	{"42704", "there is no such type, or another thing that is needed"},
	{"42883", "there is no such function"},
	{"42", "the server refuses the statement"},
	{"53100", "the server's disk is full"},
	{"53300", "the server has too many connections"},
	{"53", "the server lacks resources"},
	{"54", "something is larger than the server takes"},
	{"55006", "others use what is needed"},
	{"55P03", "others hold what is needed"},
	{"57014", "the statement was canceled"},
	{"57P03", "the server starts or stops"},
	{"57", "the server ended the session"},
	{"58", "the server's system failed"},
}

// reason of an SQLSTATE.
func reason(code string) job.Reason {
	switch code {
	case "42501":
		return job.ReasonDatabaseDenied
	case "53100":
		return job.ReasonDiskFull
	case "55P03", "55006":
		return job.ReasonDatabaseInUse
	case "42601":
		return job.ReasonCorrupt
	case "40001", "40P01":
		return job.ReasonUnavailable
	}
	switch code[:min(2, len(code))] {
	case "28":
		return job.ReasonDatabaseDenied
	case "08", "53", "57":
		return job.ReasonUnavailable
	case "22", "23":
		return job.ReasonCorrupt
	case "0A", "3D", "3F", "42":
		return job.ReasonInvalid
	}
	return job.ReasonInternal
}

// saying are texts of the client programs, and what they mean. There is nothing better:
// they have no codes.
//
//nolint:gochecknoglobals // A constant table.
var saying = []struct {
	text   string
	reason job.Reason
	means  string
}{
	{"server version mismatch", job.ReasonTooNew, "the server is newer than the program"},
	{"unsupported version", job.ReasonTooNew, "the archive is newer than the program"},
	{"No space left on device", job.ReasonDiskFull, "the disk is full"},
	{"password authentication failed", job.ReasonDatabaseDenied, "the server refuses the user or the password"},
	{"permission denied", job.ReasonDatabaseDenied, "the user lacks a privilege"},
	{"no pg_hba.conf entry", job.ReasonDatabaseDenied, "the server refuses the user from here"},
	{"lock timeout", job.ReasonDatabaseInUse, "others hold what is needed"},
	{"could not connect", job.ReasonUnavailable, "the server does not answer"},
	{"connection to server", job.ReasonUnavailable, "the server does not answer"},
	{"server closed the connection", job.ReasonUnavailable, "the server ended the session"},
	{"terminating connection", job.ReasonUnavailable, "the server ended the session"},
}

// denied matches the object that a client program may not read.
var denied = regexp.MustCompile(`permission denied for (table|view|sequence|schema|relation) ([A-Za-z_][A-Za-z0-9_$]{0,62})\b`)

// spoke classifies the failure of a client program by its output. The error has a text of
// this program, since the output may quote data.
func spoke(err error, otherwise job.Reason) error {
	f := (*process.Failed)(nil)
	if !errors.As(err, &f) {
		return err
	}
	for _, s := range saying {
		if !strings.Contains(f.Stderr, s.text) {
			continue
		}
		if m := denied.FindStringSubmatch(f.Stderr); m != nil {
			return failure.Errorf(s.reason, "%s failed: %s on %s %s", f.Program, s.means, m[1], m[2])
		}
		return failure.Errorf(s.reason, "%s failed: %s", f.Program, s.means)
	}
	return failure.Errorf(otherwise, "%s failed, and its message is not shown because it may contain data", f.Program)
}
