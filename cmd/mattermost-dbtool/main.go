// Command mattermost-dbtool backs up the data of a Mattermost server to a bucket, and
// restores it. Jobs run it with what package job names in the environment; people list,
// verify and prune backups with it.
package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"github.com/alecthomas/kong"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/failure"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
)

// version is stamped by the build of the image.
var version = "development"

// memoryLimit in bytes is what Go's heap is kept below: the streams need less, and the
// limit keeps garbage from piling up.
const memoryLimit = 72 << 20

type cli struct {
	TerminationLog string           `env:"TERMINATION_LOG" default:"/dev/termination-log" help:"File that the result is left in, as JSON, if it exists or can be made." type:"path"`
	Version        kong.VersionFlag `help:"Print the version and exit."`

	Backup  backupCommand  `cmd:"" help:"Copy database and files to the store, then delete what retention does not keep."`
	Check   checkCommand   `cmd:"" help:"Read the whole source, try the way to the database, and change nothing."`
	Restore restoreCommand `cmd:"" help:"Replace the data by that of the source, unless this request did so before."`
	Forget  forgetCommand  `cmd:"" help:"Drop the data that a restore replaced."`
	List    listCommand    `cmd:"" help:"List the backups below a prefix."`
	Verify  verifyCommand  `cmd:"" help:"Read one backup whole and compare all checksums."`
	Prune   pruneCommand   `cmd:"" help:"Delete the backups that retention does not keep, and what belongs to none."`
}

// command is one of the program's. It fills in the result that is left behind.
type command interface {
	run(ctx context.Context, result *job.Result) error
}

func main() {
	debug.SetMemoryLimit(memoryLimit)
	slog.SetDefault(slog.New(slog.NewTextHandler(os.Stderr, nil)))
	c := &cli{}
	parser := kong.Must(c, kong.Name("mattermost-dbtool"),
		kong.Description("Backs up and restores the data of Mattermost servers. All flags can be given in the environment; what is secret can only be given there."),
		kong.Vars{"version": version})
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	parsed, err := parser.Parse(os.Args[1:])
	if err != nil {
		os.Exit(execute(ctx, c, misused{cause: err}))
	}
	code := execute(ctx, c, parsed.Selected().Target.Addr().Interface().(command)) //nolint:forcetypeassert // All commands are.
	stop()
	os.Exit(code)
}

// misused is what is run instead of a command that makes no sense.
type misused struct{ cause error }

func (m misused) run(context.Context, *job.Result) error {
	return failure.Mark(job.ReasonInvalid, m.cause)
}

// execute a command, leave its result, and return the code to end with.
func execute(ctx context.Context, c *cli, cmd command) int {
	result := job.Result{}
	err := cmd.run(ctx, &result)
	if err != nil {
		result.Reason, result.Message = failure.Reason(err), err.Error()
		fmt.Fprintf(os.Stderr, "%s: %s\n", result.Reason, err)
	}
	if err := leave(c.TerminationLog, result); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	return failure.Code(err)
}
