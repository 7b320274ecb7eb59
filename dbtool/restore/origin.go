package restore

import (
	"context"
	"io"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/database"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/dump"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/failure"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
)

// Origin opens a database of PostgreSQL that is restored. Nobody writes to it, so that
// whoever reads it twice reads the same.
type Origin func(ctx context.Context) (database.Origin, error)

// OpenOrigin as a source that is dumped anew whenever it is read.
func OpenOrigin(ctx context.Context, open Origin) (s Source, err error) {
	d, err := open(ctx)
	if err != nil {
		return Source{}, ofSource(err)
	}
	defer func() { err = errors.Join(err, d.Close(context.WithoutCancel(ctx))) }()
	is, err := d.Describe(ctx)
	if err != nil {
		return Source{}, ofSource(err)
	}
	return Source{Dump: dump.Dump{Format: dump.PostgresCustom, Bytes: is.Bytes, Content: open.dump}}, nil
}

// dump the database while it is read.
func (open Origin) dump(ctx context.Context) (io.ReadCloser, error) {
	ctx, cancel := context.WithCancel(ctx)
	d, err := open(ctx)
	if err != nil {
		cancel()
		return nil, ofSource(err)
	}
	out, in := io.Pipe()
	s := &stream{PipeReader: out, cancel: cancel, ended: make(chan struct{})}
	go func() {
		defer close(s.ended)
		err := d.Dump(ctx, in)
		err = errors.Join(err, d.Close(context.WithoutCancel(ctx)))
		_ = in.CloseWithError(ofSource(err)) // It never fails.
	}()
	return s, nil
}

// stream of a dump that is being made. It ends with io.EOF only when all of it was.
type stream struct {
	*io.PipeReader
	cancel context.CancelFunc
	ended  chan struct{}
}

// Close ends what dumps.
func (s *stream) Close() error {
	s.cancel()
	err := s.PipeReader.Close()
	<-s.ended
	return err
}

// ofSource tells an error of the source from one of the database that is restored to.
// Whoever made the source may set its password after it answers, so that another try may
// succeed.
func ofSource(err error) error {
	const what = "cannot read the database that is the source"
	if failure.Reason(err) == job.ReasonDatabaseDenied {
		return failure.Retry(failure.Errorf(job.ReasonAccessDenied, "%s: %v", what, err))
	}
	return errors.Wrap(err, what)
}
