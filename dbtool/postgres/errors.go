package postgres

import (
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/failure"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/process"
)

// classify an error of a session. What the server says of data is left out: it may be
// the configuration's.
func classify(err error) error {
	if err == nil {
		return nil
	}
	if answer := (*pgconn.PgError)(nil); errors.As(err, &answer) {
		return failure.Errorf(reason(answer.Code), "%s (SQLSTATE %s)", public(answer), answer.Code)
	}
	if c := (*pgconn.ConnectError)(nil); errors.As(err, &c) {
		return failure.Mark(job.ReasonUnavailable, err)
	}
	if pgconn.SafeToRetry(err) || strings.Contains(err.Error(), "conn closed") {
		return failure.Mark(job.ReasonUnavailable, err)
	}
	return failure.Mark(failure.Reason(err), err)
}

// public is what an answer says without data.
func public(answer *pgconn.PgError) string {
	if strings.HasPrefix(answer.Code, "22") {
		return "the server refuses a value"
	}
	return answer.Message
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
}{
	{"server version mismatch", job.ReasonTooNew},
	{"unsupported version", job.ReasonTooNew},
	{"No space left on device", job.ReasonDiskFull},
	{"password authentication failed", job.ReasonDatabaseDenied},
	{"permission denied", job.ReasonDatabaseDenied},
	{"no pg_hba.conf entry", job.ReasonDatabaseDenied},
	{"lock timeout", job.ReasonDatabaseInUse},
	{"could not connect", job.ReasonUnavailable},
	{"connection to server", job.ReasonUnavailable},
	{"server closed the connection", job.ReasonUnavailable},
	{"terminating connection", job.ReasonUnavailable},
}

// spoke classifies the failure of a client program by what it said.
func spoke(err error, otherwise job.Reason) error {
	f := (*process.Failed)(nil)
	if !errors.As(err, &f) {
		return err
	}
	for _, s := range saying {
		if strings.Contains(f.Stderr, s.text) {
			return failure.Mark(s.reason, err)
		}
	}
	return failure.Mark(otherwise, err)
}
