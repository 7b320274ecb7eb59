// Package mysqldump reads dumps of mysqldump and of mariadb-dump: statement by statement,
// and row by row. Nothing in it runs a statement.
package mysqldump

import (
	"bufio"
	"bytes"
	"io"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/failure"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
)

const (
	// windowBytes are read at once.
	windowBytes = 1 << 20
	// maxStatement is more than any server takes: its packets end at 1 GiB.
	maxStatement = 1 << 30
	// sandbox and earlySandbox begin the line that keeps MariaDB's client from running
	// programs. It is no statement, and does not end as one.
	sandbox, earlySandbox = "/*M!999999", "/*!999999"
)

// splitter divides a dump into statements.
type splitter struct {
	in *bufio.Reader
	// comment is called with each line of comment.
	comment func(line string)

	text []byte
	end  []byte
}

func newSplitter(r io.Reader, comment func(string)) *splitter {
	return &splitter{in: bufio.NewReaderSize(r, windowBytes), comment: comment, end: []byte(";")}
}

// next statement without what ends it. It is good until the next call, and may be
// written to. The error is io.EOF after the last one.
func (s *splitter) next() ([]byte, error) {
	s.text = s.text[:0]
	for {
		b, err := s.in.ReadByte()
		if err == io.EOF { //nolint:errorlint // Readers return it as it is.
			if len(bytes.TrimSpace(s.text)) > 0 {
				return nil, failure.New(job.ReasonCorrupt, "the dump ends in the middle of a statement")
			}
			return nil, io.EOF
		}
		if err != nil {
			return nil, err
		}
		done, err := s.take(b)
		if err != nil {
			return nil, err
		}
		if done {
			return s.text, nil
		}
		if len(s.text) > maxStatement {
			return nil, failure.New(job.ReasonCorrupt, "the dump has a statement that is longer than any server takes")
		}
	}
}

// take a byte and what belongs to it, and say whether the statement has ended.
func (s *splitter) take(b byte) (bool, error) {
	if len(s.text) == 0 {
		switch b {
		case ' ', '\t', '\r', '\n':
			return false, nil
		case 'D', 'd':
			if changed, err := s.delimiter(); changed || err != nil {
				return false, err
			}
		}
	}
	switch {
	case b == '\'', b == '"', b == '`':
		return false, s.quoted(b)
	case b == '#', b == '-' && s.isDashes():
		return false, s.line()
	case b == '/':
		return false, s.block()
	}
	s.text = append(s.text, b)
	if b == s.end[len(s.end)-1] && bytes.HasSuffix(s.text, s.end) {
		s.text = bytes.TrimSpace(s.text[:len(s.text)-len(s.end)])
		return len(s.text) > 0, nil
	}
	return false, nil
}

// quoted reads to the end of what is between quotes.
func (s *splitter) quoted(quote byte) error {
	s.text = append(s.text, quote)
	for {
		b, err := s.in.ReadByte()
		if err != nil {
			return cut(err)
		}
		if len(s.text) > maxStatement {
			return failure.New(job.ReasonCorrupt, "the dump has text that no quote ends")
		}
		s.text = append(s.text, b)
		switch {
		case b == '\\' && quote != '`':
			if b, err = s.in.ReadByte(); err != nil {
				return cut(err)
			}
			s.text = append(s.text, b)
		case b == quote:
			// Two quotes are one that does not end: the second begins anew.
			return nil
		}
	}
}

// isDashes says whether the second of the two dashes that begin a comment follows.
func (s *splitter) isDashes() bool {
	next, _ := s.in.Peek(2)
	return len(next) > 0 && next[0] == '-' && (len(next) == 1 || next[1] == ' ' || next[1] == '\t' || next[1] == '\n' || next[1] == '\r')
}

// line of comment.
func (s *splitter) line() error {
	var line []byte
	for {
		part, err := s.in.ReadSlice('\n')
		if len(line) < windowBytes {
			line = append(line, part...)
		}
		if err == bufio.ErrBufferFull { //nolint:errorlint // The reader returns it as it is.
			continue
		}
		if err != nil && err != io.EOF {
			return err
		}
		s.comment("-" + string(bytes.TrimRight(line, "\r\n")))
		return nil
	}
}

// block of comment. Those that are statements on some servers are kept. What else there is of
// them may be of any length.
func (s *splitter) block() error {
	next, _ := s.in.Peek(len(sandbox) - 1)
	if len(next) == 0 || next[0] != '*' {
		s.text = append(s.text, '/')
		return nil
	}
	sandboxed := bytes.HasPrefix(next, []byte(sandbox[1:])) || bytes.HasPrefix(next, []byte(earlySandbox[1:]))
	if len(next) > 1 && (next[1] == '!' || next[1] == 'M') && !sandboxed {
		// Its statement has quotes of its own, and ends like others.
		s.text = append(s.text, '/')
		return nil
	}
	_, _ = s.in.Discard(1) // It was peeked at.
	for last := byte(0); ; {
		b, err := s.in.ReadByte()
		if err != nil {
			return cut(err)
		}
		if last == '*' && b == '/' {
			return nil
		}
		last = b
	}
}

// delimiter changes what ends statements, if that is what the line says whose first
// letter was read.
func (s *splitter) delimiter() (bool, error) {
	const word = "ELIMITER "
	next, _ := s.in.Peek(len(word))
	if !bytes.EqualFold(next, []byte(word)) {
		return false, nil
	}
	line, err := s.in.ReadSlice('\n')
	if err != nil {
		return false, cut(err)
	}
	if s.end = bytes.Clone(bytes.TrimSpace(line[len(word):])); len(s.end) == 0 {
		return false, failure.New(job.ReasonCorrupt, "the dump has a DELIMITER that is empty")
	}
	return true, nil
}

// cut is the error of a dump that ends where it may not.
func cut(err error) error {
	if err == io.EOF { //nolint:errorlint // Readers return it as it is.
		return failure.New(job.ReasonCorrupt, "the dump ends in the middle of a statement")
	}
	return err
}
