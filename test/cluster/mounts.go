package main

import (
	"slices"
	"strings"

	"github.com/moby/sys/mountinfo"
	"golang.org/x/sys/unix"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
)

// mountsBelow lists the mount points below a directory, the deepest and latest
// first.
func mountsBelow(dir string) ([]string, error) {
	infos, err := mountinfo.GetMounts(mountinfo.PrefixFilter(dir))
	if err != nil {
		return nil, errors.Wrap(err, "cannot list mounts")
	}

	points := make([]string, 0, len(infos))
	for _, i := range infos {
		points = append(points, strings.TrimSuffix(i.Mountpoint, "//deleted"))
	}

	slices.Reverse(points)

	return points, nil
}

// unmountBelow unmounts everything below a directory.
func unmountBelow(dir string) error {
	points, err := mountsBelow(dir)
	if err != nil {
		return err
	}

	for _, point := range points {
		// Detaching at once is safe: those who used the mount have been stopped.
		if err := unix.Unmount(point, unix.MNT_DETACH|unix.UMOUNT_NOFOLLOW); err != nil && !errors.Is(err, unix.EINVAL) {
			return errors.Wrapf(err, "cannot unmount %s", point)
		}
	}

	return nil
}
