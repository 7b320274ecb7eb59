package mysqldump

import (
	"bytes"
	"regexp"
	"strings"
)

// introducer names the character set of the string that follows.
var introducer = regexp.MustCompile(`(?i)^_(binary|utf8mb4|utf8mb3|utf8)$`)

// rewrite returns the SQL of an Insert. The values of its rows are copied after they were
// parsed as constants. Nothing else of the statement is copied: INSERT IGNORE and REPLACE would
// lose a row without an error if the server takes its key for that of another row, as under
// another collation. All rows go to an empty table.
func (s Statement) rewrite() (string, error) {
	p := &parser{text: s.Text}
	columns, err := p.head()
	if err != nil {
		return "", malformed(s.Table)
	}
	out := &strings.Builder{}
	out.Grow(len(s.Text) + headBytes)
	out.WriteString("INSERT INTO " + quote(s.Table))
	for i, column := range columns {
		out.WriteString(map[bool]string{true: " (", false: ","}[i == 0] + quote(column))
	}
	if columns != nil {
		out.WriteByte(')')
	}
	out.WriteString(" VALUES ")
	for {
		if !p.copyRow(out) {
			return "", malformed(s.Table)
		}
		if p.blank(); p.at == len(p.text) {
			return out.String(), nil
		}
		if !p.accept(',') {
			return "", malformed(s.Table)
		}
		out.WriteByte(',')
	}
}

// copyRow copies a row of values. It returns false if that is not one.
func (p *parser) copyRow(out *strings.Builder) bool {
	if p.blank(); !p.accept('(') {
		return false
	}
	for separator := byte('('); ; separator = ',' {
		p.blank()
		start := p.at
		if !p.pass() {
			return false
		}
		out.WriteByte(separator)
		out.Write(p.text[start:p.at])
		if p.blank(); p.accept(')') {
			out.WriteByte(')')
			return true
		}
		if !p.accept(',') {
			return false
		}
	}
}

// pass skips a value, and says whether it is a constant.
func (p *parser) pass() bool {
	if p.atQuote() {
		return p.passText()
	}
	word := p.word()
	switch {
	case len(word) == 0:
		return false
	case word[0] == '_':
		p.blank()
		return introducer.Match(word) && p.introduced() && p.pass()
	case p.atQuote() && len(word) == 1:
		start := p.at + 1
		return p.passText() && areDigits(word[0], p.text[start:p.at-1])
	case len(word) > 2 && isBits(word):
		return areDigits(word[1], word[2:])
	}
	return bytes.EqualFold(word, []byte("NULL")) || isNumber(word)
}

// introduced says whether a string or bits come next. Only those may follow an introducer.
func (p *parser) introduced() bool {
	return p.atQuote() || isBits(p.text[min(p.at, len(p.text)):])
}

// passText skips a string in quotes.
func (p *parser) passText() bool {
	end := closing(p.text, p.at)
	p.at = end + 1
	return end < len(p.text)
}

// isBits says whether 0x… or 0b… begins.
func isBits(text []byte) bool {
	return len(text) > 1 && text[0] == '0' && (text[1] == 'x' || text[1] == 'b')
}

// areDigits says whether all characters are digits of a base: x or b.
func areDigits(base byte, digits []byte) bool {
	of := "01"
	switch base {
	case 'x', 'X':
		of = "0123456789abcdefABCDEF"
	case 'b', 'B':
	default:
		return false
	}
	return len(bytes.Trim(digits, of)) == 0
}
