package postgres

import (
	"bytes"
	"regexp"
	"strings"
)

// copyFromStdin is the end of a COPY that rows follow.
var copyFromStdin = regexp.MustCompile(`(?is)\sFROM\s+STDIN(\s.*)?$`)

// lexer knows where a statement ends: at a semicolon outside of quotes, comments,
// parentheses and bodies of functions in SQL.
type lexer struct {
	parentheses int
	// blocks that BEGIN ATOMIC and CASE opened.
	blocks int
	// word is the identifier that is being read, words those that came before.
	word  []byte
	words []string
}

// statement reads to the semicolon, or to the end of the input.
func (s *splitter) statement() error {
	l := &lexer{}
	for {
		b, err := s.read("in a statement")
		if err != nil {
			return err
		}
		if b == ';' && l.parentheses <= 0 {
			l.endWord()
			if l.blocks == 0 {
				s.text = bytes.TrimRight(s.text, " \t\r\n")
				return s.restOfLine()
			}
		}
		if err := s.keep(b); err != nil {
			return err
		}
		if err := s.lex(l, b); err != nil {
			return err
		}
	}
}

// restOfLine after a COPY is not part of its rows.
func (s *splitter) restOfLine() error {
	if !isCopy(string(s.text[:min(len(s.text), 64<<10)])) {
		return nil
	}
	for {
		b, err := s.read("before the rows of a table")
		if err != nil {
			return err
		}
		if b == '\n' {
			return nil
		}
	}
}

// lex a byte that was kept, and all of what it opens.
func (s *splitter) lex(l *lexer, b byte) error {
	if isWord(b) && b != '$' || b == '$' && len(l.word) > 0 {
		l.word = append(l.word, b)
		return nil
	}
	escapes := s.backslashes || bytes.EqualFold(l.word, []byte("E"))
	l.endWord()
	switch b {
	case '\'':
		return s.quoted('\'', escapes)
	case '"':
		return s.quoted('"', false)
	case '$':
		return s.dollar()
	case '(':
		l.parentheses++
	case ')':
		l.parentheses--
	case '-':
		if s.peek() == '-' {
			return s.lineComment()
		}
	case '/':
		if s.peek() == '*' {
			return s.blockComment()
		}
	}
	return nil
}

// isWord says whether a byte can be part of an identifier.
func isWord(b byte) bool {
	return b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= '0' && b <= '9' || b == '_' || b == '$' || b >= 0x80
}

// maxWords are enough to tell a function, and to see the one before a word.
const maxWords = 4

// endWord counts blocks.
func (l *lexer) endWord() {
	if len(l.word) == 0 {
		return
	}
	word := strings.ToUpper(string(l.word[:min(len(l.word), 16)]))
	l.word = l.word[:0]
	if len(l.words) < maxWords {
		l.words = append(l.words, word)
	}
	if !l.function() {
		return
	}
	switch word {
	case "BEGIN":
		l.blocks++
	case "CASE":
		if l.blocks > 0 {
			l.blocks++
		}
	case "END":
		if l.blocks > 0 {
			l.blocks--
		}
	}
}

// function says whether the statement creates one.
func (l *lexer) function() bool {
	if len(l.words) < 2 || l.words[0] != "CREATE" {
		return false
	}
	kind := l.words[1]
	if len(l.words) == maxWords && kind == "OR" {
		kind = l.words[3]
	}
	return kind == "FUNCTION" || kind == "PROCEDURE"
}

// quoted reads to the closing quote; two quotes are one that does not close.
func (s *splitter) quoted(quote byte, escapes bool) error {
	for {
		b, err := s.take()
		if err != nil {
			return err
		}
		switch {
		case b == '\\' && escapes:
			if _, err := s.take(); err != nil {
				return err
			}
		case b == quote && s.peek() == quote:
			if _, err := s.take(); err != nil {
				return err
			}
		case b == quote:
			return nil
		}
	}
}

// dollar reads a text between $tag$ and $tag$, if the $ that was kept begins one.
func (s *splitter) dollar() error {
	tag := []byte{'$'}
	for {
		b := s.peek()
		if b != '$' && (!isWord(b) || len(tag) == 1 && b >= '0' && b <= '9') {
			return nil
		}
		if _, err := s.take(); err != nil {
			return err
		}
		tag = append(tag, b)
		if b == '$' {
			break
		}
	}
	begin := len(s.text)
	for {
		b, err := s.take()
		if err != nil {
			return err
		}
		if b == '$' && len(s.text)-begin >= len(tag) && bytes.HasSuffix(s.text, tag) {
			return nil
		}
	}
}

// lineComment reads to the end of the line.
func (s *splitter) lineComment() error {
	for {
		if b, err := s.take(); err != nil || b == '\n' {
			return err
		}
	}
}

// blockComment reads a comment whose first byte was read; they nest.
func (s *splitter) blockComment() error {
	if _, err := s.take(); err != nil {
		return err
	}
	depth := 1
	for {
		b, err := s.take()
		if err != nil {
			return err
		}
		switch {
		case b == '/' && s.peek() == '*':
			depth++
		case b == '*' && s.peek() == '/':
			depth--
		default:
			continue
		}
		if _, err := s.take(); err != nil {
			return err
		}
		if depth == 0 {
			return nil
		}
	}
}
