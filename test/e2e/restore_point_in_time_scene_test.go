package e2e

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/test/backends"
	"github.com/crossplane-mattermost/crossplane-mattermost/test/installation"
	"github.com/crossplane-mattermost/crossplane-mattermost/test/kube"
)

// formerly is an ObjectStore that somebody makes of an archive whose database is gone.
const formerly = `
apiVersion: barmancloud.cnpg.io/v1
kind: ObjectStore
metadata: {name: formerly, namespace: NAMESPACE}
spec:
  configuration:
    destinationPath: DESTINATION
    endpointURL: http://GATEWAY
    s3Credentials:
      accessKeyId: {name: chat-backup, key: ACCESS_KEY_ID}
      secretAccessKey: {name: chat-backup, key: ACCESS_SECRET_KEY}
`

// timeline of an installation whose database is archived.
type timeline struct {
	xr *unstructured.Unstructured
	servers
}

// moment of an installation: what its users saw, and every row, when nobody wrote.
type moment struct {
	at      string
	content *installation.Content
	rows    map[string]string
}

// note a moment after which nothing is written for a while, and have the server run again.
func (a *timeline) note(ctx context.Context, t *testing.T, session *installation.Session) moment {
	t.Helper()
	m := moment{content: contentOf(ctx, t, session)}
	scaleTo(ctx, t, a.xr, 0)
	m.rows = a.rows(ctx, t)
	a.ask(ctx, t, "rw", `SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`, &m.at)
	serve(ctx, t, a.xr)
	return m
}

// serve again, and wait until the server is reached.
func serve(ctx context.Context, t *testing.T, xr *unstructured.Unstructured) {
	t.Helper()
	scaleTo(ctx, t, xr, 1)
	server, err := installation.Reach(ctx, cluster, xr.GetNamespace(), xr.GetName())
	if err != nil {
		t.Fatal(err)
	}
	if err := kube.Until(ctx, changeLimit, func(ctx context.Context) error {
		_, _, err := server.Ping(ctx)
		return err
	}); err != nil {
		t.Fatal(err)
	}
}

// rows of all tables.
func (a *timeline) rows(ctx context.Context, t *testing.T) map[string]string {
	t.Helper()
	conn := a.connect(ctx, t, "rw")
	defer func() { _ = conn.Close(ctx) }()
	out, err := backends.Digest(ctx, conn)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// do something to the database, as its owner.
func (a *timeline) do(ctx context.Context, t *testing.T, statements ...string) {
	t.Helper()
	conn := a.connect(ctx, t, "rw")
	defer func() { _ = conn.Close(ctx) }()
	for _, s := range statements {
		if _, err := conn.Exec(ctx, s); err != nil {
			t.Fatal(err)
		}
	}
}

// archive what was written until now, and wait until it is.
func (a *timeline) archive(ctx context.Context, t *testing.T) {
	t.Helper()
	start := time.Now()
	psql := func(query string) string {
		return strings.TrimSpace(string(inPod(ctx, t, a.xr.GetNamespace(), a.primary(ctx, t), "psql -U postgres -Atc "+fmt.Sprintf("%q", query))))
	}
	segment := psql("SELECT pg_walfile_name(pg_switch_wal())")
	if err := kube.Until(ctx, changeLimit, func(context.Context) error {
		if last := psql("SELECT coalesce(max(last_archived_wal), '') FROM pg_stat_archiver"); last < segment {
			return errors.Errorf("the last segment that is archived is %q, want %q", last, segment)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	t.Logf("what was written is archived after %.1f s", time.Since(start).Seconds())
}

// goesOn fails when the archive of the installation's own database does not.
func (a *timeline) goesOn(ctx context.Context, t *testing.T) {
	t.Helper()
	a.archive(ctx, t)
	if err := conditionOf(ctx, a.cluster(), "ContinuousArchiving"); err != nil {
		t.Error(err)
	}
}

// rewind is a restore from what spec.from says, to be applied.
func rewind(t *testing.T, xr *unstructured.Unstructured, name string, from map[string]any) *unstructured.Unstructured {
	t.Helper()
	restore := restoreOf(t, xr, name, "none")
	set(t, restore, from, "spec", "from")
	return restore
}

// rewound applies a restore from an archive and waits until it is finished. While it
// recovers, look is called once, if it is given; afterwards nothing that was recovered is
// left.
func rewound(ctx context.Context, t *testing.T, restore *unstructured.Unstructured, look func()) *unstructured.Unstructured {
	t.Helper()
	start := time.Now()
	begun := map[string]time.Duration{}
	mustApply(ctx, t, restore)
	now := live(restore)
	if err := kube.Until(ctx, restoreLimit, func(ctx context.Context) error {
		if err := cluster.Get(ctx, client.ObjectKeyFromObject(restore), now); err != nil {
			return err
		}
		step := told(now, "step")
		if _, seen := begun[step]; !seen {
			begun[step] = time.Since(start)
		}
		if step == "Recovering" && look != nil {
			look()
			look = nil
		}
		if state := told(now, "state"); state != "finished" {
			return errors.Errorf("%s is %q in step %q, want finished", restore.GetName(), state, step)
		}
		return nil
	}); err != nil {
		explain(ctx, t, now)
		t.Fatal(err)
	}
	t.Logf("restore %s: %.1f s, of which %.1f s to recover; downtime %q: %v", restore.GetName(), time.Since(start).Seconds(),
		(begun["Checking"] - begun["Recovering"]).Seconds(), told(now, "downtime"), now.Object["status"])
	if look != nil {
		t.Error("nobody saw it recover")
	}
	copiesGone(ctx, t, restore.GetNamespace())
	return now
}

// copiesGone waits until no Cluster is left but those of databases, with what is theirs.
func copiesGone(ctx context.Context, t *testing.T, namespace string) {
	t.Helper()
	if err := kube.Until(ctx, changeLimit, func(ctx context.Context) error {
		clusters := &unstructured.UnstructuredList{}
		clusters.SetAPIVersion("postgresql.cnpg.io/v1")
		clusters.SetKind("ClusterList")
		volumes, pods := &corev1.PersistentVolumeClaimList{}, &corev1.PodList{}
		for _, list := range []client.ObjectList{clusters, volumes, pods} {
			if err := cluster.List(ctx, list, client.InNamespace(namespace)); err != nil {
				return err
			}
		}
		for _, c := range clusters.Items {
			if !strings.HasSuffix(c.GetName(), "-pg") {
				return errors.Errorf("Cluster %s is left", c.GetName())
			}
		}
		for _, v := range volumes.Items {
			if of := v.Labels["cnpg.io/cluster"]; of != "" && !strings.HasSuffix(of, "-pg") {
				return errors.Errorf("volume %s is left", v.Name)
			}
		}
		for _, p := range pods.Items {
			if of := p.Labels["cnpg.io/cluster"]; of != "" && !strings.HasSuffix(of, "-pg") {
				return errors.Errorf("pod %s is left", p.Name)
			}
		}
		return nil
	}); err != nil {
		t.Error(err)
	}
}

// neverAgain lets the operator try a recovery that failed no more, as it does by itself
// after some ten minutes.
func neverAgain(ctx context.Context, t *testing.T, namespace string) {
	t.Helper()
	jobs := &batchv1.JobList{}
	if err := cluster.List(ctx, jobs, client.InNamespace(namespace), client.MatchingLabels{"cnpg.io/jobRole": "full-recovery"}); err != nil {
		t.Fatal(err)
	}
	if len(jobs.Items) != 1 {
		t.Fatalf("%d Jobs recover, want 1", len(jobs.Items))
	}
	if err := cluster.Patch(ctx, &jobs.Items[0], client.RawPatch(types.MergePatchType, []byte(`{"spec": {"backoffLimit": 0}}`))); err != nil {
		t.Fatal(err)
	}
}

// sameRows fails unless every row is what it was.
func (a *timeline) sameRows(ctx context.Context, t *testing.T, m moment) {
	t.Helper()
	if diff := cmp.Diff(m.rows, a.rows(ctx, t)); diff != "" {
		t.Errorf("tables, -then, +now:\n%s", diff)
	}
}

// says posts a message, and returns its id.
func says(ctx context.Context, t *testing.T, session *installation.Session, message string) string {
	t.Helper()
	id, err := session.Say(ctx, message)
	if err != nil {
		t.Fatal(err)
	}
	return id
}
