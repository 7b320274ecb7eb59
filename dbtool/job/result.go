package job

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
)

const (
	// MaxMessage is the most that Kubernetes keeps of a termination message, in bytes.
	MaxMessage = 4096
	// maxBackups that a result tells of, so that it fits.
	maxBackups = 12
	// maxLeftOut are the tables left out that a result tells of, so that it fits.
	maxLeftOut = 30
	// maxText of a failure, in bytes, so that it fits.
	maxText = 1024
)

// Result is what the program leaves as its termination message, as JSON. It never has
// anything secret in it.
type Result struct {
	// Request that was carried out.
	Request string `json:"request,omitempty"`
	// FinishedAt is when the job finished. For a backup it is in the store's time, as all
	// times of backups are.
	FinishedAt time.Time `json:"finishedAt"`
	// Reason and Message of a failure; empty when there was none.
	Reason  Reason `json:"reason,omitempty"`
	Message string `json:"message,omitempty"`
	// Backups that exist, newest first, after a backup was made.
	Backups []Backup `json:"backups,omitempty"`
	// Restored says what was restored, or would be.
	Restored *Restored `json:"restored,omitempty"`
}

// Backup is one that is complete.
type Backup struct {
	Name        string    `json:"name"`
	StartedAt   time.Time `json:"startedAt"`
	CompletedAt time.Time `json:"completedAt"`
	// Bytes of the database's dump as it is stored.
	Bytes int64 `json:"bytes"`
	Files int64 `json:"files,omitempty"`
	// Checksum of the manifest: sha256:<64 hexadecimal digits>.
	Checksum string `json:"checksum"`
	// Version of the Mattermost server.
	Version string `json:"version,omitempty"`
}

// Restored is data that took the place of other data.
type Restored struct {
	// At is when the new data took the place of the old, zero while it did not.
	At time.Time `json:"at,omitzero"`
	// Replaced names the schema, or the MySQL database, that the old data is in; empty
	// when there was none.
	Replaced string `json:"replaced,omitempty"`
	Tables   int64  `json:"tables,omitempty"`
	Rows     int64  `json:"rows,omitempty"`
	Files    int64  `json:"files,omitempty"`
	// LeftOut are tables of the source that have no place here, such as those that
	// plugins keep in MySQL.
	LeftOut []string `json:"leftOut,omitempty"`
	// Skipped describes what else of the source was left out because it belonged to the
	// place that the source comes from, and how often, such as "grants (12)".
	Skipped []string `json:"skipped,omitempty"`
	// Version of the Mattermost server that the data is of, where that is known.
	Version string `json:"version,omitempty"`
}

// Encode a result so that it fits in a termination message. The oldest backups, the
// end of a long text, and most of many tables are left out.
func (r Result) Encode() ([]byte, error) {
	if len(r.Message) > maxText {
		r.Message = strings.ToValidUTF8(r.Message[:maxText], "") + "…"
	}
	r.Backups = r.Backups[:min(len(r.Backups), maxBackups)]
	if r.Restored != nil {
		restored := *r.Restored
		restored.LeftOut, restored.Skipped = cut(restored.LeftOut), cut(restored.Skipped)
		r.Restored = &restored
	}
	for {
		b, err := json.Marshal(r)
		if err != nil {
			return nil, errors.Wrap(err, "cannot encode the result")
		}
		if len(b) <= MaxMessage || len(r.Backups) == 0 {
			return b, nil
		}
		r.Backups = r.Backups[:len(r.Backups)-1]
	}
}

// cut a list to the length that fits.
func cut(all []string) []string {
	if len(all) <= maxLeftOut {
		return all
	}
	return append(slices.Clone(all[:maxLeftOut]), "…")
}

// Decode a termination message. It fails when that is no result.
func Decode(message string) (Result, error) {
	var r Result
	return r, errors.Wrap(json.Unmarshal([]byte(message), &r), "cannot read the termination message")
}
