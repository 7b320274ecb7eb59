package mysqldump

import (
	"bytes"
	"regexp"
	"strings"
)

// Kind of a statement: what is to be done with it.
type Kind int

// Kinds.
const (
	// Unknown is in no dump.
	Unknown Kind = iota
	// Setting changes the session that would run the dump.
	Setting
	// Place belongs to the server that the dump comes from: databases, locks, and what
	// would drop the tables that are there.
	Place
	// CreateTable makes a table.
	CreateTable
	// AlterTable adds to a table what could not be made with it.
	AlterTable
	// Insert has rows of a table.
	Insert
	// Program is a view, a trigger, a routine or an event. Mattermost has none.
	Program
)

// Statement of a dump.
type Statement struct {
	Kind Kind
	// Table that it is about, for CreateTable, AlterTable and Insert.
	Table string
	// Text is good until the next statement is read, and may be written to.
	Text []byte
}

const name = "(?:`((?:[^`]|``)+)`|([\\w$]+))"

var (
	conditional = regexp.MustCompile(`^/\*M?!(\d*)\s*`)
	marks       = regexp.MustCompile(`/\*M?!\d*|\*/`)
	createTable = regexp.MustCompile(`(?i)^CREATE\s+TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?` + name + `\s*\(`)
	alterTable  = regexp.MustCompile(`(?i)^ALTER\s+TABLE\s+` + name + `\s+(\w+)\s+(\w+)`)
	insertInto  = regexp.MustCompile(`(?i)^(?:INSERT|REPLACE)\s+(?:IGNORE\s+)?INTO\s+` + name)
	useDatabase = regexp.MustCompile(`(?i)^USE\s+` + name)
	setNames    = regexp.MustCompile(`(?i)^SET\s+NAMES\s+'?(\w+)`)
)

// beginnings of statements, and their kinds; the first that fits counts.
//
//nolint:gochecknoglobals // A constant table.
var beginnings = []struct {
	words string
	kind  Kind
}{
	{"SET ", Setting},
	// Percona's asks in this way whether a setting exists.
	{"SELECT COUNT(*) INTO @ROCKSDB", Setting}, {"PREPARE S ", Setting}, {"EXECUTE S ", Setting}, {"DEALLOCATE PREPARE", Setting},
	{"CREATE DATABASE", Place}, {"CREATE SCHEMA", Place}, {"USE ", Place},
	{"LOCK TABLES", Place}, {"UNLOCK TABLES", Place}, {"START TRANSACTION", Place}, {"BEGIN", Place}, {"COMMIT", Place},
	{"DROP TABLE", Place}, {"DROP VIEW", Place}, {"DROP DATABASE", Place}, {"DROP TRIGGER", Place}, {"DROP PROCEDURE", Place},
	{"DROP FUNCTION", Place}, {"DROP EVENT", Place}, {"DROP PACKAGE", Place}, {"DROP SEQUENCE", Place},
	{"CHANGE MASTER", Place}, {"CHANGE REPLICATION", Place}, {"FLUSH ", Place}, {"ALTER DATABASE", Place}, {"ANALYZE ", Place},
	{"CREATE VIEW", Program}, {"CREATE OR REPLACE", Program}, {"CREATE ALGORITHM", Program}, {"CREATE DEFINER", Program},
	{"CREATE TRIGGER", Program}, {"CREATE PROCEDURE", Program}, {"CREATE FUNCTION", Program}, {"CREATE EVENT", Program},
	{"CREATE SQL SECURITY", Program}, {"CREATE PACKAGE", Program}, {"DELIMITER", Place},
}

// headBytes of a statement tell what it is.
const headBytes = 256

// judge a statement.
func judge(text []byte) Statement {
	st := Statement{Text: text}
	head := text[:min(len(text), headBytes)]
	wrapped := false
	// Views are created in pieces, each of which is a comment to old servers.
	for m := conditional.FindIndex(head); m != nil; m = conditional.FindIndex(head) {
		head, wrapped = head[m[1]:], true
	}
	if wrapped {
		head = bytes.TrimSuffix(bytes.TrimSpace(head), []byte("*/"))
	}
	if m := createTable.FindSubmatch(head); m != nil {
		st.Kind, st.Table = CreateTable, identifier(m[1], m[2])
		if wrapped {
			// It stands for a view until that is created.
			st.Kind = Program
		}
		return st
	}
	if m := insertInto.FindSubmatch(head); m != nil {
		st.Kind, st.Table = Insert, identifier(m[1], m[2])
		return st
	}
	if m := alterTable.FindSubmatch(head); m != nil {
		st.Kind, st.Table = AlterTable, identifier(m[1], m[2])
		switch strings.ToUpper(string(m[3]) + " " + string(m[4])) {
		case "DISABLE KEYS", "ENABLE KEYS", "DISCARD TABLESPACE", "IMPORT TABLESPACE":
			st.Kind = Place
		}
		return st
	}
	words := strings.ToUpper(strings.Join(strings.Fields(string(marks.ReplaceAll(head, []byte(" ")))), " "))
	for _, b := range beginnings {
		if strings.HasPrefix(words+" ", b.words) {
			st.Kind = b.kind
			return st
		}
	}
	return st
}

// identifier that was found with quotes, or else without.
func identifier(quoted, plain []byte) string {
	if len(quoted) > 0 {
		return strings.ReplaceAll(string(quoted), "``", "`")
	}
	return string(plain)
}

// body of a statement that is a comment to old servers.
func body(text []byte) []byte {
	if m := conditional.FindIndex(text); m != nil {
		return bytes.TrimSpace(bytes.TrimSuffix(bytes.TrimSpace(text[m[1]:]), []byte("*/")))
	}
	return text
}
