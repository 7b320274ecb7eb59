package postgres

import "strings"

// cursor reads the tokens of a statement from its beginning.
type cursor struct {
	tokens []token
	at     int
}

// end says whether nothing is left.
func (c *cursor) end() bool { return c.at >= len(c.tokens) }

// peek at the next token; one that is nothing at the end.
func (c *cursor) peek() token {
	if c.end() {
		return token{kind: symbol}
	}
	return c.tokens[c.at]
}

// words are read if all of them come next.
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

// oneOf some phrases is read, the first that fits, and returned.
func (c *cursor) oneOf(phrases ...string) (string, bool) {
	for _, p := range phrases {
		if c.words(p) {
			return p, true
		}
	}
	return "", false
}

// sign is read if it comes next.
func (c *cursor) sign(of string) bool {
	if c.peek().sign(of) {
		c.at++
		return true
	}
	return false
}

// constant is read if one of a kind comes next.
func (c *cursor) constant(of kind) bool {
	if !c.end() && c.peek().kind == of {
		c.at++
		return true
	}
	return false
}

// identifier that comes next.
func (c *cursor) identifier() (string, bool) {
	t := c.peek()
	if c.end() || !t.identifier() || t.text == "" {
		return "", false
	}
	c.at++
	return t.text, true
}

// name that comes next, with its schema or without. One of three parts would begin with a
// database's.
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

// identifiers in parentheses, with commas between them.
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

// rest of the tokens.
func (c *cursor) rest() []token { return c.tokens[min(c.at, len(c.tokens)):] }
