// Package archive is how backups are stored: a folder each, with a manifest that has the
// checksums of all else and is written last.
package archive

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"regexp"
	"time"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/codec"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/dump"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/failure"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
)

// Version of the format that this program writes, and the latest that it reads. In format
// 1, attempts and repositories had no names of their own.
const Version = 2

// maxManifest is larger than any manifest, in bytes.
const maxManifest = 1 << 20

// version of a server. It is shown, and is part of results, which have little room.
var version = regexp.MustCompile(`^[ -~]{0,128}$`)

// Manifest of a backup.
type Manifest struct {
	FormatVersion int    `json:"formatVersion"`
	Name          string `json:"name"`
	// Repository is the ID of the repository that the backup was made for. It is empty in
	// format 1.
	Repository string `json:"repository,omitempty"`
	// Request that the backup was made for.
	Request string `json:"request"`
	// StartedAt and CompletedAt in the store's time.
	StartedAt   time.Time `json:"startedAt"`
	CompletedAt time.Time `json:"completedAt"`

	Engine dump.Engine `json:"engine"`
	// ServerVersion is that of the database's server.
	ServerVersion     string `json:"serverVersion"`
	MattermostVersion string `json:"mattermostVersion,omitempty"`
	// SchemaVersion is the last migration that Mattermost carried out.
	SchemaVersion int64 `json:"schemaVersion,omitempty"`

	Dump DumpObject `json:"dump"`
	// Files are left out if they were not part of the backup.
	Files *FilesObject `json:"files,omitempty"`

	// Checksum of the manifest as it is stored, but with an empty checksum: 64
	// hexadecimal digits.
	Checksum string `json:"checksum"`
}

// DumpObject is the object that a dump is stored as.
type DumpObject struct {
	// Key below the backup.
	Key    string      `json:"key"`
	Format dump.Format `json:"format"`
	codec.Sums
}

// FilesObject is the object that lists the files.
type FilesObject struct {
	// Key below the backup.
	Key string `json:"key"`
	// Count of the files, and the bytes of all of them.
	Count int64 `json:"count"`
	Total int64 `json:"total"`
	// Sums of the list itself.
	codec.Sums
}

// Encode a manifest, with its checksum.
func (m Manifest) Encode() ([]byte, error) {
	m.Checksum = ""
	b, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return nil, errors.Wrap(err, "cannot encode the manifest")
	}
	b = append(b, '\n')
	return bytes.Replace(b, checksumField(""), checksumField(digest(b)), 1), nil
}

// isIntact says whether a manifest is as it was encoded.
func isIntact(encoded []byte, m Manifest) bool {
	return digest(bytes.Replace(encoded, checksumField(m.Checksum), checksumField(""), 1)) == m.Checksum
}

func checksumField(sum string) []byte { return []byte(`"checksum": "` + sum + `"`) }

func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// DecodeManifest of the backup of a name.
func DecodeManifest(encoded []byte, name string) (Manifest, error) {
	m := Manifest{}
	if err := json.Unmarshal(encoded, &m); err != nil {
		return m, failure.Errorf(job.ReasonCorrupt, "the manifest of backup %s cannot be read", name)
	}
	switch {
	case !isIntact(encoded, m):
		return m, failure.Errorf(job.ReasonCorrupt, "the manifest of backup %s was altered: its checksum is another", name)
	case m.FormatVersion > Version:
		return m, failure.Errorf(job.ReasonTooNew, "backup %s has format %d, and this program knows %d: use a later one", name, m.FormatVersion, Version)
	case m.Name != name:
		return m, failure.Errorf(job.ReasonCorrupt, "backup %s is in a folder called %s: it must have the backup's name", m.Name, name)
	case m.FormatVersion < 1, !m.ownsData(), m.Dump.SHA256 == "", m.CompletedAt.IsZero(), !version.MatchString(m.MattermostVersion), !version.MatchString(m.ServerVersion):
		return m, failure.Errorf(job.ReasonCorrupt, "the manifest of backup %s makes no sense", name)
	}
	return m, nil
}

// ownsData says whether the keys in a manifest have the form of the backup's own objects.
func (m Manifest) ownsData() bool {
	attempt, ok := attemptOf(m.Dump.Key, dumpName, dumpSuffix)
	return ok && (m.Files == nil || m.Files.Key == IndexName(attempt))
}

// Summary of a backup, of its manifest as it is stored.
func (m Manifest) Summary(encoded []byte) job.Backup {
	b := job.Backup{
		Name: m.Name, StartedAt: m.StartedAt, CompletedAt: m.CompletedAt, Bytes: m.Dump.Bytes,
		Checksum: "sha256:" + digest(encoded), Version: m.MattermostVersion,
	}
	if m.Files != nil {
		b.Files = m.Files.Count
	}
	return b
}
