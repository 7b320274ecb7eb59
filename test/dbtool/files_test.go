package dbtool_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
	"github.com/crossplane-mattermost/crossplane-mattermost/test/local"
)

// content of file i, always the same.
func content(i int) []byte {
	sizes := []int{0, 1, 1000, 1<<20 - 1, 1 << 20, 1<<20 + 1}
	size := 100 + i
	if i < len(sizes) {
		size = sizes[i]
	}
	b := make([]byte, size)
	source := rand.NewChaCha8([32]byte{byte(i % 256), byte(i / 256 % 256)}) //nolint:gosec // They fit.
	_, _ = source.Read(b)
	return b
}

// filePath of file i: names that are sorted differently with and without slashes.
func filePath(i int) string {
	folders := []string{"", "a/", "a-b/", "a/b/", "20260101/teams/noteam/channels/c/users/u/ü ñ/", "plugins/"}
	return fmt.Sprintf("%sfile %d.bin", folders[i%len(folders)], i)
}

// filesDirectory with so many files.
func filesDirectory(t *testing.T, count int) string {
	t.Helper()
	dir := t.TempDir()
	for i := range count {
		write(t, dir, filePath(i), content(i))
	}
	return dir
}

func write(t *testing.T, dir, path string, content []byte) {
	t.Helper()
	name := filepath.Join(dir, path)
	if err := os.MkdirAll(filepath.Dir(name), 0o750); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, content, 0o600); err != nil {
		t.Fatal(err)
	}
}

// fileStore is a bucket or a directory that a server keeps files in.
type fileStore struct {
	name string
	env  env
	put  func(path string, content []byte)
	get  func(path string) []byte
	list func() []string
}

func directoryStore(t *testing.T) fileStore {
	dir := t.TempDir()
	return fileStore{
		name: "directory", env: env{job.EnvFilesDirectory: dir},
		put: func(path string, content []byte) { write(t, dir, path, content) },
		get: func(path string) []byte {
			b, err := os.ReadFile(filepath.Join(dir, path)) //nolint:gosec // A test's.
			if err != nil {
				t.Error(err)
			}
			return b
		},
		list: func() []string {
			var all []string
			err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
				if err == nil && !d.IsDir() {
					all = append(all, strings.TrimPrefix(path, dir+"/"))
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			slices.Sort(all)
			return all
		},
	}
}

func bucketStore(t *testing.T) fileStore {
	bucket := newBucket(t)
	return fileStore{
		name: "bucket",
		env: env{
			job.EnvFilesEndpoint: "http://" + here.Gateway, job.EnvFilesBucket: bucket, job.EnvFilesRegion: "us-east-1",
			job.EnvFilesAccessKey: local.AccessKey, job.EnvFilesSecretKey: local.SecretKey,
		},
		put:  func(path string, content []byte) { put(t, bucket, path, content) },
		get:  func(path string) []byte { return get(t, bucket, path) },
		list: func() []string { return slices.Sorted(slices.Values(keys(t, bucket, ""))) },
	}
}

func TestFiles(t *testing.T) {
	const count = 60
	for _, from := range []func(*testing.T) fileStore{directoryStore, bucketStore} {
		for _, to := range []func(*testing.T) fileStore{directoryStore, bucketStore} {
			source, target := from(t), to(t)
			t.Run(source.name+" to "+target.name, func(t *testing.T) {
				database, bucket := newDatabase(t, mattermost(100, "new")), newBucket(t)
				var want []string
				for i := range count {
					source.put(filePath(i), content(i))
					want = append(want, filePath(i))
				}
				e := backupEnv(database, bucket, "chat-1").with(source.env)
				if made := must(t, run(t, e, job.CommandBackup)).Backups; made[0].Files != count {
					t.Fatalf("%d files are in the backup", made[0].Files)
				}
				must(t, run(t, e, "verify", "chat-1"))

				// Another profile picture, of another and of the same size; and a file that the
				// backup does not have.
				target.put(filePath(10), []byte("other"))
				target.put(filePath(11), bytes.Repeat([]byte("x"), len(content(11))))
				target.put(filePath(12), content(12))
				target.put("new/file", []byte("newer"))
				r := restoreEnv(t, database, bucket, "all/team/chat/chat-1", "uid-1").with(target.env)
				must(t, run(t, r, job.CommandCheck))
				if got := target.list(); len(got) != 4 {
					t.Errorf("check wrote files: %v", got)
				}
				restored := must(t, run(t, r, job.CommandRestore)).Restored
				if restored.Files != count {
					t.Errorf("%d files were restored", restored.Files)
				}
				for i := range count {
					if !bytes.Equal(target.get(filePath(i)), content(i)) {
						t.Errorf("file %d is different", i)
					}
				}
				want = append(want, "new/file", "replaced/uid-1/"+filePath(10), "replaced/uid-1/"+filePath(11))
				slices.Sort(want)
				if diff := cmp.Diff(want, target.list()); diff != "" {
					t.Errorf("files: -want +got:\n%s", diff)
				}
				if old := target.get("replaced/uid-1/" + filePath(10)); string(old) != "other" {
					t.Errorf("what was replaced is %q", old)
				}

				// A request that is done leaves what changed since as it is.
				target.put(filePath(13), []byte("changed since"))
				again := must(t, run(t, r, job.CommandRestore)).Restored
				if diff := cmp.Diff(restored, again); diff != "" || string(target.get(filePath(13))) != "changed since" {
					t.Errorf("a second run did something: %s", diff)
				}
				must(t, run(t, r, job.CommandForget))
				if got := target.list(); len(got) != count+1 {
					t.Errorf("%d files after all was forgotten", len(got))
				}
			})
		}
	}
}

func TestUnchangedFilesAreNotReadAgain(t *testing.T) {
	for _, of := range []func(*testing.T) fileStore{directoryStore, bucketStore} {
		s := of(t)
		t.Run(s.name, func(t *testing.T) {
			database, bucket := newDatabase(t, mattermost(100, "new")), newBucket(t)
			for i := range 30 {
				s.put(filePath(i), content(i))
			}
			first := run(t, backupEnv(database, bucket, "chat-1").with(s.env), job.CommandBackup)
			must(t, first)
			s.put(filePath(7), []byte("changed"))
			s.put("b/new", []byte("new"))
			second := run(t, backupEnv(database, bucket, "chat-2").with(s.env), job.CommandBackup)
			must(t, second)
			if !strings.Contains(first.output, "files=30") || !strings.Contains(first.output, "read=30") {
				t.Errorf("the first backup: %s", first.output)
			}
			if !strings.Contains(second.output, "files=31") || !strings.Contains(second.output, "read=2") {
				t.Errorf("the second backup: %s", second.output)
			}
			must(t, run(t, backupEnv(database, bucket, "chat-2"), "verify", "chat-2"))
		})
	}
}

func TestAlteredFiles(t *testing.T) {
	database, bucket, target := newDatabase(t, mattermost(100, "new")), newBucket(t), t.TempDir()
	write(t, target, filePath(2), []byte("kept"))
	e := backupEnv(database, bucket, "chat-1").with(env{job.EnvFilesDirectory: filesDirectory(t, 10)})
	must(t, run(t, e, job.CommandBackup))
	load(t, database, "UPDATE systems SET value = 'old'")
	pool := keys(t, bucket, "all/team/chat/files/")
	for _, key := range pool {
		if b := get(t, bucket, key); len(b) == 1000 {
			put(t, bucket, key, altered(b))
		}
	}
	r := restoreEnv(t, database, bucket, "all/team/chat/chat-1", "uid-1").with(env{job.EnvFilesDirectory: target})
	for _, of := range []outcome{run(t, e, "verify", "chat-1"), run(t, r, job.CommandRestore)} {
		if of.code != job.CodeFinal || of.result.Reason != job.ReasonCorrupt {
			t.Errorf("code %d, result %+v\n%s", of.code, of.result, of.output)
		}
	}
	if got := query(t, database, "SELECT value FROM systems"); got != "old" {
		t.Errorf("the database was replaced: %s", got)
	}
	if kept, err := os.ReadFile(filepath.Join(target, filePath(2))); err != nil || string(kept) != "kept" { //nolint:gosec // A test's.
		t.Errorf("a file was replaced: %s %v", kept, err)
	}

	if err := here.Buckets.RemoveObject(t.Context(), bucket, pool[0], removal); err != nil {
		t.Fatal(err)
	}
	if got := run(t, r, job.CommandCheck); got.code != job.CodeFinal || got.result.Reason != job.ReasonCorrupt {
		t.Errorf("a missing file: code %d, result %+v", got.code, got.result)
	}
}
