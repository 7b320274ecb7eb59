package main

import (
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestState(t *testing.T) {
	etcd := process{Name: "etcd", PID: 1, StartTime: 10, Executable: "/bin/etcd", Log: "/log/etcd.log"}
	kubelet := process{Name: "kubelet", PID: 2, StartTime: 20, Executable: "/bin/kubelet", Log: "/log/kubelet.log"}
	newer := process{Name: "etcd", PID: 3, StartTime: 30, Executable: "/bin/etcd", Log: "/log/etcd.log"}

	cases := map[string]struct {
		reason string
		edit   func(s *state) error
		want   []process
	}{
		"Recorded": {
			reason: "A process is on disk as soon as it is recorded.",
			edit:   func(s *state) error { return s.record(kubelet) },
			want:   []process{etcd, kubelet},
		},
		"Replaced": {
			reason: "A daemon that was started again is the only one of its name.",
			edit:   func(s *state) error { return s.record(newer) },
			want:   []process{newer},
		},
		"Forgotten": {
			reason: "A stopped process is not looked for again.",
			edit:   func(s *state) error { return s.forget("etcd") },
			want:   []process{},
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "cluster", "state.json")

			s, err := loadState(path)
			if err != nil {
				t.Fatalf("A machine without a cluster has a state: %v", err)
			}

			if err := s.record(etcd); err != nil {
				t.Fatal(err)
			}

			if err := tc.edit(s); err != nil {
				t.Fatal(err)
			}

			again, err := loadState(path)
			if err != nil {
				t.Fatal(err)
			}

			if diff := cmp.Diff(tc.want, again.all()); diff != "" {
				t.Errorf("%s\nloadState(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}
