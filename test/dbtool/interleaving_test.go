package dbtool_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/archive"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/backup"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/database"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/dump"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/failure"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/files"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/store"
	"github.com/crossplane-mattermost/crossplane-mattermost/test/local"
)

// line is the connection of one process to the gateway. Once it is cut, the process can
// neither store nor clean up, like one that was killed.
type line struct {
	url string
	// left is the number of requests before the line is cut. A negative number means no
	// limit.
	left atomic.Int64
}

func newLine(t *testing.T, draw *rand.Rand, requests int) *line {
	t.Helper()
	l, lock := &line{}, sync.Mutex{}
	l.left.Store(int64(requests))
	proxy := httputil.NewSingleHostReverseProxy(&url.URL{Scheme: "http", Host: here.Gateway})
	proxy.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if requests >= 0 && l.left.Add(-1) < 0 {
			// The program retries other errors for long.
			w.WriteHeader(http.StatusForbidden)
			return
		}
		lock.Lock()
		pause := time.Duration(draw.IntN(3)) * time.Millisecond
		lock.Unlock()
		time.Sleep(pause) //nolint:forbidigo // It mixes what runs at once; nothing is waited for.
		proxy.ServeHTTP(w, r)
	}))
	server.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	t.Cleanup(server.Close)
	l.url = server.URL
	return l
}

// repository that uses the line.
func (l *line) repository(t *testing.T, bucket, prefix string) *archive.Repository {
	t.Helper()
	b, err := store.Open(store.Options{Endpoint: l.url, Bucket: bucket, Region: "us-east-1", AccessKey: local.AccessKey, SecretKey: local.SecretKey})
	if err != nil {
		t.Fatal(err)
	}
	return archive.NewRepository(b, prefix)
}

// spoken is a database whose dump is one sentence, or fails in the middle of it.
type spoken struct {
	text  string
	fails bool
}

func (s spoken) Describe(context.Context) (database.Description, error) {
	return database.Description{Engine: dump.PostgreSQL, ServerVersion: "15.4"}, nil
}

func (s spoken) Dump(_ context.Context, w io.Writer) error {
	if s.fails {
		_, err := io.WriteString(w, s.text[:len(s.text)/2])
		return errors.Join(err, failure.New(job.ReasonUnavailable, "the database went away"))
	}
	_, err := io.WriteString(w, s.text)
	return err
}

func (s spoken) Close(context.Context) error { return nil }

// TestInterleavings runs successful, failed and killed backups and prunes at the same time
// on one repository, a hundred times. After each round, every complete backup must be
// whole, and foreign objects must still exist.
func TestInterleavings(t *testing.T) {
	const rounds, atOnce = 100, 4
	// The store's times have a precision of seconds.
	const term = 3 * time.Second
	bucket := newBucket(t)
	quiet := slog.New(slog.DiscardHandler)
	direct := newLine(t, rand.New(rand.NewPCG(0, 0)), -1) //nolint:gosec // Any numbers will do.
	complete, deleted, busy, killed := 0, 0, 0, 0
	for round := range rounds {
		// A repository is used for ten rounds. The last one contains all others.
		prefix := prefixOf(round / 10)
		foreign := foreignBelow(prefix)
		if round%10 == 0 {
			for _, key := range foreign {
				put(t, bucket, key, []byte("foreign"))
			}
		}
		draw := rand.New(rand.NewPCG(uint64(round), 7)) //nolint:gosec // Any numbers will do.
		dir := t.TempDir()
		// Contents repeat, so that a backup uses contents that a prune would delete.
		for i := range 5 {
			write(t, dir, fmt.Sprintf("file-%d", i), fmt.Appendf(nil, "content %d", draw.IntN(12)))
		}
		source, err := files.NewDirectory(dir)
		if err != nil {
			t.Fatal(err)
		}
		var group sync.WaitGroup
		var lock sync.Mutex
		for i := range atOnce {
			what, requests := draw.IntN(5), -1
			if what == 3 || what == 4 && draw.IntN(2) == 0 {
				requests = 3 + draw.IntN(60)
				killed++
			}
			own := rand.New(rand.NewPCG(uint64(round), uint64(100+i))) //nolint:gosec // As above.
			r := newLine(t, own, requests).repository(t, bucket, prefix)
			name := fmt.Sprintf("backup-%d-%d", round, draw.IntN(atOnce))
			count := 1 + draw.IntN(3)
			group.Go(func() {
				ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
				defer cancel()
				if what == 4 || what == 2 {
					prune := func() error {
						pruned, err := backup.Pruning{Repository: r, Retention: archive.Retention{Count: count}, Term: term, Log: quiet}.Run(ctx)
						lock.Lock()
						defer lock.Unlock()
						switch {
						case pruned.Busy != "":
							busy++
							return errRetry
						case err == nil:
							deleted++
						}
						return nil
					}
					// A prune that does not wait may fail while something else runs.
					if err := prune(); err != nil && round%3 == 0 {
						_ = local.Await(ctx, prune)
					}
					return
				}
				err := backup.Backup{
					Repository: r, Owner: "ns", Name: name, Request: "r" + name, Origin: spoken{strings.Repeat(name, 5000), what == 1}, Files: source, Term: term, Log: quiet,
				}.Run(ctx)
				lock.Lock()
				defer lock.Unlock()
				if err == nil {
					complete++
				} else if what == 0 && failure.Code(err) != job.CodeRetry {
					t.Errorf("round %d: backup %s: %v", round, name, err)
				}
			})
		}
		group.Wait()
		wantWhole(t, direct.repository(t, bucket, prefix), round)
		all := keys(t, bucket, "")
		for _, key := range foreign {
			if !slices.Contains(all, key) {
				t.Fatalf("round %d: foreign object %s was deleted", round, key)
			}
		}
	}
	t.Logf("%d backups complete, %d prunes deleted, %d found something under way, %d killed", complete, deleted, busy, killed)
	if complete < rounds/2 || deleted < rounds/10 || busy == 0 {
		t.Error("too little was done at once to prove anything")
	}
	wantTidy(t, direct, bucket, quiet)
}

func prefixOf(repository int) string {
	if repository == 9 {
		return ""
	}
	return fmt.Sprintf("r%d/", repository)
}

// foreignBelow returns keys that look similar to those of a repository.
func foreignBelow(prefix string) []string {
	sum := strings.Repeat("0f", 32)
	keys := []string{
		"files/report.pdf", "files/" + strings.ToUpper(sum), "files/deep/" + sum, "leases/contract.json", "photos/manifest.txt", "backup/database.txt",
		"files/team/chat/files/" + sum, "files/team/chat/b/database.dump.zst", "b/files/" + sum, "b/leases/" + sum[:32] + ".json", "other",
	}
	for i, key := range keys {
		keys[i] = prefix + key
	}
	if prefix != "" {
		keys = append(keys, strings.TrimSuffix(prefix, "/")+"-other/files/"+sum)
	}
	return keys
}

// wantWhole asserts that all backups are whole.
func wantWhole(t *testing.T, r *archive.Repository, round int) {
	t.Helper()
	listing, err := r.List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(listing.Damaged) > 0 {
		t.Fatalf("round %d: damaged: %v", round, listing.Damaged)
	}
	for _, s := range listing.Backups {
		if _, err := backup.Verify(t.Context(), r, s.Name); err != nil {
			t.Fatalf("round %d: backup %s was reported complete: %v", round, s.Name, err)
		}
	}
}

// wantTidy asserts that nothing is left of killed and failed backups once all leases have
// ended.
func wantTidy(t *testing.T, l *line, bucket string, quiet *slog.Logger) {
	t.Helper()
	for i := range 10 {
		r := l.repository(t, bucket, prefixOf(i))
		var kept []archive.Stored
		err := local.Await(t.Context(), func() error {
			pruned, err := backup.Pruning{Repository: r, Log: quiet, Term: time.Second}.Run(t.Context())
			if err == nil && pruned.Busy != "" {
				err = errors.New(pruned.Busy)
			}
			kept = pruned.Kept
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		used := map[string]bool{r.Prefix() + archive.IdentityName: true}
		for _, s := range kept {
			used[r.Key(s.Name, archive.ManifestName)], used[r.Key(s.Name, s.Dump.Key)], used[r.Key(s.Name, s.Files.Key)] = true, true, true
			list, err := r.Index(t.Context(), s.Manifest)
			if err != nil {
				t.Fatal(err)
			}
			index, err := files.NewIndex(list)
			for err == nil && index.Current != nil {
				used[r.PoolPrefix()+index.Current.SHA256] = true
				err = index.Next()
			}
			if err := errors.Join(err, list.Close()); err != nil {
				t.Fatal(err)
			}
		}
		for _, key := range keys(t, bucket, r.Prefix()) {
			if r.Parse(key).Kind != archive.Foreign && !used[key] {
				t.Errorf("%s was left, and nothing has it", key)
			}
		}
	}
}

// TestLostLease asserts that work under a lease ends if the lease was not renewed in time
// by the store's clock, as after a suspend of the machine.
func TestLostLease(t *testing.T) {
	slept := atomic.Int64{}
	l := &line{url: shifted(t, func(at time.Time) time.Time { return at.Add(time.Duration(slept.Load())) })}
	r := l.repository(t, newBucket(t), "r")
	lease, under, err := r.Acquire(t.Context(), archive.PurposeBackup, "b", "r", time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	defer lease.Release(t.Context())
	if _, err := lease.Renew(under); err != nil {
		t.Fatal(err)
	}
	if err := lease.Check(under); err != nil || under.Err() != nil {
		t.Errorf("the lease is lost at once: %v", err)
	}
	slept.Store(int64(time.Hour))
	if _, err := lease.Renew(under); failure.Reason(err) != job.ReasonUnavailable || under.Err() == nil {
		t.Errorf("the lease is still held after an hour: %v", err)
	}
	if err := lease.Check(t.Context()); err == nil {
		t.Error("it can be had again")
	}
}
