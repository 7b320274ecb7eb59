package e2e

import (
	"context"
	"crypto/rand"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/e2e-framework/pkg/envconf"
	"sigs.k8s.io/e2e-framework/pkg/features"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/test/backends"
	"github.com/crossplane-mattermost/crossplane-mattermost/test/kube"
)

// sharedServer has databases made on a server that exists.
const sharedServer = `
providerSQL:
  providerConfigRef: {name: shared}
  namePrefix: NAMEPREFIX
  sslMode: disable
`

// sharedReach is how Crossplane's provider-sql reaches that server.
const sharedReach = `
apiVersion: postgresql.sql.m.crossplane.io/v1alpha1
kind: ClusterProviderConfig
metadata:
  name: shared
spec:
  sslMode: disable
  credentials:
    source: PostgreSQLConnectionSecret
    connectionSecretRef: {namespace: crossplane-system, name: shared-postgres}
`

// sharedSecret is where the superuser's credentials are.
var sharedSecret = client.ObjectKey{Namespace: "crossplane-system", Name: "shared-postgres"}

// tenant is what an installation has on the shared server.
type tenant struct {
	credentials backends.Credentials
	database    string
	memory      memory
}

// TestClaimsProviderSQL serves two installations from one PostgreSQL server, on which
// each claims a database of its own.
func TestClaimsProviderSQL(t *testing.T) {
	deleted, retained := claiming(t, "sql-deleted", "shared"), claiming(t, "sql-retained", "shared")
	set(t, deleted, "Delete", "spec", "database", "claim", "deletionPolicy")
	// What another run left behind is not this one's to find.
	backend := strings.ReplaceAll(sharedServer, "NAMEPREFIX", "t"+strings.ToLower(rand.Text()[:8]))
	platform := append([]*unstructured.Unstructured{offering(t, "shared", backend)}, parsed(t, sharedReach)...)
	var one, two tenant

	environment.Test(t, features.New("ProviderSQL").
		Setup(func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			if err := kube.Secret(ctx, cluster, sharedSecret.Namespace, sharedSecret.Name, storage.Postgres.Connection()); err != nil {
				t.Fatal(err)
			}
			for _, o := range platform {
				mustApply(ctx, t, o.DeepCopy())
			}
			prepareFiles(ctx, t, deleted)
			prepareFiles(ctx, t, retained)
			return ctx
		}).
		Assess("BothServe", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			one, two = installTenant(ctx, t, deleted), installTenant(ctx, t, retained)
			return ctx
		}).
		Assess("DataIsSeparate", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			separate(ctx, t, one, two)
			separate(ctx, t, two, one)
			return ctx
		}).
		Assess("DeletedWhenThePolicySaysSo", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			remove(ctx, t, deleted)
			// The provider lets go of nothing while its namespace is deleted.
			for _, kind := range []string{"Role", "Database"} {
				gone(ctx, t, managedBy(deleted, kind))
			}
			remains(ctx, t, one, false)
			return ctx
		}).
		Assess("RetainedOtherwise", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			remove(ctx, t, retained)
			for _, kind := range []string{"Role", "Database"} {
				gone(ctx, t, managedBy(retained, kind))
			}
			remains(ctx, t, two, true)
			return ctx
		}).
		Assess("AdoptedAgain", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			again := retained.DeepCopy()
			set(t, again, "Delete", "spec", "database", "claim", "deletionPolicy")
			install(ctx, t, again)
			two.memory.session = healthy(ctx, t, retained).Resume(two.memory.session)
			two.memory.check(ctx, t)
			remove(ctx, t, retained)
			remains(ctx, t, two, false)
			return ctx
		}).
		Teardown(func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			uninstall(ctx, t, deleted)
			uninstall(ctx, t, retained)
			discard(ctx, t, platform)
			return ctx
		}).
		Feature())
}

// installTenant installs an installation, and leaves a memory there.
func installTenant(ctx context.Context, t *testing.T, xr *unstructured.Unstructured) tenant {
	t.Helper()
	install(ctx, t, xr.DeepCopy())
	becomes(ctx, t, live(xr), changeLimit, "RolloutComplete", "True")
	neverRestarted(ctx, t, xr)
	chose(ctx, t, claimOf(xr), "database-shared")
	out := connectionOf(ctx, t, claimOf(xr))
	out.memory = remember(ctx, t, xr)
	out.memory.check(ctx, t)
	return out
}

// connectionOf a database, as it is told to whoever uses it.
func connectionOf(ctx context.Context, t *testing.T, claim *unstructured.Unstructured) tenant {
	t.Helper()
	now := current(ctx, t, claim)
	secret := &corev1.Secret{}
	if err := cluster.Get(ctx, client.ObjectKey{Namespace: claim.GetNamespace(), Name: told(now, "connection", "secretName")}, secret); err != nil {
		t.Fatal(err)
	}
	part := func(name string) string {
		if key := told(now, "connection", "keys", name); key != "" {
			return string(secret.Data[key])
		}
		return told(now, "connection", "values", name)
	}
	return tenant{
		credentials: backends.Credentials{Username: part("username"), Password: part("password")},
		database:    part("database"),
	}
}

// separate fails when one tenant sees what another has.
func separate(ctx context.Context, t *testing.T, one, other tenant) {
	t.Helper()
	missing, err := one.memory.session.Missing(ctx, other.memory.id, "hello")
	if err != nil {
		t.Fatal(err)
	}
	if !missing {
		t.Errorf("the installation on database %s has a post of that on %s", one.database, other.database)
	}
	for database, want := range map[string]bool{one.database: true, other.database: false} {
		reads, err := storage.Postgres.Reads(ctx, one.credentials, database, "posts")
		if err != nil {
			t.Fatal(err)
		}
		if reads != want {
			t.Errorf("role %s reads database %s: %t, want %t", one.credentials.Username, database, reads, want)
		}
	}
}

// remains waits until a tenant's database and role are there, or are not.
func remains(ctx context.Context, t *testing.T, of tenant, want bool) {
	t.Helper()
	if err := kube.Until(ctx, changeLimit, func(ctx context.Context) error {
		database, role, err := storage.Postgres.Has(ctx, of.database, of.credentials.Username)
		if err == nil && (database != want || role != want) {
			err = errors.Errorf("there is database %s: %t, and role %s: %t, want %t", of.database, database, of.credentials.Username, role, want)
		}
		return err
	}); err != nil {
		t.Error(err)
	}
}

// managedBy provider-sql for an installation.
func managedBy(xr *unstructured.Unstructured, kind string) *unstructured.Unstructured {
	out := &unstructured.Unstructured{}
	out.SetAPIVersion("postgresql.sql.m.crossplane.io/v1alpha1")
	out.SetKind(kind)
	out.SetNamespace(xr.GetNamespace())
	out.SetName(xr.GetName())
	return out
}

// discard a platform's objects, and its Secret when nothing uses it any more.
func discard(ctx context.Context, t *testing.T, platform []*unstructured.Unstructured) {
	t.Helper()
	for _, o := range platform {
		if err := cluster.Delete(ctx, o.DeepCopy()); client.IgnoreNotFound(err) != nil {
			t.Errorf("cannot delete %s %s: %v", o.GetKind(), o.GetName(), err)
		}
		gone(ctx, t, o)
	}
	secret := &corev1.Secret{}
	secret.Namespace, secret.Name = sharedSecret.Namespace, sharedSecret.Name
	if err := cluster.Delete(ctx, secret); client.IgnoreNotFound(err) != nil {
		t.Errorf("cannot delete the credentials: %v", err)
	}
}
