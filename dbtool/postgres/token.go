package postgres

import (
	"regexp"
	"strings"
)

// kind of a token.
type kind byte

const (
	// word is a keyword, or an identifier without quotes, in lower case.
	word kind = iota
	// quoted is an identifier in quotes. The text has no quotes.
	quoted
	// text is the value of a string constant, in whatever way it was quoted.
	text
	// bits is a constant such as b'01', as written.
	bits
	// number without a sign.
	number
	// symbol is an operator or a punctuation mark.
	symbol
)

// token of a statement.
type token struct {
	kind kind
	text string
}

// is says whether a token is the given unquoted word.
func (t token) is(w string) bool { return t.kind == word && t.text == w }

// sign says whether a token is the given symbol.
func (t token) sign(s string) bool { return t.kind == symbol && t.text == s }

// identifier says whether a token can be an identifier.
func (t token) identifier() bool { return t.kind == word || t.kind == quoted }

// write a token so that the server reads the same token.
func (t token) write(out *strings.Builder) {
	switch t.kind {
	case quoted:
		out.WriteString(quote(t.text))
	case text:
		out.WriteByte('\'')
		out.WriteString(strings.ReplaceAll(t.text, "'", "''"))
		out.WriteByte('\'')
	case word, bits, number, symbol:
		out.WriteString(t.text)
	}
}

// render tokens as SQL for a session whose standard_conforming_strings is on. The server
// gets this SQL and never the dump's own text, so that what is judged is what is run.
func render(tokens []token) string {
	out := &strings.Builder{}
	for i, t := range tokens {
		if i > 0 {
			out.WriteByte(' ')
		}
		t.write(out)
	}
	return out.String()
}

// quote an identifier.
func quote(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// name of an object. The schema is empty if none is given.
type name struct{ schema, local string }

// sql that means the same object in every context.
func (n name) sql() string {
	if n.schema == "" {
		return quote(n.local)
	}
	return quote(n.schema) + "." + quote(n.local)
}

// plain identifiers may be shown in messages. Others may be data.
var plain = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_$]{0,62}$`)

// shown is an identifier in the form that messages may contain.
func shown(identifier string) string {
	if plain.MatchString(identifier) {
		return identifier
	}
	return "(a name that is not shown)"
}

// shownNames quotes up to five identifiers for messages.
func shownNames(identifiers ...string) string {
	const most = 5
	var out []string
	for _, i := range identifiers {
		if plain.MatchString(i) && len(out) < most {
			out = append(out, `"`+i+`"`)
		}
	}
	return strings.Join(out, ", ")
}
