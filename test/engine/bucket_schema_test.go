package engine

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestBucketsAreAccepted has the API servers of other projects' kinds judge every
// object that a bucket's backend composes: those that were reviewed, and that
// function/bucket's tests compare with what it really composes.
func TestBucketsAreAccepted(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("..", "..", "function", "bucket", "testdata", "*.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	judged := map[string]int{}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".yaml")
		backend, _, _ := strings.Cut(name, "-")
		t.Run(name, func(t *testing.T) {
			if backend == "garage" && !garageCRDs(t) {
				t.Skipf("NOTHING IS PROVED HERE: the Garage operator's CRDs are not in %s", foreignCRDs)
			}
			judged[backend] += judgeGoldens(t, file)
		})
	}
	if _, err := os.Stat(foreignCRDs); err != nil {
		return
	}
	for backend, least := range map[string]int{"awss3": 18, "objectbucketclaim": 2, "cosi": 4, "gcs": 13} {
		if judged[backend] < least {
			t.Errorf("%d objects of %s were judged, and there are %d", judged[backend], backend, least)
		}
	}
}

func garageCRDs(t *testing.T) bool {
	t.Helper()
	kinds, err := foreign()
	if err != nil {
		t.Fatal(err)
	}
	return kinds["garage.rajsingh.info/v1beta1/GarageBucket"] != nil
}

// TestForeignRulesBite: what the proof above would find, it finds.
func TestForeignRulesBite(t *testing.T) {
	const versioning = `
apiVersion: s3.aws.m.upbound.io/v1beta1
kind: BucketVersioning
metadata: {name: a}
spec: {forProvider: {region: eu-central-1`
	for manifest, want := range map[string]string{
		versioning + "}}": "versioningConfiguration is a required parameter",
		versioning + ", versioningConfiguration: {status: Enabled}, nothing: {}}}":                      "spec.forProvider.nothing",
		versioning + ", versioningConfiguration: {status: Enabled}}, managementPolicies: [Everything]}": "Unsupported value",
		versioning + ", versioningConfiguration: {status: [Enabled]}}}":                                 "must be of type string",
	} {
		o := parse(t, manifest)
		a := foreignAPI(t, o)
		problems, unknown := a.Judge(t.Context(), o, nil)
		if got := strings.Join(append(problems, unknown...), "\n"); !strings.Contains(got, want) {
			t.Errorf("the API does not say %q, but:\n%s", want, got)
		}
	}
}
