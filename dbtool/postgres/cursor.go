package postgres

import (
	"slices"
	"strings"
)

// cursor reads the tokens of a statement from its beginning.
type cursor struct {
	tokens []token
	at     int
}

// end says whether no token is left.
func (c *cursor) end() bool { return c.at >= len(c.tokens) }

// peek at the next token. At the end it returns the zero token.
func (c *cursor) peek() token {
	if c.end() {
		return token{kind: symbol}
	}
	return c.tokens[c.at]
}

// words reads the given words if all of them come next.
func (c *cursor) words(of string) bool {
	begin := c.at
	for w := range strings.FieldsSeq(of) {
		if !c.peek().is(w) {
			c.at = begin
			return false
		}
		c.at++
	}
	return true
}

// oneOf reads and returns the first of some phrases that comes next.
func (c *cursor) oneOf(phrases ...string) (string, bool) {
	for _, p := range phrases {
		if c.words(p) {
			return p, true
		}
	}
	return "", false
}

// sign reads a symbol if it comes next.
func (c *cursor) sign(of string) bool {
	if c.peek().sign(of) {
		c.at++
		return true
	}
	return false
}

// constant reads a constant of a kind if it comes next.
func (c *cursor) constant(of kind) bool {
	if !c.end() && c.peek().kind == of {
		c.at++
		return true
	}
	return false
}

// identifier reads the identifier that comes next.
func (c *cursor) identifier() (string, bool) {
	t := c.peek()
	if c.end() || !t.identifier() || t.text == "" {
		return "", false
	}
	c.at++
	return t.text, true
}

// name reads the name that comes next, with or without a schema. A name of three parts would
// begin with that of a database, and is no name.
func (c *cursor) name() (name, bool) {
	n, ok := c.first()
	return n, ok && !c.peek().sign(".")
}

// column that comes next, with its table's name: that is returned.
func (c *cursor) column() (name, bool) {
	table, ok := c.first()
	if !ok || !c.sign(".") {
		// The table has no schema.
		return name{local: table.schema}, ok && table.schema != ""
	}
	_, ok = c.identifier()
	return table, ok && !c.peek().sign(".")
}

// first parts of a name: two if there are as many.
func (c *cursor) first() (name, bool) {
	first, ok := c.identifier()
	if !ok || !c.sign(".") {
		return name{local: first}, ok
	}
	second, ok := c.identifier()
	return name{schema: first, local: second}, ok
}

// qualify the name that was read at a position with the schema that it was judged by. The
// server would look into its catalog first.
func (c *cursor) qualify(at int, read, judged name) {
	if read.schema == "" {
		c.tokens = slices.Insert(slices.Clone(c.tokens), at, token{quoted, judged.schema}, token{symbol, "."})
		c.at += 2
	}
}

// identifiers reads identifiers in parentheses, separated by commas.
func (c *cursor) identifiers() ([]string, bool) {
	if !c.sign("(") {
		return nil, false
	}
	var all []string
	for {
		i, ok := c.identifier()
		if !ok {
			return nil, false
		}
		all = append(all, i)
		if c.sign(")") {
			return all, true
		}
		if !c.sign(",") {
			return nil, false
		}
	}
}

// rest returns the tokens that were not read.
func (c *cursor) rest() []token { return c.tokens[min(c.at, len(c.tokens)):] }
