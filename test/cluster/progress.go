package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// total is the name under which a whole command is kept in the history.
const total = "total"

// progress tells a person what is done, how long it took and how long it took
// the last time.
type progress struct {
	out     io.Writer
	now     func() time.Time
	history string
	command string
	started time.Time

	mu   sync.Mutex
	last map[string]time.Duration
	took map[string]time.Duration
}

// newProgress begins the account of a command. What took how long is read from
// and, by finish, written to a file in the user's cache directory; without one
// there are no estimates.
func newProgress(out io.Writer, command string) *progress {
	p := &progress{out: out, now: time.Now, took: map[string]time.Duration{}}
	p.started = p.now()

	if cache, err := os.UserCacheDir(); err == nil {
		p.history = filepath.Join(cache, "crossplane-mattermost", "cluster-history.json")
	}

	p.rename(command)

	return p
}

// rename makes this the account of another command, once it is known how much
// there is to do.
func (p *progress) rename(command string) {
	p.mu.Lock()
	defer p.mu.Unlock()

	p.command, p.last = command, readHistory(p.history)[command]
}

// say prints one line.
func (p *progress) say(format string, args ...any) {
	p.mu.Lock()
	defer p.mu.Unlock()

	p.line(fmt.Sprintf(format, args...))
}

// begin announces the command, with the time it will probably take.
func (p *progress) begin(what string) {
	if last, known := p.last[total]; known {
		what += fmt.Sprintf(", last time that took %s", seconds(last))
	}

	p.say("%s", what)
}

// done prints that something is done which took so long.
func (p *progress) done(what string, took time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()

	p.took[what] = took

	if last, known := p.last[what]; known {
		p.line(fmt.Sprintf("%s (%s, last time %s)", what, seconds(took), seconds(last)))

		return
	}

	p.line(fmt.Sprintf("%s (%s)", what, seconds(took)))
}

// during runs a part of a command, says so before it starts, since it may take
// long, and when it is done.
func (p *progress) during(ctx context.Context, what string, run func(context.Context) error) error {
	announcement := what
	if last, known := p.last[what]; known {
		announcement += fmt.Sprintf(": last time that took %s", seconds(last))
	}

	p.say("%s …", announcement)

	started := p.now()
	if err := run(ctx); err != nil {
		return err
	}

	p.done(what, p.now().Sub(started))

	return nil
}

// finish prints the end of a command that succeeded and keeps its durations for
// the estimates of the next time.
func (p *progress) finish(what string) error {
	p.mu.Lock()
	defer p.mu.Unlock()

	elapsed := p.now().Sub(p.started)
	p.took[total] = elapsed
	p.line(what)

	if p.history == "" {
		return nil
	}

	all := readHistory(p.history)
	// What was not needed this time keeps its last duration.
	durations := maps.Clone(all[p.command])
	if durations == nil {
		durations = map[string]time.Duration{}
	}

	maps.Copy(durations, p.took)
	all[p.command] = durations

	content, err := json.MarshalIndent(all, "", "  ")
	if err != nil {
		return err
	}

	return replaceFile(p.history, content)
}

func (p *progress) line(text string) {
	_, _ = fmt.Fprintf(p.out, "[%4s] %s\n", seconds(p.now().Sub(p.started)), text)
}

// readHistory reads the durations by command and step. They are estimates only:
// an unreadable file is an empty one.
func readHistory(path string) map[string]map[string]time.Duration {
	all := map[string]map[string]time.Duration{}

	content, err := os.ReadFile(path) //nolint:gosec // A file of this program in the user's cache directory.
	if err != nil || json.Unmarshal(content, &all) != nil {
		return map[string]map[string]time.Duration{}
	}

	return all
}

// seconds prints a duration as a person would: tenths below ten seconds only.
func seconds(d time.Duration) string {
	if d < 10*time.Second {
		return fmt.Sprintf("%.1fs", d.Seconds())
	}

	return fmt.Sprintf("%.0fs", d.Seconds())
}
