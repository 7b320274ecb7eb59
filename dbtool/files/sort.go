package files

import (
	"bufio"
	"cmp"
	"container/heap"
	"context"
	"encoding/json"
	"io"
	"os"
	"slices"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
)

// sortBytes of files are sorted in memory, about.
const sortBytes = 8 << 20

// overhead of a file in memory besides its strings, in bytes.
const overhead = 64

// sorter puts files in the order of their paths' bytes, however many they are: S3 lists
// objects in that order, but not all that speak S3 do.
type sorter struct {
	dir   string
	limit int
	files []File
	bytes int
	runs  []*os.File
}

// add a file.
func (s *sorter) add(f File) error {
	s.files = append(s.files, f)
	s.bytes += len(f.Path) + len(f.Stamp) + overhead
	if s.bytes < s.limit {
		return nil
	}
	return s.spill()
}

func (s *sorter) sort() {
	slices.SortFunc(s.files, func(a, b File) int { return cmp.Compare(a.Path, b.Path) })
}

// spill what is in memory to a file that is deleted already.
func (s *sorter) spill() error {
	s.sort()
	run, err := os.CreateTemp(s.dir, "files-")
	if err != nil {
		return errors.Wrap(err, "cannot make a file to sort in")
	}
	s.runs = append(s.runs, run)
	if err := os.Remove(run.Name()); err != nil {
		return errors.Wrap(err, "cannot remove a file to sort in")
	}
	out := bufio.NewWriter(run)
	lines := json.NewEncoder(out)
	for _, f := range s.files {
		if err := lines.Encode(f); err != nil {
			return errors.Wrap(err, "cannot write a file to sort in")
		}
	}
	s.files, s.bytes = s.files[:0], 0
	if err := out.Flush(); err != nil {
		return errors.Wrap(err, "cannot write a file to sort in")
	}
	_, err = run.Seek(0, io.SeekStart)
	return errors.Wrap(err, "cannot read a file to sort in")
}

// each file in order.
func (s *sorter) each(ctx context.Context, visit func(File) error) error {
	s.sort()
	sources := &runs{}
	if len(s.files) > 0 {
		sources.list = append(sources.list, &run{next: s.files[0], rest: s.files[1:]})
	}
	for _, f := range s.runs {
		r := &run{lines: json.NewDecoder(bufio.NewReader(f))}
		if more, err := r.advance(); err != nil {
			return err
		} else if more {
			sources.list = append(sources.list, r)
		}
	}
	heap.Init(sources)
	for len(sources.list) > 0 {
		if ctx.Err() != nil {
			return errors.Wrap(context.Cause(ctx), "stopped while files were listed")
		}
		first := sources.list[0]
		if err := visit(first.next); err != nil {
			return err
		}
		more, err := first.advance()
		if err != nil {
			return err
		}
		if more {
			heap.Fix(sources, 0)
		} else {
			heap.Pop(sources)
		}
	}
	return nil
}

// close the files.
func (s *sorter) close() {
	for _, f := range s.runs {
		_ = f.Close()
	}
}

// run is a part that is sorted: in memory, or in a file.
type run struct {
	next  File
	rest  []File
	lines *json.Decoder
}

// advance to the next file, and say whether there is one.
func (r *run) advance() (bool, error) {
	if r.lines == nil {
		if len(r.rest) == 0 {
			return false, nil
		}
		r.next, r.rest = r.rest[0], r.rest[1:]
		return true, nil
	}
	r.next = File{}
	err := r.lines.Decode(&r.next)
	if errors.Is(err, io.EOF) {
		return false, nil
	}
	return err == nil, errors.Wrap(err, "cannot read a file to sort in")
}

// runs are a heap.
type runs struct{ list []*run }

// Len is part of heap.Interface, as are the others.
func (r *runs) Len() int { return len(r.list) }

// Less compares paths.
func (r *runs) Less(i, j int) bool { return r.list[i].next.Path < r.list[j].next.Path }

// Swap two.
func (r *runs) Swap(i, j int) { r.list[i], r.list[j] = r.list[j], r.list[i] }

// Push one.
func (r *runs) Push(x any) { r.list = append(r.list, x.(*run)) } //nolint:forcetypeassert // Nothing else is pushed.

// Pop the last.
func (r *runs) Pop() any {
	last := r.list[len(r.list)-1]
	r.list = r.list[:len(r.list)-1]
	return last
}
