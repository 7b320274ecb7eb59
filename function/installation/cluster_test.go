package installation_test

import (
	"context"
	"testing"

	"google.golang.org/protobuf/types/known/structpb"

	"github.com/crossplane/crossplane-runtime/v2/pkg/logging"

	"github.com/crossplane-mattermost/crossplane-mattermost/function"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/composetest"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/preview"
)

const canary = composetest.Canary

func mustStruct(t *testing.T, m map[string]any) *structpb.Struct {
	t.Helper()
	s, err := structpb.NewStruct(m)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func secret(t *testing.T, values map[string]string) *structpb.Struct {
	t.Helper()
	return composetest.Document(t, composetest.Secret(values))
}

func connection(password string) string { return "postgres://u:" + password + "@h/d" }

// fixture is an installation with its Secrets, in an imagined cluster.
func fixture(t *testing.T, spec map[string]any) *preview.Cluster {
	t.Helper()
	return &preview.Cluster{
		Composite: mustStruct(t, map[string]any{
			"apiVersion": "mattermost.crossplane.io/v1alpha1", "kind": "MattermostInstallation",
			"metadata": map[string]any{"name": "chat", "namespace": "ns", "generation": 1},
			"spec":     spec,
		}),
		Input: mustStruct(t, map[string]any{"apiVersion": "mattermost.fn.crossplane.io/v1beta1", "kind": "Input", "versions": []any{"<12"}}),
		Objects: map[string]*structpb.Struct{
			"Secret/db":      secret(t, map[string]string{"DB_CONNECTION_STRING": connection(canary)}),
			"Secret/empty":   secret(t, map[string]string{"OTHER": canary}),
			"Secret/mysql":   secret(t, map[string]string{"DB_CONNECTION_STRING": "mysql://u:" + canary + "@h/d"}),
			"Secret/license": secret(t, map[string]string{"license": canary}),
			"Secret/files":   secret(t, map[string]string{"accesskey": canary, "secretkey": canary}),
		},
	}
}

func withLocal() map[string]any {
	return map[string]any{
		"version":   "11.4.0",
		"size":      "1000users",
		"ingress":   map[string]any{"enabled": true, "host": "chat.example.com"},
		"database":  map[string]any{"external": map[string]any{"secret": "db"}},
		"fileStore": map[string]any{"local": map[string]any{"enabled": true, "storageSize": "1Gi"}},
	}
}

func inBucket() map[string]any {
	return map[string]any{"external": map[string]any{"url": "s3.example.com", "bucket": "b", "secret": "files"}}
}

func settle(t *testing.T, c *preview.Cluster) []preview.Reconciled {
	t.Helper()
	history, err := c.Settle(context.Background(), function.New(logging.NewNopLogger()))
	if err != nil {
		t.Fatal(err)
	}
	return history
}

func edit(t *testing.T, c *preview.Cluster, value any, path ...string) {
	t.Helper()
	v, err := structpb.NewValue(value)
	if err != nil {
		t.Fatal(err)
	}
	fields := c.Composite.GetFields()["spec"].GetStructValue().GetFields()
	for _, p := range path[:len(path)-1] {
		fields = fields[p].GetStructValue().GetFields()
	}
	fields[path[len(path)-1]] = v
}

func condition(c *preview.Cluster, kind string) compose.Condition {
	return compose.NewResource(c.Composite).Condition(kind)
}

func state(c *preview.Cluster) string {
	return compose.NewResource(c.Composite).String("status", "state")
}
