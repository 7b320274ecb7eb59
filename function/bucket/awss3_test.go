package bucket

import (
	"maps"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/composetest"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/provision"
)

const awsPolicy = "{awsS3: {region: eu-central-1}}"

// awsReady are the statuses of what the provider made.
var awsReady = map[string]string{
	nameS3Bucket: composetest.Ready, nameS3Block: composetest.Ready, nameS3Encryption: composetest.Ready, nameS3Versioning: composetest.Ready,
	nameS3User: composetest.Ready, nameS3Policy: composetest.Ready, nameS3Attachment: composetest.Ready, nameS3Key: composetest.Ready,
}

// awsKnown is what is observed after a policy and a spec were answered.
func awsKnown(t *testing.T, in given) map[string]string {
	t.Helper()
	return composetest.Settled(t, in.accepted(t), awsReady)
}

func TestAWSS3Refuses(t *testing.T) {
	known := awsKnown(t, given{policy: awsPolicy})
	const days = "NotOffered: spec.retentionDays: this platform's backend does not count days: leave it out; with versioning in the function's input the platform team keeps whatever is deleted or replaced until a lifecycle rule of its own deletes it"
	testRefusals(t, map[string]refusal{
		"Nothing":        {reason: "Nothing is wrong.", given: given{policy: awsPolicy}, want: "Accepted: "},
		"Storage":        {reason: "S3 has no quota.", given: given{policy: awsPolicy, spec: "{storageSize: 1Gi}"}, want: "NotOffered: spec.storageSize: this platform's backend does not offer it: leave it out, or ask the platform team for another class"},
		"Retention":      {reason: "There is no lifecycle.", given: given{policy: awsPolicy, spec: "{retentionDays: 7}"}, want: days},
		"NoDays":         {reason: "Nothing is kept anyway.", given: given{policy: awsPolicy, spec: "{retentionDays: 0}"}, want: "Accepted: "},
		"NoDaysVersions": {reason: "Everything is kept.", given: given{policy: "{awsS3: {region: eu-central-1, versioning: true}}", spec: "{retentionDays: 0}"}, want: days},
		"RegionOfAHost":  {reason: "A region is part of a host's name.", given: given{policy: awsPolicy, spec: "{region: evil.example.com/}"}, want: "RegionUnknown: spec.region: this is no region of AWS: set one such as eu-central-1, or leave it out"},
		"AnotherRegion":  {reason: "Files do not move.", given: given{policy: awsPolicy, spec: "{region: us-east-1}", observed: known}, want: `CannotChange: spec.region: this bucket has "eu-central-1": go back to it, files do not move by themselves`},
		"SameRegion":     {reason: "The default may be spelled out.", given: given{policy: awsPolicy, spec: "{region: eu-central-1}", observed: known}, want: "Accepted: "},
		"Name":           {reason: "The account may have such a bucket, of somebody else.", given: given{policy: awsPolicy, spec: "{bucketName: talk}"}, want: "NotOffered: spec.bucketName: this platform's backend does not offer it: leave it out, or ask the platform team for a class with allowBucketName"},
		"NameAllowed":    {reason: "The platform's account is for this.", given: given{policy: "{awsS3: {region: eu-central-1, allowBucketName: true}}", spec: "{bucketName: talk}"}, want: "Accepted: "},
		"NameThatIs":     {reason: "The platform changed its mind, and the bucket is there.", given: given{policy: awsPolicy, spec: "{bucketName: talk}", observed: awsKnown(t, variants["awss3-full"])}, want: "Accepted: "},
		"AnotherName": {
			reason: "Files do not move.",
			given:  given{policy: "{awsS3: {region: eu-central-1, allowBucketName: true}}", spec: "{bucketName: talk}", observed: known},
			want:   `CannotChange: spec.bucketName: this bucket has "ns-chat-ffcc741c22a21c3e": go back to it, files do not move by themselves`,
		},
	})
}

func TestAWSS3FailsWithoutARegion(t *testing.T) {
	if _, err := (given{policy: "{awsS3: {region: ''}}"}).answer(t); err == nil {
		t.Error("a bucket was composed, and nowhere")
	}
}

func TestAWSS3Connects(t *testing.T) {
	for variant, want := range map[string]map[string]any{
		"awss3": {
			"secretName": "chat-bucket",
			"keys":       map[string]any{"accessKey": "username", "secretKey": "password"},
			"values":     map[string]any{"endpoint": "s3.eu-central-1.amazonaws.com", "bucket": "ns-chat-ffcc741c22a21c3e", "region": "eu-central-1"},
		},
		"awss3-full": {
			"secretName": "chat-bucket",
			"keys":       map[string]any{"accessKey": "username", "secretKey": "password"},
			"values":     map[string]any{"endpoint": "s3.cn-north-1.amazonaws.com.cn", "bucket": "talk", "region": "cn-north-1"},
		},
		"awss3-service-account": {
			"keys":   map[string]any{},
			"values": map[string]any{"endpoint": "s3.us-gov-west-1.amazonaws.com", "bucket": "ns-chat-a66f5388a1d69d18", "region": "us-gov-west-1", "useServiceAccount": true},
		},
	} {
		in := variants[variant]
		in.observed = awsKnown(t, in)
		rsp := in.accepted(t)
		if diff := cmp.Diff(want, composetest.Connection(rsp)); diff != "" {
			t.Errorf("%s: -want, +got:\n%s", variant, diff)
		}
		if got := said(rsp, "BackendReady"); got != "Available: " {
			t.Errorf("%s: all is there: %s", variant, got)
		}
	}
}

func TestAWSS3Waits(t *testing.T) {
	const says = "Waiting: waiting for %s \"chat-bucket\" to be ready: should it not, `kubectl describe %s chat-bucket` says why"
	for composed, resource := range map[string]string{
		nameS3Bucket: "buckets.s3.aws.m.upbound.io", nameS3Attachment: "userpolicyattachments.iam.aws.m.upbound.io", nameS3Key: "accesskeys.iam.aws.m.upbound.io",
	} {
		known := awsKnown(t, given{policy: awsPolicy})
		delete(known, composed)
		rsp := given{policy: awsPolicy, observed: known}.accepted(t)
		if got, want := said(rsp, "BackendReady"), strings.ReplaceAll(says, "%s", resource); got != want {
			t.Errorf("without %s:\nwant %s\ngot  %s", composed, want, got)
		}
		if got := composetest.Connection(rsp); len(got) > 0 {
			t.Errorf("without %s there is a connection: %v", composed, got)
		}
	}
}

// TestAWSS3KeepsWhatItHas asserts that the name and region stay when the platform's policy
// changes, and when only the bucket's settings are observed.
func TestAWSS3KeepsWhatItHas(t *testing.T) {
	known := awsKnown(t, variants["awss3-full"])
	settings := maps.Clone(known)
	delete(settings, nameS3Bucket)
	settings[nameS3Block] = "{apiVersion: " + apiS3 + ", kind: BucketPublicAccessBlock, metadata: {name: chat-bucket}, spec: {forProvider: {bucket: talk, region: cn-north-1}}}"
	const status = "{backend: AWSS3, connection: {secretName: chat-bucket, values: {bucket: talk, region: cn-north-1}}}"
	for name, in := range map[string]given{
		"another default":    {policy: awsPolicy, observed: known},
		"out of sight":       {policy: awsPolicy, observed: settings, status: status},
		"both out and asked": {policy: awsPolicy, observed: settings, status: status, spec: "{bucketName: talk, region: cn-north-1}"},
	} {
		rsp := in.accepted(t)
		bucket := composetest.Desired(rsp, nameS3Bucket)
		if got := bucket.String("metadata", "annotations", provision.AnnotationExternalName); got != "talk" {
			t.Errorf("%s: the bucket is called %q", name, got)
		}
		if got := bucket.String("spec", "forProvider", "region"); got != "cn-north-1" {
			t.Errorf("%s: the bucket is in %q", name, got)
		}
		if in.status != "" {
			if got := composetest.Connection(rsp)["secretName"]; got != "chat-bucket" {
				t.Errorf("%s: the connection is gone", name)
			}
		}
	}
}

// TestBucketsAreNotLost asserts that a bucket in the status whose objects are gone is not
// silently replaced, and that the status never names a bucket.
func TestBucketsAreNotLost(t *testing.T) {
	for backend, policy := range map[string]string{backendAWSS3: awsPolicy, backendGCS: gcsPolicy, backendGarage: garagePolicy} {
		lost := given{policy: policy, status: "{backend: " + backend + ", connection: {secretName: chat-bucket, values: {bucket: talk}}}"}.safe(t)
		if got := said(lost, "Accepted"); !strings.HasPrefix(got, "BucketLost: ") || len(lost.GetDesired().GetResources()) > 0 {
			t.Errorf("%s: it says %s, and composes %v", backend, got, lost.GetDesired().GetResources())
		}
		another := given{policy: policy, status: "{backend: Other, connection: {values: {bucket: talk}}}"}.accepted(t)
		if got := another.String(); strings.Contains(got, "talk") {
			t.Errorf("%s: a bucket of another backend gave its name: %s", backend, got)
		}
	}
}

// TestAWSS3UserIsNobodysChoice: the account's users are not for users to name.
func TestAWSS3UserIsNobodysChoice(t *testing.T) {
	rsp := variants["awss3-full"].accepted(t)
	for _, composed := range []string{nameS3User, nameS3Policy} {
		if got := composetest.Desired(rsp, composed).String("metadata", "annotations", provision.AnnotationExternalName); got != "ns-chat-ffcc741c22a21c3e" {
			t.Errorf("%s is called %q", composed, got)
		}
	}
}

func TestAWSS3Retains(t *testing.T) {
	onBucket := []string{nameS3Bucket, nameS3Block, nameS3Encryption, nameS3Versioning}
	const policy = "{awsS3: {region: eu-central-1, versioning: true}}"
	testRetention(t, policy, "forceDestroy", nameS3Bucket, onBucket, []string{nameS3User, nameS3Policy, nameS3Attachment, nameS3Key})
}

// testRetention of what holds files and of what belongs to it, and of credentials,
// which go either way.
func testRetention(t *testing.T, policy, destroys, bucket string, retained, others []string) {
	t.Helper()
	const keep, all = "Observe Create Update LateInitialize", "*"
	for spec, want := range map[string]string{"{}": keep, "{deletionPolicy: Retain}": keep, "{deletionPolicy: Delete}": all} {
		rsp := given{policy: policy, spec: spec}.accepted(t)
		policies := func(composed string) string {
			var out []string
			for _, v := range composetest.Desired(rsp, composed).Value("spec", "managementPolicies").GetListValue().GetValues() {
				out = append(out, v.GetStringValue())
			}
			return strings.Join(out, " ")
		}
		for _, composed := range retained {
			if got := policies(composed); got != want {
				t.Errorf("%s: %s is managed by %q", spec, composed, got)
			}
		}
		for _, composed := range others {
			if got := policies(composed); got != all {
				t.Errorf("%s: %s is managed by %q", spec, composed, got)
			}
		}
		if got := composetest.Desired(rsp, bucket).Value("spec", "forProvider", destroys).GetBoolValue(); got != (want == all) {
			t.Errorf("%s: %s is %t", spec, destroys, got)
		}
	}
}
