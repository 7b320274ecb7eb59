package postgres

import (
	"math"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// letters that have a special meaning after a backslash.
//
//nolint:gochecknoglobals // A constant table.
var letters = map[byte]byte{'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

// escape decodes what follows a backslash as PostgreSQL does.
func (s *splitter) escape() error {
	b, err := s.read()
	if err != nil {
		return err
	}
	switch {
	case letters[b] != 0:
		return s.keep(letters[b])
	case b >= '0' && b <= '7':
		return s.code([]byte{b}, 3, 8)
	case b == 'x' && hexadecimal(s.peek()):
		return s.code(nil, 2, 16)
	case b == 'u':
		return s.unicode(4)
	case b == 'U':
		return s.unicode(8)
	}
	return s.keep(b)
}

// code of a byte with at most the given number of digits.
func (s *splitter) code(digits []byte, most, base int) error {
	for len(digits) < most {
		next := s.peek()
		if base == 8 && (next < '0' || next > '7') || base == 16 && !hexadecimal(next) {
			break
		}
		b, err := s.read()
		if err != nil {
			return err
		}
		digits = append(digits, b)
	}
	n, err := strconv.ParseUint(string(digits), base, 16)
	if err != nil || n == 0 || n > math.MaxUint8 {
		return s.strange("an invalid escape")
	}
	return s.keep(byte(n))
}

// unicode reads a character with the given number of digits, or the first half of a
// surrogate pair.
func (s *splitter) unicode(digits int) error {
	first, err := s.point(digits)
	if err != nil {
		return err
	}
	if utf16.IsSurrogate(first) {
		for _, want := range []byte(`\u`) {
			if b, err := s.read(); err != nil || b != want {
				return s.strange("half of a character")
			}
		}
		second, err := s.point(4)
		if err != nil {
			return err
		}
		first = utf16.DecodeRune(first, second)
	}
	if first == 0 || first == utf8.RuneError || !utf8.ValidRune(first) || !s.utf8 {
		return s.strange("an invalid escape")
	}
	return s.keep(utf8.AppendRune(nil, first)...)
}

// point reads the number of a character.
func (s *splitter) point(digits int) (rune, error) {
	var read []byte
	for range digits {
		b, err := s.read()
		if err != nil {
			return 0, err
		}
		read = append(read, b)
	}
	n, err := strconv.ParseUint(string(read), 16, 31)
	if err != nil {
		return 0, s.strange("an invalid escape")
	}
	return rune(n), nil
}

func hexadecimal(b byte) bool {
	return isDigit(b) || b >= 'a' && b <= 'f' || b >= 'A' && b <= 'F'
}
