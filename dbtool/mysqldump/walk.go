package mysqldump

import (
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/failure"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
)

// Names of tables of Mattermost's that tell what a dump is.
const (
	Migrations = "db_migrations"
	// Systems is in every version.
	Systems = "Systems"
)

// Summary of a dump that was read to its end.
type Summary struct {
	// Server that the dump is of, as it calls itself.
	Server string
	Tables int64
	Rows   int64
	// Migration is the last that Mattermost carried out, 0 if none.
	Migration int64
	// Programs are the statements of Kind Program.
	Programs int64
}

// Visitor is shown what a dump has. Both funcs may be nil.
type Visitor struct {
	// Table is called once for each table, before its rows.
	Table func(table string, columns []string) error
	// Row is called for each row, with a value for each of the columns; see
	// Statement.Rows.
	Row func(table string, columns []string, values [][]byte) error
}

// Walk through a dump to its end. It fails if the dump is not complete, or not of a
// Mattermost server.
func Walk(d *Reader, v Visitor) (Summary, error) {
	w := &walk{visitor: v, columns: map[string][]string{}}
	for {
		st, err := d.Next()
		if err == io.EOF { //nolint:errorlint // The reader returns it as it is.
			break
		}
		if err == nil {
			err = w.step(st)
		}
		if err != nil {
			return w.summary, err
		}
	}
	w.summary.Server = d.Server()
	if !w.server {
		return w.summary, NotMattermost()
	}
	return w.summary, nil
}

// NotMattermost is the error of a dump of something else.
func NotMattermost() error {
	return failure.Errorf(job.ReasonInvalid, "the dump is not of a Mattermost server: it has no table %s", Systems)
}

// walk through a dump.
type walk struct {
	visitor Visitor
	summary Summary
	columns map[string][]string
	// server says whether there are tables of Mattermost's.
	server bool
}

func (w *walk) step(st Statement) error {
	switch st.Kind {
	case CreateTable:
		return w.table(st)
	case Insert:
		return w.rows(st)
	case Program:
		w.summary.Programs++
	case Unknown, Setting, Place, AlterTable:
	}
	return nil
}

func (w *walk) table(st Statement) error {
	columns, err := st.Columns()
	if err != nil {
		return err
	}
	if w.columns[st.Table] != nil {
		return failure.Errorf(job.ReasonInvalid, "the dump has table %.64q twice", st.Table)
	}
	w.columns[st.Table] = columns
	// Some servers keep names in small letters.
	w.server = w.server || strings.EqualFold(st.Table, Systems)
	w.summary.Tables++
	if w.visitor.Table == nil {
		return nil
	}
	return w.visitor.Table(st.Table, columns)
}

func (w *walk) rows(st Statement) error {
	columns := w.columns[st.Table]
	if columns == nil {
		return failure.Errorf(job.ReasonCorrupt, "the dump has rows of table %.64q before the table", st.Table)
	}
	return st.Rows(func(named []string, values [][]byte) error {
		if named == nil {
			named = columns
		}
		if len(values) != len(named) {
			return failure.Errorf(job.ReasonCorrupt, "the dump has a row of table %.64q with %d values for %d columns", st.Table, len(values), len(named))
		}
		w.summary.Rows++
		if strings.EqualFold(st.Table, Migrations) {
			w.migrated(named, values)
		}
		if w.visitor.Row == nil {
			return nil
		}
		return w.visitor.Row(st.Table, named, values)
	})
}

// migrated remembers the latest of Mattermost's migrations.
func (w *walk) migrated(columns []string, values [][]byte) {
	i := slices.Index(columns, "Version")
	if i < 0 {
		return
	}
	if version, err := strconv.ParseInt(string(values[i]), 10, 64); err == nil {
		w.summary.Migration = max(w.summary.Migration, version)
	}
}
