package postgres

import (
	"regexp"
	"slices"
	"strings"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/database"
)

// verdict says what is done with a statement of a dump.
type verdict int

const (
	// run what makes the data.
	run verdict = iota
	// skip what belongs to the place that the dump comes from: roles, databases,
	// transactions, and what would drop data that was moved away already.
	skip
	// attempt what the data may do without.
	attempt
	// refuse what is in no dump.
	refuse
)

// place is what a judge must know of the database that a dump goes to.
type place struct {
	// settings that the server knows.
	settings map[string]bool
	// schemas that exist: they are not created again.
	schemas map[string]bool
	// foreign schemas are others' and stay as they are.
	foreign map[string]bool
}

// beginnings of statements, and what is done with them; the first that fits counts.
//
//nolint:gochecknoglobals // A constant table.
var beginnings = []struct {
	words   string
	verdict verdict
}{
	{"BEGIN", skip}, {"START TRANSACTION", skip}, {"COMMIT", skip}, {"END", skip},
	{"ROLLBACK", refuse}, {"ABORT", refuse}, {"SAVEPOINT", refuse}, {"RELEASE", refuse}, {"PREPARE", refuse},
	{"GRANT", skip}, {"REVOKE", skip}, {"REASSIGN", skip}, {"DROP", skip}, {"SECURITY LABEL", skip},
	{"SET ROLE", skip}, {"SET SESSION AUTHORIZATION", skip}, {"SET LOCAL", skip}, {"SET TRANSACTION", skip}, {"SET CONSTRAINTS", run},
	{"SET DEFAULT_TABLESPACE", skip}, {"RESET ROLE", skip}, {"RESET SESSION", skip}, {"RESET ALL", skip}, {"DISCARD", skip},
	{"ALTER DEFAULT PRIVILEGES", skip}, {"ALTER DATABASE", skip}, {"ALTER ROLE", skip}, {"ALTER USER", skip}, {"ALTER SYSTEM", skip},
	{"ALTER SCHEMA", skip}, {"ALTER EXTENSION", skip}, {"ALTER PUBLICATION", skip}, {"ALTER SUBSCRIPTION", skip}, {"ALTER EVENT", skip},
	{"CREATE DATABASE", skip}, {"CREATE ROLE", skip}, {"CREATE USER", skip}, {"CREATE TABLESPACE", skip},
	{"CREATE PUBLICATION", skip}, {"CREATE SUBSCRIPTION", skip}, {"CREATE EVENT", skip},
	{"CREATE EXTENSION", attempt}, {"COMMENT ON EXTENSION", skip}, {"COMMENT ON SCHEMA", skip}, {"COMMENT ON DATABASE", skip},
}

var (
	owner        = regexp.MustCompile(`(?is)^ALTER\s.*\sOWNER\s+TO\s+("(?:[^"]|"")+"|\S+)$`)
	dropping     = regexp.MustCompile(`(?i)^ALTER\s+TABLE\s+(IF\s+EXISTS\s+)?(ONLY\s+)?\S+\s+(DROP\s+CONSTRAINT|ALTER\s+COLUMN\s+\S+\s+DROP\s+DEFAULT)`)
	createSchema = regexp.MustCompile(`(?i)^CREATE\s+SCHEMA\s+(?:IF\s+NOT\s+EXISTS\s+)?("[^"]+"|[\w$]+)`)
	setting      = regexp.MustCompile(`(?i)^SET\s+(?:SESSION\s+)?([\w.]+)`)
	qualifier    = regexp.MustCompile(`("(?:[^"]|"")+"|[A-Za-z_][\w$]*)\.`)
)

// judge a statement.
func (p place) judge(text string) verdict {
	head := text[:min(len(text), 1024)]
	words := strings.ToUpper(strings.Join(strings.Fields(head[:min(len(head), 200)]), " "))
	for _, b := range beginnings {
		if words == b.words || strings.HasPrefix(words, b.words+" ") {
			return b.verdict
		}
	}
	switch {
	case strings.HasPrefix(words, "COPY ") && !isCopy(text):
		return refuse
	case strings.HasPrefix(words, "ALTER ") && (owner.MatchString(text) || dropping.MatchString(head)):
		return skip
	case p.isForeign(head):
		return skip
	}
	if m := createSchema.FindStringSubmatch(head); m != nil && (p.schemas[unquote(m[1])] || p.isOthers(unquote(m[1]))) {
		return skip
	}
	if m := setting.FindStringSubmatch(head); m != nil && !p.settings[strings.ToLower(m[1])] {
		return skip
	}
	return run
}

// isForeign says whether a statement is about something in others' schema: its first
// name with a schema tells.
func (p place) isForeign(head string) bool {
	for _, m := range qualifier.FindAllStringSubmatch(head, 3) {
		if name := unquote(m[1]); name != "pg_catalog" {
			return p.isOthers(name)
		}
	}
	return false
}

// isOthers says whether a schema is not part of a dump: the program's own, or one that
// is somebody else's in the database that the dump goes to.
func (p place) isOthers(schema string) bool {
	return p.foreign[schema] || schema == database.LedgerName ||
		strings.HasPrefix(schema, database.ReplacedPrefix) || strings.HasPrefix(schema, database.RestoringPrefix)
}

// unquote an identifier.
func unquote(name string) string {
	if inner, ok := strings.CutPrefix(name, `"`); ok {
		return strings.ReplaceAll(strings.TrimSuffix(inner, `"`), `""`, `"`)
	}
	return strings.ToLower(name)
}

// metaCommands of psql that dumps have, and that mean nothing here.
//
//nolint:gochecknoglobals // A constant list.
var metaCommands = []string{`\restrict`, `\unrestrict`, `\connect`, `\c`, `\encoding`}

// isHarmless says whether a meta command can be left out.
func isHarmless(meta string) bool {
	command, _, _ := strings.Cut(meta, " ")
	return slices.Contains(metaCommands, command)
}
