package e2e

import (
	"context"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/e2e-framework/pkg/envconf"
	"sigs.k8s.io/e2e-framework/pkg/features"

	"github.com/crossplane-mattermost/crossplane-mattermost/test/installation"
)

// TestUpgrade changes the version of a server that is used all the while. Nobody
// notices.
func TestUpgrade(t *testing.T) {
	xr := upgradable(t, "upgrade", versionBefore)
	var before memory

	environment.Test(t, features.New("Upgrade").
		Setup(func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			before = installToUpgrade(ctx, t, xr)
			return ctx
		}).
		Assess("NobodyNotices", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			prober := probe(ctx, t, xr, before)
			seen := follow(ctx, t, xr)
			start := time.Now()

			set(t, xr, versionNow, "spec", "version")
			mustApply(ctx, t, xr)
			kubectlWaits(ctx, t, xr)
			runs(ctx, t, xr, versionNow)
			report := upgraded(ctx, t, xr, versionBefore)

			t.Logf("apply to complete: %.1f s", time.Since(start).Seconds())
			noticedNothing(ctx, t, xr, prober)
			migratedOnce(t, xr, start, report)
			seen.passedThrough(ctx, t, "Migrating", "Rolling", "Complete")
			return ctx
		}).
		Assess("NothingIsLost", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			before.check(ctx, t)
			healthy(ctx, t, xr)
			neverRestarted(ctx, t, xr)
			return ctx
		}).
		Teardown(func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			uninstall(ctx, t, xr)
			return ctx
		}).
		Feature())
}

// TestUpgradePastReleases changes to a version that Mattermost does not support an
// upgrade to in one step: refused, and done when the user insists. Servers of before
// do not know the schema of after, so that requests may fail on the way.
func TestUpgradePastReleases(t *testing.T) {
	xr := upgradable(t, "upgrade-past-releases", versionPast)
	var before memory
	var readiness *installation.Readiness
	var wished time.Time

	environment.Test(t, features.New("PastReleases").
		Setup(func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			before = installToUpgrade(ctx, t, xr)
			var err error
			if readiness, err = installation.WatchReadiness(ctx, cluster, xr.GetNamespace(), xr.GetName()); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _, _ = readiness.Stop() })
			wished = time.Now()
			set(t, xr, versionNow, "spec", "version")
			return ctx
		}).
		Assess("RefusedAtFirst", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			running := &untouched{}
			running.remember(ctx, t, xr)
			refused(ctx, t, xr, refusal{condition: "Accepted", want: []string{"9.11", "spec.upgrade.allow"}})
			running.check(ctx, t, xr)
			return ctx
		}).
		Assess("DoneWhenAllowed", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			start := time.Now()
			set(t, xr, allowance("SkipESR", "tried on a copy of the database"), "spec", "upgrade", "allow")
			mustApply(ctx, t, xr)
			report := upgraded(ctx, t, xr, versionPast)
			t.Logf("apply to complete: %.1f s", time.Since(start).Seconds())
			migratedOnce(t, xr, wished, report)
			// Until then a request may still reach a server that does not know the schema.
			drained(ctx, t, xr)
			return ctx
		}).
		Assess("NothingIsLost", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			before.check(ctx, t)
			healthy(ctx, t, xr)
			neverRestarted(ctx, t, xr)
			alwaysReady(t, readiness)
			return ctx
		}).
		Teardown(func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			uninstall(ctx, t, xr)
			return ctx
		}).
		Feature())
}

// allowance lifts a rule of upgrades.
func allowance(rule, reason string) []any {
	return []any{map[string]any{"rule": rule, "reason": reason}}
}

func alwaysReady(t *testing.T, r *installation.Readiness) {
	t.Helper()
	least, err := r.Stop()
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("never less than %d pods ready", least)
	if least < 1 {
		t.Error("there was a moment without a ready pod")
	}
}

// TestUpgradeByChannel follows the platform's releases, when its window is open.
func TestUpgradeByChannel(t *testing.T) {
	xr := followsChannel(t)
	running := &untouched{}
	var changed time.Time

	environment.Test(t, features.New("Channel").
		Setup(func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			channelIsAt(ctx, t, versionBefore)
			if err := installation.Prepare(ctx, cluster, storage, xr); err != nil {
				t.Fatal(err)
			}
			install(ctx, t, xr.DeepCopy())
			return ctx
		}).
		Assess("InstalledAtOnce", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			becomes(ctx, t, live(xr), changeLimit, "RolloutComplete", "True")
			becomes(ctx, t, live(xr), changeLimit, "VersionCurrent", "True")
			runs(ctx, t, xr, versionBefore)
			running.remember(ctx, t, xr)
			return ctx
		}).
		Assess("WaitsForTheWindow", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			changed = time.Now()
			channelIsAt(ctx, t, versionNow)
			now := tells(ctx, t, xr, "VersionCurrent", "WindowClosed", versionNow, "window")
			if got := told(now, "version"); got != versionBefore {
				t.Errorf("status.version is %q, want %q", got, versionBefore)
			}
			becomes(ctx, t, now, changeLimit, "RolloutComplete", "True")
			running.check(ctx, t, xr)
			if made := migrations(t, xr, changed); len(made) > 0 {
				t.Errorf("migration Jobs were made while the window is closed: %q", made)
			}
			return ctx
		}).
		Assess("UpgradesWhenItOpens", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			set(t, xr, "* * * * *", "spec", "upgrade", "window", "opens")
			mustApply(ctx, t, xr)
			report := upgraded(ctx, t, xr, versionBefore)
			becomes(ctx, t, live(xr), changeLimit, "VersionCurrent", "True")
			migratedOnce(t, xr, changed, report)
			healthy(ctx, t, xr)
			neverRestarted(ctx, t, xr)
			return ctx
		}).
		Teardown(func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			uninstall(ctx, t, xr)
			return ctx
		}).
		Feature())
}

// followsChannel is the example of a channel, whose window opens for some hours a
// week.
func followsChannel(t *testing.T) *unstructured.Unstructured {
	t.Helper()
	xr, err := installation.Example("channel.yaml", "upgrade-by-channel")
	if err != nil {
		t.Fatal(err)
	}
	set(t, xr, xr.GetNamespace(), "spec", "fileStore", "external", "bucket")
	set(t, xr, map[string]any{"compositionRef": map[string]any{"name": "channels"}}, "spec", "crossplane")
	return xr
}

// channelIsAt makes the platform offer a version on the channel.
func channelIsAt(ctx context.Context, t *testing.T, version string) {
	t.Helper()
	platform(ctx, t, "channels", map[string]any{
		"releases": map[string]any{"channels": map[string]any{"ESR": version}},
	})
}
