package e2e

import (
	"context"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/e2e-framework/pkg/envconf"
	"sigs.k8s.io/e2e-framework/pkg/features"

	"github.com/crossplane-mattermost/crossplane-mattermost/test/kube"
)

// ownComposition answers databases with one function, which is not this project's: it
// knows no more than the contract in status.connection. What it composes is an alias
// of a server that the platform runs, beside a Secret that the platform made.
const ownComposition = `
apiVersion: apiextensions.crossplane.io/v1
kind: Composition
metadata:
  name: database-byo
  labels:
    mattermost.crossplane.io/class: byo
spec:
  compositeTypeRef:
    apiVersion: mattermost.crossplane.io/v1alpha1
    kind: MattermostDatabase
  mode: Pipeline
  pipeline:
  - step: database
    functionRef:
      name: function-patch-and-transform
    input:
      apiVersion: pt.fn.crossplane.io/v1beta1
      kind: Resources
      resources:
      - name: server
        base:
          apiVersion: v1
          kind: Service
          metadata:
            annotations:
              example.org/username-key: user
              example.org/password-key: pass
              example.org/ssl-mode: disable
          spec:
            type: ExternalName
            externalName: postgres.storage.svc
            ports:
            - port: 5432
        patches:
        - {type: FromCompositeFieldPath, fromFieldPath: metadata.name, toFieldPath: metadata.name, transforms: [{type: string, string: {type: Format, fmt: '%s-db'}}]}
        - {type: ToCompositeFieldPath, fromFieldPath: metadata.name, toFieldPath: status.connection.secretName}
        - {type: ToCompositeFieldPath, fromFieldPath: 'metadata.annotations[example.org/username-key]', toFieldPath: status.connection.keys.username}
        - {type: ToCompositeFieldPath, fromFieldPath: 'metadata.annotations[example.org/password-key]', toFieldPath: status.connection.keys.password}
        - {type: ToCompositeFieldPath, fromFieldPath: spec.externalName, toFieldPath: status.connection.values.host}
        - {type: ToCompositeFieldPath, fromFieldPath: 'spec.ports[0].port', toFieldPath: status.connection.values.port}
        - {type: ToCompositeFieldPath, fromFieldPath: metadata.namespace, toFieldPath: status.connection.values.database}
        - {type: ToCompositeFieldPath, fromFieldPath: 'metadata.annotations[example.org/ssl-mode]', toFieldPath: status.connection.values.sslMode}
        readinessChecks:
        - type: None
`

// TestClaimsBringYourOwn has a platform answer the claim of a database with a
// Composition of its own.
func TestClaimsBringYourOwn(t *testing.T) {
	xr := claiming(t, "byo", "byo")
	composition := parsed(t, ownComposition)[0]
	database := claimOf(xr)
	server := &unstructured.Unstructured{}
	server.SetAPIVersion("v1")
	server.SetKind("Service")
	server.SetNamespace(xr.GetNamespace())
	server.SetName("chat-db")

	environment.Test(t, features.New("BringYourOwn").
		Setup(func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			prepareFiles(ctx, t, xr)
			credentials, err := storage.Postgres.DatabaseFor(ctx, xr.GetNamespace())
			if err != nil {
				t.Fatal(err)
			}
			if err := kube.Secret(ctx, cluster, xr.GetNamespace(), server.GetName(), map[string]string{
				"user": credentials.Username, "pass": credentials.Password,
			}); err != nil {
				t.Fatal(err)
			}
			mustApply(ctx, t, composition.DeepCopy())
			return ctx
		}).
		Assess("Serves", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			install(ctx, t, xr.DeepCopy())
			becomes(ctx, t, live(xr), changeLimit, "RolloutComplete", "True")
			remember(ctx, t, xr).check(ctx, t)
			neverRestarted(ctx, t, xr)
			return ctx
		}).
		Assess("AnsweredByThePlatform", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			chose(ctx, t, database, composition.GetName())
			return ctx
		}).
		Assess("Uninstalls", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			remove(ctx, t, xr)
			gone(ctx, t, server)
			return ctx
		}).
		Teardown(func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			uninstall(ctx, t, xr)
			if err := cluster.Delete(ctx, composition.DeepCopy()); client.IgnoreNotFound(err) != nil {
				t.Errorf("cannot delete the Composition: %v", err)
			}
			return ctx
		}).
		Feature())
}

// parsed are the objects of a manifest.
func parsed(t *testing.T, manifest string) []*unstructured.Unstructured {
	t.Helper()
	objects, err := kube.Parse([]byte(manifest))
	if err != nil {
		t.Fatal(err)
	}
	return objects
}

// chose fails unless a claim is answered by a Composition.
func chose(ctx context.Context, t *testing.T, claim *unstructured.Unstructured, composition string) {
	t.Helper()
	now := current(ctx, t, claim)
	got, _, _ := unstructured.NestedString(now.Object, "spec", "crossplane", "compositionRef", "name")
	if got != composition {
		t.Errorf("the claim is answered by Composition %q, want %q", got, composition)
	}
	if status, reason, message := kube.Condition(now, "Ready"); status != "True" {
		t.Errorf("condition Ready of the claim is %q: %s %s", status, reason, message)
	}
}
