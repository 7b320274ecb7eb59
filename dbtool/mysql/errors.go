package mysql

import (
	"strings"

	"database/sql/driver"

	mysql "github.com/go-sql-driver/mysql"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/failure"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/process"
)

// answers of servers, and what they mean.
//
//nolint:gochecknoglobals // A constant table.
var answers = map[uint16]job.Reason{
	1044: job.ReasonDatabaseDenied, 1045: job.ReasonDatabaseDenied, 1142: job.ReasonDatabaseDenied, 1143: job.ReasonDatabaseDenied,
	1227: job.ReasonDatabaseDenied, 1370: job.ReasonDatabaseDenied, 1410: job.ReasonDatabaseDenied, 1698: job.ReasonDatabaseDenied,
	1820: job.ReasonDatabaseDenied, 1862: job.ReasonDatabaseDenied, 3118: job.ReasonDatabaseDenied, 4151: job.ReasonDatabaseDenied,
	1021: job.ReasonDiskFull, 1114: job.ReasonDiskFull, 1041: job.ReasonDiskFull,
	1205: job.ReasonDatabaseInUse, 1213: job.ReasonUnavailable,
	1040: job.ReasonUnavailable, 1203: job.ReasonUnavailable, 1226: job.ReasonUnavailable, 1053: job.ReasonUnavailable,
	1077: job.ReasonUnavailable, 1158: job.ReasonUnavailable, 1159: job.ReasonUnavailable, 1160: job.ReasonUnavailable, 1161: job.ReasonUnavailable,
	1290: job.ReasonDatabaseDenied, 1836: job.ReasonDatabaseDenied, 3159: job.ReasonDatabaseDenied,
	1049: job.ReasonInvalid, 1064: job.ReasonInvalid, 1115: job.ReasonInvalid, 1273: job.ReasonInvalid, 1286: job.ReasonInvalid, 1435: job.ReasonInvalid,
	1054: job.ReasonCorrupt, 1062: job.ReasonCorrupt, 1136: job.ReasonCorrupt, 1146: job.ReasonCorrupt, 1366: job.ReasonCorrupt, 1406: job.ReasonCorrupt, 4025: job.ReasonCorrupt,
}

// classify an error of a session. What the server says of data is left out: it may be
// the configuration's.
func classify(err error) error {
	if err == nil {
		return nil
	}
	if answer := (*mysql.MySQLError)(nil); errors.As(err, &answer) {
		reason, ok := answers[answer.Number]
		if !ok {
			reason = job.ReasonInternal
		}
		means := "the server refuses it"
		switch reason {
		case job.ReasonDatabaseDenied:
			means = "the server refuses the user, the password, or what is to be done"
		case job.ReasonUnavailable:
			means = "the server is not available"
		}
		return failure.Errorf(reason, "%s (error %d)", means, answer.Number)
	}
	switch {
	case errors.Is(err, mysql.ErrPktTooLarge):
		return failure.New(job.ReasonInvalid, "a statement is longer than the server takes: raise its max_allowed_packet")
	case errors.Is(err, driver.ErrBadConn), errors.Is(err, mysql.ErrInvalidConn):
		return failure.Mark(job.ReasonUnavailable, err)
	}
	return failure.Mark(failure.Reason(err), err)
}

// saying are texts of the client program, and what they mean. There is nothing better:
// it has no codes.
//
//nolint:gochecknoglobals // A constant table.
var saying = []struct {
	text   string
	reason job.Reason
}{
	{"Access denied", job.ReasonDatabaseDenied},
	{"command denied", job.ReasonDatabaseDenied},
	{"No space left on device", job.ReasonDiskFull},
	{"Unknown database", job.ReasonInvalid},
	{"max_allowed_packet", job.ReasonInvalid},
	{"Can't connect", job.ReasonUnavailable},
	{"Lost connection", job.ReasonUnavailable},
	{"Too many connections", job.ReasonUnavailable},
	{"gone away", job.ReasonUnavailable},
}

// spoke classifies the failure of the client program by what it said.
func spoke(err error) error {
	f := (*process.Failed)(nil)
	if !errors.As(err, &f) {
		return err
	}
	for _, s := range saying {
		if strings.Contains(f.Stderr, s.text) {
			return failure.Mark(s.reason, err)
		}
	}
	return failure.Mark(job.ReasonInternal, err)
}
