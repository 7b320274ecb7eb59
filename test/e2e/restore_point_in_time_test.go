package e2e

import (
	"context"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/e2e-framework/pkg/envconf"
	"sigs.k8s.io/e2e-framework/pkg/features"

	"github.com/crossplane-mattermost/crossplane-mattermost/test/installation"
)

// rewindRefusals are restores from an archive that cannot be made. Each is told, and
// nothing is begun.
var rewindRefusals = map[string]struct {
	reason string
	from   map[string]any
	// because of the refusal, and words of its message.
	because string
	want    []string
}{
	"Future":   {"Nobody knows what will be.", map[string]any{"database": "chat", "pointInTime": "2099-01-01T00:00:00Z"}, "PointInTimeInFuture", []string{"spec.from.pointInTime", "future"}},
	"TooEarly": {"Nothing was archived then.", map[string]any{"database": "chat", "pointInTime": "2020-01-01T00:00:00Z"}, "PointInTimeTooEarly", []string{"spec.from.pointInTime", "first moment"}},
	"Dump":     {"A dump has one moment.", map[string]any{"backup": "dumped", "pointInTime": "2026-01-01T00:00:00Z"}, "NotOffered", []string{"spec.from.pointInTime", "Dump", "spec.from.database"}},
	"Backend":  {"Another backend archives nothing.", map[string]any{"database": "plain"}, "NotOffered", []string{"spec.from.database", "CloudNativePG", "Dump"}},
}

const plainDatabase = `
apiVersion: mattermost.crossplane.io/v1alpha1
kind: MattermostDatabase
metadata: {name: plain, namespace: NAMESPACE}
spec: {storageSize: 1Gi, deletionPolicy: Delete}
`

// TestRestorePointInTime takes a database of CloudNativePG back to moments of its archive,
// to and fro, to the end of one of the operator's own backups, and, when the database is
// gone, to another installation. It runs beside TestQuiet, since it takes over ten minutes.
func TestRestorePointInTime(t *testing.T) {
	t.Parallel()
	composition, major := archiving(t)
	xr := claiming(t, "restore-rewind", "archived")
	set(t, xr, int64(1), "spec", "replicas")
	set(t, xr, versionNow, "spec", "version")
	other := restorable(t, "restore-disaster")
	// Files survive in their bucket.
	set(t, other, xr.GetNamespace(), "spec", "fileStore", "external", "bucket")
	a := &timeline{xr: xr, servers: servers{claim: claimOf(xr), count: 1}}
	var (
		session              *installation.Session
		first, second, third moment
		destination, folder  string
		// made are the restores of the installation.
		made []*unstructured.Unstructured
	)
	back := func(ctx context.Context, t *testing.T, name string, from map[string]any, look func()) *unstructured.Unstructured {
		t.Helper()
		restore := rewind(t, xr, name, from)
		made = append(made, restore)
		return rewound(ctx, t, restore, look)
	}
	disaster := restoreOf(t, other, "disaster", "none")
	native := nativeOf(t, xr, "native")

	feature := features.New("PointInTime").
		Setup(func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			prepareFiles(ctx, t, xr)
			prepareArchive(ctx, t, xr)
			mustApply(ctx, t, composition.DeepCopy())
			session, _ = populate(ctx, t, xr)
			a.settled(ctx, t)
			a.archives(ctx, t)
			return ctx
		}).
		Assess("TellsWhereItIsArchived", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			claim := current(ctx, t, a.claim)
			destination, folder = told(claim, "archive", "destinationPath"), told(claim, "archive", "serverName")
			if destination != "s3://"+archiveStore+"/"+xr.GetNamespace() || !strings.HasPrefix(folder, "chat-pg-") {
				t.Errorf("it is archived in %q, folder %q", destination, folder)
			}
			return ctx
		}).
		Assess("GoesBackToAMoment", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			says(ctx, t, session, "before the first moment")
			first = a.note(ctx, t, session)
			after := says(ctx, t, session, "after the first moment")
			second = a.note(ctx, t, session)
			a.do(ctx, t, "TRUNCATE posts, fileinfo", "DROP TABLE reactions", "DELETE FROM users WHERE username <> 'first'", "UPDATE channels SET displayname = 'destroyed'")
			a.archive(ctx, t)

			finished := back(ctx, t, "first", map[string]any{"database": a.claim.GetName(), "pointInTime": first.at}, func() { healthy(ctx, t, xr) })
			becomes(ctx, t, live(xr), changeLimit, "RolloutComplete", "True")
			session = sameContent(ctx, t, xr, session, first.content)
			if missing, err := session.Missing(ctx, after, "after the first moment"); err != nil || !missing {
				t.Errorf("what was posted after the moment is missing: %t, %v", missing, err)
			}
			if told(finished, "downtime") == "" || told(finished, "pointInTime") != first.at || told(finished, "source") != destination+"/"+folder {
				t.Errorf("the restore tells %v", finished.Object["status"])
			}
			a.goesOn(ctx, t)
			a.uncontested(ctx, t)
			neverRestarted(ctx, t, xr)
			return ctx
		}).
		Assess("GoesToAMomentAfterThat", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			says(ctx, t, session, "after the first restore")
			third = a.note(ctx, t, session)
			says(ctx, t, session, "after the third moment")
			scaleTo(ctx, t, xr, 0)
			a.archive(ctx, t)
			back(ctx, t, "third", map[string]any{"database": a.claim.GetName(), "pointInTime": third.at}, nil)
			a.sameRows(ctx, t, third)
			a.goesOn(ctx, t)
			return ctx
		}).
		Assess("GoesToAMomentBetween", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			back(ctx, t, "second", map[string]any{"database": a.claim.GetName(), "pointInTime": second.at}, nil)
			a.sameRows(ctx, t, second)
			return ctx
		}).
		Assess("GoesToTheEndOfABackup", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			backedUp(ctx, t, native)
			a.do(ctx, t, "TRUNCATE posts, fileinfo, users", "DROP TABLE reactions")
			finished := back(ctx, t, "end", map[string]any{"backup": native.GetName()}, nil)
			a.sameRows(ctx, t, second)
			if !strings.HasPrefix(told(finished, "source"), destination+"/"+folder+"/base/") {
				t.Errorf("the restore is from %q", told(finished, "source"))
			}
			serve(ctx, t, xr)
			session = sameContent(ctx, t, xr, session, second.content)
			return ctx
		})
	running := &untouched{}
	plain, dumped := parsed(t, strings.ReplaceAll(plainDatabase, "NAMESPACE", xr.GetNamespace()))[0], backupOf(t, xr, "dumped")
	feature = feature.Assess("Refusals", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
		mustApply(ctx, t, plain)
		mustApply(ctx, t, dumped)
		running.remember(ctx, t, xr)
		return ctx
	})
	for name, bad := range rewindRefusals {
		feature = feature.Assess("Refuses"+name, func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			t.Log(bad.reason)
			restore := rewind(t, xr, strings.ToLower(name), bad.from)
			mustApply(ctx, t, restore)
			tells(ctx, t, restore, "Accepted", bad.because, bad.want...)
			if step := told(current(ctx, t, restore), "step"); step != "Waiting" {
				t.Errorf("it is in step %q", step)
			}
			running.check(ctx, t, xr)
			deleteObjects(ctx, t, restore)
			return ctx
		})
	}
	feature = feature.
		Assess("SaysWhatCannotBeRecovered", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			restore := rewind(t, xr, "nowhere", map[string]any{"archive": map[string]any{"objectStore": "chat-pg", "serverName": "nowhere"}})
			mustApply(ctx, t, restore)
			tells(ctx, t, restore, "SourceVerified", "Retrying", "kubectl logs", "-c full-recovery", "spec.from.archive")
			neverAgain(ctx, t, xr.GetNamespace())
			becomesState(ctx, t, restore, "failed")
			tells(ctx, t, restore, "SourceVerified", "RecoveryFailed", "nothing was touched", "spec.from.archive")
			copiesGone(ctx, t, xr.GetNamespace())
			// Nothing tells why any more.
			tells(ctx, t, restore, "SourceVerified", "RecoveryFailed", "nothing was touched", "spec.from.archive")
			running.check(ctx, t, xr)
			deleteObjects(ctx, t, restore)
			return ctx
		}).
		Assess("OutlivesTheDatabase", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			says(ctx, t, session, "the last that was said")
			last := contentOf(ctx, t, session)
			scaleTo(ctx, t, xr, 0)
			a.archive(ctx, t)
			deleteObjects(ctx, t, append(made, native, dumped, plain)...)
			made = nil
			remove(ctx, t, xr)
			gone(ctx, t, a.cluster())

			prepareEmpty(ctx, t, other)
			openArchive(ctx, t, other, storage.S3.SecretKey)
			mustApply(ctx, t, parsed(t, strings.NewReplacer("NAMESPACE", other.GetNamespace(), "DESTINATION", destination, "GATEWAY", storage.S3.Endpoint).Replace(formerly))[0])
			set(t, disaster, map[string]any{"archive": map[string]any{"objectStore": "formerly", "serverName": folder, "version": major}}, "spec", "from")
			rewound(ctx, t, disaster, nil)
			becomes(ctx, t, live(other), changeLimit, "RolloutComplete", "True")
			sameContent(ctx, t, other, session, last)
			return ctx
		})
	environment.Test(t, feature.
		Teardown(func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			deleteObjects(ctx, t, append(made, native, dumped, plain, disaster)...)
			uninstall(ctx, t, other)
			uninstall(ctx, t, xr)
			if err := cluster.Delete(ctx, composition.DeepCopy()); client.IgnoreNotFound(err) != nil {
				t.Errorf("cannot delete the Composition: %v", err)
			}
			return ctx
		}).
		Feature())
}
