package archive_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/archive"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/codec"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/dump"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/failure"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
)

var attempt = strings.Repeat("0a", 16)

var began = time.Date(2026, 3, 1, 3, 0, 0, 0, time.UTC)

func manifest(name string) archive.Manifest {
	return archive.Manifest{
		FormatVersion: archive.Version, Name: name, Request: "uid", StartedAt: began, CompletedAt: began.Add(time.Minute),
		Engine: dump.PostgreSQL, ServerVersion: "15.4", MattermostVersion: "11.4.0", SchemaVersion: 130,
		Dump:  archive.DumpObject{Key: archive.DumpName(attempt), Format: dump.PostgresCustom, Sums: codec.Sums{Bytes: 10, SHA256: "ab", RawBytes: 20}},
		Files: &archive.FilesObject{Key: archive.IndexName(attempt), Count: 3, Total: 30, Sums: codec.Sums{Bytes: 1, SHA256: "cd"}},
	}
}

func TestManifest(t *testing.T) {
	want := manifest("chat-1")
	encoded, err := want.Encode()
	if err != nil {
		t.Fatal(err)
	}
	got, err := archive.DecodeManifest(encoded, "chat-1")
	if err != nil {
		t.Fatal(err)
	}
	want.Checksum = got.Checksum
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if s := got.Summary(encoded); s.Name != "chat-1" || s.Bytes != 10 || s.Files != 3 || s.Version != "11.4.0" || len(s.Checksum) != len("sha256:")+64 {
		t.Errorf("summary: %+v", s)
	}
	for i := range encoded {
		altered := bytes.Clone(encoded)
		altered[i] ^= 1
		if _, err := archive.DecodeManifest(altered, "chat-1"); failure.Reason(err) != job.ReasonCorrupt {
			t.Errorf("byte %d %q: %v", i, encoded[i], err)
		}
	}
}

func TestManifestIsRefused(t *testing.T) {
	for _, of := range []struct {
		reason string
		change func(*archive.Manifest)
		want   job.Reason
	}{
		{"a later format", func(m *archive.Manifest) { m.FormatVersion = archive.Version + 1 }, job.ReasonTooNew},
		{"no format", func(m *archive.Manifest) { m.FormatVersion = 0 }, job.ReasonCorrupt},
		{"another backup's", func(m *archive.Manifest) { m.Name = "chat-2" }, job.ReasonCorrupt},
		{"another object", func(m *archive.Manifest) { m.Dump.Key = "../other" }, job.ReasonCorrupt},
		{"an attempt that leads elsewhere", func(m *archive.Manifest) { m.Dump.Key = "database-../" + attempt + ".dump.zst" }, job.ReasonCorrupt},
		{"another attempt's files", func(m *archive.Manifest) { m.Files.Key = archive.IndexName("") }, job.ReasonCorrupt},
		{"a version that no result has room for", func(m *archive.Manifest) { m.MattermostVersion = strings.Repeat("1", job.MaxMessage) }, job.ReasonCorrupt},
		{"a version that a terminal takes for commands", func(m *archive.Manifest) { m.ServerVersion = "\x1b[2J" }, job.ReasonCorrupt},
	} {
		m := manifest("chat-1")
		of.change(&m)
		encoded, err := m.Encode()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := archive.DecodeManifest(encoded, "chat-1"); failure.Reason(err) != of.want {
			t.Errorf("%s: %v, want %s", of.reason, err, of.want)
		}
	}
}

// TestFirstFormat asserts that the first format, which had no names of attempts and
// repositories, can still be read.
func TestFirstFormat(t *testing.T) {
	m := manifest("chat-1")
	m.FormatVersion, m.Dump.Key, m.Files.Key = 1, "database.dump.zst", "files.index.zst"
	encoded, err := m.Encode()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := archive.DecodeManifest(encoded, "chat-1"); err != nil {
		t.Error(err)
	}
}
