package postgres

import (
	"bufio"
	"bytes"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/failure"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
)

const (
	// windowBytes are read at once.
	windowBytes = 256 << 10
	// maxStatement in bytes; rows of COPY are not part of a statement.
	maxStatement = 32 << 20
)

// splitter reads SQL as psql does, statement by statement.
type splitter struct {
	in *bufio.Reader
	// text of the current token.
	text []byte
	// count of the statements that were begun, and length of the current one in bytes.
	count, length int
	// comment is told of every comment line between statements.
	comment func(line string)
	// backslashes are escapes in plain quotes: standard_conforming_strings is off.
	backslashes bool
	// utf8 says that the dump is in UTF-8.
	utf8 bool
	data *copyData
}

func newSplitter(r io.Reader, comment func(string)) *splitter {
	return &splitter{in: bufio.NewReaderSize(r, windowBytes), comment: comment, utf8: true}
}

// next returns the next statement, as tokens without its semicolon, or the next meta
// command, which begins with a backslash. After a COPY … FROM stdin, its rows must be read
// from rows first. The error is io.EOF after the last statement.
func (s *splitter) next() (tokens []token, meta string, err error) {
	if s.data != nil {
		if _, err := io.Copy(io.Discard, s.data); err != nil {
			return nil, "", err
		}
		s.data = nil
	}
	if err := s.blank(); err != nil {
		return nil, "", err
	}
	s.count++
	s.length = 0
	if s.peek() == '\\' {
		meta, err := s.line()
		return nil, meta, err
	}
	tokens, err = s.statement()
	if err == nil && len(tokens) == 0 {
		return s.next()
	}
	if err == nil && tokens[0].is("copy") {
		// The rest of the line is not part of the rows.
		err = s.restOfLine()
	}
	return tokens, "", err
}

// maxIdentifier is where the server cuts names off, in bytes.
const maxIdentifier = 63

// keeps says whether the server takes a name as it is, so that what is judged is what it
// finds. It cuts off long ones, and converts letters of another encoding.
func (s *splitter) keeps(identifier string) bool {
	ascii := strings.IndexFunc(identifier, func(r rune) bool { return r >= utf8.RuneSelf }) < 0
	return len(identifier) <= maxIdentifier && (ascii || s.utf8 && utf8.ValidString(identifier))
}

// nameFault returns why a name is refused. Some versions of pg_dump copy names into comments
// unchanged. psql would run the text after a line break in such a name as a command when it
// loads the next dump.
func (s *splitter) nameFault(t token) string {
	switch {
	case t.identifier() && !s.keeps(t.text):
		return "a name that the server would change"
	case t.kind == quoted && strings.ContainsFunc(t.text, unicode.IsControl):
		return "a name with a control character"
	}
	return ""
}

// restOfLine after a COPY must be empty.
func (s *splitter) restOfLine() error {
	for {
		b, err := s.in.ReadByte()
		switch {
		case err == io.EOF:
			return truncated("before the rows of a table")
		case err != nil:
			return err
		case b == '\n':
			return nil
		case strings.IndexByte(" \t\r", b) < 0:
			return s.strange("more text in the line of a COPY")
		}
	}
}

// rows that follow the COPY that next returned, until the line that ends them.
func (s *splitter) rows() io.Reader {
	s.data = &copyData{in: s.in, fresh: true}
	return s.data
}

// blank skips white space, comments and empty statements.
func (s *splitter) blank() error {
	for {
		b, err := s.in.Peek(2)
		if len(b) == 0 {
			return err
		}
		switch {
		case strings.IndexByte(" \t\r\n\f\v;", b[0]) >= 0:
			_, _ = s.in.Discard(1)
		case string(b) == "--":
			line, err := s.line()
			if err != nil {
				return err
			}
			s.comment(line)
		case string(b) == "/*":
			_, _ = s.in.Discard(1)
			s.length = 0
			if err := s.blockComment(); err != nil {
				return err
			}
		case b[0] == 0xef:
			if bom, _ := s.in.Peek(3); string(bom) != "\xef\xbb\xbf" {
				return nil
			}
			_, _ = s.in.Discard(3)
		default:
			return nil
		}
	}
}

// line reads to the end of the line. It returns only the beginning of a long line.
func (s *splitter) line() (string, error) {
	s.text = s.text[:0]
	for {
		part, err := s.in.ReadSlice('\n')
		if len(s.text) < windowBytes {
			s.text = append(s.text, part...)
		}
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		if err != nil && err != io.EOF {
			return "", err
		}
		return string(bytes.TrimRight(s.text, "\r\n")), nil
	}
}

// keep bytes as part of the token.
func (s *splitter) keep(b ...byte) error {
	if len(s.text)+len(b) > maxStatement {
		return s.tooLong()
	}
	s.text = append(s.text, b...)
	return nil
}

func (s *splitter) tooLong() error {
	return failure.Errorf(job.ReasonInvalid, "statement %d of the dump is longer than %d MiB", s.count, maxStatement>>20)
}

func truncated(where string) error {
	return failure.New(job.ReasonCorrupt, "the dump is truncated: it ends "+where)
}
