package main

import (
	"context"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
)

func TestSignal(t *testing.T) {
	cases := map[string]struct {
		reason string
		alter  func(p *process)
		gone   bool
	}{
		"Same": {
			reason: "The process that was recorded is signalled.",
			alter:  func(*process) {},
		},
		"OtherStart": {
			reason: "Another start time means that the id was given to another process.",
			alter:  func(p *process) { p.StartTime-- },
			gone:   true,
		},
		"OtherProgram": {
			reason: "Another executable is another process, too.",
			alter:  func(p *process) { p.Executable = "/usr/bin/innocent" },
			gone:   true,
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			p, ended := sleeper(t)
			tc.alter(&p)

			err := p.signal(syscall.SIGKILL)
			if diff := cmp.Diff(tc.gone, errors.Is(err, errGone)); diff != "" {
				t.Errorf("%s\nsignal(...): -want, +got (%v):\n%s", tc.reason, err, diff)
			}

			if tc.gone {
				select {
				case <-ended:
					t.Errorf("%s\nThe process was killed.", tc.reason)
				default:
				}

				return
			}

			<-ended
		})
	}
}

func TestStop(t *testing.T) {
	p, ended := sleeper(t)

	if err := p.stop(t.Context(), time.Minute); err != nil {
		t.Fatalf("stop(...): %v", err)
	}

	<-ended

	if p.alive() {
		t.Error("A stopped process counts as alive.")
	}

	if err := p.stop(t.Context(), time.Minute); err != nil {
		t.Errorf("Stopping what is gone is no error, got: %v", err)
	}
}

func TestLaunch(t *testing.T) {
	log := filepath.Join(t.TempDir(), "log", "echo.log")

	for _, said := range []string{"first", "second"} {
		p, err := launch(t.Context(), "echo", log, "/bin/sh", "-c", "echo "+said+"; exec sleep 60")
		if err != nil {
			t.Fatalf("launch(...): %v", err)
		}

		t.Cleanup(func() { _ = p.signal(syscall.SIGKILL) })

		err = waitFor(t.Context(), time.Minute, func(context.Context) error {
			if got := string(read(t, log)); got != said+"\n" {
				return errors.Errorf("the log says %q", got)
			}

			return nil
		})
		if err != nil {
			t.Errorf("Output goes to a log that begins anew: %v", err)
		}
	}

	if diff := cmp.Diff("first\n", string(read(t, log+".previous"))); diff != "" {
		t.Errorf("The log of the run before is kept: -want, +got:\n%s", diff)
	}
}

func TestParseStat(t *testing.T) {
	cases := map[string]struct {
		reason  string
		stat    string
		state   string
		started uint64
		fails   bool
	}{
		"Plain": {
			reason:  "State and start time are fields 3 and 22.",
			stat:    "42 (etcd) S 1 42 42 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 9 0 123456 99 88",
			state:   "S",
			started: 123456,
		},
		"Brackets": {
			reason:  "A command may look like the rest of the line.",
			stat:    "42 (a) R (b) 7) Z 1 42 42 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 9 0 654321 99 88",
			state:   "Z",
			started: 654321,
		},
		"Short": {
			reason: "Half a line is an error and not a start time of zero.",
			stat:   "42 (etcd) S 1",
			fails:  true,
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			state, started, err := parseStat(tc.stat)
			if diff := cmp.Diff(tc.fails, err != nil); diff != "" {
				t.Fatalf("%s\nparseStat(...): -want, +got (%v):\n%s", tc.reason, err, diff)
			}

			if diff := cmp.Diff([]any{tc.state, tc.started}, []any{state, started}); diff != "" {
				t.Errorf("%s\nparseStat(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

// sleeper starts a process and returns it with a channel that is closed once it
// has ended and been reaped.
func sleeper(t *testing.T) (process, <-chan struct{}) {
	t.Helper()

	cmd := exec.CommandContext(t.Context(), "sleep", "600")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}

	ended := make(chan struct{})

	go func() {
		_ = cmd.Wait()

		close(ended)
	}()

	t.Cleanup(func() {
		_ = cmd.Process.Kill()

		<-ended
	})

	p, err := inspect(cmd.Process.Pid)
	if err != nil {
		t.Fatal(err)
	}

	return p, ended
}
