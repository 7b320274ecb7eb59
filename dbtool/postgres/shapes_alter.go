package postgres

// alterTable allows the changes that pg_dump writes, one per statement.
func alterTable(p place, c *cursor) statement {
	if isOwner(c.tokens) {
		return statement{verdict: skip, what: "owners"}
	}
	c.words("if exists")
	c.words("only")
	n, ok := c.name()
	s, home := p.atHome(n, ok && !separate(c.rest()))
	if !home {
		return s
	}
	switch action, _ := c.oneOf("add constraint", "alter column", "alter", "attach partition", "cluster on", "replica identity",
		"enable", "disable", "force row level security", "no force row level security", "drop constraint", "drop column"); action {
	case "add constraint":
		if _, ok := c.identifier(); ok {
			return p.runs(s, c)
		}
	case "alter column", "alter":
		return p.alterColumn(s, c)
	case "attach partition":
		partition, ok := c.name()
		if other, home := p.atHome(partition, ok); !home {
			return other
		}
		return p.runs(s, c)
	case "cluster on", "replica identity":
		return p.runs(s, c)
	case "enable", "disable":
		if _, ok := c.oneOf("row level security"); ok {
			s.verdict, s.what = skip, "policies"
			return s
		}
		if _, ok := c.oneOf("trigger", "always trigger", "replica trigger"); ok {
			s.verdict, s.what = skip, "triggers"
			return s
		}
	case "force row level security", "no force row level security":
		s.verdict, s.what = skip, "policies"
		return s
	case "drop constraint", "drop column":
		s.verdict, s.what = skip, "DROP statements"
		return s
	}
	s.why = otherForm
	return s
}

// alterColumn of a table.
func (p place) alterColumn(s statement, c *cursor) statement {
	_, ok := c.identifier()
	action, known := c.oneOf("set default", "set statistics", "set storage", "set compression", "set not null", "set", "add generated", "drop default", "drop not null")
	switch {
	case !ok || !known, action == "set" && !c.peek().sign("("):
		s.why = otherForm
	case action == "drop default", action == "drop not null":
		s.verdict, s.what = skip, "DROP statements"
	default:
		return p.runs(s, c)
	}
	return s
}

// alterSequence sets the column that owns a sequence.
func alterSequence(p place, c *cursor) statement {
	if isOwner(c.tokens) {
		return statement{verdict: skip, what: "owners"}
	}
	c.words("if exists")
	n, ok := c.name()
	s, home := p.atHome(n, ok && c.words("owned by"))
	if !home {
		return s
	}
	table, ok := c.column()
	if other, home := p.atHome(table, ok && c.end()); !home {
		return other
	}
	s.verdict, s.sql = run, render(c.tokens)
	return s
}

// alterIndex of a partitioned table, or of an expression.
func alterIndex(p place, c *cursor) statement {
	if isOwner(c.tokens) {
		return statement{verdict: skip, what: "owners"}
	}
	c.words("only")
	n, ok := c.name()
	_, known := c.oneOf("attach partition", "alter column")
	s, home := p.atHome(n, ok && known && !separate(c.rest()))
	if !home {
		return s
	}
	return p.runs(s, c)
}

// alterMapping of a text search configuration.
func alterMapping(p place, c *cursor) statement {
	if isOwner(c.tokens) {
		return statement{verdict: skip, what: "owners"}
	}
	at := c.at
	n, ok := c.name()
	s, home := p.atHome(n, ok && c.words("add mapping for"))
	if !home {
		return s
	}
	c.qualify(at, n, s.about)
	return p.runs(s, c)
}
