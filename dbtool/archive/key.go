package archive

import (
	"regexp"
	"strings"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/failure"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
)

// Names of objects, and of folders that are not backups.
const (
	// ManifestName is the object that makes a folder a backup.
	ManifestName = "manifest.json"
	// PoolName is the folder that holds the files of all backups below a prefix, each named
	// by its checksum.
	PoolName = "files"
	// LeasesName is the folder of the leases of running backups and prunes.
	LeasesName = "leases"
	// IdentityName is the object that names the owner of the repository.
	IdentityName = "repository.json"

	// The database and the list of files, compressed. Every attempt at a backup uses its
	// own name for these objects, so that no attempt overwrites another one's. The first
	// format had no attempts.
	dumpName, dumpSuffix   = "database", ".dump.zst"
	indexName, indexSuffix = "files", ".index.zst"
)

var (
	attemptID  = regexp.MustCompile(`^[0-9a-f]{32}$`)
	contentSum = regexp.MustCompile(`^[0-9a-f]{64}$`)
)

// CheckName rejects a string that cannot be the name of a backup.
func CheckName(name string) error {
	err := job.CheckName(name)
	if err == nil && (name == PoolName || name == LeasesName) {
		err = errors.Errorf("it must be neither %q nor %q", PoolName, LeasesName)
	}
	return failure.Mark(job.ReasonInvalid, errors.Wrapf(err, "%q cannot be the name of a backup: set %s", name, job.EnvBackupName))
}

// DumpName of an attempt at a backup.
func DumpName(attempt string) string { return ofAttempt(dumpName, attempt, dumpSuffix) }

// IndexName of an attempt at a backup.
func IndexName(attempt string) string { return ofAttempt(indexName, attempt, indexSuffix) }

func ofAttempt(name, attempt, suffix string) string {
	if attempt == "" {
		return name + suffix
	}
	return name + "-" + attempt + suffix
}

// attemptOf parses the name of a dump or an index and returns its attempt.
func attemptOf(object, name, suffix string) (attempt string, ok bool) {
	rest, isOne := strings.CutPrefix(object, name)
	rest, ends := strings.CutSuffix(rest, suffix)
	if !isOne || !ends || rest == "" {
		return "", isOne && ends
	}
	attempt, dashed := strings.CutPrefix(rest, "-")
	return attempt, dashed && attemptID.MatchString(attempt)
}

// Kind of an object that this program stores below a prefix.
type Kind int

// Kinds of objects. All other objects are foreign and are never deleted.
const (
	Foreign Kind = iota
	ManifestObject
	DataObject
	ContentObject
	LeaseObject
	IdentityObject
)

// Name is a parsed object name below a prefix.
type Name struct {
	Kind Kind
	// Backup that the manifest or data belongs to.
	Backup string
	// Attempt that wrote the data or holds the lease. It is empty for data in the first
	// format.
	Attempt string
}

// attachment is where a server puts a file that somebody attached to a post or to a
// bookmark, whose name is theirs to choose.
var attachment = regexp.MustCompile(`(^|/)teams/[a-z0-9]+/channels/[a-z0-9]+/(users/[a-z0-9]+/)?[a-z0-9]{26}/[^/]+$`)

// Reserves says whether a key of a bucket can only be that of a backup, whatever prefix it
// is below. What somebody attached is a file of the server's by whatever name.
func Reserves(key string) bool {
	parts := strings.Split(key, "/")
	for _, own := range []int{1, 2} {
		below := len(parts) - own
		if below >= 0 && (&Repository{}).Parse(strings.Join(parts[below:], "/")).Kind != Foreign {
			return !attachment.MatchString(key)
		}
	}
	return false
}

// Parse a key. A key is foreign unless it has exactly the form that this program writes.
func (r *Repository) Parse(key string) Name {
	rest, below := strings.CutPrefix(key, r.prefix)
	if !below {
		return Name{}
	}
	if rest == IdentityName {
		return Name{Kind: IdentityObject}
	}
	folder, object, _ := strings.Cut(rest, "/")
	switch folder {
	case PoolName:
		if contentSum.MatchString(object) {
			return Name{Kind: ContentObject}
		}
		return Name{}
	case LeasesName:
		for _, suffix := range leaseSuffixes {
			if id, ok := strings.CutSuffix(object, suffix); ok && attemptID.MatchString(id) {
				return Name{Kind: LeaseObject, Attempt: id}
			}
		}
		return Name{}
	}
	if CheckName(folder) != nil {
		return Name{}
	}
	if object == ManifestName {
		return Name{Kind: ManifestObject, Backup: folder}
	}
	for _, of := range [][2]string{{dumpName, dumpSuffix}, {indexName, indexSuffix}} {
		if attempt, ok := attemptOf(object, of[0], of[1]); ok {
			return Name{Kind: DataObject, Backup: folder, Attempt: attempt}
		}
	}
	return Name{}
}
