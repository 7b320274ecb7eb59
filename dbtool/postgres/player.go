package postgres

import (
	"context"
	"io"
	"regexp"
	"strconv"
	"strings"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/failure"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
)

// sink is what a dump is played to.
type sink interface {
	// exec a statement and return the rows that it inserted.
	exec(ctx context.Context, sql string) (int64, error)
	// attempt a statement that may fail.
	attempt(ctx context.Context, sql string) error
	// copyIn the rows of a COPY and return their number.
	copyIn(ctx context.Context, sql string, rows io.Reader) (int64, error)
	// flush what was put off.
	flush(ctx context.Context) (int64, error)
}

// player plays the SQL of a dump.
type player struct {
	sink  sink
	place place
	// major version of the server.
	major int

	loaded Loaded
	// begun and ended by the lines that pg_dump writes first and last.
	begun, ended bool
	refused      error
}

var (
	dumpedFrom  = regexp.MustCompile(`^-- Dumped from database version (\d+)`)
	createTable = regexp.MustCompile(`(?i)^CREATE\s+((UNLOGGED|FOREIGN)\s+)?TABLE\s`)
)

const (
	beginning = "-- PostgreSQL database dump"
	ending    = "-- PostgreSQL database dump complete"
	cluster   = "-- PostgreSQL database cluster dump"
)

// play a dump to its end.
func (p *player) play(ctx context.Context, script io.Reader) error {
	s := newSplitter(script, p.comment)
	for {
		text, err := s.next()
		if errors.Is(err, io.EOF) {
			return p.finish(ctx)
		}
		if err == nil {
			err = p.refused
		}
		if err == nil {
			err = p.step(ctx, s, text)
		}
		if err != nil {
			return err
		}
	}
}

// finish after the last statement.
func (p *player) finish(ctx context.Context) error {
	rows, err := p.sink.flush(ctx)
	p.loaded.Rows += rows
	switch {
	case err != nil:
		return err
	case p.refused != nil:
		return p.refused
	case !p.begun:
		return failure.New(job.ReasonUnknownFormat, "the dump is none of pg_dump")
	case !p.ended:
		return truncated("before pg_dump says that it is complete")
	}
	return nil
}

// comment of pg_dump: it says what cannot be said in SQL.
func (p *player) comment(line string) {
	switch line {
	case beginning:
		p.begun = true
	case ending:
		p.ended = true
	case cluster:
		p.refused = failure.New(job.ReasonInvalid, "the dump is of a whole server: restore one of a single database")
	}
	if m := dumpedFrom.FindStringSubmatch(line); m != nil {
		if major, err := strconv.Atoi(m[1]); err == nil && major > p.major {
			p.refused = failure.Errorf(job.ReasonTooNew, "the dump is of PostgreSQL %d, and the server is %d", major, p.major)
		}
	}
}

// step does what a statement deserves.
func (p *player) step(ctx context.Context, s *splitter, text string) error {
	if strings.HasPrefix(text, `\`) {
		if isHarmless(text) {
			return nil
		}
		command, _, _ := strings.Cut(text, " ")
		return failure.Errorf(job.ReasonInvalid, "the dump has the command %.20q, which is not carried out", command)
	}
	verdict := p.place.judge(text)
	if isCopy(text) {
		data := s.rows()
		if verdict == skip {
			return nil
		}
		rows, err := p.sink.copyIn(ctx, text, data)
		p.loaded.Rows += rows
		return errors.Wrapf(err, "cannot load %s", title(text))
	}
	switch verdict {
	case skip:
		return nil
	case refuse:
		return failure.Errorf(job.ReasonInvalid, "the dump has a statement that dumps do not have: %s", title(text))
	case attempt:
		return p.sink.attempt(ctx, text)
	case run:
	}
	if createTable.MatchString(text) {
		p.loaded.Tables++
	}
	rows, err := p.sink.exec(ctx, text)
	p.loaded.Rows += rows
	return errors.Wrapf(err, "cannot carry out %s", title(text))
}

// title of a statement, without the data in it.
func title(text string) string {
	words := strings.Fields(text[:min(len(text), 200)])
	if len(words) > 0 && strings.EqualFold(words[0], "ALTER") {
		words = words[:min(len(words), 8)]
	}
	title := strings.Join(words[:min(len(words), 5)], " ")
	title, _, _ = strings.Cut(title, "(")
	return strings.TrimSpace(title)
}
