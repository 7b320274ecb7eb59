package e2e

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/minio/minio-go/v7"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/e2e-framework/pkg/envconf"
	"sigs.k8s.io/e2e-framework/pkg/features"
)

// alteredName stands for the name of the backup that was altered.
const alteredName = "$(altered)"

// badRestores are requests that cannot be carried out. Each ends before the server is
// stopped, and says why.
var badRestores = map[string]struct {
	reason string
	// spec of the restore besides the installation.
	spec map[string]any
	// condition that is False, with its reason.
	condition, because string
	// want are words of the message.
	want []string
}{
	"WrongKey": {
		reason:    "A bucket that the key does not open.",
		spec:      map[string]any{"initBucketURL": "s3://" + backupStore + "/bad/good.sql.gz", "restoreSecret": "wrong-key"},
		condition: "SourceVerified", because: "AccessDenied", want: []string{"restoreSecret"},
	},
	"MissingObject": {
		reason:    "An object that is not there.",
		spec:      map[string]any{"initBucketURL": "s3://" + backupStore + "/bad/absent.sql.gz", "restoreSecret": "test-restore"},
		condition: "SourceVerified", because: "NotFound", want: []string{"bad/absent.sql.gz"},
	},
	"MissingBucket": {
		reason:    "A bucket that is not there.",
		spec:      map[string]any{"initBucketURL": "s3://no-such-bucket/good.sql.gz", "restoreSecret": "test-restore"},
		condition: "SourceVerified", because: "NotFound", want: []string{"no-such-bucket"},
	},
	"Truncated": {
		reason:    "A dump whose end is missing.",
		spec:      map[string]any{"initBucketURL": "s3://" + backupStore + "/bad/truncated.sql.gz", "restoreSecret": "test-restore"},
		condition: "SourceVerified", because: "Corrupt", want: []string{"truncated", "another backup"},
	},
	"UnknownFormat": {
		reason:    "A file that is no dump.",
		spec:      map[string]any{"initBucketURL": "s3://" + backupStore + "/bad/noise", "restoreSecret": "test-restore"},
		condition: "SourceVerified", because: "UnknownFormat", want: []string{"pg_dump", "mysqldump"},
	},
	"WrongPassword": {
		reason: "A database that the password does not open.",
		spec: map[string]any{
			"initBucketURL": "s3://" + backupStore + "/bad/good.sql.gz", "restoreSecret": "test-restore",
			"mattermostDBUser": "restore-refusals", "mattermostDBPassword": "nonsense",
		},
		condition: "SourceVerified", because: "DatabaseDenied", want: []string{"password"},
	},
	"OtherDatabase": {
		reason:    "A database that is not the installation's.",
		spec:      map[string]any{"initBucketURL": "s3://" + backupStore + "/bad/good.sql.gz", "restoreSecret": "test-restore", "mattermostDBName": "elsewhere"},
		condition: "SourceVerified", because: "Invalid", want: []string{"mattermostDBName"},
	},
	"TooNew": {
		reason:    "A dump of a later version of Mattermost than the server.",
		spec:      map[string]any{"initBucketURL": "s3://" + backupStore + "/bad/future.sql.gz", "restoreSecret": "test-restore"},
		condition: "SourceVerified", because: "TooNew", want: []string{"version"},
	},
	"Altered": {
		reason:    "A backup of which one byte is not what it was.",
		spec:      map[string]any{"initBucketURL": "s3://" + backupStore + "/bad/altered/" + alteredName, "restoreSecret": "test-restore"},
		condition: "SourceVerified", because: "Corrupt", want: []string{"altered"},
	},
	"NoSecret": {
		reason:    "A Secret that does not exist.",
		spec:      map[string]any{"initBucketURL": "s3://" + backupStore + "/bad/good.sql.gz", "restoreSecret": "absent"},
		condition: "Accepted", because: "SecretNotFound", want: []string{"restoreSecret", "AWS_ACCESS_KEY_ID"},
	},
}

// TestRestoreRefusals asks for restores that cannot be carried out. The server serves on,
// and its data is not touched.
func TestRestoreRefusals(t *testing.T) {
	takesTurns(t)
	xr := restorable(t, "restore-refusals")
	running := &untouched{}
	altered := ""
	feature := features.New("Refusals").
		Setup(func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			prepareRestore(ctx, t, xr)
			altered = prepareBadDumps(ctx, t, xr)
			running.remember(ctx, t, xr)
			return ctx
		})
	for name, bad := range badRestores {
		feature = feature.Assess(name, func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			t.Log(bad.reason)
			restore := restoreOf(t, xr, strings.ToLower(name), "none")
			set(t, restore, bad.spec, "spec")
			if url, _ := bad.spec["initBucketURL"].(string); strings.Contains(url, alteredName) {
				set(t, restore, strings.ReplaceAll(url, alteredName, altered), "spec", "initBucketURL")
			}
			set(t, restore, xr.GetName(), "spec", "mattermostClusterName")
			mustApply(ctx, t, restore)
			if bad.condition != "Accepted" {
				// Until then the condition says that it is being found out.
				becomesState(ctx, t, restore, "failed")
			}
			// The state is written before the conditions.
			tells(ctx, t, restore, bad.condition, bad.because, bad.want...)
			running.check(ctx, t, xr)
			deleteObjects(ctx, t, restore)
			return ctx
		})
	}
	environment.Test(t, feature.
		Teardown(func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			uninstall(ctx, t, xr)
			return ctx
		}).
		Feature())
}

// prepareBadDumps in the store, and Secrets that open it and that do not, and return the
// name of a backup that was altered.
func prepareBadDumps(ctx context.Context, t *testing.T, xr *unstructured.Unstructured) string {
	t.Helper()
	openedBy(ctx, t, xr)
	keys := restoreKeys()
	keys["AWS_SECRET_ACCESS_KEY"] = rand.Text()
	secret(ctx, t, xr, "wrong-key", keys)

	dump := inPod(ctx, t, "storage", "postgres-0", fmt.Sprintf("PGPASSWORD=$POSTGRES_PASSWORD pg_dump --host=127.0.0.1 --username=postgres %q", xr.GetNamespace()))
	uploaded(ctx, t, "bad/good.sql.gz", compressed(t, dump))
	whole := compressed(t, dump)
	uploaded(ctx, t, "bad/truncated.sql.gz", whole[:len(whole)/2])
	noise := make([]byte, 64<<10)
	_, _ = rand.Read(noise)
	uploaded(ctx, t, "bad/noise", noise)
	uploaded(ctx, t, "bad/future.sql.gz", compressed(t, fromTheFuture(t, dump)))
	backup := backupOf(t, xr, "altered")
	name := fmt.Sprint(backedUp(ctx, t, backup)["name"])
	alter(ctx, t, fmt.Sprintf("%s/%s/%s/%s", backupPrefix, xr.GetNamespace(), backup.GetName(), name), "bad/altered/"+name)
	deleteObjects(ctx, t, backup)
	return name
}

func compressed(t *testing.T, content []byte) []byte {
	t.Helper()
	out := &bytes.Buffer{}
	w := gzip.NewWriter(out)
	if _, err := w.Write(content); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// fromTheFuture is a dump with a migration that no server knows.
func fromTheFuture(t *testing.T, dump []byte) []byte {
	t.Helper()
	const table = "COPY public.db_migrations (version, name) FROM stdin;\n"
	if !bytes.Contains(dump, []byte(table)) {
		t.Fatal("the dump has no table of migrations")
	}
	return bytes.Replace(dump, []byte(table), []byte(table+"999999\tfrom_the_future\n"), 1)
}

// alter copies a backup, but one byte of its database.
func alter(ctx context.Context, t *testing.T, from, to string) {
	t.Helper()
	c, err := storage.S3.Client()
	if err != nil {
		t.Fatal(err)
	}
	changed := false
	for o := range c.ListObjects(ctx, backupStore, minio.ListObjectsOptions{Prefix: from + "/", Recursive: true}) {
		if o.Err != nil {
			t.Fatal(o.Err)
		}
		object, err := c.GetObject(ctx, backupStore, o.Key, minio.GetObjectOptions{})
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(object)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(o.Key, "database") {
			content[len(content)/2] ^= 1
			changed = true
		}
		uploaded(ctx, t, to+strings.TrimPrefix(o.Key, from), content)
	}
	if !changed {
		t.Fatal("the backup has no database: nothing was altered")
	}
}
