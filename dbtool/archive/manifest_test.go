package archive_test

import (
	"bytes"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/archive"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/codec"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/dump"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/failure"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
)

var began = time.Date(2026, 3, 1, 3, 0, 0, 0, time.UTC)

func manifest(name string, age time.Duration) archive.Manifest {
	return archive.Manifest{
		FormatVersion: archive.Version, Name: name, Request: "uid", StartedAt: began.Add(-age), CompletedAt: began.Add(time.Minute - age),
		Engine: dump.PostgreSQL, ServerVersion: "15.4", MattermostVersion: "11.4.0", SchemaVersion: 130,
		Dump:  archive.DumpObject{Key: archive.DumpName, Format: dump.PostgresCustom, Sums: codec.Sums{Bytes: 10, SHA256: "ab", RawBytes: 20}},
		Files: &archive.FilesObject{Key: archive.IndexName, Count: 3, Total: 30, Sums: codec.Sums{Bytes: 1, SHA256: "cd"}},
	}
}

func TestManifest(t *testing.T) {
	want := manifest("chat-1", 0)
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
	} {
		m := manifest("chat-1", 0)
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

func TestRetention(t *testing.T) {
	const day = 24 * time.Hour
	backups := []archive.Manifest{manifest("d", 30*day), manifest("a", 0), manifest("c", 8*day), manifest("b", day)}
	for _, of := range []struct {
		reason    string
		retention archive.Retention
		backups   []archive.Manifest
		now       time.Time
		want      []string
	}{
		{"no limit keeps all", archive.Retention{}, backups, began, nil},
		{"a count keeps the newest", archive.Retention{Count: 2}, backups, began, []string{"c", "d"}},
		{"days keep the young", archive.Retention{Days: 8}, backups, began, []string{"d"}},
		{"both limits count", archive.Retention{Count: 3, Days: 2}, backups, began, []string{"c", "d"}},
		{"the newest stays however old it is", archive.Retention{Count: 1, Days: 1}, backups, began.Add(100 * day), []string{"b", "c", "d"}},
		{"nothing", archive.Retention{Count: 1}, nil, began, nil},
	} {
		var got []string
		for _, m := range of.retention.Doomed(of.backups, of.now) {
			got = append(got, m.Name)
		}
		if diff := cmp.Diff(of.want, got); diff != "" {
			t.Errorf("%s: -want +got:\n%s", of.reason, diff)
		}
	}
}
