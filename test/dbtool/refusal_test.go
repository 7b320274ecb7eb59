package dbtool_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
	"github.com/crossplane-mattermost/crossplane-mattermost/test/local"
)

// altered by one bit in the middle.
func altered(content []byte) []byte {
	content = bytes.Clone(content)
	content[len(content)/2] ^= 0x10
	return content
}

func TestBadInput(t *testing.T) {
	source := newDatabase(t, mattermost(100, "new")+wide(2000))
	bucket := newBucket(t)
	must(t, run(t, backupEnv(source, bucket, "good"), job.CommandBackup))
	const good = "all/team/chat/good/"
	for object, kind := range map[string]string{"manifest.json": "manifest", "database": "database"} {
		for name, change := range map[string]func([]byte) []byte{
			"altered":   altered,
			"truncated": func(b []byte) []byte { return b[:len(b)*2/3] },
		} {
			for _, key := range keys(t, bucket, good) {
				content, o := get(t, bucket, key), strings.TrimPrefix(key, good)
				if strings.HasPrefix(o, object) {
					content = change(content)
				}
				put(t, bucket, name+"-"+kind+"/good/"+o, content)
				if o != "manifest.json" {
					put(t, bucket, "unfinished/"+o, content)
				}
			}
		}
	}
	custom, plain := pgDump(t, source, "-Fc"), pgDump(t, source)
	put(t, bucket, "custom", custom)
	put(t, bucket, "custom-truncated", custom[:len(custom)*2/3])
	put(t, bucket, "custom-gz-altered", altered(gzipped(t, custom)))
	put(t, bucket, "custom-zst-altered", altered(zstandard(t, custom)))
	put(t, bucket, "plain-truncated", plain[:len(plain)*2/3])
	put(t, bucket, "plain-without-end", plain[:bytes.LastIndex(plain, []byte("ALTER TABLE"))])
	put(t, bucket, "plain-newer", bytes.Replace(plain, []byte("-- Dumped from database version 1"), []byte("-- Dumped from database version 9"), 1))
	put(t, bucket, "plain-with-program", append([]byte("-- PostgreSQL database dump\nCOPY t FROM PROGRAM 'id';\n"), plain...))
	put(t, bucket, "plain-with-shell", append([]byte("-- PostgreSQL database dump\n\\! id\n"), plain...))
	put(t, bucket, "plain-with-rollback", append([]byte("-- PostgreSQL database dump\nROLLBACK;\n"), plain...))
	put(t, bucket, "cluster", append([]byte("--\n-- PostgreSQL database cluster dump\n--\n"), plain...))
	put(t, bucket, "picture", []byte("\x89PNG\r\n\x1a\n"+strings.Repeat("x", 1000)))
	put(t, bucket, "nothing", nil)
	put(t, bucket, "folder/something", []byte("x"))
	other := newDatabase(t, "CREATE TABLE users (id int)")
	put(t, bucket, "other", pgDump(t, other, "-Fc"))
	later := newDatabase(t, mattermost(101, "later"))
	put(t, bucket, "later", pgDump(t, later, "-Fc"))

	target := newDatabase(t, mattermost(100, "old"))
	before := dumped(t, target)
	for _, of := range []struct {
		reason string
		source string
		env    env
		want   job.Reason
	}{
		{"an altered manifest", "altered-manifest/good", nil, job.ReasonCorrupt},
		{"a truncated manifest", "truncated-manifest/good", nil, job.ReasonCorrupt},
		{"an altered backup", "altered-database/good", nil, job.ReasonCorrupt},
		{"a truncated backup", "truncated-database/good", nil, job.ReasonCorrupt},
		{"an interrupted backup", "unfinished", nil, job.ReasonNotFound},
		{"a truncated archive", "custom-truncated", nil, job.ReasonCorrupt},
		{"an altered archive in gzip", "custom-gz-altered", nil, job.ReasonCorrupt},
		{"an altered archive in zstd", "custom-zst-altered", nil, job.ReasonCorrupt},
		{"truncated SQL", "plain-truncated", nil, job.ReasonCorrupt},
		{"SQL that ends between two statements", "plain-without-end", nil, job.ReasonCorrupt},
		{"a dump of a later PostgreSQL", "plain-newer", nil, job.ReasonTooNew},
		{"a dump of a later Mattermost", "later", nil, job.ReasonTooNew},
		{"SQL that runs a program on the server", "plain-with-program", nil, job.ReasonInvalid},
		{"SQL that runs a program here", "plain-with-shell", nil, job.ReasonInvalid},
		{"SQL that would end the transaction", "plain-with-rollback", nil, job.ReasonInvalid},
		{"a dump of a whole server", "cluster", nil, job.ReasonInvalid},
		{"a dump of something else", "other", nil, job.ReasonInvalid},
		{"a picture", "picture", nil, job.ReasonUnknownFormat},
		{"an empty object", "nothing", nil, job.ReasonCorrupt},
		{"a folder of something else", "folder", nil, job.ReasonUnknownFormat},
		{"no such object", "missing/object", nil, job.ReasonNotFound},
		{"no such bucket", "custom", env{job.EnvStoreBucket: "there-is-none"}, job.ReasonNotFound},
		{"a wrong key", "custom", env{job.EnvStoreSecretKey: "wrong"}, job.ReasonAccessDenied},
		{"an unknown key", "custom", env{job.EnvStoreAccessKey: "nobody"}, job.ReasonAccessDenied},
		{"a wrong password", "custom", env{job.EnvDatabasePassword: "wrong"}, job.ReasonDatabaseDenied},
		{"another database's name", "custom", env{job.EnvDatabaseName: "elsewhere"}, job.ReasonInvalid},
		{"no such database", "custom", env{job.EnvDatabaseURL: here.URL(target, "there_is_none")}, job.ReasonInvalid},
		{"a user who does not own the data", "custom", env{job.EnvDatabaseUser: other, job.EnvDatabasePassword: local.Password}, job.ReasonDatabaseDenied},
		{"no request", "custom", env{job.EnvRequest: ""}, job.ReasonInvalid},
		{"no source", "", nil, job.ReasonInvalid},
	} {
		for _, command := range []string{job.CommandCheck, job.CommandRestore} {
			t.Run(command+" "+of.reason, func(t *testing.T) {
				got := run(t, restoreEnv(t, target, bucket, of.source, "uid").with(of.env), command)
				if got.code != job.CodeFinal || got.result.Reason != of.want || got.result.Message == "" || got.result.Restored != nil {
					t.Errorf("code %d, result %+v, want %s\n%s", got.code, got.result, of.want, got.output)
				}
				wantSame(t, "the data", before, dumped(t, target))
			})
		}
	}
}

func TestUnavailable(t *testing.T) {
	bucket := newBucket(t)
	database := newDatabase(t, mattermost(100, "old"))
	put(t, bucket, "custom", pgDump(t, database, "-Fc"))
	e := restoreEnv(t, database, bucket, "custom", "uid-1").with(env{job.EnvDatabaseURL: "postgres://u@127.0.0.1:1/db?sslmode=disable"})
	if got := run(t, e, job.CommandCheck); got.code != job.CodeRetry || got.result.Reason != job.ReasonUnavailable {
		t.Errorf("code %d, result %+v\n%s", got.code, got.result, got.output)
	}
}

func TestBackupRefuses(t *testing.T) {
	bucket := newBucket(t)
	database := newDatabase(t, mattermost(100, "old"))
	e := backupEnv(database, bucket, "one")
	for _, of := range []struct {
		reason string
		env    env
		want   job.Reason
	}{
		{"a wrong password", env{job.EnvDatabasePassword: "wrong"}, job.ReasonDatabaseDenied},
		{"a wrong key", env{job.EnvStoreSecretKey: "wrong"}, job.ReasonAccessDenied},
		{"no such bucket", env{job.EnvStoreBucket: "there-is-none"}, job.ReasonNotFound},
		{"the name of the pool", env{job.EnvBackupName: "files"}, job.ReasonInvalid},
		{"no number", env{"KEEP_COUNT": "many"}, job.ReasonInvalid},
		{"no such directory", env{job.EnvFilesDirectory: "/there/is/none"}, job.ReasonInvalid},
	} {
		t.Run(of.reason, func(t *testing.T) {
			got := run(t, e.with(of.env), job.CommandBackup)
			if got.code != job.CodeFinal || got.result.Reason != of.want {
				t.Errorf("code %d, result %+v, want %s\n%s", got.code, got.result, of.want, got.output)
			}
		})
	}
	if left := keys(t, bucket, ""); len(left) != 0 {
		t.Errorf("left in the bucket: %v", left)
	}
}

func TestOthersAreConnected(t *testing.T) {
	bucket := newBucket(t)
	database := newDatabase(t, mattermost(100, "old"))
	put(t, bucket, "custom", pgDump(t, database, "-Fc"))
	conn, err := pgx.Connect(t.Context(), here.URL(database, database))
	if err != nil {
		t.Fatal(err)
	}
	e := restoreEnv(t, database, bucket, "custom", "uid-1")
	must(t, run(t, e, job.CommandCheck))
	got := run(t, e, job.CommandRestore)
	if got.code != job.CodeFinal || got.result.Reason != job.ReasonDatabaseInUse {
		t.Errorf("code %d, result %+v\n%s", got.code, got.result, got.output)
	}
	if err := conn.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	must(t, run(t, e, job.CommandRestore))
}

// TestServerRefuses what check cannot know about a dump: the data stays as it is.
func TestServerRefuses(t *testing.T) {
	bucket := newBucket(t)
	target := newDatabase(t, mattermost(100, "old"))
	before := dumped(t, target)
	for _, of := range []struct {
		reason, sql, says string
		want              job.Reason
	}{
		{"a column that does not exist, in a batch of rows", "INSERT INTO public.systems (name, value) VALUES ('a', 'LIT');\nINSERT INTO public.systems (nothing) VALUES ('LIT');", "there is no such column", job.ReasonInvalid},
		{"a value of another type", "INSERT INTO public.db_migrations VALUES ('LIT', '');", "SQLSTATE 22P02", job.ReasonCorrupt},
		{"a table that does not exist", "CREATE MATERIALIZED VIEW public.v AS SELECT * FROM public.nothing WITH NO DATA;", "there is no such table", job.ReasonInvalid},
	} {
		t.Run(of.reason, func(t *testing.T) {
			put(t, bucket, "refused", hostileDump(of.sql, "", target))
			must(t, run(t, restoreEnv(t, target, bucket, "refused", "uid"), job.CommandCheck))
			got := run(t, restoreEnv(t, target, bucket, "refused", "uid"), job.CommandRestore)
			if got.code != job.CodeFinal || got.result.Reason != of.want || !strings.Contains(got.result.Message, of.says) || strings.Contains(got.output, marked) {
				t.Errorf("code %d, result %+v\n%s", got.code, got.result, got.output)
			}
			wantSame(t, "the data", before, dumped(t, target))
		})
	}
}
