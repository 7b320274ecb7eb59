package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
)

const cgroupMount = "/sys/fs/cgroup"

// cgroupDirs are the directories of the cluster's control group: one for the
// whole of version 2, or one for each controller of version 1.
func cgroupDirs() ([]string, error) {
	if _, err := os.Stat(filepath.Join(cgroupMount, "cgroup.controllers")); err == nil {
		return []string{filepath.Join(cgroupMount, cgroupRoot)}, nil
	}

	controllers, err := os.ReadDir(cgroupMount)
	if err != nil {
		return nil, errors.Wrap(err, "cannot list control group controllers")
	}

	dirs := make([]string, 0, len(controllers))

	for _, c := range controllers {
		// Symbolic links are second names of controllers mounted together.
		if c.IsDir() {
			dirs = append(dirs, filepath.Join(cgroupMount, c.Name(), cgroupRoot))
		}
	}

	return dirs, nil
}

// makeCgroup makes the control group below which all pods run; the kubelet
// wants it to exist.
func makeCgroup() error {
	dirs, err := cgroupDirs()
	if err != nil {
		return err
	}

	for _, dir := range dirs {
		if err := os.MkdirAll(dir, 0o750); err != nil {
			return errors.Wrap(err, "cannot make the cluster's control group")
		}
	}

	return nil
}

// cgroupProcesses are the ids of all processes in the cluster's control group,
// which are those of its pods.
func cgroupProcesses() ([]int, error) {
	groups, err := cgroupTree()
	if err != nil {
		return nil, err
	}

	var pids []int

	for _, group := range groups {
		content, err := os.ReadFile(filepath.Join(group, "cgroup.procs")) //nolint:gosec // Reads the control group file system.
		if err != nil {
			continue // The group has gone since it was listed.
		}

		for _, field := range strings.Fields(string(content)) {
			pid, err := strconv.Atoi(field)
			if err != nil {
				return nil, errors.Wrapf(err, "cannot read the processes of %s", group)
			}

			pids = append(pids, pid)
		}
	}

	slices.Sort(pids)

	return slices.Compact(pids), nil
}

// killCgroup kills every process in the cluster's control group.
func killCgroup() error {
	pids, err := cgroupProcesses()
	if err != nil {
		return err
	}

	for _, pid := range pids {
		if err := unix.Kill(pid, unix.SIGKILL); err != nil && !errors.Is(err, unix.ESRCH) {
			return errors.Wrapf(err, "cannot kill process %d of a pod", pid)
		}
	}

	return nil
}

// removeCgroup removes the cluster's control group, which must have no
// processes left.
func removeCgroup() error {
	groups, err := cgroupTree()
	if err != nil {
		return err
	}

	slices.Reverse(groups)

	for _, group := range groups {
		if err := unix.Rmdir(group); err != nil && !errors.Is(err, unix.ENOENT) {
			return errors.Wrapf(err, "cannot remove the control group %s", group)
		}
	}

	return nil
}

// cgroupTree lists the directories of the cluster's control group, parents
// before their children.
func cgroupTree() ([]string, error) {
	roots, err := cgroupDirs()
	if err != nil {
		return nil, err
	}

	var groups []string

	for _, root := range roots {
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if errors.Is(err, fs.ErrNotExist) {
				return nil
			}

			if err == nil && d.IsDir() {
				groups = append(groups, path)
			}

			return err
		})
		if err != nil {
			return nil, errors.Wrap(err, "cannot list the cluster's control groups")
		}
	}

	return groups, nil
}
