package conversion

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"unicode/utf8"
)

// kind of a column's type, as far as values are written differently.
type kind int

const (
	kindText kind = iota
	kindBool
	kindBytes
	kindJSON
	kindArray
	kindTime
	// kindOther is written as it is: numbers.
	kindOther
)

// column of a table of PostgreSQL.
type column struct {
	name string
	kind kind
	// limit is the number of characters that it takes, 0 for no limit.
	limit int
	// enum says that it takes only certain words.
	enum bool
}

// fault of a value that cannot be converted.
type fault string

const (
	faultLong  fault = "is longer than PostgreSQL's column takes"
	faultUTF8  fault = "is not in UTF-8"
	faultJSON  fault = "is no JSON"
	faultArray fault = "is no JSON array of strings"
)

// appendValue appends a value of MySQL to a row of COPY. It says what is wrong with the
// value, and whether characters were left out that PostgreSQL does not store.
func appendValue(row, value []byte, c column) (appended []byte, cleaned bool, wrong fault) {
	if value == nil || c.isNull(value) {
		return append(row, `\N`...), false, ""
	}
	switch c.kind {
	case kindBool:
		return append(row, boolean(value)), false, ""
	case kindBytes:
		return hex.AppendEncode(append(row, `\\x`...), value), false, ""
	case kindJSON:
		clean, cleaned := cleanJSON(value)
		if !json.Valid(clean) {
			return row, false, faultJSON
		}
		return appendEscaped(row, clean), cleaned, ""
	case kindArray:
		clean, cleaned := cleanJSON(value)
		array, ok := arrayOf(clean)
		if !ok {
			return row, false, faultArray
		}
		return appendEscaped(row, array), cleaned, ""
	case kindText:
		clean, cleaned := cleanText(value)
		switch {
		case !utf8.Valid(clean):
			return row, false, faultUTF8
		case c.limit > 0 && len(clean) > c.limit && utf8.RuneCount(clean) > c.limit:
			return row, false, faultLong
		}
		return appendEscaped(row, clean), cleaned, ""
	case kindTime, kindOther:
	}
	return appendEscaped(row, value), false, ""
}

// isNull says whether a value of MySQL means that there is none.
func (c column) isNull(value []byte) bool {
	switch c.kind {
	case kindJSON, kindArray:
		return len(value) == 0
	case kindTime:
		return bytes.HasPrefix(value, []byte("0000-00-00"))
	case kindText:
		// What MySQL keeps of a word that its own enumeration does not have.
		return c.enum && len(value) == 0
	case kindBool, kindBytes, kindOther:
	}
	return false
}

// boolean of a number, or of a bit.
func boolean(value []byte) byte {
	for _, b := range value {
		if b != '0' && b != 0 {
			return 't'
		}
	}
	return 'f'
}

// cleanText leaves out the character 0, which PostgreSQL does not store.
func cleanText(value []byte) (clean []byte, cleaned bool) {
	if bytes.IndexByte(value, 0) < 0 {
		return value, false
	}
	return bytes.ReplaceAll(value, []byte{0}, nil), true
}

// appendEscaped appends text as COPY wants it.
func appendEscaped(row, text []byte) []byte {
	for _, b := range text {
		switch b {
		case '\\':
			row = append(row, '\\', '\\')
		case '\n':
			row = append(row, '\\', 'n')
		case '\r':
			row = append(row, '\\', 'r')
		case '\t':
			row = append(row, '\\', 't')
		default:
			row = append(row, b)
		}
	}
	return row
}

// arrayOf PostgreSQL with the strings of a JSON array.
func arrayOf(value []byte) ([]byte, bool) {
	var items []string
	if json.Unmarshal(value, &items) != nil {
		return nil, false
	}
	out := []byte{'{'}
	for i, item := range items {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(out, '"')
		for _, b := range []byte(item) {
			if b == '"' || b == '\\' {
				out = append(out, '\\')
			}
			out = append(out, b)
		}
		out = append(out, '"')
	}
	return append(out, '}'), true
}
