package dbtool_test

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/minio/minio-go/v7"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
	"github.com/crossplane-mattermost/crossplane-mattermost/test/local"
)

// query as the superuser, and return the first value as text.
func query(t *testing.T, database, sql string) string {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), here.URL(local.Superuser, database))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.Background()) }()
	results, err := conn.PgConn().Exec(t.Context(), sql).ReadAll()
	if err != nil {
		t.Fatalf("%.100s: %v", sql, err)
	}
	if n := len(results); n > 0 && len(results[n-1].Rows) > 0 {
		return string(results[n-1].Rows[0][0])
	}
	return ""
}

// newDatabase of a role of its own, which owns the database but not its public schema.
func newDatabase(t *testing.T, sql string) string {
	t.Helper()
	name := "db_" + strings.ToLower(regexp.MustCompile(`\W+`).ReplaceAllString(t.Name(), "_"))
	name = name[max(0, len(name)-40):]
	for exists := query(t, "postgres", "SELECT count(*) FROM pg_database WHERE datname = '"+name+"'"); exists != "0"; {
		name += "x"
		exists = query(t, "postgres", "SELECT count(*) FROM pg_database WHERE datname = '"+name+"'")
	}
	query(t, "postgres", fmt.Sprintf("CREATE ROLE %s LOGIN PASSWORD '%s'", name, strings.ReplaceAll(local.Password, "'", "''")))
	query(t, "postgres", "CREATE DATABASE "+name+" OWNER "+name)
	query(t, name, "GRANT ALL ON SCHEMA public TO "+name)
	t.Cleanup(func() {
		conn, err := pgx.Connect(context.Background(), here.URL(local.Superuser, "postgres"))
		if err != nil {
			return
		}
		_, _ = conn.Exec(context.Background(), "DROP DATABASE "+name+" WITH (FORCE)")
		_ = conn.Close(context.Background())
	})
	load(t, name, sql)
	return name
}

// load SQL as the database's own role.
func load(t *testing.T, database, sql string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), here.URL(database, database))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.Background()) }()
	if _, err := conn.PgConn().Exec(t.Context(), sql).ReadAll(); err != nil {
		t.Fatal(err)
	}
}

// newBucket that is empty.
func newBucket(t *testing.T) string {
	t.Helper()
	name := strings.ToLower(regexp.MustCompile(`[^A-Za-z0-9]+`).ReplaceAllString(t.Name(), "-"))
	name = "b" + name[max(0, len(name)-40):]
	for {
		exists, err := here.Buckets.BucketExists(t.Context(), name)
		if err != nil {
			t.Fatal(err)
		}
		if !exists {
			break
		}
		name += "x"
	}
	if err := here.Buckets.MakeBucket(t.Context(), name, minio.MakeBucketOptions{}); err != nil {
		t.Fatal(err)
	}
	return name
}

// put an object.
func put(t *testing.T, bucket, key string, content []byte) {
	t.Helper()
	if _, err := here.Buckets.PutObject(t.Context(), bucket, key, bytes.NewReader(content), int64(len(content)), minio.PutObjectOptions{}); err != nil {
		t.Fatal(err)
	}
}

// get an object.
func get(t *testing.T, bucket, key string) []byte {
	t.Helper()
	o, err := here.Buckets.GetObject(t.Context(), bucket, key, minio.GetObjectOptions{})
	if err != nil {
		t.Fatal(err)
	}
	out := &bytes.Buffer{}
	if _, err := out.ReadFrom(o); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// keys of a bucket below a prefix.
func keys(t *testing.T, bucket, prefix string) []string {
	t.Helper()
	var all []string
	for o := range here.Buckets.ListObjects(t.Context(), bucket, minio.ListObjectsOptions{Prefix: prefix, Recursive: true}) {
		if o.Err != nil {
			t.Fatal(o.Err)
		}
		all = append(all, o.Key)
	}
	return all
}

// env of the program.
type env map[string]string

func (e env) with(more env) env {
	all := maps.Clone(e)
	maps.Copy(all, more)
	return all
}

// backupEnv of a database and a bucket.
func backupEnv(database, bucket, name string) env {
	return env{
		job.EnvDatabaseURL: here.URL(database, database), job.EnvStoreEndpoint: "http://" + here.Gateway, job.EnvStoreBucket: bucket,
		job.EnvStoreAccessKey: local.AccessKey, job.EnvStoreSecretKey: local.SecretKey, job.EnvStorePrefix: "all/team/chat", job.EnvStoreRegion: "us-east-1",
		job.EnvBackupName: name, job.EnvRequest: "request-of-" + name, job.EnvServerVersion: "11.4.0",
	}
}

// restoreEnv of a source.
func restoreEnv(t *testing.T, database, bucket, source, request string) env {
	t.Helper()
	return backupEnv(database, bucket, "").with(env{
		job.EnvSource: source, job.EnvRequest: request, job.EnvScratch: t.TempDir(), job.EnvSiteURL: "https://chat.example.com", "PATIENCE": "1s",
	})
}

// outcome of a run.
type outcome struct {
	code   int
	result job.Result
	output string
}

// start the program.
func start(t *testing.T, e env, args ...string) (*exec.Cmd, func() outcome) {
	t.Helper()
	termination := filepath.Join(t.TempDir(), "termination-log")
	if err := os.WriteFile(termination, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), here.Tool, args...) //nolint:gosec // The program under test.
	cmd.Env = []string{"PATH=" + here.Programs + ":" + os.Getenv("PATH"), "TERMINATION_LOG=" + termination, "HOME=" + t.TempDir()}
	for name, value := range e {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	out := &bytes.Buffer{}
	cmd.Stdout, cmd.Stderr = out, out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return cmd, func() outcome {
		_ = cmd.Wait()
		o := outcome{code: cmd.ProcessState.ExitCode(), output: out.String()}
		message, err := os.ReadFile(termination) //nolint:gosec // As above.
		if err != nil {
			t.Fatal(err)
		}
		if len(message) > 0 {
			if o.result, err = job.Decode(string(message)); err != nil {
				t.Fatal(err)
			}
		}
		for _, secret := range []string{local.Password, local.SecretKey, url.QueryEscape(local.Password), url.UserPassword("", local.Password).String()[1:]} {
			if strings.Contains(o.output, secret) || strings.Contains(string(message), secret) {
				t.Errorf("a secret is in the output: %s %s", o.output, message)
			}
		}
		return o
	}
}

// run the program to its end.
func run(t *testing.T, e env, args ...string) outcome {
	t.Helper()
	_, wait := start(t, e, args...)
	return wait()
}

// must succeed.
func must(t *testing.T, o outcome) job.Result {
	t.Helper()
	if o.code != job.CodeDone || o.result.Reason != "" {
		t.Fatalf("code %d, reason %q\n%s", o.code, o.result.Reason, o.output)
	}
	return o.result
}

// dumped is the database's data as text, without what a restore may change.
func dumped(t *testing.T, database string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), filepath.Join(here.Programs, "pg_dump"), "--schema=public", "--no-owner", "--no-privileges", //nolint:gosec // As above.
		"--exclude-table-data=configurations", "--exclude-table-data=clusterdiscovery", here.URL(local.Superuser, database))
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	return withoutFrame(string(out))
}

// withoutFrame removes from a dump what differs each time.
func withoutFrame(dump string) string {
	return regexp.MustCompile(`(?m)^\\(un)?restrict .*$`).ReplaceAllString(dump, "")
}

// archive of a database by pg_dump.
func pgDump(t *testing.T, database string, args ...string) []byte {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), filepath.Join(here.Programs, "pg_dump"), append(args, here.URL(local.Superuser, database))...) //nolint:gosec // As above.
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// wantSame fails the test at the first line that is different: a database has many.
func wantSame(t *testing.T, what, want, got string) {
	t.Helper()
	if want == got {
		return
	}
	wants, gots := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := range min(len(wants), len(gots)) {
		if wants[i] != gots[i] {
			t.Errorf("%s: line %d is %.200q, want %.200q", what, i, gots[i], wants[i])
			return
		}
	}
	t.Errorf("%s: %d lines, want %d", what, len(gots), len(wants))
}
