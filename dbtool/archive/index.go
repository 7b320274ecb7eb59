package archive

import (
	"context"
	"io"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/codec"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/failure"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
)

// Index opens the list of a backup's files, decompressed and verified.
func (r *Repository) Index(ctx context.Context, m Manifest) (io.ReadCloser, error) {
	return r.open(ctx, m.Name, m.Files.Key, m.Files.Sums)
}

// Dump opens a backup's dump, decompressed and verified.
func (r *Repository) Dump(ctx context.Context, m Manifest) (io.ReadCloser, error) {
	return r.open(ctx, m.Name, m.Dump.Key, m.Dump.Sums)
}

func (r *Repository) open(ctx context.Context, backup, object string, sums codec.Sums) (io.ReadCloser, error) {
	stored, o, err := r.Bucket.Get(ctx, r.Key(backup, object))
	if failure.Reason(err) == job.ReasonNotFound {
		return nil, failure.Errorf(job.ReasonCorrupt, "backup %s is incomplete: %s is missing", backup, object)
	}
	if err != nil {
		return nil, err
	}
	if o.Bytes != sums.Bytes {
		_ = stored.Close()
		return nil, failure.Errorf(job.ReasonCorrupt, "%s of backup %s has %d bytes, and should have %d", object, backup, o.Bytes, sums.Bytes)
	}
	return codec.Decompress(codec.Verify(stored, sums.Bytes, sums.SHA256))
}
