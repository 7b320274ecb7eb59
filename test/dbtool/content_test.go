package dbtool_test

import "fmt"

// mattermost is as much of a server's tables as the program must know.
func mattermost(migration int, marker string) string {
	return fmt.Sprintf(`
CREATE TABLE systems (name varchar(64) PRIMARY KEY, value varchar(1024));
INSERT INTO systems VALUES ('Marker', '%s');
CREATE TABLE db_migrations (version bigint PRIMARY KEY, name varchar NOT NULL);
INSERT INTO db_migrations SELECT n, 'migration_' || n FROM generate_series(1, %d) n;
CREATE TABLE configurations (id varchar(26) PRIMARY KEY, value text NOT NULL, createat bigint NOT NULL, active boolean UNIQUE, sha char(64) DEFAULT '');
INSERT INTO configurations VALUES ('old', '{}', 1, NULL, ''),
  ('new', '{"ServiceSettings":{"SiteURL":"https://elsewhere.example.com","Big":9007199254740993},"SqlSettings":{"DriverName":"postgres","DataSource":"postgres://other:secret@elsewhere/db","DataSourceReplicas":["postgres://replica"],"MaxOpenConns":300},"Unknown":{"a<b":"c&d"}}', 2, true, 'x');
CREATE TABLE clusterdiscovery (id varchar(26) PRIMARY KEY, hostname varchar(512));
INSERT INTO clusterdiscovery VALUES ('a', 'pod-of-elsewhere');
`, marker, migration)
}

// awkward is what is hard to carry over.
const awkward = `
CREATE TYPE channel_type AS ENUM ('O', 'P''rivate', 'Ünï;code');
CREATE DOMAIN short AS varchar(20) CHECK (VALUE <> 'a;b');
CREATE TYPE pair AS (a int, b text);
CREATE COLLATION german (provider = icu, locale = 'de-DE');
CREATE TEXT SEARCH CONFIGURATION own (COPY = pg_catalog.english);
CREATE TABLE "Weird ""name"" ; here" (
  "id" bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  "Text; -- no comment" text,
  raw bytea, kind channel_type DEFAULT 'O', s short, p pair,
  n numeric(30, 10), j jsonb, a text[], ts timestamptz,
  len int GENERATED ALWAYS AS (coalesce(length("Text; -- no comment"), 0)) STORED);
INSERT INTO "Weird ""name"" ; here" ("Text; -- no comment", raw, kind, s, p, n, j, a, ts) VALUES
  (E'quotes '' " \\ $$ $tag$ \t tab \n newline \r return', '\x00ff0a0d5c2e', 'P''rivate', 'short', ROW(1, 'x,"y'), 12345678901234567890.0123456789, '{"a":[1,null,"\u00e9"]}', ARRAY['a,b', NULL, '{}'], '2026-01-02 03:04:05.678+02'),
  (E'\\.', NULL, 'Ünï;code', NULL, NULL, 'NaN', 'null', '{}', 'infinity'),
  (E'a\n\\.\nb', '\x', 'O', '', ROW(NULL, ''), NULL, NULL, NULL, NULL),
  ('😀 中文 ' || chr(1) || chr(127), decode(repeat('00', 100000), 'hex'), 'O', 'x', NULL, 0, '{}', NULL, '-infinity'),
  (repeat('large ☃ ', 500000), NULL, 'O', NULL, NULL, 1, NULL, NULL, NULL);
CREATE SEQUENCE free START 42 INCREMENT 7;
SELECT nextval('free'), nextval('free');
CREATE TABLE parents (id serial PRIMARY KEY, parent int REFERENCES parents DEFERRABLE INITIALLY DEFERRED, name text COLLATE german UNIQUE);
INSERT INTO parents (parent, name) VALUES (NULL, 'zuerst'), (1, 'ärger');
SET CONSTRAINTS ALL IMMEDIATE;
CREATE TABLE children (id uuid PRIMARY KEY, parent int NOT NULL REFERENCES parents ON DELETE CASCADE, v tsvector, CHECK (parent > 0));
INSERT INTO children VALUES ('00000000-0000-0000-0000-000000000001', 1, to_tsvector('own', 'running cats'));
CREATE TABLE measures (at date NOT NULL, v int) PARTITION BY RANGE (at);
CREATE TABLE measures_2026 PARTITION OF measures FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
INSERT INTO measures VALUES ('2026-05-05', 5);
CREATE INDEX ON children USING gin (v);
CREATE INDEX partial ON parents (lower(name)) WHERE name <> 'a;b''c';
CREATE VIEW both_of AS SELECT p.name, c.id FROM parents p JOIN children c ON c.parent = p.id;
CREATE MATERIALIZED VIEW counts AS SELECT kind, count(*) FROM "Weird ""name"" ; here" GROUP BY 1;
CREATE UNIQUE INDEX ON counts (kind);
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $body$ BEGIN NEW.name := NEW.name || ';'; RETURN NEW; END; $body$;
CREATE FUNCTION plus(a int, b int DEFAULT 1) RETURNS int LANGUAGE sql AS 'SELECT CASE WHEN a > 0 THEN a + b ELSE b END; SELECT a + b';
CREATE PROCEDURE nothing() LANGUAGE sql AS 'SELECT 1; SELECT '';''';
COMMENT ON TABLE parents IS 'a comment; with "quotes"'' and
a line -- that looks like one';
CREATE TABLE empty ();
`

// wide is a table that takes some time to load, and to index.
func wide(rows int) string {
	return fmt.Sprintf(`
CREATE TABLE posts (id varchar(26) PRIMARY KEY, createat bigint, message varchar(65535), props jsonb);
INSERT INTO posts SELECT md5(n::text)::varchar(26), n, repeat(md5((n * 7)::text) || ' ', 6), '{"k": 1}' FROM generate_series(1, %d) n;
CREATE INDEX posts_createat ON posts (createat);
CREATE INDEX posts_message ON posts USING gin (to_tsvector('english', message));
`, rows)
}
