package postgres

import (
	"bytes"
	"io"
	"regexp"
	"strings"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/failure"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
)

// operators are the characters of PostgreSQL's operators.
const operators = "+-*/<>=~!@#%^&|`?"

// numeric matches numbers.
var numeric = regexp.MustCompile(`^(0[xX][0-9a-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+|([0-9][0-9_]*\.?[0-9_]*|\.[0-9][0-9_]*)([eE][-+]?[0-9][0-9_]*)?)$`)

// statement reads tokens up to the semicolon. It drops comments and decodes constants, so
// that the notation of a text does not matter.
func (s *splitter) statement() ([]token, error) {
	var tokens []token
	for {
		b, err := s.read()
		if err != nil {
			return nil, err
		}
		if b == ';' {
			return tokens, nil
		}
		t, found, err := s.token(b)
		if err != nil {
			return nil, err
		}
		if why := s.nameFault(t); found && why != "" {
			return nil, s.strange(why)
		}
		if found {
			tokens = append(tokens, t)
		}
	}
}

// token reads the token that begins with a byte. Found is false for white space and
// comments.
func (s *splitter) token(b byte) (t token, found bool, err error) {
	s.text = s.text[:0]
	switch {
	case strings.IndexByte(" \t\r\n\f\v", b) >= 0:
		return t, false, nil
	case b == '-' && s.peek() == '-':
		_, err := s.line()
		return t, false, err
	case b == '/' && s.peek() == '*':
		return t, false, s.blockComment()
	case isDigit(b), b == '.' && isDigit(s.peek()):
		return s.number(b)
	case b == '\'':
		return s.constant(text, s.backslashes)
	case b == '"':
		return s.constant(quoted, false)
	case b == '$':
		return s.dollar()
	case isWord(b):
		return s.word(b)
	case strings.IndexByte(operators, b) >= 0:
		return s.operator(b)
	}
	return s.punctuation(b)
}

// punctuation reads a punctuation mark, and rejects any other character.
func (s *splitter) punctuation(b byte) (token, bool, error) {
	if strings.IndexByte("()[],.:", b) < 0 {
		return token{}, false, s.strange("a character that is in no statement of pg_dump")
	}
	if b == ':' && (s.peek() == ':' || s.peek() == '=') {
		next, err := s.read()
		return token{symbol, string([]byte{b, next})}, true, err
	}
	return token{symbol, string(b)}, true, nil
}

// constant reads up to the closing quote.
func (s *splitter) constant(of kind, escapes bool) (token, bool, error) {
	err := s.quoted(map[kind]byte{quoted: '"'}[of], escapes)
	return token{of, string(s.text)}, true, err
}

// quoted reads up to the closing quote. A doubled quote stands for one quote.
func (s *splitter) quoted(quote byte, escapes bool) error {
	if quote == 0 {
		quote = '\''
	}
	for {
		b, err := s.read()
		if err != nil {
			return err
		}
		switch {
		case b == 0:
			return s.strange("a byte 0")
		case b == '\\' && escapes:
			err = s.escape()
		case b == quote && s.peek() == quote:
			_, _ = s.read() // It was peeked at.
			err = s.keep(b)
		case b == quote:
			return nil
		default:
			err = s.keep(b)
		}
		if err != nil {
			return err
		}
	}
}

// word reads a word, or a constant that the word introduces.
func (s *splitter) word(b byte) (token, bool, error) {
	for {
		if err := s.keep(b); err != nil {
			return token{}, false, err
		}
		if !isWord(s.peek()) {
			break
		}
		b, _ = s.read() // It was peeked at.
	}
	return s.introduced(lower(string(s.text)), s.peek())
}

// introduced reads the constant that a word introduces, or returns the word if no quote
// follows.
func (s *splitter) introduced(of string, next byte) (token, bool, error) {
	switch {
	case next == '\'' && of == "e":
		_, _ = s.read()
		s.text = s.text[:0]
		return s.constant(text, true)
	case next == '\'' && (of == "b" || of == "x"):
		return s.bits(of)
	case next == '\'' && of == "n":
		return token{}, false, s.strange("a text of the form N'…'")
	case next == '&' && of == "u":
		if ahead, _ := s.in.Peek(2); len(ahead) == 2 && (ahead[1] == '\'' || ahead[1] == '"') {
			return token{}, false, s.strange("a text of the form U&'…'")
		}
	}
	return token{word, of}, true, nil
}

// bits reads a bit string after b or x.
func (s *splitter) bits(of string) (token, bool, error) {
	_, _ = s.read() // It was peeked at.
	s.text = s.text[:0]
	if err := s.quoted('\'', false); err != nil {
		return token{}, false, err
	}
	if len(bytes.Trim(s.text, "0123456789abcdefABCDEF")) > 0 {
		return token{}, false, s.strange("an invalid bit string")
	}
	return token{bits, of + "'" + string(s.text) + "'"}, true, nil
}

// number reads a number that begins with a byte.
func (s *splitter) number(b byte) (token, bool, error) {
	for {
		if err := s.keep(b); err != nil {
			return token{}, false, err
		}
		next := s.peek()
		signed := (next == '+' || next == '-') && (b == 'e' || b == 'E') && numeric.Match(s.text[:len(s.text)-1])
		if !isWord(next) && next != '.' && !signed {
			break
		}
		b, _ = s.read() // It was peeked at.
	}
	if !numeric.Match(s.text) {
		return token{}, false, s.strange("an invalid number")
	}
	return token{number, string(s.text)}, true, nil
}

// operator reads an operator that begins with a byte. A comment ends it.
func (s *splitter) operator(b byte) (token, bool, error) {
	for {
		if err := s.keep(b); err != nil {
			return token{}, false, err
		}
		ahead, _ := s.in.Peek(2)
		if len(ahead) == 0 || strings.IndexByte(operators, ahead[0]) < 0 || string(ahead) == "--" || string(ahead) == "/*" {
			return token{symbol, string(s.text)}, true, nil
		}
		b, _ = s.read() // It was peeked at.
	}
}

// dollar reads a text between $tag$ and $tag$.
func (s *splitter) dollar() (token, bool, error) {
	tag := []byte{'$'}
	for tag[len(tag)-1] != '$' || len(tag) == 1 {
		b, err := s.read()
		if err != nil {
			return token{}, false, err
		}
		if !isWord(b) || len(tag) == 1 && isDigit(b) {
			return token{}, false, s.strange("a parameter")
		}
		tag = append(tag, b)
	}
	for !bytes.HasSuffix(s.text, tag) {
		b, err := s.read()
		if err != nil {
			return token{}, false, err
		}
		if b == 0 {
			return token{}, false, s.strange("a byte 0")
		}
		if err := s.keep(b); err != nil {
			return token{}, false, err
		}
	}
	return token{text, string(s.text[:len(s.text)-len(tag)])}, true, nil
}

// blockComment reads a comment whose first byte was read; they nest.
func (s *splitter) blockComment() error {
	last, depth := byte('/'), 0
	for {
		b, err := s.read()
		if err != nil {
			return err
		}
		switch {
		case last == '/' && b == '*':
			depth++
			b = 0
		case last == '*' && b == '/':
			depth--
			b = 0
		}
		if depth == 0 {
			return nil
		}
		last = b
	}
}

// strange returns the error for text that no dump contains. It does not quote the text,
// which is data.
func (s *splitter) strange(what string) error {
	return failure.Errorf(job.ReasonInvalid, "statement %d of the dump has %s", s.count, what)
}

// lower converts ASCII letters to lower case, as PostgreSQL does.
func lower(of string) string {
	for i := range len(of) {
		if c := of[i]; c >= 'A' && c <= 'Z' {
			out := []byte(of)
			for ; i < len(out); i++ {
				if c := out[i]; c >= 'A' && c <= 'Z' {
					out[i] = c + 'a' - 'A'
				}
			}
			return string(out)
		}
	}
	return of
}

// isWord says whether a byte can be part of an identifier.
func isWord(b byte) bool {
	return b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || isDigit(b) || b == '_' || b == '$' || b >= 0x80
}

func isDigit(b byte) bool { return b >= '0' && b <= '9' }

// read a byte of a statement.
func (s *splitter) read() (byte, error) {
	b, err := s.in.ReadByte()
	if err == io.EOF {
		return 0, truncated("in a statement")
	}
	s.length++
	if err == nil && s.length > maxStatement {
		return 0, s.tooLong()
	}
	return b, err
}

// peek at the next byte, 0 at the end.
func (s *splitter) peek() byte {
	if b, _ := s.in.Peek(1); len(b) == 1 {
		return b[0]
	}
	return 0
}
