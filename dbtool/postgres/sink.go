package postgres

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/failure"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
)

const (
	// batchBytes and batchStatements limit the statements that are sent together.
	batchBytes      = 128 << 10
	batchStatements = 512
	// inTransaction is the status of a session whose transaction is open.
	inTransaction = 'T'
)

// session runs a dump in a transaction with the extended protocol, in which the server
// parses one statement at a time and refuses text with several.
type session struct {
	conn *pgconn.PgConn
	log  *slog.Logger
	// batch of statements, and its bytes.
	batch []string
	bytes int
	// rows that were inserted since the last flush.
	rows int64
}

// exec a statement as part of a batch.
func (s *session) exec(ctx context.Context, of statement) error {
	s.batch = append(s.batch, of.sql)
	s.bytes += len(of.sql)
	if of.inserts && s.bytes < batchBytes && len(s.batch) < batchStatements {
		return nil
	}
	return s.send(ctx)
}

// flush the batch.
func (s *session) flush(ctx context.Context) (int64, error) {
	err := s.send(ctx)
	rows := s.rows
	s.rows = 0
	return rows, err
}

// send the batch as a pipeline.
func (s *session) send(ctx context.Context) error {
	if len(s.batch) == 0 {
		return nil
	}
	pipeline := s.conn.StartPipeline(ctx)
	for _, sql := range s.batch {
		pipeline.SendQueryParams(sql, nil, nil, nil, nil)
	}
	s.batch, s.bytes = s.batch[:0], 0
	err := pipeline.Sync()
	for err == nil {
		var results any
		results, err = pipeline.GetResults()
		// With an error, the reader is nil.
		reader, ok := results.(*pgconn.ResultReader)
		if err != nil || !ok {
			break
		}
		var tag pgconn.CommandTag
		tag, err = reader.Close()
		if tag.Insert() {
			s.rows += tag.RowsAffected()
		}
	}
	if closing := pipeline.Close(); err == nil {
		err = closing
	}
	if err != nil {
		return classify(err)
	}
	return s.within()
}

// within fails unless the session is still in the transaction that was begun.
func (s *session) within() error {
	if s.conn.TxStatus() != inTransaction {
		return failure.New(job.ReasonInvalid, "the dump ended the transaction that it is loaded in: nothing was replaced")
	}
	return nil
}

// attempt a statement; the transaction goes on when it fails.
func (s *session) attempt(ctx context.Context, of statement) (made bool, err error) {
	if err := s.exec(ctx, statement{sql: "SAVEPOINT attempt"}); err != nil {
		return false, err
	}
	if err := s.exec(ctx, of); err != nil {
		if s.conn.IsClosed() {
			return false, err
		}
		s.log.Warn("The dump has something that cannot be made here, and is tried without", "statement", of.title, "name", shown(of.about.local), "cause", err.Error())
		return false, s.exec(ctx, statement{sql: "ROLLBACK TO SAVEPOINT attempt"})
	}
	return true, s.exec(ctx, statement{sql: "RELEASE SAVEPOINT attempt"})
}

// copyIn rows.
func (s *session) copyIn(ctx context.Context, of statement, rows io.Reader) error {
	if err := s.send(ctx); err != nil {
		return err
	}
	source := &remembering{r: rows}
	tag, err := s.conn.CopyFrom(ctx, source, of.sql)
	if source.err != nil {
		// The server only repeats it.
		return source.err
	}
	if err != nil {
		return classify(err)
	}
	s.rows += tag.RowsAffected()
	s.log.Info("Loaded", "table", shown(of.about.local), "rows", tag.RowsAffected())
	return s.within()
}

// remembering keeps the error of a reader.
type remembering struct {
	r   io.Reader
	err error
}

// Read passes on.
func (r *remembering) Read(p []byte) (int, error) {
	n, err := r.r.Read(p)
	if err != nil && err != io.EOF {
		r.err = err
	}
	return n, err
}

// reading plays a dump to nowhere, and remembers what has to be known of it.
type reading struct {
	buffer []byte
	// migration that Mattermost carried out last, 0 if none.
	migration int64
	rows      int64
}

// exec looks at a statement.
func (r *reading) exec(_ context.Context, of statement) error {
	if of.inserts {
		r.rows++
		r.migration = max(r.migration, of.migration)
	}
	return nil
}

func (r *reading) attempt(context.Context, statement) (bool, error) { return true, nil }

func (r *reading) flush(context.Context) (int64, error) {
	rows := r.rows
	r.rows = 0
	return rows, nil
}

// copyIn counts rows.
func (r *reading) copyIn(_ context.Context, of statement, rows io.Reader) error {
	if of.about.local == migrations {
		content, err := io.ReadAll(io.LimitReader(rows, maxStatement))
		if err != nil {
			return errors.Wrap(err, "cannot read Mattermost's migrations")
		}
		for line := range bytes.Lines(content) {
			version, _, _ := bytes.Cut(line, []byte("\t"))
			r.migrated(string(version))
		}
		r.rows += int64(bytes.Count(content, []byte("\n")))
		return nil
	}
	if r.buffer == nil {
		r.buffer = make([]byte, windowBytes)
	}
	for {
		n, err := rows.Read(r.buffer)
		r.rows += int64(bytes.Count(r.buffer[:n], []byte("\n")))
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

func (r *reading) migrated(version string) {
	if v, err := strconv.ParseInt(strings.TrimSpace(version), 10, 64); err == nil {
		r.migration = max(r.migration, v)
	}
}
