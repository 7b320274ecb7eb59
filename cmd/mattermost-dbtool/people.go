package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"text/tabwriter"
	"time"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/archive"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/backup"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/failure"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
)

type listCommand struct {
	storeFlags
	prefixFlags
}

// run lists backups.
func (c *listCommand) run(ctx context.Context, result *job.Result) error {
	r, err := c.repository(c.storeFlags)
	if err != nil {
		return err
	}
	listing, err := r.List(ctx)
	if err != nil {
		return err
	}
	result.Backups = archive.Summaries(listing.Backups)
	return show(os.Stdout, listing)
}

// show a table of backups.
func show(out io.Writer, listing archive.Listing) error {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	_, err := fmt.Fprintln(table, "NAME\tSTARTED\tTOOK\tDATABASE\tFILES\tMATTERMOST\tENGINE")
	for _, s := range listing.Backups {
		count := "-"
		if s.Files != nil {
			count = fmt.Sprintf("%d (%s)", s.Files.Count, bytes(s.Files.Total))
		}
		_, err = fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\t%s %s\n", s.Name, s.StartedAt.Format(time.RFC3339), s.CompletedAt.Sub(s.StartedAt),
			bytes(s.Dump.Bytes), count, orDash(s.MattermostVersion), s.Engine, s.ServerVersion)
	}
	for _, name := range listing.Partial {
		_, err = fmt.Fprintf(table, "%s\tnot a backup: it was interrupted, or is being made or deleted\n", name)
	}
	for _, name := range listing.Damaged {
		_, err = fmt.Fprintf(table, "%s\tdamaged: its manifest cannot be read\n", name)
	}
	if err == nil {
		err = table.Flush()
	}
	return errors.Wrap(err, "cannot print")
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

// bytes as people read them.
func bytes(n int64) string {
	const step = 1024
	value, unit := float64(n), 0
	units := []string{"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"}
	for value >= step {
		value, unit = value/step, unit+1
	}
	if unit == 0 {
		return fmt.Sprintf("%d B", n)
	}
	return fmt.Sprintf("%.1f %s", value, units[unit])
}

type verifyCommand struct {
	storeFlags
	prefixFlags
	Backup string `arg:"" help:"Name of the backup."`
}

// run verifies a backup.
func (c *verifyCommand) run(ctx context.Context, _ *job.Result) error {
	if err := job.CheckName(c.Backup); err != nil {
		return failure.Mark(job.ReasonInvalid, errors.Wrapf(err, "%q cannot be the name of a backup", c.Backup))
	}
	r, err := c.repository(c.storeFlags)
	if err != nil {
		return err
	}
	count, err := backup.Verify(ctx, r, c.Backup)
	if err != nil {
		return err
	}
	_, err = fmt.Printf("%s is intact: the database, and %d files (%s).\n", c.Backup, count.Files, bytes(count.Bytes))
	return errors.Wrap(err, "cannot print")
}

type pruneCommand struct {
	storeFlags
	prefixFlags
	retentionFlags
}

// run deletes what is not kept, and lists what remains.
func (c *pruneCommand) run(ctx context.Context, result *job.Result) error {
	r, err := c.repository(c.storeFlags)
	if err != nil {
		return err
	}
	pruned, err := c.pruning(r).Run(ctx)
	if err == nil && pruned.Busy != "" {
		err = failure.Errorf(job.ReasonUnavailable, "nothing is deleted while %s is under way: try again when it has ended, or, if it was killed, in %s", pruned.Busy, c.Lease)
	}
	if err != nil {
		return err
	}
	result.Backups = archive.Summaries(pruned.Kept)
	return show(os.Stdout, archive.Listing{Backups: pruned.Kept})
}
