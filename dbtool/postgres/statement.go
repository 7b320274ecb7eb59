package postgres

import (
	"slices"
	"strings"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/database"
)

// verdict says what is done with a statement of a dump. A dump is data, not a program:
// what pg_dump writes for data is run, what it writes for the place that the dump comes
// from is left out, and all else is refused.
type verdict int

const (
	// refuse what pg_dump does not write, or what would run code of the dump. It is the
	// zero value: nothing is run by mistake.
	refuse verdict = iota
	// run what makes the data.
	run
	// late is run after all else: functions, which nothing may call before.
	late
	// load the rows that follow.
	load
	// skip and report what belongs to the place that the dump comes from.
	skip
	// understood is a setting that the program itself knows how to follow.
	understood
	// attempt what the data may do without.
	attempt
)

// statement of a dump, judged.
type statement struct {
	verdict verdict
	// title names its shape, in words of SQL that are never the dump's own.
	title string
	// about is what it is about: a table, or something else with a name.
	about name
	// what it is, in the plural, if it is skipped: grants.
	what string
	// why it is refused.
	why string
	// sql that is run.
	sql string
	// inserts says that rows are counted; migration is the highest that they name.
	inserts   bool
	migration int64
	// path is the search path that it sets.
	path *string
	// encoding that it sets.
	encoding string
	// backslashes are escapes from here on, or are not any more.
	backslashes *bool
}

// place is what a judge must know of the database that a dump goes to.
type place struct {
	// home is the schema of the dump that the server's tables are in.
	home string
	// path is the schema that names without one are in, empty if there is none.
	path string
	// schemas that exist: they are not created again.
	schemas map[string]bool
	// foreign schemas are others' and stay as they are.
	foreign map[string]bool
	// builtin functions of the server: no function of a dump may be called like one.
	builtin map[string]bool
	// reachable are functions that may be called as if they were columns, and that do more
	// than compute.
	reachable map[string]bool
}

// isOthers says whether a schema is not part of a dump: the program's own, or one that
// is somebody else's in the database that the dump goes to.
func (p place) isOthers(schema string) bool {
	return p.foreign[schema] && schema != p.home || p.isProgram(schema)
}

// isProgram says whether a schema is one that the program makes.
func (p place) isProgram(schema string) bool {
	return schema == database.LedgerName ||
		strings.HasPrefix(schema, database.ReplacedPrefix) || strings.HasPrefix(schema, database.RestoringPrefix)
}

// isCatalog says whether a schema is the server's own.
func isCatalog(schema string) bool {
	return strings.HasPrefix(schema, "pg_") || schema == "information_schema"
}

// shape of statements, by their first words.
type shape struct {
	begin string
	read  func(place, *cursor) statement
}

// judge a statement. The first shape whose words fit decides.
func (p place) judge(tokens []token) statement {
	if !balanced(tokens) {
		return statement{title: titleOf(tokens), why: "has parentheses that do not match"}
	}
	for _, s := range shapes {
		c := &cursor{tokens: tokens}
		if c.words(s.begin) {
			out := s.read(p, c)
			out.title = strings.ToUpper(s.begin)
			return out
		}
	}
	return statement{title: titleOf(tokens)}
}

// balanced says whether all parentheses match.
func balanced(tokens []token) bool {
	var open []string
	for _, t := range tokens {
		if t.kind != symbol {
			continue
		}
		switch t.text {
		case "(", "[":
			open = append(open, t.text)
		case ")", "]":
			want := map[string]string{")": "(", "]": "["}[t.text]
			if len(open) == 0 || open[len(open)-1] != want {
				return false
			}
			open = open[:len(open)-1]
		}
	}
	return len(open) == 0
}

// commands are words that titles of refused statements may have.
//
//nolint:gochecknoglobals // A constant set.
var commands = set(`
	abort alter analyze begin call checkpoint close cluster comment commit copy create deallocate declare delete discard do drop end execute explain fetch
	grant import insert listen load lock merge move notify prepare reassign refresh reindex release reset revoke rollback savepoint security select set
	show start truncate unlisten update vacuum values with
	table view index function procedure trigger rule type schema role user database system extension language server cast operator aggregate policy
	session authorization transaction foreign data wrapper mapping event default privileges large object program or replace materialized domain`)

// titleOf a statement that is refused: the words of SQL that it begins with.
func titleOf(tokens []token) string {
	const most = 3
	var out []string
	for _, t := range tokens {
		if t.kind != word || !commands[t.text] || len(out) == most {
			break
		}
		out = append(out, strings.ToUpper(t.text))
	}
	return strings.Join(out, " ")
}

// resolve a name to one with a schema.
func (p place) resolve(n name) name {
	if n.schema == "" {
		n.schema = p.path
	}
	return n
}

// atHome is what the statement is about, or else it is left out or refused; ok says
// whether the statement is to be looked at further.
func (p place) atHome(n name, ok bool) (statement, bool) {
	n = p.resolve(n)
	s := statement{about: n}
	switch {
	case !ok:
		s.why = otherForm
	case isCatalog(n.schema), n.schema == "" && strings.HasPrefix(n.local, "pg_"):
		s.why = "is about the server's catalog"
	case n.schema != p.home:
		s.verdict, s.what = skip, "statements of schema "+shown(n.schema)
		if n.schema == "" {
			s.verdict, s.why = refuse, "names something without its schema"
		}
	case strings.HasPrefix(n.local, "pg_"):
		s.why = "is about a name of the server's catalog"
	default:
		return s, true
	}
	return s, false
}

// runs a statement whose rest has expressions in it.
func (p place) runs(s statement, c *cursor) statement {
	if s.why = p.fault(c.rest(), false); s.why == "" {
		s.verdict, s.sql = run, render(c.tokens)
	}
	return s
}

// separate says whether a comma outside of parentheses is among tokens: another action of
// an ALTER TABLE.
func separate(tokens []token) bool {
	depth := 0
	return slices.ContainsFunc(tokens, func(t token) bool {
		switch {
		case t.sign("("):
			depth++
		case t.sign(")"):
			depth--
		}
		return depth == 0 && t.sign(",")
	})
}

func refused(why string) statement { return statement{why: why} }

const otherForm = "is not of the form that pg_dump writes"
