package bucket

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/types/known/structpb"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/composetest"
)

// variants of each backend: little asked, and much.
var variants = map[string]given{
	"standalone":      {policy: "{standalone: {}}", spec: "{}", observed: map[string]string{"credentials": strings.Replace(composetest.Secret(map[string]string{"accesskey": "known", "secretkey": composetest.Canary}), "name: secret", "name: chat-s3", 1)}},
	"standalone-full": {policy: "{standalone: {image: registry.example.com/gateway:v2, storageSize: 1Ti}}", spec: "{storageSize: 80Gi, bucketName: talk, deletionPolicy: Delete}", observed: map[string]string{"credentials": strings.Replace(composetest.Secret(map[string]string{"accesskey": "known", "secretkey": composetest.Canary}), "name: secret", "name: chat-s3", 1)}},
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
	"garage-full": {policy: "{garage: {allowBucketName: true, clusterRef: {name: garage, namespace: storage}}}", spec: "{bucketName: talk, storageSize: 80Gi}"},
}

// TestGolden compares every object of every backend with what was reviewed.
func TestGolden(t *testing.T) {
	answers := map[string]*fnv1.RunFunctionResponse{}
	for name, in := range variants {
		answers[name] = in.accepted(t)
	}
	composetest.GoldenAnswers(t, answers, nil)
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
