package dump_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"io"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/dump"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/failure"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
)

func tarOf(t *testing.T, name string) string {
	t.Helper()
	out := &bytes.Buffer{}
	w := tar.NewWriter(out)
	if err := w.WriteHeader(&tar.Header{Name: name, Mode: 0o600, Format: tar.FormatUSTAR}); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestDetect(t *testing.T) {
	for _, of := range []struct {
		reason  string
		content string
		want    dump.Format
		bad     job.Reason
	}{
		{"custom", "PGDMP\x01\x0e\x00\x04\x08\x01rest", dump.PostgresCustom, ""},
		{"the table of a directory", "PGDMP\x01\x0e\x00\x04\x08\x05rest", "", job.ReasonUnknownFormat},
		{"tar", tarOf(t, "toc.dat"), dump.PostgresTar, ""},
		{"another tar", tarOf(t, "data/file"), "", job.ReasonUnknownFormat},
		{"plain", "--\n-- PostgreSQL database dump\n--\n", dump.PostgresPlain, ""},
		{"plain, of a later pg_dump", "\n\\restrict x\n--\n-- PostgreSQL database dump\n--\n", dump.PostgresPlain, ""},
		{"mysqldump", "-- MySQL dump 10.13  Distrib 8.0.36\n", dump.MySQLPlain, ""},
		{"mariadb-dump", "/*M!999999\\- enable the sandbox mode */ \n-- MariaDB dump 10.19\n", dump.MySQLPlain, ""},
		{"a text", "Dear reader", "", job.ReasonUnknownFormat},
		{"nothing", "", "", job.ReasonCorrupt},
	} {
		t.Run(of.reason, func(t *testing.T) {
			got, err := dump.Detect(strings.NewReader(of.content))
			if got != of.want || of.bad != "" && failure.Reason(err) != of.bad || of.bad == "" && err != nil {
				t.Errorf("%q, %v", got, err)
			}
		})
	}
}

func pack(t *testing.T, content []byte) map[string][]byte {
	t.Helper()
	zipped := &bytes.Buffer{}
	g := gzip.NewWriter(zipped)
	if _, err := g.Write(content); err != nil {
		t.Fatal(err)
	}
	if err := g.Close(); err != nil {
		t.Fatal(err)
	}
	z, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	return map[string][]byte{"as it is": content, "gzip": zipped.Bytes(), "zstd": z.EncodeAll(content, nil)}
}

func TestDecompress(t *testing.T) {
	content := bytes.Repeat([]byte("the same "), 10000)
	for name, packed := range pack(t, content) {
		r, err := dump.Decompress(io.NopCloser(bytes.NewReader(packed)))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(r); err != nil || !bytes.Equal(got, content) {
			t.Errorf("%s: %d bytes, %v", name, len(got), err)
		}
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestDecompressFindsWhatIsBroken(t *testing.T) {
	for name, packed := range pack(t, bytes.Repeat([]byte("the same "), 10000)) {
		if name == "as it is" {
			continue
		}
		for length := 5; length < len(packed); length += max(1, len(packed)/20) {
			r, err := dump.Decompress(io.NopCloser(bytes.NewReader(packed[:length])))
			if err == nil {
				_, err = io.Copy(io.Discard, r)
			}
			if failure.Reason(err) != job.ReasonCorrupt || failure.Code(err) != job.CodeFinal {
				t.Errorf("%s, %d of %d bytes: %v", name, length, len(packed), err)
			}
		}
	}
}
