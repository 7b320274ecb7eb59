package dbtool_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
)

// TestHostileArchives tests the formats that pg_restore reads. A harmless text is replaced
// by a hostile one of the same length, so that the archive stays valid.
func TestHostileArchives(t *testing.T) {
	const harmless = "something to be replaced by what a hostile dump would have here, of any length up to this"
	bucket := newBucket(t)
	source := newDatabase(t, mattermost(100, "new")+"CREATE VIEW harmless AS SELECT '"+harmless+"'::text AS v;")
	target := newDatabase(t, mattermost(100, "old"))
	before := catalogued(t, target)
	dir := filepath.Join(t.TempDir(), "dump")
	pgDump(t, source, "-Fd", "-Z0", "-f", dir)
	toc, err := os.ReadFile(filepath.Join(dir, "toc.dat")) //nolint:gosec // A file of the test's own.
	if err != nil {
		t.Fatal(err)
	}
	formats := map[string][]byte{"custom": pgDump(t, source, "-Fc", "-Z0"), "tar": pgDump(t, source, "-Ft"), "directory": toc}
	for i, sql := range []string{
		"x'; COMMIT; SELECT '", "x'; RESET ROLE; COPY (SELECT 1) TO PROGRAM 'id'; SELECT '", "x'; DO $$ BEGIN END $$; SELECT '", "x' || pg_catalog.pg_read_file('/etc/passwd') || '",
		"x'; SELECT pg_catalog.lo_import('/etc/passwd'); SELECT '", "x'; ROLLBACK; CREATE TABLE public.outside (); SELECT '", "x' || (SELECT value FROM replaced_0123456789ab.systems) || '",
	} {
		for format, content := range formats {
			t.Run(fmt.Sprint(format, " ", i), func(t *testing.T) {
				changed := bytes.ReplaceAll(content, []byte(harmless), []byte(sql+strings.Repeat("y", len(harmless)-len(sql))))
				if bytes.Equal(changed, content) {
					t.Fatal("there is nothing to replace")
				}
				key := fmt.Sprintf("%s-%d", format, i)
				if format == "directory" {
					put(t, bucket, key+"/toc.dat", changed)
					putFolder(t, bucket, key, dir)
				} else {
					put(t, bucket, key, changed)
				}
				for _, command := range []string{job.CommandCheck, job.CommandRestore} {
					wantRefused(t, restoreEnv(t, target, bucket, key, "uid-of-"+key), command)
				}
			})
		}
	}

	t.Run("a directory that names a file elsewhere", func(t *testing.T) {
		name := dataFile(t, dir)
		elsewhere := "../../../../../../../../../../proc/self/environ"
		changed := bytes.ReplaceAll(toc, text(name), text(elsewhere))
		if bytes.Equal(changed, toc) {
			t.Fatal("there is nothing to replace")
		}
		put(t, bucket, "elsewhere/toc.dat", changed)
		putFolder(t, bucket, "elsewhere", dir)
		for _, command := range []string{job.CommandCheck, job.CommandRestore} {
			wantRefused(t, restoreEnv(t, target, bucket, "elsewhere", "uid"), command)
		}
	})
	wantSame(t, "the whole database", before, catalogued(t, target))
}

// text is a string as a table of contents stores it: a sign, the length, and the bytes.
func text(of string) []byte {
	return append(binary.LittleEndian.AppendUint32([]byte{0}, uint32(len(of))), of...) //nolint:gosec // It is short.
}

// dataFile of a dump in directory format.
func dataFile(t *testing.T, dir string) string {
	t.Helper()
	all, err := filepath.Glob(filepath.Join(dir, "*.dat"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range all {
		if filepath.Base(f) != "toc.dat" {
			return filepath.Base(f)
		}
	}
	t.Fatal("the dump has no rows")
	return ""
}

// putFolder stores a dump in directory format without its table of contents.
func putFolder(t *testing.T, bucket, key, dir string) {
	t.Helper()
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if f.Name() == "toc.dat" {
			continue
		}
		content, err := os.ReadFile(filepath.Join(dir, f.Name())) //nolint:gosec // As above.
		if err != nil {
			t.Fatal(err)
		}
		put(t, bucket, key+"/"+f.Name(), content)
	}
}
