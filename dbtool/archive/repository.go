package archive

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

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
	// StoredAt is when the manifest was written, in the store's time.
	StoredAt time.Time
}

// Load a backup's manifest. The error is marked as job.ReasonNotFound if there is none:
// then there is no backup.
func (r *Repository) Load(ctx context.Context, backup string) (Stored, error) {
	encoded, o, err := r.Bucket.Bytes(ctx, r.Key(backup, ManifestName), maxManifest)
	if err != nil {
		return Stored{}, err
	}
	m, err := DecodeManifest(encoded, backup)
	return Stored{Manifest: m, Encoded: encoded, StoredAt: o.Modified}, err
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

// List the backups. Folders without any object of this program are not listed.
func (r *Repository) List(ctx context.Context) (Listing, error) {
	l := Listing{}
	folders, err := r.Bucket.Folders(ctx, r.prefix)
	if err != nil {
		return l, err
	}
	for _, name := range folders {
		if CheckName(name) != nil {
			continue
		}
		s, err := r.Load(ctx, name)
		switch reason := failure.Reason(err); {
		case err == nil:
			l.Backups = append(l.Backups, s)
		case reason == job.ReasonNotFound:
			data, err := r.Data(ctx, name)
			if err != nil {
				return l, err
			}
			if len(data) > 0 {
				l.Partial = append(l.Partial, name)
			}
		case reason == job.ReasonCorrupt, reason == job.ReasonTooNew:
			l.Damaged = append(l.Damaged, name)
		default:
			return l, err
		}
	}
	slices.SortFunc(l.Backups, newer)
	return l, nil
}

// Data that attempts wrote for a backup that has no manifest. It fails if there is a
// manifest after all.
func (r *Repository) Data(ctx context.Context, backup string) ([]store.Object, error) {
	if err := r.Bucket.Missing(ctx, r.Key(backup, ManifestName)); err != nil {
		return nil, err
	}
	return r.data(ctx, backup)
}

// data that attempts at a backup wrote.
func (r *Repository) data(ctx context.Context, backup string) ([]store.Object, error) {
	var all []store.Object
	err := r.Bucket.List(ctx, r.Key(backup, ""), func(o store.Object) error {
		if name := r.Parse(o.Key); name.Kind == DataObject && name.Backup == backup {
			all = append(all, o)
		}
		return nil
	})
	return all, err
}

// Unused data of a complete backup: objects of attempts that did not complete it.
func (r *Repository) Unused(ctx context.Context, m Manifest) ([]store.Object, error) {
	all, err := r.data(ctx, m.Name)
	return slices.DeleteFunc(all, func(o store.Object) bool {
		return o.Key == r.Key(m.Name, m.Dump.Key) || m.Files != nil && o.Key == r.Key(m.Name, m.Files.Key)
	}), err
}

// newer sorts backups by the store's time, newest first.
func newer(a, b Stored) int {
	return cmp.Or(b.StoredAt.Compare(a.StoredAt), b.StartedAt.Compare(a.StartedAt), strings.Compare(b.Name, a.Name))
}

// Save a manifest. The backup exists from now on. If another attempt completed the backup
// first, that manifest is returned.
func (r *Repository) Save(ctx context.Context, m Manifest) (Stored, error) {
	encoded, err := m.Encode()
	if err != nil {
		return Stored{}, err
	}
	key := r.Key(m.Name, ManifestName)
	if err := r.Bucket.Create(ctx, key, encoded); err != nil {
		return Stored{}, err
	}
	s, err := r.Load(ctx, m.Name)
	if failure.Reason(err) != job.ReasonCorrupt {
		return s, orLater(err)
	}
	// The existing object is not a manifest of this backup.
	if _, err := r.Bucket.PutBytes(ctx, key, encoded); err != nil {
		return Stored{}, errors.Join(err, r.Bucket.Delete(ctx, key))
	}
	return r.Load(ctx, m.Name)
}

// Delete a backup, but not the contents of its files. The manifest goes first: what is
// deleted in part is no backup.
func (r *Repository) Delete(ctx context.Context, m Manifest) error {
	keys := []string{r.Key(m.Name, ManifestName), r.Key(m.Name, m.Dump.Key)}
	if m.Files != nil {
		keys = append(keys, r.Key(m.Name, m.Files.Key))
	}
	for _, key := range keys {
		if err := r.Bucket.Delete(ctx, key); err != nil {
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
