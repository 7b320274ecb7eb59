package postgres

// table is a CREATE TABLE.
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
	// No dump contains CREATE TABLE … AS.
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

// named is an object whose definition contains at most expressions.
func named(p place, c *cursor) statement {
	n, ok := c.name()
	s, home := p.atHome(n, ok)
	if !home {
		return s
	}
	return p.runs(s, c)
}

// typed is an enumeration or a composite type. Other types need functions.
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

// inspected are tables that the program looks into, or corrects: in the place of one, a view's
// query would be run then.
//
//nolint:gochecknoglobals // A constant set.
var inspected = map[string]bool{systems: true, migrations: true, configurations: true, clusterDiscovery: true}

// view of tables.
func view(p place, c *cursor) statement {
	n, ok := c.name()
	s, home := p.atHome(n, ok)
	if !home {
		return s
	}
	if inspected[n.local] {
		s.why = "makes a view in the place of a table of the server's"
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

// options reads options in parentheses, including the opening one.
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

// materialized view. A statement of its own fills it.
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

// refresh a materialized view.
func refresh(p place, c *cursor) statement {
	n, ok := c.name()
	s, home := p.atHome(n, ok && c.end())
	if home {
		s.verdict, s.sql = run, "REFRESH MATERIALIZED VIEW "+s.about.sql()
	}
	return s
}

// schema is a CREATE SCHEMA. Only the schema of the server's tables is needed.
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

// extensions that servers and their plugins use. A failure to create one is no error.
//
//nolint:gochecknoglobals // A constant set.
var extensions = set(`pg_trgm btree_gin btree_gist citext hstore unaccent pgcrypto uuid-ossp ltree intarray fuzzystrmatch vector`)

// extension is created if the data may need it, but not among what belongs to others.
func extension(p place, c *cursor) statement {
	c.words("if not exists")
	n, ok := c.identifier()
	if !ok {
		return refused(otherForm)
	}
	sql, in := "CREATE EXTENSION IF NOT EXISTS "+quote(n), ""
	if c.words("with schema") {
		if in, ok = c.identifier(); !ok {
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
	case !extensions[n], p.isOthers(in):
		return statement{verdict: skip, what: "extensions"}
	}
	return statement{verdict: attempt, what: "extensions", about: name{local: n}, sql: sql}
}

// remarked are the kinds of objects that comments may be on.
//
//nolint:gochecknoglobals // A constant list.
var remarked = []string{"table", "column", "index", "view", "materialized view", "sequence", "type", "domain"}

// comment on an object. No data depends on it.
func comment(p place, c *cursor) statement {
	n := len(c.tokens)
	if n < 2 || !c.tokens[n-2].is("is") || c.tokens[n-1].kind != text && !c.tokens[n-1].is("null") {
		return refused(otherForm)
	}
	of, ok := c.oneOf(remarked...)
	if !ok {
		return statement{verdict: skip, what: "comments"}
	}
	next := c.name
	if of == "column" {
		next = c.column
	}
	at := c.at
	about, ok := next()
	s, home := p.atHome(about, ok && c.at == n-2)
	if home {
		c.qualify(at, about, s.about)
		s.verdict, s.sql = run, render(c.tokens)
	}
	return s
}
