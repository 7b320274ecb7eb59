package main

import (
	"bytes"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestProgress(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", t.TempDir())

	cases := []struct {
		reason string
		took   time.Duration
		want   string
	}{
		{
			reason: "The first time nothing is known about how long it will take.",
			took:   3 * time.Second,
			want:   "[0.0s] bringing up\n[3.0s] etcd ready (3.0s)\n[3.0s] up\n",
		},
		{
			reason: "Then the last time is the estimate.",
			took:   14 * time.Second,
			want:   "[0.0s] bringing up, last time that took 3.0s\n[ 14s] etcd ready (14s, last time 3.0s)\n[ 14s] up\n",
		},
		{
			reason: "It is the last time that counts, not the first.",
			took:   time.Second,
			want:   "[0.0s] bringing up, last time that took 14s\n[1.0s] etcd ready (1.0s, last time 14s)\n[1.0s] up\n",
		},
	}

	for _, tc := range cases {
		out := &bytes.Buffer{}
		clock := time.Unix(0, 0)

		p := newProgress(out, "up")
		p.now = func() time.Time { return clock }
		p.started = clock

		p.begin("bringing up")

		clock = clock.Add(tc.took)
		p.done("etcd ready", tc.took)

		if err := p.finish("up"); err != nil {
			t.Fatal(err)
		}

		if diff := cmp.Diff(tc.want, out.String()); diff != "" {
			t.Errorf("%s\noutput: -want, +got:\n%s", tc.reason, diff)
		}
	}
}

func TestProgressKeepsCommandsApart(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", t.TempDir())

	out := &bytes.Buffer{}
	clock := time.Unix(0, 0)

	for _, command := range []string{"up", "refresh", "up"} {
		p := newProgress(out, "down")
		p.now = func() time.Time { return clock }
		p.started = clock
		p.rename(command)
		p.begin(command)

		if err := p.finish("done"); err != nil {
			t.Fatal(err)
		}
	}

	want := "[0.0s] up\n[0.0s] done\n[0.0s] refresh\n[0.0s] done\n[0.0s] up, last time that took 0.0s\n[0.0s] done\n"
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("How long one command took says nothing about another: -want, +got:\n%s", diff)
	}
}
