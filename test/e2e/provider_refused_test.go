package e2e

import (
	"context"
	"crypto/rand"
	"fmt"
	"strings"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/e2e-framework/pkg/envconf"
	"sigs.k8s.io/e2e-framework/pkg/features"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/test/kube"
)

const (
	// refusedUsers is the number of resources that use a wrong Secret.
	refusedUsers = 30
	// refusedAttempts is how often a refused login is tried.
	refusedAttempts = 2
	// retryLogin is the annotation that makes the provider try a refused login again.
	retryLogin = "mattermost.m.crossplane.io/retry-login"
)

// TestProviderRefused gives many resources a password that the server refuses, and kills
// the provider meanwhile. The account is not locked.
func TestProviderRefused(t *testing.T) {
	in := &inside{xr: restorable(t, "provider-refused")}

	environment.Test(t, features.New("Refused").
		Setup(func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			prepareInside(ctx, t, in)
			for _, o := range declared(t, in.xr.GetNamespace(), "team.yaml") {
				mustApply(ctx, t, annotate(o, pollInterval, polled))
				synced(ctx, t, o)
			}
			for i := range refusedUsers {
				o := channelNamed(t, in, fmt.Sprintf("refused-%d", i), "{purpose: Refused.}")
				mustApply(ctx, t, annotate(o, pollInterval, polled))
			}
			for _, o := range all(ctx, t, in, "Channel") {
				synced(ctx, t, o)
			}
			return ctx
		}).
		Assess("ItIsTriedTwice", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			secret(ctx, t, in.xr, "chat-administrator", map[string]string{"username": "admin", "password": "Aa1!" + rand.Text()})
			refusedLogin(ctx, t, in, 1)
			killProvider(ctx, t)
			refusedLogin(ctx, t, in, refusedAttempts)
			allAreRefused(ctx, t, in)
			failedAttempts(ctx, t, in)
			return ctx
		}).
		Assess("ItIsNotTriedAgain", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			killProvider(ctx, t)
			allAreRefused(ctx, t, in)
			select {
			case <-ctx.Done():
				t.Fatal(ctx.Err())
			case <-time.After(time.Minute):
			}
			failedAttempts(ctx, t, in)
			return ctx
		}).
		Assess("TheAccountIsNotLocked", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			secret(ctx, t, in.xr, "chat-administrator", map[string]string{"username": "admin", "password": in.password})
			for _, o := range all(ctx, t, in, "Channel") {
				synced(ctx, t, o)
			}
			if refused, found, _ := unstructured.NestedMap(providerConfig(ctx, t, in).Object, "status", "refusedLogin"); found {
				t.Errorf("a login was accepted, and the status has %v", refused)
			}
			return ctx
		}).
		Assess("TheSameIsTriedOnRequest", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			wrong := "Aa1!" + rand.Text()
			secret(ctx, t, in.xr, "chat-administrator", map[string]string{"username": "admin", "password": wrong})
			refusedLogin(ctx, t, in, refusedAttempts)
			me, _, err := in.admin.GetMe(ctx, "")
			if err != nil {
				t.Fatal(err)
			}
			if _, err := in.admin.UpdateUserPassword(ctx, me.Id, in.password, wrong); err != nil {
				t.Fatal("cannot change the administrator's password")
			}
			in.password = wrong
			pc := providerConfig(ctx, t, in)
			if err := cluster.Patch(ctx, annotate(pc.DeepCopy(), retryLogin, "now"), client.MergeFrom(pc)); err != nil {
				t.Fatal(err)
			}
			for _, o := range all(ctx, t, in, "Channel") {
				synced(ctx, t, o)
			}
			return ctx
		}).
		Assess("NothingIsSaid", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			discreet(ctx, t, in)
			return ctx
		}).
		Teardown(func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			leave(ctx, t, in)
			return ctx
		}).
		Feature())
}

// providerConfig of a server.
func providerConfig(ctx context.Context, t *testing.T, in *inside) *unstructured.Unstructured {
	t.Helper()
	pc := manages(in, "ProviderConfig", "chat")
	if err := cluster.Get(ctx, client.ObjectKeyFromObject(pc), pc); err != nil {
		t.Fatal(err)
	}
	return pc
}

// refusedLogin waits until the ProviderConfig has recorded a number of refused logins.
func refusedLogin(ctx context.Context, t *testing.T, in *inside, attempts int64) {
	t.Helper()
	if err := kube.Until(ctx, changeLimit, func(ctx context.Context) error {
		pc := providerConfig(ctx, t, in)
		got, _, _ := unstructured.NestedInt64(pc.Object, "status", "refusedLogin", "attempts")
		if got != attempts {
			return errors.Errorf("the ProviderConfig remembers %d refused logins, want %d", got, attempts)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

// failedAttempts fails unless the server has counted as many failed logins of the account as
// the provider may try.
func failedAttempts(ctx context.Context, t *testing.T, in *inside) {
	t.Helper()
	me, _, err := in.admin.GetMe(ctx, "")
	if err != nil {
		t.Fatal(err)
	}
	if me.FailedAttempts != refusedAttempts {
		t.Errorf("the server counted %d failed logins of the account, want %d", me.FailedAttempts, refusedAttempts)
	}
}

// allAreRefused waits until all channels say which Secret to correct, with the same message
// except for the name of the request.
func allAreRefused(ctx context.Context, t *testing.T, in *inside) {
	t.Helper()
	for _, o := range all(ctx, t, in, "Channel") {
		now := concerning(ctx, t, o, "Synced", "False", "ReconcileError")
		_, _, message := kube.Condition(now, "Synced")
		if want := `the server does not accept the username and password in Secret "chat-administrator": correct the Secret`; !strings.Contains(message, want) {
			t.Errorf("channel %s says %q, want %q", o.GetName(), message, want)
		}
	}
}
