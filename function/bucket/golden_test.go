package bucket

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/types/known/structpb"
	"sigs.k8s.io/yaml"
)

var update = flag.Bool("update", false, "write what the backends compose to testdata, to be reviewed as a diff")

// variants of each backend: little asked, and much.
var variants = map[string]given{
	"standalone":      {policy: "{standalone: {}}", spec: "{}", observed: map[string]string{"credentials": secretOf(map[string]string{"accesskey": "known", "secretkey": canary})}},
	"standalone-full": {policy: "{standalone: {image: registry.example.com/gateway:v2, storageSize: 1Ti}}", spec: "{storageSize: 80Gi, bucketName: talk, deletionPolicy: Delete}", observed: map[string]string{"credentials": secretOf(map[string]string{"accesskey": "known", "secretkey": canary})}},
	"existing":        {policy: "{existing: {}}", spec: "{}", required: map[string]string{requirementSecret: completeSecret}},

	"awss3":                 {policy: awsPolicy, spec: "{}"},
	"awss3-full":            {policy: "{awsS3: {region: eu-central-1, versioning: true, allowBucketName: true, providerConfigRef: {name: prod, kind: ProviderConfig}}}", spec: "{bucketName: talk, region: cn-north-1, deletionPolicy: Delete}"},
	"awss3-service-account": {policy: "{awsS3: {region: us-gov-west-1, useServiceAccount: true, clusterName: prod}}", spec: "{retentionDays: 0}"},

	"objectbucketclaim":      {policy: "{objectBucketClaim: {storageClassName: rook, deletionPolicy: Retain}}", spec: "{}"},
	"objectbucketclaim-full": {policy: "{objectBucketClaim: {storageClassName: noobaa}}", spec: "{bucketName: talk, storageSize: 80Gi, deletionPolicy: Delete}"},

	"cosi":       {policy: cosiPolicy, spec: "{}"},
	"cosi-known": {policy: cosiPolicy, spec: "{}", required: map[string]string{requirementSecret: cosiSecret}},

	"gcs":       {policy: gcsPolicy, spec: "{}"},
	"gcs-known": {policy: gcsPolicy, spec: "{retentionDays: 0}", observed: map[string]string{nameGCSAccount: gcsAccountKnown}},
	"gcs-full":  {policy: "{gcs: {location: EU, project: p, allowBucketName: true, providerConfigRef: {name: prod}}}", spec: "{bucketName: talk, region: europe-west3, retentionDays: 30, deletionPolicy: Delete}", observed: map[string]string{nameGCSAccount: gcsAccountKnown}},

	"garage":      {policy: garagePolicy, spec: "{}"},
	"garage-full": {policy: "{garage: {clusterRef: {name: garage, namespace: storage}}}", spec: "{bucketName: talk, storageSize: 80Gi}"},
}

// TestGolden compares every object of every backend with what was reviewed.
func TestGolden(t *testing.T) {
	files := 0
	for name, in := range variants {
		t.Run(name, func(t *testing.T) {
			got := map[string]any{}
			for composed, r := range in.accepted(t).GetDesired().GetResources() {
				got[composed] = r.GetResource().AsMap()
			}
			if len(got) == 0 {
				return
			}
			files++
			compareGolden(t, filepath.Join("testdata", name+".yaml"), got)
		})
	}
	written, err := filepath.Glob(filepath.Join("testdata", "*.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if len(written) != files {
		t.Errorf("testdata has %d files for %d variants that compose anything", len(written), files)
	}
}

func compareGolden(t *testing.T, path string, objects map[string]any) {
	t.Helper()
	got, err := yaml.Marshal(objects)
	if err != nil {
		t.Fatal(err)
	}
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
}

// TestAnswersAreStable composes each variant twice of the same request.
func TestAnswersAreStable(t *testing.T) {
	for name, in := range variants {
		first, second := in.accepted(t).GetDesired().GetResources(), in.accepted(t).GetDesired().GetResources()
		for composed, r := range first {
			if diff := cmp.Diff(r.GetResource().AsMap(), second[composed].GetResource().AsMap()); diff != "" {
				t.Errorf("%s: %s is composed in two ways:\n%s", name, composed, diff)
			}
		}
	}
}

// TestNothingNullIsComposed: a null would be applied, and own a field.
func TestNothingNullIsComposed(t *testing.T) {
	for name, in := range variants {
		for composed, r := range in.accepted(t).GetDesired().GetResources() {
			assertNoNull(t, name+" "+composed, structpb.NewStructValue(r.GetResource()))
		}
	}
}

func assertNoNull(t *testing.T, path string, v *structpb.Value) {
	t.Helper()
	if _, null := v.GetKind().(*structpb.Value_NullValue); null {
		t.Errorf("%s is null", path)
	}
	for k, below := range v.GetStructValue().GetFields() {
		assertNoNull(t, path+"."+k, below)
	}
	for _, item := range v.GetListValue().GetValues() {
		assertNoNull(t, path+"[]", item)
	}
}
