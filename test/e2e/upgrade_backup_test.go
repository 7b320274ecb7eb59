package e2e

import (
	"context"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/e2e-framework/pkg/envconf"
	"sigs.k8s.io/e2e-framework/pkg/features"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/test/kube"
)

// TestUpgradeBackup asks for an upgrade that needs a backup. Nothing is touched until one
// that was begun afterwards is complete, and one of before does not count. Backups are
// made on a schedule, and only the newest is kept.
func TestUpgradeBackup(t *testing.T) {
	xr := upgradable(t, "upgrade-backup", versionBefore)
	set(t, xr, map[string]any{"backup": "Required"}, "spec", "upgrade")
	early, nightly := backupOf(t, xr, "early"), backupOf(t, xr, "nightly")
	set(t, nightly, "* * * * *", "spec", "schedule")
	set(t, nightly, map[string]any{"count": int64(1)}, "spec", "retention")
	running := &untouched{}
	var before memory

	environment.Test(t, features.New("Backup").
		Assess("WaitsForOne", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			if err := storage.S3.Bucket(ctx, backupStore); err != nil {
				t.Fatal(err)
			}
			if err := storage.S3.Empty(ctx, backupStore, backupPrefix+"/"+xr.GetNamespace()+"/"); err != nil {
				t.Fatal(err)
			}
			before = installToUpgrade(ctx, t, xr)
			backedUp(ctx, t, early)
			running.remember(ctx, t, xr)
			set(t, xr, versionNow, "spec", "version")
			mustApply(ctx, t, xr.DeepCopy())
			phaseIs(ctx, t, xr, "AwaitingBackup")
			running.check(ctx, t, xr)
			return ctx
		}).
		Assess("GoesOnWithOne", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			mustApply(ctx, t, nightly)
			report := upgraded(ctx, t, xr, versionBefore)
			if waited, _ := report["backup"].(string); !strings.HasPrefix(waited, nightly.GetName()) {
				t.Errorf("status.upgrade.backup is %q, want one of %s", waited, nightly.GetName())
			}
			before.check(ctx, t)
			return ctx
		}).
		Assess("KeepsTheNewest", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			first := onlyBackup(ctx, t, nightly, "")
			onlyBackup(ctx, t, nightly, first)
			return ctx
		}).
		Teardown(func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			deleteObjects(ctx, t, nightly, early)
			uninstall(ctx, t, xr)
			return ctx
		}).
		Feature())
}

// phaseIs waits for an upgrade to be in a phase.
func phaseIs(ctx context.Context, t *testing.T, xr *unstructured.Unstructured, want string) {
	t.Helper()
	now := live(xr)
	if err := kube.Until(ctx, changeLimit, func(ctx context.Context) error {
		if err := cluster.Get(ctx, client.ObjectKeyFromObject(xr), now); err != nil {
			return err
		}
		if got := told(now, "upgrade", "phase"); got != want {
			return errors.Errorf("the upgrade is in phase %q, want %q", got, want)
		}
		return nil
	}); err != nil {
		explain(ctx, t, now)
		t.Fatal(err)
	}
}

// onlyBackup waits for a MattermostBackup to list one backup that is not another one, and
// returns its name. Nothing else is left of backups in the store.
func onlyBackup(ctx context.Context, t *testing.T, backup *unstructured.Unstructured, other string) string {
	t.Helper()
	name := ""
	if err := kube.Until(ctx, restoreLimit, func(ctx context.Context) error {
		now := live(backup)
		if err := cluster.Get(ctx, client.ObjectKeyFromObject(backup), now); err != nil {
			return err
		}
		list, _, _ := unstructured.NestedSlice(now.Object, "status", "backups")
		if len(list) != 1 {
			return errors.Errorf("status.backups lists %d backups, want 1", len(list))
		}
		one, _ := list[0].(map[string]any)
		if name, _ = one["name"].(string); name == "" || name == other {
			return errors.Errorf("the only backup is %q", name)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return name
}
