package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/minio/minio-go/v7"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
	"github.com/crossplane-mattermost/crossplane-mattermost/test/local"
)

const (
	// toolLimit of how much longer than PostgreSQL's own programs a backup or a restore
	// may take.
	toolLimit = 1.15
	// toolMemory is the most that the tool itself may take, in MiB, whatever the size.
	toolMemory = 128
	// gibibyte of tables and indexes, about.
	gibibyte = "CREATE TABLE systems (name varchar(64) PRIMARY KEY, value varchar(1024));" +
		"CREATE TABLE db_migrations (version bigint PRIMARY KEY, name varchar NOT NULL);" +
		"INSERT INTO db_migrations VALUES (120, 'last');" +
		"CREATE TABLE posts AS SELECT md5(n::text) || 'aaaaaa' AS id, n AS createat, md5((n % 5000)::text) AS channelid, md5((n % 900)::text) AS userid," +
		" (SELECT string_agg(md5((n * 31 + w)::text), ' ') FROM generate_series(1, 12) w) AS message, '{\"from\": \"bench\"}'::jsonb AS props FROM generate_series(1, 1500000) n;" +
		"ALTER TABLE posts ADD PRIMARY KEY (id); CREATE INDEX ON posts (createat); CREATE INDEX ON posts (channelid, createat); CREATE INDEX ON posts (userid)"

	toolSource, toolBucket = "source", "backups"
)

type toolCommand struct{}

// Run the measures of backups and restores, with servers of their own and no cluster.
func (*toolCommand) Run(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, deadline)
	defer cancel()
	return measureAll(os.Stdout, func() ([]measure, error) { return againstByHand(ctx) })
}

// byHand is the contest of the tool and of PostgreSQL's programs, on the same servers.
type byHand struct {
	*local.Servers

	took map[string][]time.Duration
	// peak memory of the tool, in KiB.
	peak int
}

// againstByHand is how long a backup to a bucket and a restore from it take, next to
// pg_dump to a file and pg_restore from it.
func againstByHand(ctx context.Context) ([]measure, error) {
	step := func(name string, run func(context.Context) error) error {
		say("%s", name)
		return run(ctx)
	}
	servers, err := local.Start(ctx, step, "max_wal_size=4GB")
	defer servers.Stop()
	if err != nil {
		return nil, err
	}
	b := &byHand{Servers: servers, took: map[string][]time.Duration{}}
	size, err := b.prepare(ctx)
	if err != nil {
		return nil, err
	}
	say("the database has %d MiB", size>>20)
	for round := range rounds + 1 {
		if err := b.round(ctx, round); err != nil {
			return nil, err
		}
	}
	return []measure{
		b.ratio("backup"), b.ratio("restore"),
		{name: "dbtool-peak-memory", value: float64(b.peak) / 1024, unit: "MiB", limit: toolMemory, detail: fmt.Sprintf("a database of %d MiB", size>>20)},
	}, nil
}

// prepare a database of a gibibyte and a bucket.
func (b *byHand) prepare(ctx context.Context) (size int64, err error) {
	say("filling a database")
	if err := b.create(ctx, toolSource); err != nil {
		return 0, err
	}
	conn, err := pgx.Connect(ctx, b.URL(toolSource, toolSource))
	if err != nil {
		return 0, errors.Wrap(err, "cannot connect to the database")
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	if _, err := conn.Exec(ctx, gibibyte); err != nil {
		return 0, errors.Wrap(err, "cannot fill the database")
	}
	if err := conn.QueryRow(ctx, "SELECT pg_database_size(current_database())").Scan(&size); err != nil {
		return 0, errors.Wrap(err, "cannot ask for the size of the database")
	}
	return size, errors.Wrap(b.Buckets.MakeBucket(ctx, toolBucket, minio.MakeBucketOptions{}), "cannot make a bucket")
}

// create an empty database in place of what is there.
func (b *byHand) create(ctx context.Context, name string) error {
	conn, err := pgx.Connect(ctx, b.URL(local.Superuser, "postgres"))
	if err != nil {
		return errors.Wrap(err, "cannot connect to the server")
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	for _, sql := range []string{"DROP DATABASE IF EXISTS " + name + " WITH (FORCE)", "DROP ROLE IF EXISTS " + name,
		"CREATE ROLE " + name + " LOGIN PASSWORD '" + strings.ReplaceAll(local.Password, "'", "''") + "'", "CREATE DATABASE " + name + " OWNER " + name, "CHECKPOINT"} {
		if _, err := conn.Exec(ctx, sql); err != nil {
			return errors.Wrapf(err, "cannot make database %s", name)
		}
	}
	return nil
}

// round of all four, each after the other, and first the one that was last before. The
// first round only warms up.
func (b *byHand) round(ctx context.Context, n int) error {
	name := "round-" + strconv.Itoa(n)
	dump := filepath.Join(b.Dir, name)
	defer func() { _ = os.Remove(dump) }()
	all := [][]struct {
		what string
		do   func() error
	}{
		{{"backup-dbtool", func() error { return b.tool(ctx, toolSource, job.CommandBackup, name) }},
			{"backup-by-hand", func() error {
				return b.program(ctx, "pg_dump", "--format=custom", "--file="+dump, "--dbname="+toolSource)
			}}},
		{{"restore-dbtool", func() error { return b.tool(ctx, "dbtool", job.CommandRestore, name) }},
			{"restore-by-hand", func() error { return b.program(ctx, "pg_restore", "--dbname=hand", dump) }}},
	}
	for _, pair := range all {
		if n%2 == 1 {
			slices.Reverse(pair)
		}
		for _, of := range pair {
			for _, target := range []string{"dbtool", "hand"} {
				if err := b.create(ctx, target); err != nil {
					return err
				}
			}
			began := time.Now()
			if err := of.do(); err != nil {
				return err
			}
			took := time.Since(began)
			say("%s in round %d: %.2f s", of.what, n, took.Seconds())
			if n > 0 {
				b.took[of.what] = append(b.took[of.what], took)
			}
		}
	}
	return nil
}

// program of PostgreSQL's.
func (b *byHand) program(ctx context.Context, name string, args ...string) error {
	cmd := exec.CommandContext(ctx, filepath.Join(b.Programs, name), args...) //nolint:gosec // PostgreSQL's own.
	host, port, _ := strings.Cut(b.Postgres, ":")
	cmd.Env = append(os.Environ(), "PGHOST="+host, "PGPORT="+port, "PGUSER="+local.Superuser, "PGPASSWORD="+local.Password)
	out, err := cmd.CombinedOutput()
	return errors.Wrapf(err, "cannot run %s: %s", name, out)
}

// tool does a command with a database and a backup, and is watched.
func (b *byHand) tool(ctx context.Context, database, command, backup string) error {
	cmd := exec.CommandContext(ctx, b.Tool, command) //nolint:gosec // The program that is measured.
	cmd.Env = append(os.Environ(),
		"PATH="+b.Programs+":"+os.Getenv("PATH"), "TERMINATION_LOG="+os.DevNull,
		job.EnvRequest+"="+database+backup, job.EnvDatabaseURL+"="+b.URL(database, database),
		job.EnvStoreEndpoint+"=http://"+b.Gateway, job.EnvStoreBucket+"="+toolBucket, job.EnvStoreRegion+"=us-east-1",
		job.EnvStoreAccessKey+"="+local.AccessKey, job.EnvStoreSecretKey+"="+local.SecretKey,
		job.EnvStorePrefix+"=bench", job.EnvBackupName+"="+backup, job.EnvSource+"=bench/"+backup, job.EnvScratch+"="+b.Dir)
	out := &strings.Builder{}
	cmd.Stdout, cmd.Stderr = out, out
	if err := cmd.Start(); err != nil {
		return errors.Wrap(err, "cannot start the tool")
	}
	end := watchPeak(cmd.Process.Pid, &b.peak)
	err := cmd.Wait()
	end()
	return errors.Wrapf(err, "cannot run the tool: %s", out)
}

// watchPeak memory of a process, in KiB, until it is told that the process ended.
func watchPeak(pid int, peak *int) (end func()) {
	done, watched := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(watched)
		often := time.NewTicker(100 * time.Millisecond)
		defer often.Stop()
		for {
			// It may have ended.
			if now, err := peakResident(pid); err == nil {
				*peak = max(*peak, now)
			}
			select {
			case <-done:
				return
			case <-often.C:
			}
		}
	}()
	return func() {
		close(done)
		<-watched
	}
}

// ratio of medians.
func (b *byHand) ratio(what string) measure {
	tool, hand := median(b.took[what+"-dbtool"]), median(b.took[what+"-by-hand"])
	return measure{
		name: what + "-ratio", value: tool.Seconds() / hand.Seconds(), unit: "times", limit: toolLimit,
		detail: fmt.Sprintf("mattermost-dbtool %.2f s, by hand %.2f s", tool.Seconds(), hand.Seconds()),
	}
}
