package postgres

import (
	"context"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strconv"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/failure"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
)

// sink is what a dump is played to.
type sink interface {
	// exec a statement.
	exec(ctx context.Context, s statement) error
	// attempt a statement that may fail, and say whether it succeeded.
	attempt(ctx context.Context, s statement) (bool, error)
	// copyIn the rows of a COPY.
	copyIn(ctx context.Context, s statement, rows io.Reader) error
	// flush the batch, and return the number of rows that were inserted since the last
	// flush.
	flush(ctx context.Context) (int64, error)
}

// player plays the SQL of a dump.
type player struct {
	sink  sink
	place place
	// target is the schema that the data goes to.
	target string
	// major version of the server.
	major int

	loaded Loaded
	// held are the statements that wait until the schema of the server's tables is known.
	// That schema decides which other schemas are foreign.
	held     []held
	heldSize int
	// skipped counts statements by kind.
	skipped map[string]int64
	// kept are the materialized views that the dump created. Their queries were judged.
	kept map[name]bool
	// setup restores the dump's settings for late statements.
	setup struct{ path, encoding string }
	// begun and ended by the lines that pg_dump writes first and last.
	begun, ended bool
	// connected says that the dump's own \connect was seen.
	connected bool
	refused   error
}

var dumpedFrom = regexp.MustCompile(`^-- Dumped from database version (\d+)`)

const (
	beginning = "-- PostgreSQL database dump"
	ending    = "-- PostgreSQL database dump complete"
	cluster   = "-- PostgreSQL database cluster dump"
)

// play a dump to its end.
func (p *player) play(ctx context.Context, script io.Reader) error {
	s := newSplitter(script, p.comment)
	for {
		tokens, meta, err := s.next()
		if errors.Is(err, io.EOF) {
			return p.finish(ctx, s)
		}
		if err == nil {
			err = p.refused
		}
		if err == nil && meta != "" {
			err = p.command(meta)
		} else if err == nil {
			err = p.step(ctx, s, tokens)
		}
		if err != nil {
			return err
		}
	}
}

// command of psql. Newer versions of pg_dump begin and end a dump with \restrict and
// \unrestrict, which have no effect here, and with --create the dump connects to its own
// database.
func (p *player) command(meta string) error {
	if framing.MatchString(meta) {
		return nil
	}
	if connecting.MatchString(meta) && !p.connected && p.place.home == "" {
		p.connected = true
		return nil
	}
	return failure.New(job.ReasonInvalid, "the dump has a command of psql, which is not carried out")
}

var (
	framing    = regexp.MustCompile(`^\\(restrict|unrestrict) [A-Za-z0-9]+\s*$`)
	connecting = regexp.MustCompile(`^\\connect\s`)
)

// finish after the last statement.
func (p *player) finish(ctx context.Context, s *splitter) error {
	if p.refused == nil && p.begun {
		if err := p.release(ctx, s); err != nil {
			return err
		}
	}
	err := p.count(ctx)
	p.loaded.Skipped = p.words()
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

// count the inserted rows.
func (p *player) count(ctx context.Context) error {
	rows, err := p.sink.flush(ctx)
	p.loaded.Rows += rows
	return err
}

// words describe what was left out.
func (p *player) words() []string {
	var out []string
	for _, what := range slices.Sorted(maps.Keys(p.skipped)) {
		out = append(out, fmt.Sprintf("%s (%d)", what, p.skipped[what]))
	}
	return out
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

// step runs a statement according to its verdict, or holds it.
func (p *player) step(ctx context.Context, s *splitter, tokens []token) error {
	if p.place.home == "" {
		if !data(tokens) {
			return p.hold(s, tokens)
		}
		if err := p.release(ctx, s); err != nil {
			return err
		}
	}
	return p.carryOut(ctx, s, tokens, s.count)
}

// carryOut runs a statement, given its number in the dump.
func (p *player) carryOut(ctx context.Context, s *splitter, tokens []token, number int) error {
	of := p.place.judge(tokens)
	switch of.verdict {
	case refuse:
		return refusal(of, number)
	case skip:
		if p.place.isServers(of) {
			return several(p.place.home, of.about.schema)
		}
		p.skip(of.what)
		if tokens[0].is("copy") {
			_ = s.rows() // Unread rows are skipped.
		}
		return nil
	case understood:
		return p.follow(ctx, s, of)
	case attempt:
		made, err := p.sink.attempt(ctx, of)
		if !made {
			p.skip(of.what)
		}
		return err
	case late:
		p.loaded.late = append(p.loaded.late, p.setup.path, p.setup.encoding, of.sql)
		return nil
	case load:
		return errors.Wrapf(p.sink.copyIn(ctx, of, s.rows()), "cannot load table %s", shown(of.about.local))
	case run:
	}
	if why := p.refreshes(of); why != "" {
		of.why = why
		return refusal(of, number)
	}
	if of.title == "CREATE TABLE" || of.title == "CREATE UNLOGGED TABLE" {
		p.loaded.Tables++
	}
	p.loaded.made = p.loaded.made || of.title == "CREATE SCHEMA"
	err := p.sink.exec(ctx, of)
	return errors.Wrapf(err, "cannot carry out statement %d of the dump or one shortly before it (%s)", number, of.title)
}

// refreshes says why a statement that fills a view is refused: whose query is none of the
// dump's was not judged.
func (p *player) refreshes(of statement) string {
	switch of.title {
	case "CREATE MATERIALIZED VIEW":
		if p.kept == nil {
			p.kept = map[name]bool{}
		}
		p.kept[of.about] = true
	case "REFRESH MATERIALIZED VIEW":
		if !p.kept[of.about] {
			return "fills a view that the dump did not make"
		}
	}
	return ""
}

func (p *player) skip(what string) {
	if p.skipped == nil {
		p.skipped = map[string]int64{}
	}
	p.skipped[what]++
}

// refusal returns the error for a refused statement.
func refusal(of statement, number int) error {
	title, why := of.title, of.why
	if title == "" {
		title = "it begins with an unknown command"
	}
	if why == "" {
		why = "is not one that pg_dump writes for data"
	}
	return failure.Errorf(job.ReasonInvalid, "statement %d of the dump %s: %s", number, why, title)
}

// follow applies a setting.
func (p *player) follow(ctx context.Context, s *splitter, of statement) error {
	switch {
	case of.backslashes != nil:
		s.backslashes = *of.backslashes
	case of.path != nil:
		if *of.path != p.place.home {
			of.sql = noPath
		}
		p.place.path, p.setup.path = *of.path, of.sql
		return p.sink.exec(ctx, of)
	case of.encoding != "":
		s.utf8 = of.encoding == "utf8" || of.encoding == "unicode"
		of.sql = "SET LOCAL client_encoding = '" + of.encoding + "'"
		p.setup.encoding = of.sql
		return p.sink.exec(ctx, of)
	}
	return nil
}
