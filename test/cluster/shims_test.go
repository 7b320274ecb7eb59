package main

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestIsShim(t *testing.T) {
	const socket = "/srv/cluster/run/containerd.sock"

	cases := map[string]struct {
		reason  string
		cmdline string
		want    bool
	}{
		"Ours": {
			reason:  "The socket says whose it is.",
			cmdline: "/usr/bin/containerd-shim-runc-v2\x00-namespace\x00k8s.io\x00-id\x00abc\x00-address\x00" + socket + "\x00",
			want:    true,
		},
		"Theirs": {
			reason:  "Another containerd's pods are none of our business.",
			cmdline: "/usr/bin/containerd-shim-runc-v2\x00-namespace\x00k8s.io\x00-id\x00abc\x00-address\x00/run/containerd/containerd.sock\x00",
		},
		"Client": {
			reason:  "A client that is given the socket is no shim.",
			cmdline: "/usr/bin/ctr\x00-address\x00" + socket + "\x00",
		},
		"Kernel": {
			reason: "A kernel thread has no command line.",
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, isShim([]byte(tc.cmdline), socket)); diff != "" {
				t.Errorf("%s\nisShim(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}
