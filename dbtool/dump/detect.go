package dump

import (
	"bufio"
	"bytes"
	"io"

	"github.com/klauspost/compress/gzip"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/codec"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/failure"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
)

// headBytes are enough to tell a format by.
const headBytes = 64 << 10

// Formats of archives, as pg_dump's header has them.
const (
	archiveFormatOffset = 10
	archiveDirectory    = 5
)

//nolint:gochecknoglobals // Constants.
var (
	magicArchive = []byte("PGDMP")
	magicGzip    = []byte{0x1f, 0x8b}
	magicZstd    = []byte{0x28, 0xb5, 0x2f, 0xfd}
	magicTar     = []byte("ustar")
	tableOfTar   = []byte("toc.dat\x00")
	// texts that programs begin their SQL with.
	texts = []struct {
		text   string
		format Format
	}{
		{"-- PostgreSQL database dump", PostgresPlain},
		{"-- PostgreSQL database cluster dump", PostgresPlain},
		{"-- MySQL dump", MySQLPlain},
		{"-- MariaDB dump", MySQLPlain},
		{"-- mysqldump", MySQLPlain},
	}
)

// Decompress what is compressed with gzip or zstd, and return all else as it is.
func Decompress(r io.ReadCloser) (io.ReadCloser, error) {
	in := bufio.NewReaderSize(r, headBytes)
	head, err := in.Peek(len(magicZstd))
	if err != nil && err != io.EOF {
		return nil, errors.Join(err, r.Close())
	}
	stored := &wrapped{Reader: in, Closer: r}
	switch {
	case bytes.HasPrefix(head, magicZstd):
		return codec.Decompress(stored)
	case bytes.HasPrefix(head, magicGzip):
		unzipped, err := gzip.NewReader(in)
		if err != nil {
			return nil, errors.Join(codec.Broken(err), r.Close())
		}
		return &wrapped{Reader: &marked{r: unzipped}, Closer: r}, nil
	}
	return stored, nil
}

// wrapped reads from one and closes another.
type wrapped struct {
	io.Reader
	io.Closer
}

// marked says of errors that the data is corrupt.
type marked struct{ r io.Reader }

// Read marks errors.
func (m *marked) Read(p []byte) (int, error) {
	n, err := m.r.Read(p)
	if err == nil || err == io.EOF {
		return n, err
	}
	return n, codec.Broken(err)
}

// Detect the format of a dump by its beginning, decompressed.
func Detect(r io.Reader) (Format, error) {
	head, err := io.ReadAll(io.LimitReader(r, headBytes))
	if err != nil {
		return "", err
	}
	switch {
	case len(head) == 0:
		return "", failure.New(job.ReasonCorrupt, "the dump is empty")
	case bytes.HasPrefix(head, magicArchive):
		if len(head) > archiveFormatOffset && head[archiveFormatOffset] == archiveDirectory {
			return "", failure.New(job.ReasonUnknownFormat, "the object is the table of contents of a dump in directory format: name its folder")
		}
		return PostgresCustom, nil
	case isTar(head):
		if bytes.HasPrefix(head, tableOfTar) {
			return PostgresTar, nil
		}
		return "", failure.New(job.ReasonUnknownFormat, "the object is a tar archive that pg_dump did not write")
	}
	for _, t := range texts {
		if bytes.Contains(head, []byte(t.text)) {
			return t.format, nil
		}
	}
	return "", failure.New(job.ReasonUnknownFormat, "the object is no dump: neither of pg_dump nor of mysqldump, as it is or compressed with gzip or zstd")
}

func isTar(head []byte) bool {
	const offset = 257
	return len(head) > offset+len(magicTar) && bytes.Equal(head[offset:offset+len(magicTar)], magicTar)
}
