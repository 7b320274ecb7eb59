package e2e

import (
	"context"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/e2e-framework/pkg/envconf"
	"sigs.k8s.io/e2e-framework/pkg/features"

	"github.com/crossplane-mattermost/crossplane-mattermost/test/cluster/artifact"
	"github.com/crossplane-mattermost/crossplane-mattermost/test/kube"
)

const archived = `
apiVersion: apiextensions.crossplane.io/v1
kind: Composition
metadata:
  name: database-archived
  labels:
    mattermost.crossplane.io/class: archived
spec:
  compositeTypeRef:
    apiVersion: mattermost.crossplane.io/v1alpha1
    kind: MattermostDatabase
  mode: Pipeline
  pipeline:
  - step: database
    functionRef:
      name: crossplane-mattermost-function-mattermost
    input:
      apiVersion: mattermost.fn.crossplane.io/v1beta1
      kind: Input
      database:
        cloudNativePG:
          version: "VERSION"
          instances: 1
          storageSize: 1Gi
          backup:
            destinationPath: s3://backups/e2e
            endpointURL: http://GATEWAY
            secretName: $(name)-backup
            retentionDays: 7
`

func TestClaimsCloudNativePGBackup(t *testing.T) {
	_, major, err := artifact.PostgreSQL()
	if err != nil {
		t.Fatal(err)
	}
	xr := claiming(t, "archived", "archived")
	set(t, xr, int64(1), "spec", "replicas")
	database := &servers{claim: claimOf(xr), count: 1}
	var composition *unstructured.Unstructured

	environment.Test(t, features.New("CloudNativePGBackup").
		Setup(func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			composition = parsed(t, strings.NewReplacer("VERSION", major, "GATEWAY", storage.S3.Endpoint).Replace(archived))[0]
			prepareFiles(ctx, t, xr)
			if err := storage.S3.Bucket(ctx, backupStore); err != nil {
				t.Fatal(err)
			}
			if err := storage.S3.Empty(ctx, backupStore, backupPrefix+"/"+xr.GetNamespace()+"/"); err != nil {
				t.Fatal(err)
			}
			secret(ctx, t, xr, "chat-backup", map[string]string{"ACCESS_KEY_ID": storage.S3.AccessKey, "ACCESS_SECRET_KEY": storage.S3.SecretKey})
			mustApply(ctx, t, composition.DeepCopy())
			install(ctx, t, xr.DeepCopy())
			return ctx
		}).
		Assess("Archives", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			if err := kube.Until(ctx, changeLimit, func(ctx context.Context) error {
				return conditionOf(ctx, database.cluster(), "ContinuousArchiving")
			}); err != nil {
				t.Fatal(err)
			}
			if err := kube.Until(ctx, restoreLimit, func(ctx context.Context) error {
				return conditionOf(ctx, database.cluster(), "LastBackupSucceeded")
			}); err != nil {
				t.Fatal(err)
			}
			return ctx
		}).
		Feature())
}
