package postgres

// advancing functions change or read the sequence that their argument names.
//
//nolint:gochecknoglobals // A constant set.
var advancing = set(`nextval currval`)

// sequenceFault returns what is wrong with a call of one of these functions. The sequence is
// named by a text, as pg_dump writes it: what is computed may mean anybody's.
func (p place) sequenceFault(tokens []token) string {
	if !advancing[tokens[0].text] || !followed(tokens, 0, "(") {
		return ""
	}
	c := &cursor{tokens: tokens, at: 1}
	depth := 0
	for c.sign("(") {
		depth++
	}
	of := c.peek().text
	named := c.constant(text)
	for named && depth > 0 {
		switch {
		case c.sign(")"):
			depth--
		case !c.sign("::"):
			named = false
		case c.words("pg_catalog") && !c.sign("."):
			named = false
		default:
			_, named = c.oneOf("text", "regclass")
		}
	}
	n, ok := parseName(of)
	n = p.resolve(n)
	switch {
	case !named || !ok:
		return "uses a sequence that no text names"
	case p.isOthers(n.schema):
		return strange(n.schema)
	case p.ofExtensions[n]:
		return ofExtension
	}
	return ""
}
