package archive

import (
	"context"
	"slices"
	"strings"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/failure"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/store"
)

// Repository is the backups of one MattermostBackup: those below a prefix.
type Repository struct {
	Bucket *store.Bucket
	prefix string
}

// NewRepository below a prefix, which is empty for the whole bucket.
func NewRepository(b *store.Bucket, prefix string) *Repository {
	if prefix = strings.Trim(prefix, "/"); prefix != "" {
		prefix += "/"
	}
	return &Repository{Bucket: b, prefix: prefix}
}

// Prefix of all keys; empty, or it ends with a slash.
func (r *Repository) Prefix() string { return r.prefix }

// Key of an object of a backup.
func (r *Repository) Key(backup, object string) string { return r.prefix + backup + "/" + object }

// PoolPrefix of the contents of files; it ends with a slash.
func (r *Repository) PoolPrefix() string { return r.prefix + PoolName + "/" }

// Stored is a backup that is complete, with its manifest as it is stored.
type Stored struct {
	Manifest
	Encoded []byte
}

// Load a backup's manifest. The error is marked as job.ReasonNotFound if there is none:
// then there is no backup.
func (r *Repository) Load(ctx context.Context, backup string) (Stored, error) {
	encoded, err := r.Bucket.Bytes(ctx, r.Key(backup, ManifestName), maxManifest)
	if err != nil {
		return Stored{}, err
	}
	m, err := DecodeManifest(encoded, backup)
	return Stored{Manifest: m, Encoded: encoded}, err
}

// Listing of what is below a prefix.
type Listing struct {
	// Backups that are complete, newest first.
	Backups []Stored
	// Partial are folders of backups that were interrupted, or that are being deleted.
	Partial []string
	// Damaged are backups whose manifests cannot be read.
	Damaged []string
}

// List the backups.
func (r *Repository) List(ctx context.Context) (Listing, error) {
	l := Listing{}
	folders, err := r.Bucket.Folders(ctx, r.prefix)
	if err != nil {
		return l, err
	}
	for _, name := range folders {
		if name == PoolName {
			continue
		}
		s, err := r.Load(ctx, name)
		switch reason := failure.Reason(err); {
		case err == nil:
			l.Backups = append(l.Backups, s)
		case reason == job.ReasonNotFound:
			l.Partial = append(l.Partial, name)
		case reason == job.ReasonCorrupt, reason == job.ReasonTooNew:
			l.Damaged = append(l.Damaged, name)
		default:
			return l, err
		}
	}
	slices.SortFunc(l.Backups, func(a, b Stored) int { return newer(a.Manifest, b.Manifest) })
	return l, nil
}

// newer orders backups: the newest first.
func newer(a, b Manifest) int {
	if c := b.StartedAt.Compare(a.StartedAt); c != 0 {
		return c
	}
	return strings.Compare(b.Name, a.Name)
}

// Save a manifest: the backup exists from now on.
func (r *Repository) Save(ctx context.Context, m Manifest) error {
	encoded, err := m.Encode()
	if err != nil {
		return err
	}
	return r.Bucket.PutBytes(ctx, r.Key(m.Name, ManifestName), encoded)
}

// Delete a backup, but not the contents of its files. The manifest goes first: what is
// deleted in part is no backup.
func (r *Repository) Delete(ctx context.Context, backup string) error {
	if err := r.Bucket.Delete(ctx, r.Key(backup, ManifestName)); err != nil {
		return err
	}
	for _, object := range []string{DumpName, IndexName} {
		if err := r.Bucket.Delete(ctx, r.Key(backup, object)); err != nil {
			return err
		}
	}
	return nil
}

// Summaries of backups.
func Summaries(backups []Stored) []job.Backup {
	all := make([]job.Backup, 0, len(backups))
	for _, s := range backups {
		all = append(all, s.Summary(s.Encoded))
	}
	return all
}
