package main

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
)

// process is a daemon that this program started. A process id alone is reused
// by the kernel; together with the start time it names one process for ever.
type process struct {
	Name string `json:"name"`
	PID  int    `json:"pid"`
	// StartTime is field 22 of /proc/<pid>/stat: clock ticks since boot.
	StartTime  uint64 `json:"startTime"`
	Executable string `json:"executable"`
	Log        string `json:"log"`
}

// errGone is returned for a process that no longer runs, whoever has its id now.
var errGone = errors.New("process is gone")

// launch starts an executable that outlives this program, with its output in
// the file log.
func launch(ctx context.Context, name, log, executable string, args ...string) (process, error) {
	if err := os.MkdirAll(filepath.Dir(log), 0o750); err != nil {
		return process{}, errors.Wrap(err, "cannot make the log directory")
	}

	// The log of the run before is what explains why there was another one.
	if err := os.Rename(log, log+".previous"); err != nil && !os.IsNotExist(err) {
		return process{}, errors.Wrapf(err, "cannot keep the previous log of %s", name)
	}

	out, err := os.OpenFile(log, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600) //nolint:gosec // The path is below the cluster's own directory.
	if err != nil {
		return process{}, errors.Wrapf(err, "cannot open the log of %s", name)
	}

	cmd := exec.CommandContext(context.WithoutCancel(ctx), executable, args...) //nolint:gosec // Starts the cluster's own components with arguments made here.
	cmd.Stdout, cmd.Stderr = out, out
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}

	if err := cmd.Start(); err != nil {
		return process{}, errors.Join(errors.Wrapf(err, "cannot start %s", name), out.Close())
	}

	// Reaped for as long as this program runs, so that an early death is seen.
	go func() { _ = cmd.Wait() }()

	p, err := inspect(cmd.Process.Pid)
	if err != nil {
		return process{}, errors.Join(errors.Wrapf(err, "cannot start %s: it ended at once, see %s", name, log), out.Close())
	}

	p.Name, p.Log = name, log

	return p, errors.Wrap(out.Close(), "cannot close the log")
}

// alive reports whether this very process still runs.
func (p process) alive() bool {
	now, err := inspect(p.PID)

	return err == nil && p.same(now)
}

func (p process) same(now process) bool {
	return now.PID == p.PID && now.StartTime == p.StartTime && now.Executable == p.Executable
}

// signal sends a signal to this very process. It returns errGone, and sends
// nothing, when the process has ended, even if its id belongs to another now.
func (p process) signal(s os.Signal) error {
	// On Linux the handle refers to whatever has the id at this moment, and
	// stays with it: what is checked next is what is signalled.
	handle, err := os.FindProcess(p.PID)
	if err != nil {
		return errGone
	}
	defer handle.Release() //nolint:errcheck // Releases a handle; the process is not affected.

	if !p.alive() {
		return errGone
	}

	if err := handle.Signal(s); errors.Is(err, os.ErrProcessDone) {
		return errGone
	} else if err != nil {
		return errors.Wrapf(err, "cannot signal %s", p.Name)
	}

	return nil
}

// stop ends the process: it asks first, and kills after the patience.
func (p process) stop(ctx context.Context, patience time.Duration) error {
	err := p.signal(syscall.SIGTERM)
	if errors.Is(err, errGone) {
		return nil
	}

	if err != nil {
		return err
	}

	gone := func(context.Context) error {
		if p.alive() {
			return errors.Errorf("%s still runs", p.Name)
		}

		return nil
	}

	if waitFor(ctx, patience, gone) == nil {
		return nil
	}

	if err := p.signal(syscall.SIGKILL); err != nil && !errors.Is(err, errGone) {
		return err
	}

	return errors.Wrapf(waitFor(ctx, patience, gone), "cannot stop %s", p.Name)
}

// inspect reads who has a process id now. A zombie has ended and is not found.
func inspect(pid int) (process, error) {
	proc := filepath.Join("/proc", strconv.Itoa(pid))

	stat, err := os.ReadFile(filepath.Join(proc, "stat")) //nolint:gosec // Reads /proc.
	if err != nil {
		return process{}, errGone
	}

	state, started, err := parseStat(string(stat))
	if err != nil {
		return process{}, err
	}

	if state == "Z" || state == "X" {
		return process{}, errGone
	}

	executable, err := os.Readlink(filepath.Join(proc, "exe"))
	if err != nil {
		return process{}, errGone
	}

	return process{PID: pid, StartTime: started, Executable: strings.TrimSuffix(executable, " (deleted)")}, nil
}

// parseStat reads the state and the start time from the text of
// /proc/<pid>/stat. The command in it may itself hold spaces and brackets.
func parseStat(stat string) (state string, started uint64, err error) {
	fields := strings.Fields(stat[strings.LastIndex(stat, ")")+1:])
	if len(fields) < 20 {
		return "", 0, errors.Errorf("cannot read the process status %q", stat)
	}

	started, err = strconv.ParseUint(fields[19], 10, 64)

	return fields[0], started, errors.Wrap(err, "cannot read the start time of a process")
}
