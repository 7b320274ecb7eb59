package main

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/alecthomas/kong"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/archive"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/dump"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
)

// TestEnvironment compares the flags with the contract.
func TestEnvironment(t *testing.T) {
	secret := []string{job.EnvDatabaseURL, job.EnvDatabasePassword, job.EnvSourceDatabaseURL, job.EnvStoreAccessKey, job.EnvStoreSecretKey, job.EnvFilesAccessKey, job.EnvFilesSecretKey}
	database := []string{job.EnvRequest, job.EnvDatabaseName, job.EnvDatabaseUser, job.EnvScratch}
	stored := []string{job.EnvStoreEndpoint, job.EnvStoreBucket, job.EnvStoreRegion, job.EnvStoreEncryption, job.EnvStoreKMSKey}
	files := []string{job.EnvFilesEndpoint, job.EnvFilesBucket, job.EnvFilesRegion, job.EnvFilesDirectory}
	source := slices.Concat(database, stored, files, []string{job.EnvSource, job.EnvSiteURL})
	for command, names := range map[string][]string{
		job.CommandBackup: slices.Concat(database, stored, files, []string{job.EnvStorePrefix, job.EnvStoreOwner, job.EnvStoreCreate, job.EnvBackupName, job.EnvServerVersion, job.EnvKeepCount, job.EnvKeepDays}),
		job.CommandCheck:  source, job.CommandRestore: source, job.CommandForget: source,
	} {
		parser, err := kong.New(&cli{}, kong.Vars{"version": "x"})
		if err != nil {
			t.Fatal(err)
		}
		parsed, err := parser.Parse([]string{command})
		if err != nil {
			t.Fatal(err)
		}
		var has []string
		for _, f := range parsed.Flags() {
			has = append(has, f.Envs...)
		}
		for _, name := range names {
			if !slices.Contains(has, name) {
				t.Errorf("%s does not read %s", command, name)
			}
		}
		for _, name := range secret {
			if slices.Contains(has, name) {
				t.Errorf("%s takes %s as a flag, which everybody can read", command, name)
			}
		}
	}
}

func TestLimit(t *testing.T) {
	for _, of := range []struct {
		text string
		want limit
		bad  bool
	}{{"", 0, false}, {"7", 7, false}, {"-1", 0, true}, {"many", 0, true}} {
		l := limit(3)
		if err := l.UnmarshalText([]byte(of.text)); (err != nil) != of.bad || !of.bad && l != of.want {
			t.Errorf("%q: %d, %v", of.text, l, err)
		}
	}
}

func TestBackupsBelow(t *testing.T) {
	for prefix, want := range map[string]string{"": "", "team/chat": "team/", "backups/team/chat": "backups/", "/a/b/team/chat/": "a/b/", "chat": "chat/"} {
		if got := backupsBelow(prefix); got != want {
			t.Errorf("%q: %q, want %q", prefix, got, want)
		}
	}
}

func TestRepositoryOf(t *testing.T) {
	for source, want := range map[string]string{
		"": "", "chat.dump": "", "chat-1/manifest.json": "", "backups/team/chat/chat-1": "backups/team/chat",
		"backups/team/chat/chat-1/": "backups/team/chat", "backups/team/chat/chat-1/manifest.json": "backups/team/chat",
	} {
		if got := repositoryOf(source); got != want {
			t.Errorf("%q: %q, want %q", source, got, want)
		}
	}
}

func TestExecuteLeavesTheResult(t *testing.T) {
	path := filepath.Join(t.TempDir(), "termination-log")
	c := &cli{TerminationLog: path}
	if code := execute(t.Context(), c, &restoreCommand{}); code != job.CodeFinal {
		t.Errorf("code %d", code)
	}
	left, err := os.ReadFile(path) //nolint:gosec // A test's.
	if err != nil {
		t.Fatal(err)
	}
	if r, err := job.Decode(string(left)); err != nil || r.Reason != job.ReasonInvalid || r.FinishedAt.IsZero() {
		t.Errorf("%s, %v", left, err)
	}
	if code := execute(t.Context(), c, fine{}); code != job.CodeDone {
		t.Errorf("code %d", code)
	}
}

type fine struct{}

func (fine) run(context.Context, *job.Result) error { return nil }

func TestShow(t *testing.T) {
	out := &strings.Builder{}
	began := time.Date(2026, 3, 2, 3, 0, 5, 0, time.UTC)
	m := archive.Manifest{
		Name: "chat-1", StartedAt: began, CompletedAt: began.Add(41 * time.Second), Engine: dump.PostgreSQL, ServerVersion: "15.14",
		Files: &archive.FilesObject{Count: 3, Total: 3 << 20},
	}
	m.Dump.Bytes = 1536
	err := show(out, archive.Listing{Backups: []archive.Stored{{Manifest: m}}, Partial: []string{"chat-2"}, Damaged: []string{"chat-3"}})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"chat-1  2026-03-02T03:00:05Z  41s", "1.5 KiB", "3 (3.0 MiB)", "PostgreSQL 15.14", "chat-2  not a backup", "chat-3  damaged"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in:\n%s", want, out)
		}
	}
}
