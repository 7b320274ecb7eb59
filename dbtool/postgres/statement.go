package postgres

import (
	"slices"
	"strings"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/database"
)

// verdict decides what is done with a statement of a dump. A dump is data, not a program.
// Statements that pg_dump writes for data are run, statements about the place that the dump
// comes from are skipped, and all others are refused.
type verdict int

const (
	// refuse what pg_dump does not write, or what would run code of the dump. It is the
	// zero value, so that nothing is run by mistake.
	refuse verdict = iota
	// run what makes the data.
	run
	// late statements are run last. They create functions, which nothing may call before.
	late
	// load the rows that follow.
	load
	// skip and report what belongs to the place that the dump comes from.
	skip
	// understood is a setting that this program applies itself.
	understood
	// attempt what the data may do without.
	attempt
)

// statement of a dump, judged.
type statement struct {
	verdict verdict
	// title names the statement's command, in SQL keywords and never in words of the dump.
	title string
	// about names the table or other object of the statement.
	about name
	// what names a kind of skipped statements in the plural, such as "grants".
	what string
	// why the statement is refused.
	why string
	// sql to run.
	sql string
	// inserts says that rows are counted. Migration is the highest version that the rows
	// contain.
	inserts   bool
	migration int64
	// path is the search path that the statement sets.
	path *string
	// encoding that the statement sets.
	encoding string
	// backslashes says whether a backslash is an escape from here on, if the statement sets
	// that.
	backslashes *bool
}

// place is what a judge must know of the database that a dump goes to.
type place struct {
	// home is the schema of the dump that contains the server's tables.
	home string
	// path is the schema of names without one. It is empty if there is none.
	path string
	// schemas that exist: they are not created again.
	schemas map[string]bool
	// foreign schemas are others' and stay as they are.
	foreign map[string]bool
	// ofExtensions are the relations of extensions. Their rows may be what an extension's
	// workers run.
	ofExtensions map[name]bool
	// builtin functions of the server and its extensions. A function of a dump must not have
	// one of these names.
	builtin map[string]bool
	// reachable are functions that may be called as if they were columns, and that do more
	// than compute.
	reachable map[string]bool
}

// isOthers says whether a schema does not belong to the dump: this program's own schemas,
// and the foreign schemas of the target database.
func (p place) isOthers(schema string) bool {
	return p.foreign[schema] && schema != p.home || p.isProgram(schema)
}

// isProgram says whether this program creates a schema of this name.
func (p place) isProgram(schema string) bool {
	return schema == database.LedgerName ||
		strings.HasPrefix(schema, database.ReplacedPrefix) || strings.HasPrefix(schema, database.RestoringPrefix)
}

// isCatalog says whether a schema belongs to PostgreSQL itself.
func isCatalog(schema string) bool {
	return strings.HasPrefix(schema, "pg_") || schema == "information_schema"
}

// shape of statements that begin with the same words.
type shape struct {
	begin string
	read  func(place, *cursor) statement
}

// judge a statement by the first shape whose words fit.
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

// commands are the keywords that titles of refused statements may contain.
//
//nolint:gochecknoglobals // A constant set.
var commands = set(`
	abort alter analyze begin call checkpoint close cluster comment commit copy create deallocate declare delete discard do drop end execute explain fetch
	grant import insert listen load lock merge move notify prepare reassign refresh reindex release reset revoke rollback savepoint security select set
	show start truncate unlisten update vacuum values with
	table view index function procedure trigger rule type schema role user database system extension language server cast operator aggregate policy
	session authorization transaction foreign data wrapper mapping event default privileges large object program or replace materialized domain`)

// titleOf returns the SQL keywords that a refused statement begins with.
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

// resolve a name without a schema by the search path.
func (p place) resolve(n name) name {
	if n.schema == "" {
		n.schema = p.path
	}
	return n
}

// atHome starts the statement about a named object. OK is false if it is skipped or refused
// already.
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
	case p.ofExtensions[n]:
		s.verdict, s.what = skip, "statements about what extensions keep"
	default:
		return s, true
	}
	return s, false
}

// runs a statement if its remaining expressions have no fault.
func (p place) runs(s statement, c *cursor) statement {
	if s.why = p.fault(c.rest(), false); s.why == "" {
		s.verdict, s.sql = run, render(c.tokens)
	}
	return s
}

// separate says whether tokens contain a comma outside of parentheses, which would begin
// another action of an ALTER TABLE.
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
