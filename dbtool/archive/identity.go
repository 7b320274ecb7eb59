package archive

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"time"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/failure"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
)

// Identity of a repository. The first backup below the prefix writes it once.
type Identity struct {
	FormatVersion int `json:"formatVersion"`
	// ID is random. Every manifest repeats it.
	ID string `json:"id"`
	// Owner is the only one that may add backups. It is empty if no owner was given.
	Owner string `json:"owner,omitempty"`
	// StoredAt is when it was written, in the store's time.
	StoredAt time.Time `json:"-"`
}

// Own are those of some backups that were made for the repository. Those of format 1 say
// no repository. They are its own if they were stored before it had an identity: nothing
// makes them any more, so that later ones are somebody's who wants the repository's own
// backups to be pushed out of what is kept.
func (i Identity) Own(all []Stored) []Stored {
	var own []Stored
	for _, s := range all {
		nameless := s.Repository == "" && (i.ID == "" || !s.StoredAt.After(i.StoredAt))
		if nameless || s.Repository == i.ID {
			own = append(own, s)
		}
	}
	return own
}

// maxSmall limits the size of an identity or a lease, in bytes.
const maxSmall = 64 << 10

// Identity of the repository. The error is marked as job.ReasonNotFound if it has none
// yet.
func (r *Repository) Identity(ctx context.Context) (Identity, error) {
	encoded, o, err := r.Bucket.Bytes(ctx, r.prefix+IdentityName, maxSmall)
	if err != nil {
		return Identity{}, err
	}
	i := Identity{StoredAt: o.Modified}
	if err := json.Unmarshal(encoded, &i); err != nil || !attemptID.MatchString(i.ID) || i.FormatVersion < 1 {
		return i, failure.Errorf(job.ReasonCorrupt, "%s%s cannot be read: delete it, and the next backup writes another", r.prefix, IdentityName)
	}
	if i.FormatVersion > Version {
		return i, failure.Errorf(job.ReasonTooNew, "the backups below %q have format %d, and this program knows %d: use a later one", r.prefix, i.FormatVersion, Version)
	}
	return i, nil
}

// Claim the repository for an owner. The first owner gets it, and all others are refused,
// so that the backups of two clusters are never mixed.
func (r *Repository) Claim(ctx context.Context, owner string) (Identity, error) {
	i, err := r.Identity(ctx)
	if failure.Reason(err) == job.ReasonNotFound {
		if err := r.Bucket.Missing(ctx, r.prefix+IdentityName); err != nil {
			return i, err
		}
		if i, err = r.establish(ctx, owner); err != nil {
			return i, err
		}
	}
	if err != nil {
		return i, err
	}
	if i.Owner != owner {
		return i, failure.Errorf(job.ReasonTaken,
			"the backups below %q belong to owner %q, and this is %q (%s): use another %s, or, to take them over, put this owner into object %s%s",
			r.prefix, i.Owner, owner, job.EnvStoreOwner, job.EnvStorePrefix, r.prefix, IdentityName)
	}
	return i, nil
}

// establish an identity, unless another process does so at the same moment.
func (r *Repository) establish(ctx context.Context, owner string) (Identity, error) {
	want := Identity{FormatVersion: Version, ID: random(), Owner: owner}
	encoded, err := json.MarshalIndent(want, "", "  ")
	if err != nil {
		return want, errors.Wrap(err, "cannot encode the repository's identity")
	}
	if err := r.Bucket.Create(ctx, r.prefix+IdentityName, append(encoded, '\n')); err != nil {
		return want, err
	}
	// Another process may be about to replace this identity.
	i, err := r.Identity(ctx)
	return i, orLater(err)
}

// orLater returns the error for an object that must exist but is missing.
func orLater(err error) error {
	if failure.Reason(err) == job.ReasonNotFound {
		return failure.Errorf(job.ReasonUnavailable, "what was stored is not there yet: %v", err)
	}
	return err
}

// random is 32 hexadecimal digits.
func random() string {
	b := make([]byte, 16)
	_, _ = rand.Read(b) // It never returns an error.
	return hex.EncodeToString(b)
}
