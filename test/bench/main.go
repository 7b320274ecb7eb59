// Command bench measures the function as it ships: what an answer costs next to one
// of a function that does nothing, how much memory it needs, and how fast it starts.
// It prints one line per measure and fails when a limit is missed.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/alecthomas/kong"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
)

// deadline of all measures, which take half a minute on two processors.
const deadline = 10 * time.Minute

// measure is one figure, for which less is better.
type measure struct {
	name  string
	value float64
	unit  string
	limit float64
	// detail explains the value, and may be empty.
	detail string
}

func (m measure) String() string {
	line := fmt.Sprintf("%s %.2f %s (limit %g", m.name, m.value, m.unit, m.limit)
	if m.detail != "" {
		line += "; " + m.detail
	}
	return line + ")"
}

// missed says whether the value is above the limit.
func (m measure) missed() bool { return m.value > m.limit }

type commands struct {
	Measure measureCommand `cmd:"" default:"1" help:"Print every measure, and fail when a limit is missed."`
	NoOp    noOpCommand    `cmd:"" name:"no-op" hidden:"" help:"Serve a function that does nothing."`
}

type measureCommand struct{}

// Run every measure against the function as it is built from this repository.
func (*measureCommand) Run(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, deadline)
	defer cancel()
	executable, remove, err := compile(ctx)
	if err != nil {
		return err
	}
	return errors.Join(measureAll(ctx, os.Stdout, executable), remove())
}

func measureAll(ctx context.Context, out io.Writer, executable string) error {
	req, err := steadyRequest(ctx)
	if err != nil {
		return err
	}
	var missed []error
	for _, take := range []func() (measure, error){
		func() (measure, error) { return runFunctionRatio(ctx, executable, req) },
		func() (measure, error) { return peakMemory(ctx, executable, req) },
		func() (measure, error) { return startUp(ctx, executable) },
	} {
		m, err := take()
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintln(out, m); err != nil {
			return errors.Wrap(err, "cannot print a measure")
		}
		if m.missed() {
			missed = append(missed, errors.Errorf("%s is above its limit", m.name))
		}
	}
	return errors.Join(missed...)
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	k := kong.Parse(&commands{}, kong.Name("bench"), kong.Description("Measures the function as it ships."), kong.BindTo(ctx, (*context.Context)(nil)))
	err := k.Run()
	stop()
	k.FatalIfErrorf(err)
}
