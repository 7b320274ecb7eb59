package mysql

import (
	"bytes"
	"context"
	"regexp"
	"strings"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
)

// collated is where a statement names a collation, or a text or a name in quotes, which may
// look like that and means something else.
var collated = regexp.MustCompile("(?is)'(?:[^'\\\\]|\\\\.)*'|`[^`]*`|(\\bCOLLATE[\\s=]+)(\\w+)")

// collations that a server knows, by name: MySQL and MariaDB have many in common, and
// each has its own.
type collations map[string]bool

// collationsOf a server.
func collationsOf(ctx context.Context, s session) (collations, error) {
	names, err := texts(ctx, s, "SELECT lower(collation_name) FROM information_schema.collations WHERE collation_name IS NOT NULL")
	if err != nil {
		return nil, errors.Wrap(err, "cannot list collations")
	}
	known := collations{}
	for _, name := range names {
		known[name] = true
	}
	return known, nil
}

// adapt a statement that makes a table: a collation that the server does not know is
// replaced by one of the same character set that every server knows.
func (c collations) adapt(text []byte) []byte {
	return collated.ReplaceAllFunc(text, func(match []byte) []byte {
		m := collated.FindSubmatch(match)
		name := strings.ToLower(string(m[2]))
		if len(name) == 0 || c[name] {
			return match
		}
		return append(bytes.Clone(m[1]), substitute(name)...)
	})
}

// substitute of a collation. Those that tell letters apart by case compare bytes then.
func substitute(name string) string {
	charset, _, _ := strings.Cut(name, "_")
	if charset == "uca1400" {
		charset = "utf8mb4"
	}
	if strings.HasSuffix(name, "_cs") || strings.HasSuffix(name, "_bin") {
		return charset + "_bin"
	}
	if strings.HasPrefix(charset, "utf8") {
		return charset + "_unicode_520_ci"
	}
	return charset + "_general_ci"
}
