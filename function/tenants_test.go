package function_test

import (
	"context"
	"maps"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"

	"github.com/crossplane/crossplane-runtime/v2/pkg/logging"
	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/crossplane-mattermost/crossplane-mattermost/function"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/composetest"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/preview"
)

// backendsOf the claims: the name in the status, and the field of the input.
var backendsOf = map[string]map[string]string{
	"MattermostDatabase": {
		"Standalone": "database: {standalone: {}}", "Existing": "database: {existing: {}}", "ProviderSQL": "database: {providerSQL: {}}",
		"CloudNativePG": "database: {cloudNativePG: {backup: {destinationPath: 's3://backups'}}}", "RDS": "database: {rds: {region: eu}}",
		"Aurora": "database: {aurora: {region: eu}}", "CloudSQL": "database: {cloudSQL: {region: eu}}", "Azure": "database: {azure: {region: eu, resourceGroup: g}}",
	},
	"MattermostBucket": {
		"Standalone": "bucket: {standalone: {}}", "Existing": "bucket: {existing: {}}", "AWSS3": "bucket: {awsS3: {region: eu-central-1}}",
		"ObjectBucketClaim": "bucket: {objectBucketClaim: {storageClassName: s, deletionPolicy: Retain}}",
		"COSI":              "bucket: {cosi: {bucketClassName: c, bucketAccessClassName: a, deletionPolicy: Retain}}",
		"GCS":               "bucket: {gcs: {location: EU}}", "Garage": "bucket: {garage: {clusterRef: {name: g}}}",
	},
}

// tenants are simulated clusters with one composite resource each, one for every kind and
// backend.
func tenants(t *testing.T) map[string]*preview.Cluster {
	t.Helper()
	out := map[string]*preview.Cluster{}
	for name, spec := range map[string]string{
		"exposed": exposed + "}", "on a volume": onVolume, "following": inBucket + following("0 2 * * 6", "0 6 * * 6", ""),
		"claimed": claimed("{}", "{}"), "bootstrapped": bootstrapped + "channels: [{name: alerts}]}",
	} {
		c := &preview.Cluster{Composite: document(t, manifest), Lookup: preview.CompleteObject, Input: document(t, platform)}
		c.Composite.Fields["spec"] = structpb.NewStructValue(document(t, spec))
		out["MattermostInstallation "+name] = c
	}
	for kind, backends := range backendsOf {
		for name, policy := range backends {
			c := answering(t, kind, "{"+policy+"}")
			c.Lookup = func(kind, name string) *structpb.Struct {
				switch kind {
				case "Secret":
					info := `{"spec": {"bucketName": "b", "secretS3": {"endpoint": "e", "accessKeyID": "a", "accessSecretKey": "s"}}}`
					return secret(t, map[string]string{"endpoint": "e", "bucket": "b", "accesskey": "a", "secretkey": "s", "DB_CONNECTION_STRING": "postgres://a", "BucketInfo": info})
				case "ConfigMap":
					return document(t, "{data: {BUCKET_HOST: h, BUCKET_NAME: b}}")
				}
				return nil
			}
			c.Progress = func(o *structpb.Struct) {
				preview.Succeed(o)
				if status := o.GetFields()["status"].GetStructValue(); status == nil || len(status.GetFields()) == 0 {
					o.Fields["status"] = structpb.NewStructValue(document(t, settledStatus))
				}
			}
			out[kind+" "+name] = c
		}
	}
	out["MattermostBackup once"] = backing(t, backedUp)
	out["MattermostBackup nightly"] = backing(t, backedUp+daily)
	out["MattermostBackup native"] = backing(t, "installation: chat\nmethod: Native\n"+daily)
	out["MattermostRestore of a dump"] = restoreCluster(t, restoring+"mattermostDBPassword: p\n", "{}")
	out["MattermostRestore of a backup"] = restoreCluster(t, restoreFrom+"}", "{}")
	out["MattermostRestore of a database"] = restoreCluster(t, restoreDatabase+"}", "{}")
	for _, c := range out {
		metadata := c.Composite.GetFields()["metadata"].GetStructValue()
		metadata.Fields["uid"] = structpb.NewStringValue(composetest.UID)
		metadata.Fields["creationTimestamp"] = structpb.NewStringValue("2026-03-01T03:00:00Z")
	}
	return out
}

// stages of a tenant's life: nothing is composed, some objects are, and all are.
func stages(t *testing.T, c *preview.Cluster) map[string]*preview.Cluster {
	t.Helper()
	out := map[string]*preview.Cluster{"new": copied(c)}
	if _, err := c.Reconcile(t.Context(), function.New(logging.NewNopLogger())); err != nil {
		t.Fatal(err)
	}
	out["begun"] = copied(c)
	settle(t, c)
	out["settled"] = copied(c)
	return out
}

func copied(c *preview.Cluster) *preview.Cluster {
	out := *c
	out.Composite = proto.CloneOf(c.Composite)
	out.Composed, out.Objects = maps.Clone(c.Composed), maps.Clone(c.Objects)
	if out.Objects == nil {
		out.Objects = map[string]*structpb.Struct{}
	}
	return &out
}

// reconciled runs one reconcile. An error is fatal and changes nothing.
func reconciled(t composetest.Test, c *preview.Cluster) *fnv1.RunFunctionResponse {
	t.Helper()
	r, err := c.Reconcile(context.Background(), function.New(logging.NewNopLogger()))
	if err != nil && r.Response == nil {
		t.Fatalf("cannot reconcile: %v", err)
	}
	return r.Response
}

// names of the composed objects.
func names(rsp *fnv1.RunFunctionResponse) map[string]string {
	out := map[string]string{}
	for composed, r := range rsp.GetDesired().GetResources() {
		out[composed] = named(r.GetResource())
	}
	return out
}

// named identifies an object, in this cluster and outside of it.
func named(o *structpb.Struct) string {
	r := compose.NewResource(o)
	return strings.Join([]string{r.String("kind"), r.Name(), r.String("metadata", "namespace"), r.String("metadata", "annotations", "crossplane.io/external-name"),
		r.String("spec", "forProvider", "identifier"), r.String("spec", "forProvider", "policy"), r.String("spec", "globalAlias")}, "|")
}
