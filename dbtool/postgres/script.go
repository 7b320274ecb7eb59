package postgres

import (
	"context"
	"io"
	"os"
	"sync"

	"golang.org/x/sys/unix"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/dump"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/failure"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/process"
)

// pipeBytes is what a pipe to or from a child holds: less would make both wait for each
// other more often.
const pipeBytes = 1 << 20

// script opens a dump as SQL. Its reader ends with an error instead of io.EOF when the
// dump is not what was stored, or no dump.
func script(ctx context.Context, d dump.Dump, scratch string) (io.ReadCloser, error) {
	switch d.Format {
	case dump.PostgresPlain:
		return d.Content(ctx)
	case dump.PostgresCustom:
		return unpack(ctx, d, "custom", "")
	case dump.PostgresTar:
		return unpack(ctx, d, "tar", "")
	case dump.PostgresDirectory:
		if scratch == "" {
			return nil, failure.New(job.ReasonInvalid, "a dump in directory format needs a directory to pass through: set "+job.EnvScratch)
		}
		dir, err := os.MkdirTemp(scratch, "dump-")
		if err != nil {
			return nil, errors.Wrap(err, "cannot make a directory for the dump")
		}
		s, err := unpack(ctx, d, "directory", dir)
		if err != nil {
			return nil, errors.Join(err, os.RemoveAll(dir))
		}
		return s, nil
	case dump.MySQLPlain:
	}
	return nil, failure.Errorf(job.ReasonInvalid, "cannot restore a dump of format %s here", d.Format)
}

// archive is one of pg_dump's own formats while pg_restore turns it into SQL.
type archive struct {
	out     *os.File
	process *process.Process
	cancel  context.CancelFunc
	dir     string
	fed     chan error
	end     func() error
}

// unpack an archive; dir is for its files if it is a directory.
func unpack(ctx context.Context, d dump.Dump, format, dir string) (io.ReadCloser, error) {
	ctx, cancel := context.WithCancel(ctx)
	a := &archive{cancel: cancel, dir: dir, fed: make(chan error, 1)}
	command := process.Command{
		Program: "pg_restore",
		Args: []string{
			"--file=-", "--format=" + format, "--no-owner", "--no-privileges", "--no-tablespaces",
			"--no-publications", "--no-subscriptions", "--no-security-labels",
		},
	}
	if dir == "" {
		return a, a.stream(ctx, d, command)
	}
	if err := d.Download(ctx, dir); err != nil {
		cancel()
		return nil, err
	}
	if err := within(dir); err != nil {
		cancel()
		return nil, err
	}
	command.Args = append(command.Args, dir)
	a.fed <- nil
	return a, a.start(ctx, command, nil)
}

// stream the archive to pg_restore.
func (a *archive) stream(ctx context.Context, d dump.Dump, command process.Command) error {
	content, err := d.Content(ctx)
	if err != nil {
		a.cancel()
		return err
	}
	in, feed, err := pipe()
	if err != nil {
		a.cancel()
		return errors.Join(err, content.Close())
	}
	if err := a.start(ctx, command, in); err != nil {
		return errors.Join(err, feed.Close(), content.Close())
	}
	go func() {
		a.fed <- a.feed(feed, content)
	}()
	return nil
}

// start pg_restore. It owns stdin.
func (a *archive) start(ctx context.Context, command process.Command, stdin *os.File) error {
	out, script, err := pipe()
	if err != nil {
		a.cancel()
		return err
	}
	command.Stdout = script
	if stdin != nil {
		command.Stdin = stdin
		defer func() { _ = stdin.Close() }()
	}
	p, err := process.Start(ctx, command)
	if err := script.Close(); err != nil {
		return errors.Wrap(err, "cannot close a pipe")
	}
	if err != nil {
		a.cancel()
		return errors.Join(err, out.Close())
	}
	a.out, a.process = out, p
	a.end = sync.OnceValue(a.finish)
	return nil
}

// feed pg_restore with the archive. What it does not want to read is read all the same:
// only at the end is it known that the archive is what was stored.
func (a *archive) feed(in io.WriteCloser, content io.ReadCloser) error {
	defer func() { _ = content.Close() }()
	buffer := make([]byte, windowBytes)
	closed := false
	for {
		n, err := content.Read(buffer)
		if n > 0 && !closed {
			if _, err := in.Write(buffer[:n]); err != nil {
				closed = true
			}
		}
		if err == io.EOF {
			err = nil
		} else if err == nil {
			continue
		}
		if err := in.Close(); err != nil {
			return errors.Wrap(err, "cannot close a pipe")
		}
		return err
	}
}

// Read SQL.
func (a *archive) Read(p []byte) (int, error) {
	n, err := a.out.Read(p)
	if err == io.EOF {
		if err := a.end(); err != nil {
			return n, err
		}
	}
	return n, err
}

// finish tells whether all was well: with the archive first, for pg_restore only fails
// as a consequence of that.
func (a *archive) finish() error {
	fed := <-a.fed
	err := a.process.Wait()
	if fed != nil {
		return fed
	}
	return errors.Wrap(spoke(err, job.ReasonCorrupt), "cannot read the dump")
}

// Close stops pg_restore and removes its files.
func (a *archive) Close() error {
	a.cancel()
	err := a.out.Close()
	_ = a.end()
	if a.dir != "" {
		err = errors.Join(err, os.RemoveAll(a.dir))
	}
	return err
}

// pipe that holds more than usual, where the system allows it.
func pipe() (r, w *os.File, err error) {
	r, w, err = os.Pipe()
	if err != nil {
		return nil, nil, errors.Wrap(err, "cannot make a pipe")
	}
	_, _ = unix.FcntlInt(w.Fd(), unix.F_SETPIPE_SZ, pipeBytes)
	return r, w, nil
}
