package postgres

import "strings"

// table that is created.
func table(p place, c *cursor) statement {
	c.words("if not exists")
	n, ok := c.name()
	s, home := p.atHome(n, ok)
	if !home {
		return s
	}
	if !c.peek().sign("(") {
		s.why = otherForm
		return s
	}
	// CREATE TABLE … AS is no table of a dump.
	depth := 0
	for _, t := range c.rest() {
		switch {
		case t.sign("("):
			depth++
		case t.sign(")"):
			depth--
		case depth == 0 && t.is("as"):
			s.why = otherForm
			return s
		}
	}
	return p.runs(s, c)
}

// named things whose definition is an expression at most.
func named(p place, c *cursor) statement {
	n, ok := c.name()
	s, home := p.atHome(n, ok)
	if !home {
		return s
	}
	return p.runs(s, c)
}

// typed is a type that is an enumeration or consists of columns. Others have functions.
func typed(p place, c *cursor) statement {
	n, ok := c.name()
	s, home := p.atHome(n, ok)
	if !home {
		return s
	}
	if _, ok := c.oneOf("as enum", "as"); !ok || !c.peek().sign("(") {
		s.why = "makes a type that needs functions"
		return s
	}
	return p.runs(s, c)
}

// index of a table.
func index(p place, c *cursor) statement {
	c.words("if not exists")
	_, named := c.identifier()
	on := c.words("on")
	c.words("only")
	n, ok := c.name()
	s, home := p.atHome(n, ok && named && on)
	if !home {
		return s
	}
	return p.runs(s, c)
}

// view of tables.
func view(p place, c *cursor) statement {
	n, ok := c.name()
	s, home := p.atHome(n, ok)
	if !home {
		return s
	}
	if c.peek().sign("(") {
		if _, ok := c.identifiers(); !ok {
			s.why = otherForm
			return s
		}
	}
	if c.words("with") && !c.options() || !c.words("as") {
		s.why = otherForm
		return s
	}
	if s.why = p.fault(c.rest(), true); s.why == "" {
		s.verdict, s.sql = run, render(c.tokens)
	}
	return s
}

// options in parentheses, of which the first was not read.
func (c *cursor) options() bool {
	if !c.sign("(") {
		return false
	}
	for !c.sign(")") {
		if c.end() || c.peek().sign("(") {
			return false
		}
		c.at++
	}
	return true
}

// materialized is a view that keeps what it shows. It is filled by a statement of its own.
func materialized(p place, c *cursor) statement {
	if n := len(c.tokens); n < 3 || !c.tokens[n-3].is("with") || !c.tokens[n-2].is("no") || !c.tokens[n-1].is("data") {
		n, ok := c.name()
		if s, home := p.atHome(n, ok); !home {
			return s
		}
		return refused("has no WITH NO DATA")
	}
	return view(p, c)
}

// refresh of what a view keeps.
func refresh(p place, c *cursor) statement {
	n, ok := c.name()
	s, home := p.atHome(n, ok && c.end())
	if home {
		s.verdict, s.sql = run, "REFRESH MATERIALIZED VIEW "+s.about.sql()
	}
	return s
}

// schema that is created. Only that of the server's tables is needed.
func schema(p place, c *cursor) statement {
	c.words("if not exists")
	n, ok := c.identifier()
	if c.words("authorization") {
		_, owner := c.identifier()
		ok = ok && owner
	}
	switch {
	case !ok || !c.end() || isCatalog(n):
		return refused(otherForm)
	case n != p.home:
		return statement{verdict: skip, what: "statements of schema " + shown(n)}
	case p.schemas[n]:
		return statement{verdict: understood}
	}
	return statement{verdict: run, sql: "CREATE SCHEMA " + quote(n)}
}

// extensions that servers and their plugins use. They are made if they can be.
//
//nolint:gochecknoglobals // A constant set.
var extensions = set(`pg_trgm btree_gin btree_gist citext hstore unaccent pgcrypto uuid-ossp ltree intarray fuzzystrmatch vector`)

// extension that is made, if the data might need it.
func extension(_ place, c *cursor) statement {
	c.words("if not exists")
	n, ok := c.identifier()
	if !ok {
		return refused(otherForm)
	}
	sql := "CREATE EXTENSION IF NOT EXISTS " + quote(n)
	if c.words("with schema") {
		in, ok := c.identifier()
		if !ok {
			return refused(otherForm)
		}
		if !isCatalog(in) {
			sql += " WITH SCHEMA " + quote(in)
		}
	}
	switch {
	case !c.end():
		return refused(otherForm)
	case n == "plpgsql":
		return statement{verdict: understood}
	case !extensions[n]:
		return statement{verdict: skip, what: "extensions"}
	}
	return statement{verdict: attempt, what: "extensions", about: name{local: n}, sql: sql}
}

// remarked are things that comments may be on.
//
//nolint:gochecknoglobals // A constant list.
var remarked = []string{"table", "column", "index", "view", "materialized view", "sequence", "type", "domain"}

// comment on something. It is never needed.
func comment(p place, c *cursor) statement {
	n := len(c.tokens)
	if n < 2 || !c.tokens[n-2].is("is") || c.tokens[n-1].kind != text && !c.tokens[n-1].is("null") {
		return refused(otherForm)
	}
	of, ok := c.oneOf(remarked...)
	if !ok {
		return statement{verdict: skip, what: "comments"}
	}
	about, ok := c.name()
	if of == "column" && c.sign(".") {
		_, ok = c.identifier()
	} else if of == "column" && ok {
		// A column of a table without its schema.
		about = name{local: about.schema}
	}
	s, home := p.atHome(about, ok && c.at == n-2)
	if home {
		s.verdict, s.sql = run, render(c.tokens)
	}
	return s
}

// function that is made after all else. It is in a language that reaches no further than
// SQL does, runs with the rights of who calls it, and is called like none of the server's:
// nothing calls it by itself.
func function(p place, c *cursor) statement {
	n, ok := c.name()
	s, home := p.atHome(n, ok)
	if !home {
		return s
	}
	if p.builtin[n.local] {
		s.why = "makes a function that is called like one of PostgreSQL's"
		return s
	}
	if !c.arguments() {
		s.why = otherForm
		return s
	}
	if s.why = c.definition(); s.why == "" {
		s.verdict, s.sql = late, render(c.tokens)
	}
	return s
}

// arguments of a function.
func (c *cursor) arguments() bool {
	if !c.sign("(") {
		return false
	}
	for depth := 1; depth > 0; c.at++ {
		switch {
		case c.end():
			return false
		case c.peek().sign("("):
			depth++
		case c.peek().sign(")"):
			depth--
		}
	}
	return true
}

// definition of a function, and why it is refused.
func (c *cursor) definition() string {
	if c.words("returns") && !c.returned() {
		return otherForm
	}
	language, body := "", false
	for !c.end() {
		switch option, _ := c.oneOf("language", "as", "immutable", "stable", "volatile", "strict", "called on null input", "returns null on null input",
			"not leakproof", "security invoker", "security definer", "parallel", "cost", "rows", "set search_path"); option {
		case "":
			return "has an option that functions of servers do not have"
		case "language":
			language, _ = c.identifier()
		case "as":
			if body = c.constant(text); !body {
				return otherForm
			}
		case "security definer":
			return "makes a function that runs with its owner's rights"
		case "parallel":
			if _, ok := c.oneOf("safe", "unsafe", "restricted"); !ok {
				return otherForm
			}
		case "cost", "rows":
			if !c.constant(number) {
				return otherForm
			}
		case "set search_path":
			if !c.sign("=") && !c.words("to") {
				return otherForm
			}
			if _, ok := c.path(); !ok {
				return otherForm
			}
		}
	}
	switch {
	case language != "sql" && language != "plpgsql":
		return "makes a function in another language than SQL"
	case !body:
		return otherForm
	}
	return ""
}

// returned type, or table.
func (c *cursor) returned() bool {
	if c.words("table") {
		return c.arguments()
	}
	c.words("setof")
	_, ok := c.name()
	for ok {
		switch _, more := c.oneOf("varying", "precision", "with time zone", "without time zone"); {
		case more:
		case c.peek().sign("("):
			ok = c.options()
		case c.sign("["):
			ok = c.sign("]")
		default:
			return true
		}
	}
	return false
}

// path is the list of schemas that search_path is set to.
func (c *cursor) path() ([]string, bool) {
	var all []string
	for {
		t := c.peek()
		if c.end() || t.kind != word && t.kind != quoted && t.kind != text {
			return nil, false
		}
		c.at++
		for part := range strings.SplitSeq(t.text, ",") {
			part = strings.TrimSpace(part)
			if t.kind == text {
				part = unquote(part)
			}
			all = append(all, part)
		}
		if !c.sign(",") {
			return all, true
		}
	}
}

// unquote an identifier within a text.
func unquote(in string) string {
	if inner, ok := strings.CutPrefix(in, `"`); ok {
		return strings.ReplaceAll(strings.TrimSuffix(inner, `"`), `""`, `"`)
	}
	return lower(in)
}
