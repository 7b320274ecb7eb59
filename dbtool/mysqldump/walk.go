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

// Visitor is shown what a dump has. All funcs may be nil.
type Visitor struct {
	// Run is called with what a server has to carry out: a CreateTable, an AlterTable or an
	// Insert, as SQL that was made of what was read. What mysqldump does not write for tables
	// of Mattermost's is refused if it is set, so that who only checks a dump sets it too.
	Run func(of Kind, table, sql string) error
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
		return w.summary, notMattermost()
	}
	return w.summary, nil
}

// notMattermost is the error of a dump of something else.
func notMattermost() error {
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
	case AlterTable:
		return w.alter(st)
	case Unknown, Setting, Place:
	}
	return nil
}

// alter adds keys and constraints to a table of the dump.
func (w *walk) alter(st Statement) error {
	if w.visitor.Run == nil {
		return nil
	}
	if w.columns[st.Table] == nil {
		return failure.Errorf(job.ReasonInvalid, "the dump changes table %s, which it did not make", shown(st.Table))
	}
	sql, err := st.complete()
	if err != nil {
		return err
	}
	return w.visitor.Run(st.Kind, st.Table, sql)
}

// define a table, and return its columns.
func (w *walk) define(st Statement) ([]string, error) {
	if w.visitor.Run == nil {
		return st.Columns()
	}
	sql, columns, err := st.define()
	if err != nil {
		return nil, err
	}
	return columns, w.visitor.Run(st.Kind, st.Table, sql)
}

func (w *walk) table(st Statement) error {
	if w.columns[st.Table] != nil {
		return failure.Errorf(job.ReasonInvalid, "the dump has table %s twice", shown(st.Table))
	}
	columns, err := w.define(st)
	if err != nil {
		return err
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
		return failure.Errorf(job.ReasonCorrupt, "the dump has rows of table %s before the table", shown(st.Table))
	}
	if w.visitor.Run == nil {
		return w.visit(st, columns)
	}
	// Rows are decoded where they stand: their statement is made before.
	sql, err := st.rewrite()
	if err != nil {
		return err
	}
	if err := w.visit(st, columns); err != nil {
		return err
	}
	return w.visitor.Run(st.Kind, st.Table, sql)
}

// visit rows.
func (w *walk) visit(st Statement, columns []string) error {
	return st.Rows(func(named []string, values [][]byte) error {
		if named == nil {
			named = columns
		}
		if len(values) != len(named) {
			return failure.Errorf(job.ReasonCorrupt, "the dump has a row of table %s with %d values for %d columns", shown(st.Table), len(values), len(named))
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
