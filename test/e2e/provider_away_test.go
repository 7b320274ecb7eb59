package e2e

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/mattermost/mattermost/server/public/model"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/test/kube"
	"github.com/crossplane-mattermost/crossplane-mattermost/test/provider"
)

const (
	// away is for how long no server runs.
	away = 2 * time.Minute
	// spared is how long the provider leaves a server alone that it could not reach.
	spared = 2 * time.Second
	// unreachable is what conditions say of a server that is away.
	unreachable = "cannot reach the server: "
)

// serverIsAway for two minutes, while something is declared, changed and withdrawn.
func serverIsAway(ctx context.Context, t *testing.T, in *inside) {
	t.Helper()
	before := asked(ctx, t)
	scaleTo(ctx, t, in.xr, 0)
	from, back := time.Now(), time.After(away)
	stopped := asked(ctx, t)

	declared := []*unstructured.Unstructured{
		channelNamed(t, in, "late", "{purpose: Late.}"),
		life{manifest: "{kind: IncomingWebhook, metadata: {name: late}, spec: {forProvider: {channelRef: {name: alerts}}, writeConnectionSecretToRef: {name: late-url}}}"}.with(t, in, "{}"),
	}
	changed := channelNamed(t, in, "crowd-0", "{purpose: Changed.}")
	withdrawn := []*unstructured.Unstructured{manages(in, "Channel", "crowd-1"), manages(in, "IncomingWebhook", "crowd-1")}
	for _, o := range append(declared, changed) {
		mustApply(ctx, t, o)
	}
	for _, o := range withdrawn {
		if err := cluster.Delete(ctx, o.DeepCopy()); err != nil {
			t.Fatal(err)
		}
	}
	concerning(ctx, t, manages(in, "Server", "chat"), "Ready", "False", "Unavailable")
	allAreTold(ctx, t, in)
	select {
	case <-ctx.Done():
		t.Fatal(ctx.Err())
	case <-back:
	}
	allAreTold(ctx, t, in)
	isSpared(t, asked(ctx, t).Since(stopped), time.Since(from))
	writesLittle(t, in, from)
	for _, o := range withdrawn {
		if err := cluster.Get(ctx, client.ObjectKeyFromObject(o), o); err != nil {
			t.Errorf("%s %s is gone, and the server was not told: %v", o.GetKind(), o.GetName(), err)
		}
	}

	scaleTo(ctx, t, in.xr, 1)
	for _, o := range withdrawn {
		gone(ctx, t, o)
	}
	for _, kind := range managedKinds {
		for _, o := range all(ctx, t, in, kind) {
			synced(ctx, t, o)
		}
	}
	t.Logf("until all was as declared again: %.0f s, with %+v", time.Since(from).Seconds(), asked(ctx, t).Since(before))
	isOnServer(ctx, t, in, "late", "{purpose: Late.}")
	isOnServer(ctx, t, in, "crowd-0", "{purpose: Changed.}")
	if _, _, err := in.admin.GetChannelByNameForTeamName(ctx, "crowd-1", "engineering", ""); err == nil {
		t.Error("a channel that was withdrawn is still there")
	}
	eachOnce(ctx, t, in)
}

// channelNamed is a channel of that name, in the team of the examples.
func channelNamed(t *testing.T, in *inside, name, fields string) *unstructured.Unstructured {
	t.Helper()
	return life{manifest: "{kind: Channel, metadata: {name: " + name + "}, spec: {forProvider: {name: " + name + ", teamRef: {name: engineering}}}}"}.with(t, in, fields)
}

// isOnServer fails unless a channel that is Synced is as declared.
func isOnServer(ctx context.Context, t *testing.T, in *inside, name, fields string) {
	t.Helper()
	found, _, err := in.admin.GetChannelByNameForTeamName(ctx, name, "engineering", "")
	if err != nil {
		t.Errorf("channel %s: %v", name, err)
		return
	}
	has(ctx, t, in, name, func(context.Context, *model.Client4) (any, error) { return found, nil }, fields)
}

// allAreTold waits until each object says that the server cannot be reached, and of what
// it was last seen to be nothing else.
func allAreTold(ctx context.Context, t *testing.T, in *inside) {
	t.Helper()
	if err := kube.Until(ctx, changeLimit, func(ctx context.Context) error {
		for _, kind := range managedKinds {
			for _, o := range all(ctx, t, in, kind) {
				if err := isTold(o); err != nil {
					return err
				}
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

func isTold(o *unstructured.Unstructured) error {
	condition, reason := "Synced", "ReconcileError"
	ready, _, _ := kube.Condition(o, "Ready")
	switch {
	case o.GetKind() == "Server":
		// What is known of it is that it does not answer, and that is no error.
		condition, reason = "Ready", "Unavailable"
	case o.GetAnnotations()[externalName] == "" && ready == "True":
		return errors.Errorf("%s %s is Ready, and was never made", o.GetKind(), o.GetName())
	case o.GetAnnotations()[externalName] != "" && ready != "True":
		return errors.Errorf("%s %s was seen to be Ready, and is %q", o.GetKind(), o.GetName(), ready)
	}
	status, why, message := kube.Condition(o, condition)
	if status != "False" || why != reason || !strings.Contains(message, unreachable) {
		return errors.Errorf("%s %s: condition %s is %q (%s: %s)", o.GetKind(), o.GetName(), condition, status, why, message)
	}
	return nil
}

// isSpared fails unless the provider asked seldom enough for a server that was away, and
// asked at all.
func isSpared(t *testing.T, got provider.Requests, during time.Duration) {
	t.Helper()
	// As many as are on their way at once find out by themselves, and some more are let go.
	const found = 50
	t.Logf("%.0f s without a server: %+v", during.Seconds(), got)
	if limit := int(during/spared) + found; got.Unanswered == 0 || got.Unanswered > limit || got.Reads+got.Writes > 0 {
		t.Errorf("a server that was away for %s was asked as %+v, want at most %d requests, and no answer", during, got, limit)
	}
}

// writesLittle fails when the provider wrote statuses more than twice for each object, to
// which nothing else happened than that the server was away.
func writesLittle(t *testing.T, in *inside, since time.Time) {
	t.Helper()
	const twice = 2
	objects, statuses, events := map[string]bool{}, 0, 0
	for _, e := range writes(t, since) {
		switch o := e.ObjectRef; {
		case o == nil || o.Namespace != in.xr.GetNamespace() || !strings.HasPrefix(e.User.Username, "system:serviceaccount:"+provider.Namespace+":"):
		case o.Resource == "events":
			events++
		case o.Subresource == "status":
			objects[o.Resource+"/"+o.Name] = true
			statuses++
		}
	}
	t.Logf("%d statuses of %d objects were written, and %d events", statuses, len(objects), events)
	if statuses > twice*len(objects) {
		t.Errorf("%d statuses were written of %d objects, want at most %d", statuses, len(objects), twice*len(objects))
	}
}

// asked is what the provider counts of its requests.
func asked(ctx context.Context, t *testing.T) provider.Requests {
	t.Helper()
	out, err := provider.Asked(ctx, providerPod(ctx, t))
	if err != nil {
		t.Fatal(err)
	}
	return out
}
