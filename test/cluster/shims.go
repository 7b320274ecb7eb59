package main

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
)

// shims finds the processes that containerd leaves beside each pod so that it
// may itself be restarted. They are told from those of any other containerd by
// the socket on their command line.
func shims(p paths) ([]process, error) {
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return nil, errors.Wrap(err, "cannot list processes")
	}

	var found []process

	for _, e := range entries {
		pid, err := strconv.Atoi(e.Name())
		if err != nil {
			continue
		}

		cmdline, err := os.ReadFile(filepath.Join("/proc", e.Name(), "cmdline"))
		if err != nil || !isShim(cmdline, p.containerdSocket()) {
			continue
		}

		shim, err := inspect(pid)
		if err != nil {
			continue // It has ended since it was listed.
		}

		shim.Name = "containerd-shim"
		found = append(found, shim)
	}

	return found, nil
}

// isShim recognises the command line, as in /proc/<pid>/cmdline, of a shim that
// belongs to the containerd with that socket.
func isShim(cmdline []byte, socket string) bool {
	args := bytes.Split(cmdline, []byte{0})
	if len(args) == 0 || !bytes.HasPrefix([]byte(filepath.Base(string(args[0]))), []byte("containerd-shim")) {
		return false
	}

	i := slices.IndexFunc(args, func(arg []byte) bool { return string(arg) == "-address" })

	return i >= 0 && i+1 < len(args) && string(args[i+1]) == socket
}
