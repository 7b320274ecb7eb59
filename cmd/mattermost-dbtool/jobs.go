package main

import (
	"context"
	"log/slog"
	"os"
	"strconv"
	"time"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/archive"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/backup"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/database"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/dump"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/engine"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/failure"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/restore"
)

// limit of retention; empty for none.
type limit int

// UnmarshalText reads a number, or nothing.
func (l *limit) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*l = 0
		return nil
	}
	n, err := strconv.ParseUint(string(text), 10, 16)
	*l = limit(n)
	return errors.Wrap(err, "cannot read a limit")
}

// retentionFlags say which backups are kept.
type retentionFlags struct {
	KeepCount limit         `env:"KEEP_COUNT" help:"How many of the newest backups are kept; 0 for no limit."`
	KeepDays  limit         `env:"KEEP_DAYS" help:"How many days a backup is kept; 0 for no limit."`
	Grace     time.Duration `env:"GRACE" default:"1h" help:"Minimum age of unused objects before they are deleted."`
	leaseFlags
}

func (f retentionFlags) pruning(r *archive.Repository) backup.Pruning {
	return backup.Pruning{
		Repository: r, Retention: archive.Retention{Count: int(f.KeepCount), Days: int(f.KeepDays)}, Grace: f.Grace, Term: f.Lease, Log: slog.Default(),
	}
}

// scratchFlags name a place for what cannot be streamed.
type scratchFlags struct {
	Scratch string `env:"SCRATCH" help:"Directory for what cannot be streamed."`
}

type backupCommand struct {
	databaseFlags
	storeFlags
	prefixFlags
	filesFlags
	requestFlags
	retentionFlags
	scratchFlags
	BackupName    string `env:"BACKUP_NAME" help:"Name of the backup, unique below the prefix."`
	ServerVersion string `env:"SERVER_VERSION" help:"Version of the Mattermost server."`
	StoreOwner    string `env:"STORE_OWNER" help:"Owner of the backups below the prefix. The first owner gets the prefix, and all others are refused."`
	StoreCreate   bool   `env:"STORE_CREATE" help:"Make the bucket if it is not there."`
}

// run makes a backup and deletes what is not kept.
func (c *backupCommand) run(ctx context.Context, result *job.Result) (err error) {
	result.Request = c.RequestID
	repository, err := c.repository(c.storeFlags)
	if err != nil {
		return err
	}
	stored, err := c.filesFlags.open(c.storeFlags, c.StorePrefix, c.Scratch)
	if err != nil {
		return err
	}
	if c.StoreCreate {
		if err := repository.Bucket.Make(ctx, c.StoreRegion); err != nil {
			return err
		}
	}
	origin, err := engine.Origin(ctx, c.connection())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, origin.Close(context.WithoutCancel(ctx))) }()
	err = backup.Backup{
		Repository: repository, Owner: c.StoreOwner, Name: c.BackupName, Request: c.RequestID, Origin: origin, Files: stored,
		MattermostVersion: c.ServerVersion, Term: c.Lease, Log: slog.Default(),
	}.Run(ctx)
	if err != nil {
		if failure.Reason(err) != job.ReasonTaken {
			c.tidy(ctx, repository)
		}
		return err
	}
	pruned, err := c.pruning(repository).Run(ctx)
	result.Backups, result.FinishedAt = archive.Summaries(pruned.Kept), pruned.At
	if pruned.Busy != "" {
		slog.Info("Nothing is deleted while another backup or prune runs. The next backup deletes it", "busy", pruned.Busy)
	}
	// The backup is there: another attempt only deletes again.
	return failure.Retry(errors.Wrap(err, "the backup is complete, but others cannot be deleted"))
}

// tidy up after a backup that could not be made, perhaps for want of room: what attempts
// left would be in the way of the next one for ever. No backup is deleted for one that
// was not made, whatever its age.
func (c *backupCommand) tidy(ctx context.Context, r *archive.Repository) {
	leftovers := c.pruning(r)
	leftovers.Retention = archive.Retention{}
	if _, err := leftovers.Run(ctx); err != nil {
		slog.Warn("What interrupted backups left cannot be deleted", "cause", err.Error())
	}
}

// sourceFlags say what is restored, and where to.
type sourceFlags struct {
	databaseFlags
	storeFlags
	filesFlags
	requestFlags
	scratchFlags
	Source         string        `env:"SOURCE" help:"Key of what is restored: an object, or a folder."`
	SiteURL        string        `name:"site-url" env:"SITE_URL" help:"Replaces what the restored configuration says."`
	AllowSuperuser bool          `env:"ALLOW_SUPERUSER" help:"Let a user load data who is a superuser of the database server, or who may run programs and use files on it."`
	Patience       time.Duration `env:"PATIENCE" default:"1m" help:"How long to wait until nobody else is connected to the database."`
}

// open what a restore is made of.
func (f sourceFlags) open() (restore.Restore, error) {
	r := restore.Restore{
		Request: database.Request{ID: f.RequestID, SiteURL: f.SiteURL, Scratch: f.Scratch, Patience: f.Patience, AllowSuperuser: f.AllowSuperuser},
		Key:     f.Source,
		Target: func(ctx context.Context, of dump.Engine) (database.Target, error) {
			return engine.Target(ctx, f.connection(), of)
		},
		Log: slog.Default(),
	}
	if err := f.check(); err != nil {
		return r, err
	}
	var err error
	if r.Files, err = f.filesFlags.open(f.storeFlags, repositoryOf(f.Source), f.Scratch); err != nil {
		return r, err
	}
	url := os.Getenv(job.EnvSourceDatabaseURL)
	switch {
	case url != "" && (f.Source != "" || f.StoreBucket != ""):
		return r, failure.Errorf(job.ReasonInvalid, "the source is either a database or in a bucket: %s excludes %s and %s", job.EnvSourceDatabaseURL, job.EnvSource, job.EnvStoreBucket)
	case url != "":
		r.Origin, err = origin(url)
	case f.StoreBucket != "":
		r.Bucket, err = f.storeFlags.open()
	}
	// Forgetting needs no source.
	return r, err
}

// origin that a URL leads to.
func origin(url string) (restore.Origin, error) {
	if of, err := engine.Of(url); err != nil || of != dump.PostgreSQL {
		return nil, failure.Errorf(job.ReasonInvalid, "%s does not begin with postgres://: of another database, restore a dump", job.EnvSourceDatabaseURL)
	}
	return func(ctx context.Context) (database.Origin, error) {
		return engine.Origin(ctx, database.Connection{URL: url})
	}, nil
}

type checkCommand struct{ sourceFlags }

// run checks a source.
func (c *checkCommand) run(ctx context.Context, result *job.Result) error {
	return c.with(ctx, result, restore.Restore.Check)
}

type restoreCommand struct{ sourceFlags }

// run restores a source.
func (c *restoreCommand) run(ctx context.Context, result *job.Result) error {
	return c.with(ctx, result, restore.Restore.Run)
}

// with a source do what a command does.
func (f sourceFlags) with(ctx context.Context, result *job.Result, do func(restore.Restore, context.Context) (job.Restored, error)) error {
	result.Request = f.RequestID
	r, err := f.open()
	if err != nil {
		return err
	}
	if r.Bucket == nil && r.Origin == nil {
		return failure.New(job.ReasonInvalid, "no bucket of the source is named: set "+job.EnvStoreBucket)
	}
	restored, err := do(r, ctx)
	if err == nil || !restored.At.IsZero() {
		result.Restored = &restored
	}
	return err
}

type forgetCommand struct{ sourceFlags }

// run drops what a restore replaced.
func (c *forgetCommand) run(ctx context.Context, result *job.Result) error {
	result.Request = c.RequestID
	r, err := c.open()
	if err != nil {
		return err
	}
	return r.Forget(ctx)
}
