package dbtool_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
	"github.com/crossplane-mattermost/crossplane-mattermost/test/local"
)

// TestRepositoryIsOneOwners asserts that backups of two clusters, or of two requests, are
// never mixed.
func TestRepositoryIsOneOwners(t *testing.T) {
	database, bucket := newDatabase(t, mattermost(100, "new")), newBucket(t)
	first := backupEnv(database, bucket, "chat-1").with(env{job.EnvStoreOwner: "one"})
	must(t, run(t, first, job.CommandBackup))
	before := keys(t, bucket, "")
	for reason, of := range map[string]struct {
		env   env
		names []string
	}{
		"another cluster's namespace":               {env{job.EnvStoreOwner: "two", job.EnvBackupName: "chat-2"}, []string{job.EnvStoreOwner, job.EnvStorePrefix, "repository.json"}},
		"another cluster, with the same name":       {env{job.EnvStoreOwner: "two"}, []string{job.EnvStorePrefix}},
		"one who names no owner":                    {env{job.EnvStoreOwner: "", job.EnvBackupName: "chat-2"}, []string{job.EnvStoreOwner}},
		"another request for a backup that is made": {env{job.EnvRequest: "another"}, []string{job.EnvBackupName, job.EnvStorePrefix}},
	} {
		got := run(t, first.with(of.env).with(env{job.EnvKeepCount: "1", "GRACE": "0s"}), job.CommandBackup)
		if got.code != job.CodeFinal || got.result.Reason != job.ReasonTaken || len(got.result.Backups) > 0 {
			t.Errorf("%s: code %d, result %+v", reason, got.code, got.result)
		}
		for _, name := range of.names {
			if !strings.Contains(got.result.Message, name) {
				t.Errorf("%s: the message does not name %s: %s", reason, name, got.result.Message)
			}
		}
	}
	if after := keys(t, bucket, ""); strings.Join(before, " ") != strings.Join(after, " ") {
		t.Errorf("objects: %v, and before %v", after, before)
	}
	// The same request is already done, and the same owner continues with another request.
	must(t, run(t, first, job.CommandBackup))
	made := must(t, run(t, first.with(env{job.EnvBackupName: "chat-2", job.EnvRequest: "made again"}), job.CommandBackup)).Backups
	if len(made) != 2 {
		t.Errorf("backups: %+v", made)
	}
}

// TestFirstFormatIsTakenOver asserts that the first owner that adds a backup gets a
// repository without an identity.
func TestFirstFormatIsTakenOver(t *testing.T) {
	database, bucket := newDatabase(t, mattermost(100, "new")), newBucket(t)
	e := backupEnv(database, bucket, "chat-1")
	must(t, run(t, e, job.CommandBackup))
	if err := here.Buckets.RemoveObject(t.Context(), bucket, "all/team/chat/repository.json", removal); err != nil {
		t.Fatal(err)
	}
	must(t, run(t, e.with(env{job.EnvBackupName: "chat-2", job.EnvStoreOwner: "one"}), job.CommandBackup))
	if got := run(t, e.with(env{job.EnvBackupName: "chat-3", job.EnvStoreOwner: "two"}), job.CommandBackup); got.result.Reason != job.ReasonTaken {
		t.Errorf("the second is not refused: %+v", got.result)
	}
	must(t, run(t, e, "verify", "chat-1"))
}

var (
	listed  = regexp.MustCompile(`(<(?:LastModified|Initiated)>)([^<]+)(</)`)
	rfc3339 = "2006-01-02T15:04:05.999Z07:00"
)

// shifted is a gateway whose clock differs from that of this machine.
func shifted(t *testing.T, shift func(time.Time) time.Time) string {
	t.Helper()
	proxy := httputil.NewSingleHostReverseProxy(&url.URL{Scheme: "http", Host: here.Gateway})
	proxy.ModifyResponse = func(r *http.Response) error {
		if at, err := http.ParseTime(r.Header.Get("Last-Modified")); err == nil {
			r.Header.Set("Last-Modified", shift(at).Format(http.TimeFormat))
		}
		if !strings.Contains(r.Header.Get("Content-Type"), "xml") {
			return nil
		}
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return err
		}
		body = listed.ReplaceAllFunc(body, func(b []byte) []byte {
			parts := listed.FindSubmatch(b)
			at, err := time.Parse(rfc3339, string(parts[2]))
			if err != nil {
				t.Errorf("a time that cannot be read: %s", b)
			}
			return bytes.Join([][]byte{parts[1], []byte(shift(at).Format(rfc3339)), parts[3]}, nil)
		})
		r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
		r.Header.Del("Content-Length")
		return nil
	}
	server := httptest.NewServer(proxy)
	t.Cleanup(server.Close)
	return server.URL
}

// TestClockIsOff sets the store's clock forty days off in either direction: nothing fresh
// is deleted, and nothing old is kept.
func TestClockIsOff(t *testing.T) {
	const day = 24 * time.Hour
	for name, by := range map[string]time.Duration{"behind": 40 * day, "ahead": -40 * day} {
		t.Run(name, func(t *testing.T) {
			database, bucket, s := newDatabase(t, mattermost(100, "new")), newBucket(t), directoryStore(t)
			s.put("file", []byte("content"))
			e := backupEnv(database, bucket, "chat-1").with(s.env).with(env{job.EnvStoreEndpoint: shifted(t, func(at time.Time) time.Time { return at.Add(by) }), job.EnvKeepDays: "30", "LEASE": "3s"})
			must(t, run(t, e, job.CommandBackup))
			// An upload, a content and data that were interrupted a moment ago.
			put(t, bucket, "all/team/chat/files/"+strings.Repeat("0", 64), []byte("fresh"))
			put(t, bucket, "all/team/chat/interrupted/database.dump.zst", []byte("fresh"))
			s.put("file", []byte("another"))
			made := must(t, run(t, e.with(env{job.EnvBackupName: "chat-2"}), job.CommandBackup)).Backups
			if len(made) != 2 {
				t.Errorf("a fresh backup was deleted: %+v", made)
			}
			if at := time.Now().Add(by); made[0].CompletedAt.Sub(at).Abs() > day {
				t.Errorf("the backup was completed at %s, and the store's time is about %s", made[0].CompletedAt, at)
			}
			if left := keys(t, bucket, "all/team/chat/interrupted/"); len(left) != 1 || len(keys(t, bucket, "all/team/chat/files/")) != 3 {
				t.Errorf("what is fresh was deleted: %v", keys(t, bucket, ""))
			}
			for _, backup := range []string{"chat-1", "chat-2"} {
				must(t, run(t, e, "verify", backup))
			}
			// On a clock that is 31 days ahead, the first backup is old, and so are the
			// remains of the interrupted one. The store's times have a precision of
			// seconds.
			now := time.Now().Truncate(time.Second).Add(time.Second)
			if err := local.Await(t.Context(), func() error {
				if time.Now().Before(now) {
					return errRetry
				}
				return nil
			}); err != nil {
				t.Fatal(err)
			}
			e[job.EnvStoreEndpoint] = shifted(t, func(at time.Time) time.Time {
				if at.Before(now) {
					return at.Add(by)
				}
				return at.Add(by + 31*day)
			})
			kept := must(t, run(t, e, "prune")).Backups
			if len(kept) != 1 || kept[0].Name != "chat-2" || len(keys(t, bucket, "all/team/chat/interrupted/")) != 0 {
				t.Errorf("kept: %+v, %v", kept, keys(t, bucket, ""))
			}
		})
	}
}
