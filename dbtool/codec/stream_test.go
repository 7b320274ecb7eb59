package codec_test

import (
	"bytes"
	"errors"
	"io"
	"testing"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/codec"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/failure"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
)

func compressed(t *testing.T, content []byte) (codec.Sums, []byte) {
	t.Helper()
	out := &bytes.Buffer{}
	sums, err := codec.Compress(
		func(w io.Writer) error { _, err := w.Write(content); return err },
		func(r io.Reader) error { _, err := io.Copy(out, r); return err })
	if err != nil {
		t.Fatal(err)
	}
	return sums, out.Bytes()
}

func read(stored []byte, sums codec.Sums) ([]byte, error) {
	r, err := codec.Decompress(codec.Verify(io.NopCloser(bytes.NewReader(stored)), sums.Bytes, sums.SHA256))
	if err != nil {
		return nil, err
	}
	content, err := io.ReadAll(r)
	return content, errors.Join(err, r.Close())
}

func TestRoundTrip(t *testing.T) {
	for _, content := range [][]byte{nil, []byte("x"), bytes.Repeat([]byte("0123456789"), 1<<20)} {
		sums, stored := compressed(t, content)
		if sums.Bytes != int64(len(stored)) || sums.RawBytes != int64(len(content)) {
			t.Errorf("sums %+v of %d bytes", sums, len(stored))
		}
		if got, err := read(stored, sums); err != nil || !bytes.Equal(got, content) {
			t.Errorf("%d bytes, %v", len(got), err)
		}
	}
}

func TestEveryAlteredByteIsFound(t *testing.T) {
	sums, stored := compressed(t, bytes.Repeat([]byte("content "), 100))
	for i := range stored {
		altered := bytes.Clone(stored)
		altered[i] ^= 1
		if _, err := read(altered, sums); failure.Reason(err) != job.ReasonCorrupt {
			t.Errorf("byte %d: %v", i, err)
		}
		if _, err := read(stored[:i], sums); failure.Reason(err) != job.ReasonCorrupt {
			t.Errorf("%d bytes: %v", i, err)
		}
	}
}

func TestCompressFails(t *testing.T) {
	want := failure.New(job.ReasonDiskFull, "full")
	fine := func(w io.Writer) error { _, err := w.Write(make([]byte, 10<<20)); return err }
	for reason, run := range map[string]func() error{
		"the data cannot be read": func() error {
			_, err := codec.Compress(
				func(io.Writer) error { return want },
				func(r io.Reader) error { _, err := io.Copy(io.Discard, r); return err })
			return err
		},
		"the data cannot be stored": func() error {
			_, err := codec.Compress(fine, func(io.Reader) error { return want })
			return err
		},
	} {
		if err := run(); !errors.Is(err, want) {
			t.Errorf("%s: %v", reason, err)
		}
	}
}

func TestErrorsOfReadingAreNotThoseOfTheData(t *testing.T) {
	want := failure.New(job.ReasonUnavailable, "connections break")
	if err := codec.Broken(want); failure.Reason(err) != job.ReasonUnavailable {
		t.Error(err)
	}
}
