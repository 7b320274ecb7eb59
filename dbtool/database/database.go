// Package database is what the program asks of a database, whichever its engine.
package database

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"time"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/dump"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
)

// Connection is the way to a database.
type Connection struct {
	// URL that the server is connected by; secret.
	URL string
	// Name must be that in the URL, if it is set.
	Name string
	// User and Password are used instead of those in the URL, if they are set.
	User     string
	Password string
}

// Description of a database.
type Description struct {
	Engine dump.Engine
	// ServerVersion is that of the database's server, as it calls itself.
	ServerVersion string
	// Bytes is about how large the database is.
	Bytes int64
	// SchemaVersion is the last migration that Mattermost carried out, 0 if none.
	SchemaVersion int64
}

// Origin is a database that is backed up.
type Origin interface {
	// Describe the database. It fails with job.ReasonDatabaseDenied or
	// job.ReasonUnavailable when there is no way to it.
	Describe(ctx context.Context) (Description, error)
	// Dump writes the server's data as of one moment, not compressed, in the engine's
	// own format, and without what restores left behind. What was written is worthless
	// unless it returns nil.
	Dump(ctx context.Context, w io.Writer) error
	// Close what is open. It can be called more than once.
	Close(ctx context.Context) error
}

// Target is a database whose data can be replaced.
type Target interface {
	// Done returns what a request did, nil if it was not carried out here.
	Done(ctx context.Context, request string) (*Record, error)
	// Check reads the whole dump, finds out whether it could be restored, and changes
	// nothing. It is called while the server serves.
	Check(ctx context.Context, r Request, d dump.Dump) (job.Restored, error)
	// Replace the server's data by that of the dump: all of it at once, or nothing,
	// whatever happens. The request is remembered with the data; one that is done is
	// not done again, its result is returned.
	Replace(ctx context.Context, r Request, d dump.Dump) (job.Restored, error)
	// Complete records that all else that belongs to a request is done too, with the
	// number of files. It can be called more than once.
	Complete(ctx context.Context, request string, files int64) error
	// Forget drops the data that a request replaced. It can be called more than once.
	Forget(ctx context.Context, request string) error
	// Close what is open. It can be called more than once.
	Close(ctx context.Context) error
}

// Record of a request in the database that it was carried out in.
type Record struct {
	// Restored is what Replace returned, with the files that Complete was told of.
	Restored job.Restored
	// Complete says whether Complete was called: nothing is left to do.
	Complete bool
}

// Request to replace data.
type Request struct {
	// ID is the UID of the object that asks.
	ID string
	// SiteURL replaces what the restored configuration says, if it is set.
	SiteURL string
	// Scratch is a directory for what cannot be streamed.
	Scratch string
	// AllowSuperuser lets a user load the data who has more power over the server than to
	// replace that data.
	AllowSuperuser bool
	// Patience is how long to wait until nobody else is connected.
	Patience time.Duration
}

// Names of what the program makes in a database.
const (
	// LedgerName is the schema that remembers which requests were carried out.
	LedgerName = "mattermost_dbtool"
	// ReplacedPrefix is what names of replaced data begin with.
	ReplacedPrefix = "replaced_"
	// RestoringPrefix is what names of data that is not complete begin with.
	RestoringPrefix = "restoring_"
)

// Replaced names the data that a request replaces.
func Replaced(request string) string { return ReplacedPrefix + shortID(request) }

// Restoring names the data of a request that is not complete.
func Restoring(request string) string { return RestoringPrefix + shortID(request) }

// shortID of a request is safe in names without quotes.
func shortID(request string) string {
	sum := sha256.Sum256([]byte(request))
	return hex.EncodeToString(sum[:6])
}
