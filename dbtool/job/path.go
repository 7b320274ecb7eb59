package job

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
)

// names of backups and of the folders of archived servers.
var names = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_.-]{0,252}$`)

// CheckPath returns what is wrong with a prefix or a key of a bucket, or nil. Some S3
// services keep objects in folders, where a path could lead out of its prefix. An empty
// path, and one slash at the end, are allowed.
func CheckPath(path string) error {
	parts := strings.Split(strings.TrimSuffix(path, "/"), "/")
	switch {
	case path == "":
		return nil
	case !utf8.ValidString(path) || strings.ContainsFunc(path, unicode.IsControl):
		return errors.New("it has control characters")
	case strings.Contains(path, `\`):
		return errors.New(`it has a '\': use '/'`)
	case strings.HasPrefix(path, "/"):
		return errors.New("it begins with a '/': leave that out")
	case slices.Contains(parts, ""):
		return errors.New("it has '//': use '/'")
	case slices.Contains(parts, "."), slices.Contains(parts, ".."):
		return errors.New("it has a part '.' or '..': name the path itself")
	}
	return nil
}

// CheckName returns what is wrong with the name of a backup, or of the folder of an
// archived server, or nil. A name is one part of a path.
func CheckName(name string) error {
	if names.MatchString(name) {
		return nil
	}
	return errors.New("it must be letters, digits, '_', '.' and '-', and must not begin with '.' or '-'")
}
