// Command bench measures the function as it ships: the cost of a response compared with a
// function that does nothing, its memory and its start-up time. It measures how long a
// backup and a restore take compared with PostgreSQL's own programs. On a cluster, it
// measures how long an installation and an upgrade take compared with the Mattermost
// operator, and how many tokens of Crossplane's circuit breaker they use. It also measures
// the provider with a thousand channels. It prints one line per measure and fails when a
// limit is missed.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/alecthomas/kong"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
)

// deadline of all measures, which take half an hour on two processors.
const deadline = time.Hour

// measure is one figure, for which less is better.
type measure struct {
	name  string
	value float64
	unit  string
	// limit is none when it is zero, unless nothing at all is the limit.
	limit   float64
	nothing bool
	// detail explains the value, and may be empty.
	detail string
}

func (m measure) String() string {
	var notes []string
	if m.limit > 0 || m.nothing {
		notes = append(notes, fmt.Sprintf("limit %.4g", m.limit))
	}
	if m.detail != "" {
		notes = append(notes, m.detail)
	}
	line := fmt.Sprintf("%s %.2f %s", m.name, m.value, m.unit)
	if len(notes) > 0 {
		line += " (" + strings.Join(notes, "; ") + ")"
	}
	return line
}

// missed says whether the value is above the limit.
func (m measure) missed() bool { return (m.limit > 0 || m.nothing) && m.value > m.limit }

// take measures something.
type take func() ([]measure, error)

type commands struct {
	Measure  measureCommand  `cmd:"" default:"1" help:"Print every measure, and fail when a limit is missed."`
	Function functionCommand `cmd:"" help:"Measure the function by itself, which needs no cluster."`
	Operator operatorCommand `cmd:"" help:"Measure installations on the cluster, against the Mattermost operator."`
	Tokens   tokensCommand   `cmd:"" help:"Measure how many tokens of Crossplane's circuit breaker installations on the cluster use."`
	Provider providerCommand `cmd:"" help:"Measure the provider on the cluster, with many objects inside a server."`
	Tool     toolCommand     `cmd:"" help:"Measure backups and restores against PostgreSQL's own programs, which needs no cluster."`
	NoOp     noOpCommand     `cmd:"" name:"no-op" hidden:"" help:"Serve a function that does nothing."`
}

type measureCommand struct{}

// Run every measure.
func (*measureCommand) Run(ctx context.Context) error {
	return errors.Join((&functionCommand{}).Run(ctx), (&toolCommand{}).Run(ctx), (&tokensCommand{}).Run(ctx), (&operatorCommand{}).Run(ctx), (&providerCommand{Channels: channels, Poll: poll}).Run(ctx))
}

type functionCommand struct{}

// Run the measures of the function as it is built from this repository.
func (*functionCommand) Run(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, deadline)
	defer cancel()
	executable, remove, err := compile(ctx)
	if err != nil {
		return err
	}
	return errors.Join(measureFunction(ctx, os.Stdout, executable), remove())
}

func measureFunction(ctx context.Context, out io.Writer, executable string) error {
	req, err := steadyRequest(ctx)
	if err != nil {
		return err
	}
	one := func(m measure, err error) ([]measure, error) { return []measure{m}, err }
	return measureAll(out,
		func() ([]measure, error) { return one(runFunctionRatio(ctx, executable, req)) },
		func() ([]measure, error) { return one(peakMemory(ctx, executable, req)) },
		func() ([]measure, error) { return one(startUp(ctx, executable)) },
	)
}

type operatorCommand struct{}

// Run the measures of installations on the cluster that is up.
func (*operatorCommand) Run(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, deadline)
	defer cancel()
	return measureAll(os.Stdout, func() ([]measure, error) { return againstOperator(ctx) })
}

func measureAll(out io.Writer, takes ...take) error {
	var missed []error
	for _, take := range takes {
		measures, err := take()
		if err != nil {
			return err
		}
		for _, m := range measures {
			if _, err := fmt.Fprintln(out, m); err != nil {
				return errors.Wrap(err, "cannot print a measure")
			}
			if m.missed() {
				missed = append(missed, errors.Errorf("%s is above its limit", m.name))
			}
		}
	}
	return errors.Join(missed...)
}

// say what is under way. The measures themselves have standard output for themselves.
func say(format string, args ...any) { _, _ = fmt.Fprintf(os.Stderr, format+"\n", args...) }

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	k := kong.Parse(&commands{}, kong.Name("bench"), kong.Description("Measures the product as it ships."), kong.Vars{"channels": strconv.Itoa(channels), "poll": poll.String()}, kong.BindTo(ctx, (*context.Context)(nil)))
	err := k.Run()
	stop()
	k.FatalIfErrorf(err)
}
