package postgres

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"regexp"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
)

// batchBytes of INSERT statements are sent together.
const batchBytes = 128 << 10

// session plays a dump to a transaction.
type session struct {
	conn *pgconn.PgConn
	log  *slog.Logger
	// batch of statements that insert rows.
	batch strings.Builder
}

// exec a statement. The rows that statements inserted are counted when they are sent.
func (s *session) exec(ctx context.Context, sql string) (int64, error) {
	if isInsert(sql) {
		s.batch.WriteString(sql)
		s.batch.WriteString(";\n")
		if s.batch.Len() < batchBytes {
			return 0, nil
		}
		return s.flush(ctx)
	}
	rows, err := s.flush(ctx)
	if err != nil {
		return rows, err
	}
	_, err = s.send(ctx, sql)
	return rows, err
}

// flush the batch.
func (s *session) flush(ctx context.Context) (int64, error) {
	if s.batch.Len() == 0 {
		return 0, nil
	}
	sql := s.batch.String()
	s.batch.Reset()
	return s.send(ctx, sql)
}

// send statements and count the rows that they inserted.
func (s *session) send(ctx context.Context, sql string) (int64, error) {
	rows := int64(0)
	results := s.conn.Exec(ctx, sql)
	for results.NextResult() {
		tag, err := results.ResultReader().Close()
		if err == nil && tag.Insert() {
			rows += tag.RowsAffected()
		}
	}
	return rows, classify(results.Close())
}

// attempt a statement; the transaction goes on when it fails.
func (s *session) attempt(ctx context.Context, sql string) error {
	if _, err := s.exec(ctx, "SAVEPOINT attempt"); err != nil {
		return err
	}
	if _, err := s.send(ctx, sql); err != nil {
		if s.conn.IsClosed() {
			return err
		}
		s.log.Warn("The dump has something that cannot be made here, and is tried without", "statement", title(sql), "cause", err.Error())
		_, err = s.send(ctx, "ROLLBACK TO SAVEPOINT attempt")
		return err
	}
	_, err := s.send(ctx, "RELEASE SAVEPOINT attempt")
	return err
}

// copyIn rows.
func (s *session) copyIn(ctx context.Context, sql string, rows io.Reader) (int64, error) {
	inserted, err := s.flush(ctx)
	if err != nil {
		return inserted, err
	}
	source := &remembering{r: rows}
	tag, err := s.conn.CopyFrom(ctx, source, sql)
	if source.err != nil {
		// The server only repeats it.
		return inserted, source.err
	}
	if err != nil {
		return inserted, classify(err)
	}
	s.log.Info("Loaded", "table", copied(sql), "rows", tag.RowsAffected())
	return inserted + tag.RowsAffected(), nil
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
	// server says whether the dump has the server's tables.
	server bool
	// migration that Mattermost carried out last, 0 if none.
	migration int64
}

// exec looks at a statement.
func (r *reading) exec(_ context.Context, sql string) (int64, error) {
	if m := serverTable.FindString(sql); m != "" {
		r.server = true
	}
	if isInsert(sql) {
		if m := insertedMigration.FindStringSubmatch(sql); m != nil {
			r.migrated(m[1])
		}
		return 1, nil
	}
	return 0, nil
}

func (r *reading) attempt(context.Context, string) error { return nil }

func (r *reading) flush(context.Context) (int64, error) { return 0, nil }

var (
	copiedTable       = regexp.MustCompile(`(?is)^COPY\s+(\S+?)[\s(]`)
	serverTable       = regexp.MustCompile(`(?i)^CREATE\s+TABLE\s+(?:[^\s.]+\.)?"?systems"?\s*\(`)
	insertedMigration = regexp.MustCompile(`(?i)^INSERT\s+INTO\s+(?:[^\s.]+\.)?"?db_migrations"?\s[^']*VALUES\s*\((\d+)`)
)

// copied is the table of a COPY, without its schema.
func copied(sql string) string {
	m := copiedTable.FindStringSubmatch(sql)
	if m == nil {
		return ""
	}
	return strings.Trim(m[1][strings.LastIndexByte(m[1], '.')+1:], `"`)
}

// copyIn counts rows.
func (r *reading) copyIn(_ context.Context, sql string, rows io.Reader) (int64, error) {
	if copied(sql) == migrations {
		content, err := io.ReadAll(io.LimitReader(rows, maxStatement))
		if err != nil {
			return 0, errors.Wrap(err, "cannot read Mattermost's migrations")
		}
		for line := range bytes.Lines(content) {
			version, _, _ := bytes.Cut(line, []byte("\t"))
			r.migrated(string(version))
		}
		return int64(bytes.Count(content, []byte("\n"))), nil
	}
	if r.buffer == nil {
		r.buffer = make([]byte, windowBytes)
	}
	count := int64(0)
	for {
		n, err := rows.Read(r.buffer)
		count += int64(bytes.Count(r.buffer[:n], []byte("\n")))
		if err == io.EOF {
			return count, nil
		}
		if err != nil {
			return count, err
		}
	}
}

func (r *reading) migrated(version string) {
	if v, err := strconv.ParseInt(strings.TrimSpace(version), 10, 64); err == nil {
		r.migration = max(r.migration, v)
	}
}

func isInsert(sql string) bool {
	return len(sql) > 7 && strings.EqualFold(sql[:7], "INSERT ")
}
