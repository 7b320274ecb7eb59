package dbtool_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
	"github.com/crossplane-mattermost/crossplane-mattermost/test/cluster/artifact"
	"github.com/crossplane-mattermost/crossplane-mattermost/test/cluster/location"
)

// ofPlugins are tables like those of plugins, with foreign keys, enumerations, JSON,
// defaults, sequences and indexes of expressions.
const ofPlugins = `
CREATE TABLE ir_system (skey varchar(64) PRIMARY KEY, svalue varchar(1024));
INSERT INTO ir_system VALUES ('DatabaseVersion', '0.63.0');
CREATE TABLE ir_playbook (id text PRIMARY KEY, title text NOT NULL, steps bigint NOT NULL DEFAULT 0, checklistsjson json NOT NULL, concatenated text NOT NULL DEFAULT ''::text);
CREATE TABLE ir_playbookmember (playbookid text NOT NULL REFERENCES ir_playbook(id), memberid text NOT NULL, roles text, UNIQUE (playbookid, memberid));
CREATE INDEX ir_playbookmember_memberid ON ir_playbookmember (memberid);
INSERT INTO ir_playbook VALUES ('p', 'it''s; a "playbook"', 1, '{"items": ["\u00e9"]}');
INSERT INTO ir_playbookmember VALUES ('p', 'm', 'admin');
CREATE TYPE call_state AS ENUM ('idle', 'running');
CREATE TABLE calls (id varchar(26) PRIMARY KEY, channelid varchar(26), startat bigint, props jsonb DEFAULT '{}'::jsonb NOT NULL, participants jsonb NOT NULL, state call_state DEFAULT 'idle');
CREATE INDEX idx_calls_state ON calls ((props ->> 'state'), startat DESC NULLS LAST) WHERE startat > 0;
INSERT INTO calls VALUES ('c', 'x', 1, '{"state": "on"}', '["a"]', 'running');
CREATE TABLE focalboard_blocks (id varchar(36) NOT NULL, insert_at timestamptz NOT NULL DEFAULT now(), parent_id varchar(36), schema bigint, type text, title text, fields json, channel_id varchar(36), PRIMARY KEY (id, insert_at));
CREATE INDEX idx_blocks_title ON focalboard_blocks USING gin (to_tsvector('english'::regconfig, coalesce(title, '')));
INSERT INTO focalboard_blocks (id, title, fields) VALUES ('b', 'Täsk', '{}');
CREATE TABLE llm_postmeta (rootpostid text NOT NULL REFERENCES posts(id) ON DELETE CASCADE PRIMARY KEY, title text NOT NULL);
CREATE TABLE numbered (id bigserial PRIMARY KEY, at bigint DEFAULT (extract(epoch FROM now()) * 1000)::bigint, length int GENERATED ALWAYS AS (length('x')) STORED);
INSERT INTO numbered DEFAULT VALUES;
`

// migrationsOf returns the migrations of a version of Mattermost, in order.
func migrationsOf(t *testing.T, version string) []string {
	t.Helper()
	store, err := artifact.Open("")
	fatal(t, err)
	repository, err := location.Repository()
	fatal(t, err)
	builds, err := artifact.FindBuilds(repository)
	fatal(t, err)
	tools := artifact.Toolchain{Store: store, Builds: builds, Step: func(_ string, run func(context.Context) error) error { return run(t.Context()) }}
	dir, err := tools.ModuleDir(t.Context(), artifact.Mattermost(version))
	fatal(t, err)
	files, err := filepath.Glob(filepath.Join(dir, "channels", "db", "migrations", "postgres", "*.up.sql"))
	fatal(t, err)
	slices.Sort(files)
	if len(files) < 100 {
		t.Fatalf("Mattermost %s has %d migrations", version, len(files))
	}
	return files
}

// migrated creates a database with the tables of a version of Mattermost and of plugins,
// and some rows.
func migrated(t *testing.T, version string) string {
	t.Helper()
	database := newDatabase(t, "CREATE TABLE db_migrations (version bigint PRIMARY KEY, name varchar NOT NULL)")
	conn, err := pgx.Connect(t.Context(), here.URL(database, database))
	fatal(t, err)
	defer func() { _ = conn.Close(context.Background()) }()
	for _, file := range migrationsOf(t, version) {
		sql, err := os.ReadFile(file) //nolint:gosec // A file of a module.
		fatal(t, err)
		if _, err := conn.PgConn().Exec(t.Context(), string(sql)).ReadAll(); err != nil {
			t.Fatalf("%s: %v", filepath.Base(file), err)
		}
		number, name, _ := strings.Cut(strings.TrimSuffix(filepath.Base(file), ".up.sql"), "_")
		_, err = conn.Exec(t.Context(), "INSERT INTO db_migrations VALUES ($1::text::bigint, $2)", number, name)
		fatal(t, err)
	}
	_, err = conn.PgConn().Exec(t.Context(), ofPlugins+`
INSERT INTO systems VALUES ('Marker', 'new');
INSERT INTO posts (id, createat, updateat, message, props, userid, channelid, type) SELECT 'p' || n, 1700000000000 + n, 0, 'it''s ' || n, '{"a": 1}', 'u', 'c', '' FROM generate_series(1, 50) n;
INSERT INTO users (id, username, email) VALUES ('u', 'someone', 'someone@example.com');
`).ReadAll()
	fatal(t, err)
	return database
}

// TestMattermost restores databases with the schemas of servers and plugins.
func TestMattermost(t *testing.T) {
	bucket := newBucket(t)
	for _, version := range []string{artifact.Mattermost9, artifact.Mattermost11} {
		source := migrated(t, version)
		want := dumped(t, source)
		for _, args := range [][]string{nil, {"-Fc"}, {"-Ft"}, {"--inserts"}} {
			t.Run(version+strings.Join(args, ""), func(t *testing.T) {
				put(t, bucket, "dump", pgDump(t, source, args...))
				target := newDatabase(t, mattermost(1, "old"))
				query(t, target, "UPDATE db_migrations SET version = 999999")
				e := restoreEnv(t, target, bucket, "dump", "uid-"+target)
				checked := must(t, run(t, e, job.CommandCheck)).Restored
				restored := must(t, run(t, e, job.CommandRestore)).Restored
				wantSame(t, "the data", want, dumped(t, target))
				if checked.Tables != restored.Tables || checked.Tables < 50 {
					t.Errorf("check counts %d tables, and restore %d", checked.Tables, restored.Tables)
				}
			})
		}
	}
}
