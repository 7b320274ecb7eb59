package mysqldump

import (
	"bytes"
	"regexp"
	"strings"
)

// kind of a token.
type kind byte

const (
	// word is a keyword, or a name without quotes.
	word kind = iota
	// quoted is a name in quotes, without them.
	quoted
	// text is the value of a text in quotes.
	text
	// number, or bits, as they are written.
	number
	// symbol is an operator, or punctuation.
	symbol
)

// token of a definition.
type token struct {
	kind kind
	text string
}

// is says whether a token is a word.
func (t token) is(w string) bool { return t.kind == word && strings.EqualFold(t.text, w) }

// sign says whether a token is a symbol.
func (t token) sign(s string) bool { return t.kind == symbol && t.text == s }

// beginsComment and endsComment surround text that some servers run and others take for a
// comment.
const (
	beginsComment = "/*!"
	endsComment   = "*/"
)

var (
	lexeme = regexp.MustCompile(`^(?:` +
		`(/\*M?!\d*)|(` + // 1: what begins a comment
		`[xX]'[0-9a-fA-F]*'|[bB]'[01]*'|0x[0-9a-fA-F]+|[0-9]+(?:\.[0-9]*)?(?:[eE][-+]?[0-9]+)?)|(` + // 2: a number
		`[A-Za-z_][A-Za-z0-9_$]*)|(` + // 3: a word
		`\*/|<=>|->>|<=|>=|<>|!=|->|\|\||&&|<<|>>|[-+*/%<>=!&|^~(),.]))`) // 4: a symbol
	// wordy characters must not follow a number.
	wordy = regexp.MustCompile(`^[A-Za-z0-9_$\x80-\xff]`)
)

// tokens splits a definition. It returns ok false if a part of it is not a token.
func tokens(of []byte) (all []token, ok bool) {
	for {
		of = bytes.TrimLeft(of, " \t\r\n")
		if len(of) == 0 {
			return all, true
		}
		t, length := next(of)
		if length == 0 {
			return nil, false
		}
		all, of = append(all, t), of[length:]
	}
}

// next returns the next token and its length, which is 0 if there is none.
func next(of []byte) (token, int) {
	if of[0] == '`' || of[0] == '\'' {
		end := closing(of, 0)
		if end >= len(of) {
			return token{}, 0
		}
		if of[0] == '`' {
			return token{quoted, identifier(of[1:end], nil)}, end + 1
		}
		value, err := (&parser{text: bytes.Clone(of[:end+1])}).quoted()
		if err != nil {
			return token{}, 0
		}
		return token{text, string(value)}, end + 1
	}
	m := lexeme.FindSubmatch(of)
	if m == nil {
		return token{}, 0
	}
	rest := of[len(m[0]):]
	switch {
	case m[1] != nil:
		return token{symbol, beginsComment}, len(m[0])
	case m[2] != nil && !wordy.Match(rest):
		return token{number, string(m[2])}, len(m[0])
	case m[3] != nil && (len(rest) == 0 || rest[0] < 0x80):
		return token{word, string(m[3])}, len(m[0])
	case m[4] != nil && !bytes.HasPrefix(of, []byte("/*")):
		return token{symbol, string(m[4])}, len(m[0])
	}
	return token{}, 0
}

// escapes characters that must not appear unescaped in a string.
//
//nolint:gochecknoglobals // A constant.
var escapes = strings.NewReplacer(`\`, `\\`, `'`, `''`, "\x00", `\0`)

// write a token so that a server parses the same token.
func (t token) write(out *strings.Builder) {
	switch t.kind {
	case quoted:
		out.WriteString(quote(t.text))
	case text:
		out.WriteString("'" + escapes.Replace(t.text) + "'")
	case word, number, symbol:
		out.WriteString(t.text)
	}
}

// quote a name.
func quote(name string) string { return "`" + strings.ReplaceAll(name, "`", "``") + "`" }
