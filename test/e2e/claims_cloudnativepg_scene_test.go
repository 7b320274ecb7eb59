package e2e

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/test/installation"
	"github.com/crossplane-mattermost/crossplane-mattermost/test/kube"
)

const (
	// replicasLimit is far above what a server needs to become a replica again.
	replicasLimit = 5 * time.Minute
	// postingLimit is far above what users wait for until they post again. A server opens all its
	// connections again, which takes a small machine more than a minute.
	postingLimit = 5 * time.Minute
	// steady is how many posts have to be acknowledged for users to be posting.
	steady = 50
)

// servers are those that CloudNativePG runs for a claim.
type servers struct {
	claim *unstructured.Unstructured
	count int64
	// generation of the operator's cluster when all servers ran for the first time.
	generation int64
}

func (s *servers) object(apiVersion, kind, suffix string) *unstructured.Unstructured {
	out := &unstructured.Unstructured{}
	out.SetAPIVersion(apiVersion)
	out.SetKind(kind)
	out.SetNamespace(s.claim.GetNamespace())
	out.SetName(s.claim.GetName() + suffix)
	return out
}

// cluster is the operator's object for all of them.
func (s *servers) cluster() *unstructured.Unstructured {
	return s.object("postgresql.cnpg.io/v1", "Cluster", "-pg")
}

// secret has the credentials of the database's owner.
func (s *servers) secret() *unstructured.Unstructured { return s.object("v1", "Secret", "-pg-app") }

// primary is the server that is written to.
func (s *servers) primary(ctx context.Context, t *testing.T) string {
	t.Helper()
	return told(current(ctx, t, s.cluster()), "currentPrimary")
}

// settled waits until all servers run, as one that is written to and its replicas.
func (s *servers) settled(ctx context.Context, t *testing.T) {
	t.Helper()
	now := s.cluster()
	if err := kube.Until(ctx, replicasLimit, func(ctx context.Context) error {
		if err := cluster.Get(ctx, client.ObjectKeyFromObject(now), now); err != nil {
			return err
		}
		ready, _, _ := unstructured.NestedInt64(now.Object, "status", "readyInstances")
		is, becomes := told(now, "currentPrimary"), told(now, "targetPrimary")
		if status, _, _ := kube.Condition(now, "Ready"); status != "True" || ready != s.count || is != becomes {
			return errors.Errorf("condition Ready is %q, %d of %d servers run, %q is written to and %q is to be: %s", status, ready, s.count, is, becomes, told(now, "phase"))
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if s.generation == 0 {
		s.generation = now.GetGeneration()
	}
}

// uncontested fails when anyone has changed the wishes since: Crossplane and the
// operator must not undo what the other one does.
func (s *servers) uncontested(ctx context.Context, t *testing.T) {
	t.Helper()
	if now := current(ctx, t, s.cluster()).GetGeneration(); now != s.generation {
		t.Errorf("the operator's cluster has generation %d, want %d: somebody has changed its spec", now, s.generation)
	}
}

// delete a server's pod.
func (s *servers) delete(ctx context.Context, t *testing.T, name string, how ...client.DeleteOption) {
	t.Helper()
	pod := &corev1.Pod{}
	pod.Namespace, pod.Name = s.claim.GetNamespace(), name
	if err := cluster.Delete(ctx, pod, how...); err != nil {
		t.Fatalf("cannot delete pod %s: %v", name, err)
	}
}

// promoted waits until another server than the one of before is written to.
func (s *servers) promoted(ctx context.Context, t *testing.T, before string) {
	t.Helper()
	now := s.cluster()
	if err := kube.Until(ctx, changeLimit, func(ctx context.Context) error {
		if err := cluster.Get(ctx, client.ObjectKeyFromObject(now), now); err != nil {
			return err
		}
		if told(now, "currentPrimary") == before {
			return errors.Errorf("%s has no successor: %s", before, told(now, "phase"))
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

// volume of a server, which has its name.
func (s *servers) volume(ctx context.Context, t *testing.T, server string) *unstructured.Unstructured {
	t.Helper()
	out := s.object("v1", "PersistentVolumeClaim", "")
	out.SetName(server)
	if err := cluster.Get(ctx, client.ObjectKeyFromObject(out), out); err != nil {
		t.Fatal(err)
	}
	return out
}

// volumes of all servers.
func (s *servers) volumes(ctx context.Context, t *testing.T) []*unstructured.Unstructured {
	t.Helper()
	list := &corev1.PersistentVolumeClaimList{}
	if err := cluster.List(ctx, list, client.InNamespace(s.claim.GetNamespace())); err != nil {
		t.Fatal(err)
	}
	if int64(len(list.Items)) != s.count {
		t.Errorf("there are %d volumes, want %d", len(list.Items), s.count)
	}
	var out []*unstructured.Unstructured
	for _, item := range list.Items {
		out = append(out, s.volume(ctx, t, item.Name))
	}
	return out
}

// connect as the database's owner, by one of the operator's Services.
func (s *servers) connect(ctx context.Context, t *testing.T, service string) *pgx.Conn {
	t.Helper()
	at := &corev1.Service{}
	if err := cluster.Get(ctx, client.ObjectKey{Namespace: s.claim.GetNamespace(), Name: s.claim.GetName() + "-pg-" + service}, at); err != nil {
		t.Fatal(err)
	}
	owner := connectionOf(ctx, t, s.claim)
	address := url.URL{
		Scheme:   "postgres",
		User:     url.UserPassword(owner.credentials.Username, owner.credentials.Password),
		Host:     net.JoinHostPort(at.Spec.ClusterIP, fmt.Sprint(at.Spec.Ports[0].Port)),
		Path:     owner.database,
		RawQuery: "sslmode=require&connect_timeout=10",
	}
	conn, err := pgx.Connect(ctx, address.String())
	if err != nil {
		t.Fatalf("cannot connect to the database by Service %s", at.Name)
	}
	return conn
}

// ask a question as the database's owner, by one of the operator's Services.
func (s *servers) ask(ctx context.Context, t *testing.T, service, question string, answer ...any) {
	t.Helper()
	conn := s.connect(ctx, t, service)
	defer func() { _ = conn.Close(ctx) }()
	if err := conn.QueryRow(ctx, question).Scan(answer...); err != nil {
		t.Fatal(err)
	}
}

// encrypt every connection of Mattermost, and have a replica confirm every commit.
func (s *servers) encrypt(ctx context.Context, t *testing.T) {
	t.Helper()
	var all, encrypted int
	var standbys string
	s.ask(ctx, t, "rw", `
		SELECT count(*), count(*) FILTER (WHERE ssl), current_setting('synchronous_standby_names')
		FROM pg_stat_activity JOIN pg_stat_ssl USING (pid)
		WHERE usename = current_user AND client_addr IS NOT NULL AND pid <> pg_backend_pid()`,
		&all, &encrypted, &standbys)
	t.Logf("%d of %d connections are encrypted; standbys: %s", encrypted, all, standbys)
	if all == 0 || encrypted != all {
		t.Errorf("%d connections are there, and %d are encrypted", all, encrypted)
	}
	if !strings.HasPrefix(standbys, "ANY 1 ") {
		t.Errorf("commits wait for %q, want any replica", standbys)
	}
}

// failedOver has users post while the server that is written to is taken away. They have
// to be able to post again, and may lose nothing of what was acknowledged.
func failedOver(ctx context.Context, t *testing.T, xr *unstructured.Unstructured, m memory, s *servers, takeAway func(primary string)) {
	t.Helper()
	prober := probe(ctx, t, xr, m)
	posting(ctx, t, prober)
	before := s.primary(ctx, t)
	start := time.Now()

	takeAway(before)
	s.promoted(ctx, t, before)
	promoted := time.Since(start)
	posting(ctx, t, prober)
	posted := time.Since(start)
	s.settled(ctx, t)
	settled := time.Since(start)

	record, err := prober.Stop()
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%s is away: another one promoted after %.1f s, users post again after %.1f s, all servers there after %.1f s",
		before, promoted.Seconds(), posted.Seconds(), settled.Seconds())
	t.Logf("%d posts acknowledged; %d of %d requests failed; never less than %d pods ready",
		record.Acknowledged, record.Failed, record.Requests, record.LeastReady)
	if record.LeastReady < 1 {
		t.Error("there was a moment without a ready pod")
	}
	lost, err := prober.Lost(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if len(lost) > 0 {
		t.Errorf("%d posts that the server acknowledged are lost: %q", len(lost), lost)
	}
	healthy(ctx, t, xr)
	becomes(ctx, t, live(xr), changeLimit, "Ready", "True")
}

// posting waits until users have posted for a while from now on.
func posting(ctx context.Context, t *testing.T, p *installation.Prober) {
	t.Helper()
	from := p.Record().Acknowledged
	if err := kube.Until(ctx, postingLimit, func(context.Context) error {
		if now := p.Record().Acknowledged; now < from+steady {
			return errors.Errorf("%d posts are acknowledged, want %d", now-from, steady)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}
