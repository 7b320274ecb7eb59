package postgres

import (
	"slices"
	"strings"
)

// function is created after everything else. Its language reaches no further than SQL, it
// runs with the rights of its caller, and it has no name of one of PostgreSQL's own
// functions or of an extension's, so nothing calls it by accident.
func function(p place, c *cursor) statement {
	n, ok := c.name()
	s, home := p.atHome(n, ok)
	if !home {
		return s
	}
	if p.builtin[n.local] {
		s.why = "makes a function that is called like one of PostgreSQL's or of an extension's"
		return s
	}
	if !c.arguments() {
		s.why = otherForm
		return s
	}
	if s.why = c.definition(); s.why == "" {
		s.verdict, s.sql = late, render(made(c.tokens))
	}
	return s
}

// made returns the statement without OR REPLACE. An extension that the dump created may have
// a function of the same name.
func made(tokens []token) []token {
	if tokens[1].is("or") {
		return slices.Concat(tokens[:1], tokens[3:])
	}
	return tokens
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

// definition reads the definition of a function and returns why it is refused.
func (c *cursor) definition() string {
	if c.words("returns") && !c.returned() {
		return otherForm
	}
	languages, body := []string(nil), false
	for !c.end() {
		switch option, _ := c.oneOf("language", "as", "security definer", "immutable", "stable", "volatile", "strict", "called on null input", "returns null on null input",
			"not leakproof", "security invoker", "parallel safe", "parallel unsafe", "parallel restricted", "cost", "rows", "set search_path"); option {
		case "":
			return "has an option that functions of servers do not have"
		case "language":
			language, _ := c.identifier()
			languages = append(languages, language)
		case "as":
			body = c.constant(text)
		case "security definer":
			return "makes a function that runs with its owner's rights"
		default:
			if !c.argument(option) {
				return otherForm
			}
		}
	}
	switch {
	case len(languages) != 1, languages[0] != "sql" && languages[0] != "plpgsql":
		return "makes a function in another language than SQL"
	case !body:
		return otherForm
	}
	return ""
}

// argument reads the argument of a function's option, if the option has one.
func (c *cursor) argument(option string) bool {
	switch option {
	case "cost", "rows":
		return c.constant(number)
	case "set search_path":
		if !c.sign("=") && !c.words("to") {
			return false
		}
		_, ok := c.path()
		return ok
	}
	return true
}

// returned reads a return type or a table.
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

// path reads the list of schemas that search_path is set to.
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

// unquote an identifier in a text.
func unquote(in string) string {
	if inner, ok := strings.CutPrefix(in, `"`); ok {
		return strings.ReplaceAll(strings.TrimSuffix(inner, `"`), `""`, `"`)
	}
	return lower(in)
}
