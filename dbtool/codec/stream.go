// Package codec compresses and decompresses streams, and sums up what is stored.
package codec

import (
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"io"

	"github.com/klauspost/compress/zstd"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/failure"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
)

// window of the compression, which both ends keep in memory some times over.
const window = 2 << 20

// Sums of what was stored.
type Sums struct {
	// Bytes and SHA256 as it is stored.
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
	// RawBytes before compression.
	RawBytes int64 `json:"rawBytes"`
}

// Compress what fill writes and pass it on to put as it comes. Put must read to the end,
// and must not keep anything if it gets an error instead.
func Compress(fill func(io.Writer) error, put func(io.Reader) error) (Sums, error) {
	r, w := io.Pipe()
	stored := NewDigest()
	raw := int64(0)
	filled := make(chan error, 1)
	go func() {
		n, err := compress(fill, io.MultiWriter(w, stored))
		raw = n
		_ = w.CloseWithError(err)
		filled <- err
	}()
	err := put(r)
	_ = r.CloseWithError(errors.New("storing ended before the data did"))
	// What could not be read is why it could not be stored, unless storing ended first.
	if cause := <-filled; err == nil {
		err = cause
	}
	return Sums{Bytes: stored.Bytes(), SHA256: hex.EncodeToString(stored.Sum()), RawBytes: raw}, err
}

// compress what fill writes and return how much that was.
func compress(fill func(io.Writer) error, to io.Writer) (int64, error) {
	encoder, err := zstd.NewWriter(to, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(2),
		zstd.WithWindowSize(window), zstd.WithLowerEncoderMem(true))
	if err != nil {
		return 0, errors.Wrap(err, "cannot compress")
	}
	raw := &counting{w: encoder}
	if err := fill(raw); err != nil {
		return raw.bytes, err
	}
	return raw.bytes, errors.Wrap(encoder.Close(), "cannot compress")
}

// counting counts what is written.
type counting struct {
	w     io.Writer
	bytes int64
}

// Write passes on.
func (c *counting) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.bytes += int64(n)
	return n, err
}

// Digest counts the bytes that are written to it, and sums them up.
type Digest struct {
	sum   hash.Hash
	bytes int64
}

// NewDigest of no bytes.
func NewDigest() *Digest { return &Digest{sum: sha256.New()} }

// Write never fails.
func (d *Digest) Write(p []byte) (int, error) {
	d.bytes += int64(len(p))
	return d.sum.Write(p)
}

// Bytes that were written.
func (d *Digest) Bytes() int64 { return d.bytes }

// Sum is the SHA-256 of what was written.
func (d *Digest) Sum() []byte { return d.sum.Sum(nil) }

// Verify returns a reader that ends with an error marked as corrupt instead of io.EOF
// unless what was read is what the sums say.
func Verify(r io.ReadCloser, bytes int64, sum string) io.ReadCloser {
	return &verifying{r: r, want: sum, bytes: bytes, read: NewDigest()}
}

type verifying struct {
	r     io.ReadCloser
	want  string
	bytes int64
	read  *Digest
}

// Read sums up.
func (v *verifying) Read(p []byte) (int, error) {
	n, err := v.r.Read(p)
	_, _ = v.read.Write(p[:n])
	if err == io.EOF && (v.read.Bytes() != v.bytes || hex.EncodeToString(v.read.Sum()) != v.want) {
		return n, failure.New(job.ReasonCorrupt, "what is stored was altered: its checksum is not the one that was noted")
	}
	return n, err
}

// Close the reader that is verified.
func (v *verifying) Close() error { return v.r.Close() }

// maxWindow of data that was compressed elsewhere.
const maxWindow = 128 << 20

// Decompress what zstd compressed. Data that cannot be decompressed is corrupt.
func Decompress(r io.ReadCloser) (io.ReadCloser, error) {
	decoder, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(2), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(maxWindow))
	if err != nil {
		return nil, errors.Join(failure.Mark(job.ReasonCorrupt, errors.Wrap(err, "cannot decompress")), r.Close())
	}
	return &decompressing{decoder: decoder, r: r}, nil
}

type decompressing struct {
	decoder *zstd.Decoder
	r       io.ReadCloser
}

// Read marks errors of the data, not those of reading it.
func (d *decompressing) Read(p []byte) (int, error) {
	n, err := d.decoder.Read(p)
	if err == nil || errors.Is(err, io.EOF) {
		return n, err
	}
	return n, Broken(err)
}

// Close both.
func (d *decompressing) Close() error {
	d.decoder.Close()
	return d.r.Close()
}
