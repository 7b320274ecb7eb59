package files

import (
	"context"
	"io"
	"unicode/utf8"

	"golang.org/x/sync/errgroup"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/failure"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
)

// workers read and write so many files at once: most are small, and take a request each.
const workers = 8

// Count of files.
type Count struct {
	Files int64
	Bytes int64
	// Read are those files whose content was read.
	Read int64
	// Refused are those that the store does not take; they are not among Files.
	Refused int64
}

// saving is a file whose content is being stored.
type saving struct {
	entry *Entry
	done  chan struct{}
}

// Save the contents of all files of a store to a pool, and write an index. A file is not
// read if the previous index has it with the same stamp and the pool still has the content
// that was read then. Previous may be nil.
func Save(ctx context.Context, s Store, pool *Pool, previous *Index, index io.Writer) (Count, error) {
	count := Count{}
	present, err := pool.Present(ctx, true)
	if err != nil {
		return count, err
	}
	group, ctx := errgroup.WithContext(ctx)
	queue, slots := make(chan *saving, workers), make(chan struct{}, workers)
	group.Go(func() error {
		defer close(queue)
		return s.Walk(ctx, func(f File) error {
			if !utf8.ValidString(f.Path) {
				return failure.Errorf(job.ReasonInvalid, "the name of a file is not UTF-8: %q", f.Path)
			}
			entry, err := unchanged(previous, present, f)
			if err != nil {
				return err
			}
			w := &saving{entry: entry, done: make(chan struct{})}
			if entry != nil {
				close(w.done)
			} else {
				count.Read++
				select {
				case slots <- struct{}{}:
				case <-ctx.Done():
					return context.Cause(ctx)
				}
				group.Go(func() (err error) {
					defer func() { <-slots }()
					w.entry, err = pool.save(ctx, s, f)
					close(w.done)
					return err
				})
			}
			select {
			case queue <- w:
				return nil
			case <-ctx.Done():
				return context.Cause(ctx)
			}
		})
	})
	group.Go(func() error {
		for w := range queue {
			select {
			case <-w.done:
			case <-ctx.Done():
				return context.Cause(ctx)
			}
			if w.entry == nil {
				continue
			}
			if err := w.entry.write(index); err != nil {
				return err
			}
			count.Files++
			count.Bytes += w.entry.Bytes
		}
		return nil
	})
	err = group.Wait()
	return count, err
}

// unchanged returns a file's entry in the previous index. It returns nil if the file must
// be read, because it changed or its content was altered or is missing.
func unchanged(previous *Index, present *Present, f File) (*Entry, error) {
	if previous == nil {
		return nil, nil //nolint:nilnil // As documented.
	}
	same, err := previous.To(f.Path)
	if err != nil || !same || previous.Current.Bytes != f.Bytes || previous.Current.Stamp != f.Stamp || f.Stamp == "" {
		return nil, err
	}
	if !present.Has(*previous.Current) {
		return nil, nil //nolint:nilnil // As above.
	}
	return previous.Current, nil
}
