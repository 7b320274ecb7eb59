package conversion

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/failure"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
)

// bufferBytes of rows are sent at once.
const bufferBytes = 256 << 10

// copier is a sink that is a session: a COPY for each table.
type copier struct {
	ctx    context.Context //nolint:containedctx // Of the one load that it is for.
	conn   *pgconn.PgConn
	schema string
	log    *slog.Logger

	table   string
	columns []string
	in      *io.PipeWriter
	buffer  *bufio.Writer
	done    chan error
	rows    int64
}

// write a row.
func (c *copier) write(table string, columns []string, row []byte) error {
	if c.in == nil || table != c.table || !slices.Equal(columns, c.columns) {
		if err := c.finish(); err != nil {
			return err
		}
		c.begin(table, columns)
	}
	if _, err := c.buffer.Write(row); err != nil {
		// The reader is gone because the server refused something.
		if refused := c.finish(); refused != nil {
			return refused
		}
		return err
	}
	c.rows++
	return nil
}

// begin a COPY.
func (c *copier) begin(table string, columns []string) {
	quoted := make([]string, 0, len(columns))
	for _, name := range columns {
		quoted = append(quoted, pgx.Identifier{name}.Sanitize())
	}
	sql := fmt.Sprintf("COPY %s (%s) FROM STDIN", pgx.Identifier{c.schema, table}.Sanitize(), strings.Join(quoted, ", "))
	out, in := io.Pipe()
	done := make(chan error, 1)
	c.table, c.columns, c.in, c.done, c.rows = table, columns, in, done, 0
	c.buffer = bufio.NewWriterSize(in, bufferBytes)
	go func() {
		_, err := c.conn.CopyFrom(c.ctx, out, sql)
		// Whoever writes must not wait for ever.
		_ = out.CloseWithError(errStopped)
		done <- err
	}()
}

// errStopped is what writing fails with when the server has refused what came before.
var errStopped = errors.New("the rows are not read any more")

// finish the COPY that is under way.
func (c *copier) finish() error {
	if c.in == nil {
		return nil
	}
	// Why writing failed is what the server says.
	_ = c.buffer.Flush()
	_ = c.in.Close()
	err := <-c.done
	c.in = nil
	if err != nil {
		return refusal(err, c.table)
	}
	c.log.Info("Loaded", "table", c.table, "rows", c.rows)
	return nil
}

// abort the COPY that is under way, because of an error of what is loaded.
func (c *copier) abort(cause error) {
	if c.in == nil {
		return
	}
	_ = c.in.CloseWithError(cause)
	// That it failed is known.
	<-c.done //nolint:errcheck // As above.
	c.in = nil
}

// refusal of the server to take rows of a table, without the data that it quotes.
func refusal(err error, table string) error {
	answer := (*pgconn.PgError)(nil)
	if !errors.As(err, &answer) {
		return failure.Mark(job.ReasonUnavailable, errors.Wrapf(err, "cannot load table %s", table))
	}
	reason := job.ReasonInternal
	switch answer.Code[:2] {
	case "22", "23":
		reason = job.ReasonMismatch
	case "53":
		reason = job.ReasonDiskFull
	case "57", "08", "40":
		reason = job.ReasonUnavailable
	}
	where, _, _ := strings.Cut(answer.Where, ":")
	return failure.Errorf(reason, "cannot load table %s: the server refuses a value (SQLSTATE %s, constraint %q, %.100s)", table, answer.Code, answer.ConstraintName, where)
}
