package discretion

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
)

// again is how often new logs are looked for. A container's log outlives it for longer.
const again = time.Second

// keeper keeps the logs of containers that go, by a second name for each file: whatever
// is said into it, and whoever removes the first, it is there.
type keeper struct {
	// logs is a directory with directories of logs, and kept one of the same file system.
	logs, kept string
}

// run until the context ends, and then once more.
func (k keeper) run(ctx context.Context) error {
	next := time.NewTicker(again)
	defer next.Stop()
	for {
		if err := k.keep(); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return k.keep()
		case <-next.C:
		}
	}
}

// keep every log that there is. A compressed one was kept before it was compressed.
func (k keeper) keep() error {
	return filepath.WalkDir(k.logs, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist):
			// It goes while it is looked at.
			return nil
		case err != nil:
			return errors.Wrap(err, "cannot look for logs")
		case !entry.Type().IsRegular(), strings.HasSuffix(path, ".gz"), strings.HasSuffix(path, ".tmp"):
			return nil
		}
		info, err := entry.Info()
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return errors.Wrap(err, "cannot look at a log")
		}
		return k.link(path, info)
	})
}

// link a log. A log that is rotated gets another name, and stays the same file.
func (k keeper) link(path string, info fs.FileInfo) error {
	file, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return errors.New("cannot tell one log from another on this system")
	}
	relative, err := filepath.Rel(k.logs, path)
	if err != nil {
		return errors.Wrap(err, "cannot name a log")
	}
	if seen, _ := filepath.Glob(filepath.Join(k.kept, strconv.FormatUint(file.Ino, 10)+"-*")); len(seen) > 0 {
		return nil
	}
	name := strconv.FormatUint(file.Ino, 10) + "-" + strings.ReplaceAll(relative, string(filepath.Separator), "_")
	err = os.Link(path, filepath.Join(k.kept, name))
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrExist) {
		// It went while it was looked at, or somebody else kept it meanwhile.
		return nil
	}
	return errors.Wrap(err, "cannot keep a log")
}
