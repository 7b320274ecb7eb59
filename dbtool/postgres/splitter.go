package postgres

import (
	"bufio"
	"bytes"
	"io"
	"strings"

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
	// text of the statement that is being read.
	text []byte
	// comment is told of every comment line between statements.
	comment func(line string)
	// backslashes are escapes in plain quotes: standard_conforming_strings is off.
	backslashes bool
	data        *copyData
}

func newSplitter(r io.Reader, comment func(string)) *splitter {
	return &splitter{in: bufio.NewReaderSize(r, windowBytes), comment: comment}
}

// next statement, without its semicolon, or meta command, which begins with a
// backslash. The rows that follow a COPY … FROM stdin must be read from rows first. The
// error is io.EOF after the last one.
func (s *splitter) next() (string, error) {
	if s.data != nil {
		if _, err := io.Copy(io.Discard, s.data); err != nil {
			return "", err
		}
		s.data = nil
	}
	if err := s.blank(); err != nil {
		return "", err
	}
	s.text = s.text[:0]
	if b, err := s.in.Peek(1); err == nil && b[0] == '\\' {
		return s.line()
	}
	if err := s.statement(); err != nil {
		return "", err
	}
	text := string(s.text)
	s.observe(text)
	return text, nil
}

// rows that follow the COPY that next returned, until the line that ends them.
func (s *splitter) rows() io.Reader {
	s.data = &copyData{in: s.in, fresh: true}
	return s.data
}

// observe what changes how the rest is read, and what is left of a line before rows.
func (s *splitter) observe(text string) {
	words := strings.Fields(text[:min(len(text), 80)])
	if len(words) >= 2 && strings.EqualFold(words[0], "SET") && strings.EqualFold(strings.TrimRight(words[1], "="), "standard_conforming_strings") {
		value := strings.ToLower(strings.Trim(words[len(words)-1], "'="))
		s.backslashes = value == "off" || value == "false"
	}
}

// blank skips white space, comments and empty statements.
func (s *splitter) blank() error {
	for {
		b, err := s.in.Peek(2)
		if len(b) == 0 {
			return err
		}
		switch {
		case strings.IndexByte(" \t\r\n\f;", b[0]) >= 0:
			_, _ = s.in.Discard(1)
		case string(b) == "--":
			line, err := s.line()
			if err != nil {
				return err
			}
			s.comment(line)
			s.text = s.text[:0]
		case string(b) == "/*":
			_, _ = s.in.Discard(1)
			if err := s.blockComment(); err != nil {
				return err
			}
			s.text = s.text[:0]
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

// line reads to the end of the line.
func (s *splitter) line() (string, error) {
	s.text = s.text[:0]
	for {
		part, err := s.in.ReadSlice('\n')
		if err := s.keep(part...); err != nil {
			return "", err
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

// keep bytes as part of the statement.
func (s *splitter) keep(b ...byte) error {
	if len(s.text)+len(b) > maxStatement {
		return failure.Errorf(job.ReasonInvalid, "a statement of the dump is longer than %d MiB", maxStatement>>20)
	}
	s.text = append(s.text, b...)
	return nil
}

// take a byte and keep it.
func (s *splitter) take() (byte, error) {
	b, err := s.read("in a statement")
	if err != nil {
		return 0, err
	}
	return b, s.keep(b)
}

// read a byte; where says what must not end before it.
func (s *splitter) read(where string) (byte, error) {
	b, err := s.in.ReadByte()
	if err == io.EOF {
		return 0, truncated(where)
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

func truncated(where string) error {
	return failure.New(job.ReasonCorrupt, "the dump is truncated: it ends "+where)
}

// isCopy says whether rows follow a statement.
func isCopy(text string) bool {
	head := strings.ToUpper(text[:min(len(text), 5)])
	if !strings.HasPrefix(head, "COPY") || len(head) < 5 || strings.IndexByte(" \t\r\n", head[4]) < 0 {
		return false
	}
	return copyFromStdin.MatchString(text)
}
