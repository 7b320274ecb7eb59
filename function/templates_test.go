package function_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"google.golang.org/protobuf/types/known/structpb"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/composetest"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/preview"
)

// installed are installations, besides the examples, whose servers no release may roll.
var installed = map[string]string{
	"bootstrap":     "version: 11.4.0\ndatabase: {claim: {}}\nfileStore: {claim: {}}\nbootstrap: {team: {name: core}, channels: [{name: a}]}",
	"digest":        "version: 11.4.0@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\nimagePullPolicy: Always\ndatabase: {external: {secret: db}}\nfileStore: {external: {url: 'http://s3:7070', bucket: b, useServiceAccount: true}}",
	"environment":   "version: 11.4.0\nreplicas: 3\ndatabase: {external: {secret: db}}\nfileStore: {external: {url: s3, bucket: b, secret: files}}\nmattermostEnv: [{name: MM_FILESETTINGS_MAXFILESIZE, value: '1'}, {name: MM_X, valueFrom: {secretKeyRef: {name: env, key: password}}}]",
	"mysql":         "version: 10.5.1\ndatabase: {external: {secret: mysql}}\nfileStore: {external: {url: s3, bucket: b, secret: files}}",
	"old":           "version: 6.3.0\ndatabase: {external: {secret: db}}\nfileStore: {external: {url: s3, bucket: b, secret: files}}",
	"search":        "version: 11.4.0\nlicenseSecret: license\ndatabase: {external: {secret: db}}\nfileStore: {external: {url: s3, bucket: b, secret: files}}\nelasticSearch: {host: search, secret: search}",
	"volume":        "version: 11.4.0\ndatabase: {external: {secret: db}}\nfileStore: {externalVolume: {volumeClaimName: v}}",
	"volume-local":  "version: 11.4.0\nsize: 100users\ndatabase: {external: {secret: db}}\nfileStore: {local: {enabled: true, accessModes: [ReadWriteOnce]}}\nscheduling: {resources: {requests: {cpu: 100m}}}\nvolumes: [{name: a, secret: {secretName: x}}]\nvolumeMounts: [{name: a, mountPath: /a}]",
	"whole-example": "version: 11.4.0\nsize: 25000users\ningress: {enabled: true, host: chat.example.com, hosts: [{hostName: a.example.com}], annotations: {a: b}, tlsSecret: tls}\ndatabase: {claim: {class: small}}\nfileStore: {claim: {storageSize: 1Gi}}",
}

// TestReleaseRollsNoServer compares the digests of pod templates with those of the last
// release. A change that must roll servers says so in CHANGELOG.
func TestReleaseRollsNoServer(t *testing.T) {
	digests := map[string]any{}
	for name, spec := range installed {
		composite := document(t, strings.SplitN(manifest, "spec:", 2)[0])
		composite.Fields["spec"] = structpb.NewStructValue(document(t, spec))
		digests[name] = templateOf(t, composite)
	}
	files, err := filepath.Glob("../examples/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file) //nolint:gosec // One of the examples.
		if err != nil {
			t.Fatal(err)
		}
		composite := document(t, string(text))
		if compose.NewResource(composite).String("kind") == "MattermostInstallation" {
			digests["example-"+strings.TrimSuffix(filepath.Base(file), ".yaml")] = templateOf(t, composite)
		}
	}
	composetest.Golden(t, map[string]any{"pod-templates": digests})
}

// templateOf returns the digest of an installation's pod template once its servers run.
func templateOf(t *testing.T, composite *structpb.Struct) string {
	t.Helper()
	c := &preview.Cluster{Composite: composite, Lookup: preview.CompleteObject, Input: document(t, platform)}
	c.Objects = map[string]*structpb.Struct{"Secret/mysql": secret(t, map[string]string{"DB_CONNECTION_STRING": "mysql://u:" + canary + "@h/d"})}
	settle(t, c)
	template := compose.NewResource(c.Composed["deployment"]).At("spec", "template")
	if !template.Exists() {
		t.Fatalf("no server runs: %s", compose.NewResource(c.Composite).Condition("Accepted").Message)
	}
	return compose.Digest(template.Struct())
}
