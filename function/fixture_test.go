package function_test

import (
	"strings"
	"testing"

	"google.golang.org/protobuf/types/known/structpb"

	"github.com/crossplane/crossplane-runtime/v2/pkg/logging"
	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/crossplane-mattermost/crossplane-mattermost/function"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/composetest"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/preview"
)

const (
	canary = composetest.Canary

	manifest = `
apiVersion: mattermost.crossplane.io/v1alpha1
kind: MattermostInstallation
metadata: {name: chat, namespace: ns, generation: 1}
spec:
  version: 11.4.0
  size: 1000users
  licenseSecret: license
  ingress: {enabled: true, host: chat.example.com}
  database: {external: {secret: db}}
  fileStore: {external: {url: s3, bucket: b, secret: files}}
  elasticSearch: {host: search, secret: search}
  mattermostEnv: [{name: MM_X, valueFrom: {secretKeyRef: {name: env, key: x}}}]
`
	// platform that names releases.
	platform = `
apiVersion: mattermost.fn.crossplane.io/v1beta1
kind: Input
releases: {channels: {ESR: 11.7.9, feature: 11.9.1}}
`
)

func document(t testing.TB, text string) *structpb.Struct {
	t.Helper()
	return composetest.Document(t, text)
}

func secret(t testing.TB, values map[string]string) *structpb.Struct {
	t.Helper()
	return composetest.Document(t, composetest.Secret(values))
}

// cluster with an installation and the Secrets that it names.
func cluster(t testing.TB) *preview.Cluster {
	t.Helper()
	return &preview.Cluster{
		Composite: document(t, manifest),
		Objects: map[string]*structpb.Struct{
			"Secret/db":      secret(t, map[string]string{"DB_CONNECTION_STRING": "postgres://u:" + canary + "@h/d", "MM_SQLSETTINGS_DATASOURCEREPLICAS": canary}),
			"Secret/files":   secret(t, map[string]string{"accesskey": canary, "secretkey": canary}),
			"Secret/search":  secret(t, map[string]string{"username": canary, "password": canary}),
			"Secret/license": secret(t, map[string]string{"license": canary}),
			"Secret/env":     secret(t, map[string]string{"x": canary}),
		},
	}
}

// request for an installation whose Secrets were looked up.
func request(t testing.TB) *fnv1.RunFunctionRequest {
	t.Helper()
	c := cluster(t)
	req := &fnv1.RunFunctionRequest{
		Meta:              &fnv1.RequestMeta{Tag: "tag", Capabilities: []fnv1.Capability{fnv1.Capability_CAPABILITY_REQUIRED_RESOURCES}},
		Observed:          &fnv1.State{Composite: &fnv1.Resource{Resource: c.Composite}},
		RequiredResources: map[string]*fnv1.Resources{"restores": {}},
	}
	for key, o := range c.Objects {
		name := strings.TrimPrefix(key, "Secret/")
		req.RequiredResources["secret/"+name] = &fnv1.Resources{Items: []*fnv1.Resource{{Resource: o}}}
	}
	return req
}

func run(t testing.TB, req *fnv1.RunFunctionRequest) *fnv1.RunFunctionResponse {
	t.Helper()
	f := function.New(logging.NewNopLogger())
	rsp, err := composetest.Answered(t, req, func(req *fnv1.RunFunctionRequest) (*fnv1.RunFunctionResponse, error) {
		return f.RunFunction(t.Context(), req)
	})
	if err != nil {
		t.Fatal(err)
	}
	return rsp
}

func settle(t *testing.T, c *preview.Cluster) []preview.Reconciled {
	t.Helper()
	history, err := c.Settle(t.Context(), function.New(logging.NewNopLogger()))
	if err != nil {
		t.Fatal(err)
	}
	return history
}
