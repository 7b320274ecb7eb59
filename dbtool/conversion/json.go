package conversion

import (
	"bytes"
	"strconv"
)

// Escapes of JSON that stand for UTF-16.
const (
	escapeBytes  = len(`\u0000`)
	highFirst    = 0xd800
	lowFirst     = 0xdc00
	lowLast      = 0xdfff
	replacement  = `\ufffd`
	hexadecimals = 16
)

// cleanJSON leaves out what PostgreSQL does not store: the character 0, escaped or not.
// Halves of a character, which are no text to it, become the character that stands for
// what cannot be read.
func cleanJSON(value []byte) (clean []byte, cleaned bool) {
	clean, cleaned = cleanText(value)
	if !bytes.Contains(clean, []byte(`\u`)) {
		return clean, cleaned
	}
	var out []byte
	for i := 0; i < len(clean); {
		if clean[i] != '\\' || i+1 == len(clean) {
			out = append(out, clean[i])
			i++
			continue
		}
		unit, ok := unitAt(clean, i)
		if !ok {
			out = append(out, clean[i:i+2]...)
			i += 2
			continue
		}
		switch {
		case unit == 0:
			cleaned = true
		case unit < highFirst || unit > lowLast:
			out = append(out, clean[i:i+escapeBytes]...)
		case unit < lowFirst && isLow(clean, i+escapeBytes):
			out = append(out, clean[i:i+2*escapeBytes]...)
			i += escapeBytes
		default:
			out = append(out, replacement...)
			cleaned = true
		}
		i += escapeBytes
	}
	return out, cleaned
}

// unitAt is the unit of UTF-16 whose escape begins at i.
func unitAt(text []byte, i int) (uint64, bool) {
	if i+escapeBytes > len(text) || text[i] != '\\' || text[i+1] != 'u' {
		return 0, false
	}
	unit, err := strconv.ParseUint(string(text[i+2:i+escapeBytes]), hexadecimals, hexadecimals)
	return unit, err == nil
}

// isLow says whether the second half of a character is escaped at i.
func isLow(text []byte, i int) bool {
	unit, ok := unitAt(text, i)
	return ok && unit >= lowFirst && unit <= lowLast
}
