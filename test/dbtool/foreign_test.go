package dbtool_test

import (
	"bytes"
	"compress/gzip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
	"github.com/crossplane-mattermost/crossplane-mattermost/test/local"
)

func gzipped(t *testing.T, content []byte) []byte {
	t.Helper()
	out := &bytes.Buffer{}
	w := gzip.NewWriter(out)
	if _, err := w.Write(content); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func zstandard(t *testing.T, content []byte) []byte {
	t.Helper()
	w, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	return w.EncodeAll(content, nil)
}

func asIs(_ *testing.T, content []byte) []byte { return content }

func TestForeignDumps(t *testing.T) {
	source := newDatabase(t, mattermost(100, "new")+awkward)
	want := dumped(t, source)
	bucket := newBucket(t)
	for _, format := range []struct {
		reason string
		args   []string
	}{
		{"custom", []string{"-Fc"}},
		{"custom, not compressed", []string{"-Fc", "-Z0"}},
		{"tar", []string{"-Ft"}},
		{"plain", nil},
		{"plain, that drops and creates first", []string{"--clean", "--if-exists", "--create"}},
		{"plain, with one INSERT for each row", []string{"--inserts"}},
		{"plain, with INSERT of many rows", []string{"--rows-per-insert=100", "--column-inserts"}},
	} {
		for _, packing := range []struct {
			name string
			pack func(*testing.T, []byte) []byte
		}{{"", asIs}, {"gz", gzipped}, {"zst", zstandard}} {
			t.Run(format.reason+" "+packing.name, func(t *testing.T) {
				put(t, bucket, "foreign/dump", packing.pack(t, pgDump(t, source, format.args...)))
				target := newDatabase(t, mattermost(100, "old"))
				e := restoreEnv(t, target, bucket, "foreign/dump", "uid-1")
				checked := must(t, run(t, e, job.CommandCheck)).Restored
				restored := must(t, run(t, e, job.CommandRestore)).Restored
				wantSame(t, "the data", want, dumped(t, target))
				if !strings.HasPrefix(format.reason, "plain, with INSERT of many") && checked.Rows != restored.Rows {
					t.Errorf("check counts %d rows, and restore %d", checked.Rows, restored.Rows)
				}
			})
		}
	}
}

func TestForeignDirectory(t *testing.T) {
	source := newDatabase(t, mattermost(100, "new")+awkward)
	want := dumped(t, source)
	bucket := newBucket(t)
	for _, of := range []struct {
		reason string
		args   []string
	}{
		{"compressed with gzip", []string{"-Fd"}},
		{"not compressed", []string{"-Fd", "-Z0"}},
		{"by two jobs", []string{"-Fd", "-j2"}},
	} {
		t.Run(of.reason, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "dump")
			pgDump(t, source, append(of.args, "-f", dir)...)
			folder := "foreign/" + strings.ReplaceAll(of.reason, " ", "-")
			files, err := os.ReadDir(dir)
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range files {
				content, err := os.ReadFile(filepath.Join(dir, f.Name())) //nolint:gosec // As above.
				if err != nil {
					t.Fatal(err)
				}
				put(t, bucket, folder+"/"+f.Name(), content)
			}
			target := newDatabase(t, mattermost(100, "old"))
			e := restoreEnv(t, target, bucket, folder+"/", "uid-1")
			must(t, run(t, e, job.CommandCheck))
			must(t, run(t, e, job.CommandRestore))
			wantSame(t, "the data", want, dumped(t, target))
			left, err := os.ReadDir(e[job.EnvScratch])
			if err != nil || len(left) != 0 {
				t.Errorf("left in the scratch directory: %v, %v", left, err)
			}
		})
	}
}

func TestForeignPlaces(t *testing.T) {
	bucket := newBucket(t)

	t.Run("a dump of another schema goes to the server's own", func(t *testing.T) {
		source := newDatabase(t, "CREATE SCHEMA chat; SET search_path = chat;"+mattermost(100, "new"))
		put(t, bucket, "schema", pgDump(t, source))
		target := newDatabase(t, mattermost(100, "old"))
		must(t, run(t, restoreEnv(t, target, bucket, "schema", "uid-1"), job.CommandRestore))
		if got := query(t, target, "SELECT value FROM public.systems"); got != "new" {
			t.Errorf("marker %q", got)
		}
	})

	t.Run("a dump of the public schema goes to the server's own, and others' schemas stay", func(t *testing.T) {
		source := newDatabase(t, mattermost(100, "new")+"CREATE SCHEMA metrics; CREATE TABLE metrics.m AS SELECT 'theirs' AS v;")
		put(t, bucket, "public", pgDump(t, source))
		target := newDatabase(t, "CREATE SCHEMA chat; SET search_path = chat;"+mattermost(100, "old")+"CREATE SCHEMA metrics; CREATE TABLE metrics.m AS SELECT 'ours' AS v;")
		query(t, "postgres", "ALTER ROLE "+target+" SET search_path = chat")
		must(t, run(t, restoreEnv(t, target, bucket, "public", "uid-1"), job.CommandRestore))
		if got := query(t, target, "SELECT value || (SELECT v FROM metrics.m) FROM chat.systems"); got != "newours" {
			t.Errorf("markers %q", got)
		}
	})

	t.Run("a dump of a schema that is called like the role leaves no schema that hides the server's own", func(t *testing.T) {
		target := newDatabase(t, mattermost(100, "old"))
		source := newDatabase(t, "CREATE SCHEMA "+target+"; SET search_path = "+target+";"+mattermost(100, "new")+"CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 1';")
		put(t, bucket, "role", pgDump(t, source, "-Fc"))
		must(t, run(t, restoreEnv(t, target, bucket, "role", "uid-1"), job.CommandRestore))
		load(t, target, "DO $$ BEGIN ASSERT current_schema() = 'public', current_schema(); ASSERT (SELECT value FROM systems) = 'new'; ASSERT f() = 1; ASSERT to_regnamespace(current_user::text) IS NULL; END $$")

		load(t, source, "CREATE EXTENSION citext SCHEMA "+target)
		put(t, bucket, "role", pgDump(t, source, "-Fc"))
		got := run(t, restoreEnv(t, target, bucket, "role", "uid-2"), job.CommandRestore)
		if got.code != job.CodeFinal || got.result.Reason != job.ReasonInvalid || !strings.Contains(got.result.Message, "called like a role") {
			t.Errorf("with an extension: code %d, result %+v", got.code, got.result)
		}
	})

	t.Run("an empty database has nothing to replace", func(t *testing.T) {
		source := newDatabase(t, mattermost(100, "new"))
		put(t, bucket, "empty", pgDump(t, source, "-Fc"))
		target := newDatabase(t, "SELECT 1")
		restored := must(t, run(t, restoreEnv(t, target, bucket, "empty", "uid-1"), job.CommandRestore)).Restored
		if restored.Replaced != "" {
			t.Errorf("replaced %q", restored.Replaced)
		}
		if got := query(t, target, "SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'replaced%'"); got != "0" {
			t.Error("there is a schema for nothing")
		}
	})

	t.Run("who loads may be another than who owns", func(t *testing.T) {
		source := newDatabase(t, mattermost(100, "new"))
		put(t, bucket, "owner", pgDump(t, source, "-Fc"))
		target := newDatabase(t, mattermost(100, "old"))
		member := newDatabase(t, "SELECT 1")
		query(t, "postgres", "GRANT "+target+" TO "+member)
		for user, allowed := range map[string]string{local.Superuser: "true", member: "false"} {
			e := restoreEnv(t, target, bucket, "owner", "uid-"+user).with(env{job.EnvDatabaseUser: user, job.EnvDatabasePassword: local.Password, job.EnvAllowSuperuser: allowed})
			must(t, run(t, e, job.CommandCheck))
			must(t, run(t, e, job.CommandRestore))
			if got := query(t, target, "SELECT string_agg(DISTINCT tableowner, ',') FROM pg_tables WHERE schemaname = 'public'"); got != target {
				t.Errorf("tables are %s's", got)
			}
		}
	})
}
