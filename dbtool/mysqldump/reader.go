package mysqldump

import (
	"io"
	"regexp"
	"slices"
	"strings"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/failure"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
)

// Reader reads the statements of a dump of one database.
type Reader struct {
	splitter *splitter

	// server that the dump is of, as it calls itself.
	server string
	// charset that text is in.
	charset string
	// begun by a line of mysqldump's, or of one that imitates it.
	begun bool
	// ended by what mysqldump writes last.
	ended bool
	// database that is used, if the dump says so.
	database string
}

var (
	beginning     = regexp.MustCompile(`^-- (MySQL|MariaDB|mysqldump|Percona|mydumper)\b.*(dump|Distrib)`)
	serverVersion = regexp.MustCompile(`^-- Server version\s+(\S+)`)
	ending        = regexp.MustCompile(`^-- Dump completed\b`)
	// restoredNotes is the last setting that mysqldump restores, comments or not.
	restoredNotes = regexp.MustCompile(`(?i)^SET\s+SQL_NOTES\s*=\s*@OLD_SQL_NOTES`)
	savedNotes    = regexp.MustCompile(`(?i)^SET\s+@OLD_SQL_NOTES\s*=`)
)

// charsets that text can be read of as it is: binary is how mysqldump calls what it does
// not convert, and Mattermost's tables are in UTF-8.
//
//nolint:gochecknoglobals // A constant list.
var charsets = []string{"utf8mb4", "utf8mb3", "utf8", "binary"}

// NewReader reads a dump from its beginning.
func NewReader(r io.Reader) *Reader {
	d := &Reader{charset: "utf8mb4"}
	d.splitter = newSplitter(r, d.comment)
	return d
}

// Server that the dump is of, as it calls itself; empty as long as it is not known.
func (d *Reader) Server() string { return d.server }

// Charset that text is in.
func (d *Reader) Charset() string { return d.charset }

// comment of mysqldump's: it says what cannot be said in SQL.
func (d *Reader) comment(line string) {
	switch {
	case beginning.MatchString(line):
		d.begun = true
	case ending.MatchString(line):
		d.ended = true
	}
	if m := serverVersion.FindStringSubmatch(line); m != nil {
		d.server = m[1]
	}
}

// Next statement. The error is io.EOF after the last one of a dump that is complete, and
// marked with a reason if it is none, or not complete, or nothing that can be restored.
func (d *Reader) Next() (Statement, error) {
	text, err := d.splitter.next()
	if err == io.EOF { //nolint:errorlint // The splitter returns it as it is.
		return Statement{}, d.finish()
	}
	if err != nil {
		return Statement{}, err
	}
	st := judge(text)
	// The last statement says that the dump is complete: nothing may come after it.
	d.ended = false
	switch st.Kind {
	case Setting:
		return st, d.setting(body(st.Text))
	case Place:
		return st, d.place(body(st.Text))
	case Unknown:
		if !d.begun {
			return st, failure.New(job.ReasonUnknownFormat, "the dump is none of mysqldump")
		}
		return st, failure.Errorf(job.ReasonInvalid, "the dump has a statement that dumps do not have: %s", title(st.Text))
	case CreateTable, AlterTable, Insert, Program:
	}
	return st, nil
}

// finish after the last statement.
func (d *Reader) finish() error {
	switch {
	case !d.begun:
		return failure.New(job.ReasonUnknownFormat, "the dump is none of mysqldump")
	case !d.ended:
		return failure.New(job.ReasonCorrupt, "the dump ends before mysqldump says that it is complete; one that was made with --compact never says so")
	}
	return io.EOF
}

// setting of the session.
func (d *Reader) setting(text []byte) error {
	switch {
	case savedNotes.Match(text):
		d.begun = true
	case restoredNotes.Match(text):
		d.ended = true
	}
	m := setNames.FindSubmatch(text)
	if m == nil {
		return nil
	}
	// A variable restores what the session had before.
	d.charset = strings.ToLower(string(m[1]))
	if !slices.Contains(charsets, d.charset) {
		return failure.Errorf(job.ReasonInvalid, "the dump is in character set %s: make it with --default-character-set=utf8mb4", shown(d.charset))
	}
	return nil
}

// place that the dump comes from.
func (d *Reader) place(text []byte) error {
	m := useDatabase.FindSubmatch(text[:min(len(text), headBytes)])
	if m == nil {
		return nil
	}
	used := identifier(m[1], m[2])
	if d.database != "" && d.database != used {
		return failure.Errorf(job.ReasonInvalid, "the dump is of several databases, such as %s and %s: dump Mattermost's alone", shown(d.database), shown(used))
	}
	d.database = used
	return nil
}

// commands are words that titles may have.
//
//nolint:gochecknoglobals // A constant set.
var commands = set(`
	alter all analyze as binlog call change check checksum commit create deallocate delete describe do drop execute explain flush from global grant handler
	help import insert install into kill load lock low_priority optimize or prepare purge rename repair replace reset restart resume revoke rollback savepoint select session set
	show shutdown start stop table temporary truncate uninstall unlock update use values where with xa
	column component data database event file function global index instance local on or plugin privileges procedure role server tables tablespace trigger undo user view`)

// title of a statement: the words of SQL that it begins with, which are no data.
func title(text []byte) string {
	const most = 3
	var out []string
	for _, w := range strings.Fields(string(text[:min(len(text), headBytes)])) {
		if len(out) == most || !commands[strings.ToLower(w)] {
			break
		}
		out = append(out, strings.ToUpper(w))
	}
	if len(out) == 0 {
		return "it begins with no command that is known"
	}
	return strings.Join(out, " ")
}
