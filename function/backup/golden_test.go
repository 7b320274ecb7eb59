package backup

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"

	"github.com/crossplane-mattermost/crossplane-mattermost/input/v1beta1"
)

var update = flag.Bool("update", false, "write what is composed to testdata, to be reviewed as a diff")

const (
	nativeOnce    = "installation: chat\nmethod: Native"
	nativeNightly = nativeOnce + "\nschedule: 0 3 * * *"
)

func nativeThere() map[string]string {
	return map[string]string{
		requirementInstallation: installed,
		requirementDatabase:     "{metadata: {name: chat}, status: {backend: CloudNativePG}}",
		requirementCluster:      "{metadata: {name: chat-pg}, spec: {plugins: [{name: barman-cloud.cloudnative-pg.io}]}}",
	}
}

// variants of what can be asked for: little, and much.
var variants = map[string]given{
	"once":    {spec: once, required: there()},
	"nightly": {spec: nightly, required: there()},
	"nightly-full": {
		spec: "installation: chat\nschedule: 0 3 * * *\ntimeZone: Europe/Berlin\nsuspend: true\nretention: {count: 7, days: 30}\n" +
			"store: {prefix: a/b, encryption: {type: KMS, kmsKeyID: key}, external: {url: s3.example.com, bucket: b, region: eu-central-1, useServiceAccount: true}}",
		policy:   v1beta1.Input{Labels: map[string]string{"team": "a"}, Tool: &v1beta1.Tool{Image: "registry.example.com/dbtool:v2"}},
		required: with(there(), requirementInstallation, onVolume),
	},
	"native":         {spec: nativeOnce, required: nativeThere()},
	"native-nightly": {spec: nativeNightly + "\nsuspend: true", required: nativeThere()},
}

var onVolume = strings.Replace(installed, "    bucket: {secretName: chat-s3, keys: {accessKey: accesskey, secretKey: secretkey}, values: {endpoint: 'http://chat-s3:7070', bucket: chat}}\n", "    volumeClaimName: chat\n", 1)

func TestGolden(t *testing.T) {
	for name, in := range variants {
		t.Run(name, func(t *testing.T) {
			rsp := in.safe(t)
			if got := said(rsp, "Accepted"); got != "True Accepted" {
				t.Fatalf("refused: %s", got)
			}
			objects := map[string]any{}
			for composed, r := range rsp.GetDesired().GetResources() {
				objects[composed] = r.GetResource().AsMap()
			}
			got, err := yaml.Marshal(objects)
			if err != nil {
				t.Fatal(err)
			}
			path := filepath.Join("testdata", name+".yaml")
			if *update {
				if err := os.WriteFile(path, got, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path) //nolint:gosec // A file of this test.
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), string(got)); diff != "" {
				t.Errorf("-%s, +composed (go test -update writes it):\n%s", path, diff)
			}
		})
	}
	written, err := filepath.Glob(filepath.Join("testdata", "*.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if len(written) != len(variants) {
		t.Errorf("testdata has %d files for %d variants", len(written), len(variants))
	}
}
