package mysqldump

import (
	"bytes"
	"encoding/hex"
	"math/big"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
)

// Rows of an Insert: each is called with the values of one, nil for NULL. Values are good
// during the call, and are what the server would have: without quotes and escapes, numbers
// as text, and bits as bytes. Columns are those that the statement names, nil if it names
// none: then there is a value for each column of the table. The text is written to.
func (s Statement) Rows(each func(columns []string, values [][]byte) error) error {
	p := &parser{text: s.Text}
	columns, err := p.head()
	if err != nil {
		return malformed(s.Table)
	}
	var values [][]byte
	for {
		if values, err = p.row(values[:0]); err != nil {
			return malformed(s.Table)
		}
		if err := each(columns, values); err != nil {
			return err
		}
		if p.blank(); p.at == len(p.text) {
			return nil
		}
		if !p.accept(',') {
			return malformed(s.Table)
		}
	}
}

// errSyntax says that the text is not what it should be; who asked knows what that was.
var errSyntax = errors.New("syntax error")

// parser of an Insert.
type parser struct {
	text []byte
	at   int
}

// head up to the first row: it returns the columns that it names.
func (p *parser) head() ([]string, error) {
	m := insertInto.FindIndex(p.text[:min(len(p.text), headBytes)])
	if m == nil {
		return nil, errSyntax
	}
	p.at = m[1]
	var columns []string
	if p.blank(); p.accept('(') {
		for {
			p.blank()
			if p.at >= len(p.text) || p.text[p.at] != '`' {
				return nil, errSyntax
			}
			column, length, err := quotedName(p.text[p.at:])
			if err != nil {
				return nil, err
			}
			columns = append(columns, column)
			p.at += length
			if p.blank(); p.accept(')') {
				break
			}
			if !p.accept(',') {
				return nil, errSyntax
			}
		}
		p.blank()
	}
	const values = "VALUES"
	if len(p.text)-p.at < len(values) || !bytes.EqualFold(p.text[p.at:p.at+len(values)], []byte(values)) {
		return nil, errSyntax
	}
	p.at += len(values)
	return columns, nil
}

// row of values.
func (p *parser) row(values [][]byte) ([][]byte, error) {
	if p.blank(); !p.accept('(') {
		return values, errSyntax
	}
	// A value takes more memory than its text: there are no more than a table has columns.
	for len(values) < maxColumns {
		p.blank()
		value, err := p.value()
		if err != nil {
			return values, err
		}
		values = append(values, value)
		if p.blank(); p.accept(')') {
			return values, nil
		}
		if !p.accept(',') {
			return values, errSyntax
		}
	}
	return values, errSyntax
}

// value of a column, nil for NULL.
func (p *parser) value() ([]byte, error) {
	if p.atQuote() {
		return p.quoted()
	}
	word := p.word()
	switch {
	case len(word) == 0:
		return nil, errSyntax
	case word[0] == '_':
		// The character set of what follows: the bytes are meant.
		p.blank()
		return p.value()
	case p.atQuote():
		digits, err := p.quoted()
		if err != nil || len(word) != 1 {
			return nil, errSyntax
		}
		return bitsOf(word[0], digits)
	case bytes.EqualFold(word, []byte("NULL")):
		return nil, nil
	}
	return plain(word)
}

// atQuote says whether quoted text begins.
func (p *parser) atQuote() bool { return p.at < len(p.text) && p.text[p.at] == '\'' }

// plain value, without quotes.
func plain(word []byte) ([]byte, error) {
	switch first := word[0]; {
	case first == '0' && len(word) > 2 && (word[1]|' ' == 'x' || word[1]|' ' == 'b'):
		return bitsOf(word[1], word[2:])
	case isNumber(word):
		return word, nil
	}
	return nil, errSyntax
}

// isNumber says whether a word is a number in decimal digits, and nothing that is computed.
func isNumber(word []byte) bool {
	digits := 0
	for i, exponent := 0, false; i < len(word); i++ {
		b := word[i]
		switch {
		case b >= '0' && b <= '9':
			digits++
		case (b == '-' || b == '+') && (i == 0 || word[i-1]|' ' == 'e'):
		case b == '.' && !exponent && bytes.IndexByte(word[:i], '.') < 0:
		case b|' ' == 'e' && !exponent && digits > 0:
			exponent, digits = true, 0
		default:
			return false
		}
	}
	return digits > 0
}

// bitsOf hexadecimal or binary digits, as bytes.
func bitsOf(base byte, digits []byte) ([]byte, error) {
	switch base | ' ' {
	case 'x':
		out := make([]byte, hex.DecodedLen(len(digits)))
		_, err := hex.Decode(out, digits)
		return out, err
	case 'b':
		n, ok := new(big.Int).SetString(string(digits), 2)
		if !ok {
			return nil, errSyntax
		}
		return n.FillBytes(make([]byte, (len(digits)+7)/8)), nil
	}
	return nil, errSyntax
}

// quoted text, decoded where it stands.
func (p *parser) quoted() ([]byte, error) {
	start := p.at + 1
	to := start
	for p.at = start; p.at < len(p.text); p.at++ {
		b := p.text[p.at]
		switch b {
		case '\\':
			if p.at++; p.at == len(p.text) {
				return nil, errSyntax
			}
			if b = unescape(p.text[p.at]); b == '%' || b == '_' {
				// Only patterns take these for escapes.
				p.text[to] = '\\'
				to++
			}
		case '\'':
			if p.at+1 == len(p.text) || p.text[p.at+1] != '\'' {
				p.at++
				return p.text[start:to:to], nil
			}
			p.at++
		}
		p.text[to] = b
		to++
	}
	return nil, errSyntax
}

// unescape what a backslash stands before.
func unescape(b byte) byte {
	switch b {
	case '0':
		return 0
	case 'n':
		return '\n'
	case 'r':
		return '\r'
	case 't':
		return '\t'
	case 'b':
		return '\b'
	case 'Z':
		return 0x1a
	}
	return b
}

// word skips a word that is not in quotes, and returns it. It is empty if none comes next.
func (p *parser) word() []byte {
	start := p.at
	for p.at < len(p.text) && isWord(p.text[p.at]) {
		p.at++
	}
	return p.text[start:p.at]
}

// blank skips white space.
func (p *parser) blank() {
	for p.at < len(p.text) && (p.text[p.at] == ' ' || p.text[p.at] == '\n' || p.text[p.at] == '\r' || p.text[p.at] == '\t') {
		p.at++
	}
}

// accept a byte if it is the next one.
func (p *parser) accept(b byte) bool {
	if p.at < len(p.text) && p.text[p.at] == b {
		p.at++
		return true
	}
	return false
}

// isWord says whether a byte is one of a number or of a name.
func isWord(b byte) bool {
	return b >= '0' && b <= '9' || b|' ' >= 'a' && b|' ' <= 'z' || b == '_' || b == '-' || b == '+' || b == '.'
}
