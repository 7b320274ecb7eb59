package bucket

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/composetest"
)

const (
	obcPolicy = "{objectBucketClaim: {storageClassName: rook, deletionPolicy: Retain}}"
	bound     = "{phase: Bound}"
)

func obcKnown(t *testing.T, status string) map[string]string {
	t.Helper()
	return composetest.Settled(t, given{policy: obcPolicy}.accepted(t), map[string]string{nameOBC: status})
}

// obcConfigMap as Rook writes it.
const obcConfigMap = `
apiVersion: v1
kind: ConfigMap
metadata: {name: chat-bucket}
data: {BUCKET_NAME: ns-chat-5f3c, BUCKET_HOST: rook-ceph-rgw-store.rook-ceph.svc, BUCKET_PORT: "80", BUCKET_REGION: "", BUCKET_SUBREGION: ""}
`

func TestObjectBucketClaimRefuses(t *testing.T) {
	lacks := func(field string) string {
		return "NotOffered: spec." + field + ": this platform's backend does not offer it: leave it out, or ask the platform team for another class"
	}
	const deletes = `NotOffered: spec.deletionPolicy: this platform's storage class "rook" deletes files with the bucket: set spec.deletionPolicy: Delete if you consent, or ask the platform team for another class`
	named := composetest.Settled(t, given{policy: obcPolicy, spec: "{bucketName: talk}"}.accepted(t), nil)
	testRefusals(t, map[string]refusal{
		"Nothing":        {reason: "The class retains.", given: given{policy: obcPolicy}, want: "Accepted: "},
		"Region":         {reason: "The class is in one place.", given: given{policy: obcPolicy, spec: "{region: eu}"}, want: lacks("region")},
		"Retention":      {reason: "A claim keeps no versions.", given: given{policy: obcPolicy, spec: "{retentionDays: 7}"}, want: lacks("retentionDays")},
		"Unsaid":         {reason: "Classes delete unless the platform says that they do not.", given: given{policy: "{objectBucketClaim: {storageClassName: rook}}"}, want: deletes},
		"Retain":         {reason: "Nobody is promised what the class does not do.", given: given{policy: "{objectBucketClaim: {storageClassName: rook, deletionPolicy: Delete}}", spec: "{deletionPolicy: Retain}"}, want: deletes},
		"Consent":        {reason: "The user consents.", given: given{policy: "{objectBucketClaim: {storageClassName: rook}}", spec: "{deletionPolicy: Delete}"}, want: "Accepted: "},
		"DeleteRetained": {reason: "Files would stay that were to go.", given: given{policy: obcPolicy, spec: "{deletionPolicy: Delete}"}, want: `NotOffered: spec.deletionPolicy: this platform's storage class "rook" keeps files when the bucket is deleted: set spec.deletionPolicy: Retain, or ask the platform team for another class`},
		"AnotherName":    {reason: "Files do not move.", given: given{policy: obcPolicy, spec: "{bucketName: walk}", observed: named}, want: `CannotChange: spec.bucketName: this bucket has "talk": go back to it, files do not move by themselves`},
	})
}

func TestObjectBucketClaimConnects(t *testing.T) {
	in := given{policy: obcPolicy, observed: obcKnown(t, bound), required: map[string]string{requirementConfigMap: obcConfigMap}}
	want := map[string]any{
		"secretName": "chat-bucket",
		"keys":       map[string]any{"accessKey": "AWS_ACCESS_KEY_ID", "secretKey": "AWS_SECRET_ACCESS_KEY"}, //nolint:gosec // Names, not values.
		"values":     map[string]any{"endpoint": "http://rook-ceph-rgw-store.rook-ceph.svc", "bucket": "ns-chat-5f3c"},
	}
	if diff := cmp.Diff(want, composetest.Connection(in.accepted(t))); diff != "" {
		t.Errorf("Rook: -want, +got:\n%s", diff)
	}
	in.required[requirementConfigMap] = "{data: {BUCKET_NAME: b, BUCKET_HOST: s3.openshift-storage.svc, BUCKET_PORT: '443', BUCKET_REGION: noobaa}}"
	want["values"] = map[string]any{"endpoint": "https://s3.openshift-storage.svc", "bucket": "b", "region": "noobaa"}
	if diff := cmp.Diff(want, composetest.Connection(in.accepted(t))); diff != "" {
		t.Errorf("NooBaa: -want, +got:\n%s", diff)
	}
	for port, want := range map[string]string{"": "http://h", "80": "http://h", "8080": "http://h:8080", "443": "https://h"} {
		if got := obcEndpoint("h", port); got != want {
			t.Errorf("port %q: %s", port, got)
		}
	}
	if got := obcEndpoint("::1", "8080"); got != "http://[::1]:8080" {
		t.Errorf("an address with colons: %s", got)
	}
}

func TestObjectBucketClaimWaits(t *testing.T) {
	const claim = "Waiting: waiting for objectbucketclaims.objectbucket.io \"chat-bucket\" to be ready: should it not, `kubectl describe objectbucketclaims.objectbucket.io chat-bucket` says why"
	const host = `Waiting: waiting for key BUCKET_HOST of ConfigMap "chat-bucket", which the provisioner of ObjectBucketClaim "chat-bucket" writes`
	const name = `Waiting: waiting for key BUCKET_NAME of ConfigMap "chat-bucket", which the provisioner of ObjectBucketClaim "chat-bucket" writes`
	const status = "{backend: ObjectBucketClaim, connection: {secretName: chat-bucket, values: {bucket: b}}}"
	for want, in := range map[string]given{
		claim: {policy: obcPolicy, observed: obcKnown(t, "{phase: Pending}")},
		host:  {policy: obcPolicy, observed: obcKnown(t, bound)},
		name:  {policy: obcPolicy, observed: obcKnown(t, bound), required: map[string]string{requirementConfigMap: "{data: {BUCKET_HOST: h}}"}},
	} {
		rsp := in.accepted(t)
		if got := said(rsp, "BackendReady"); got != want {
			t.Errorf("want %s\ngot  %s", want, got)
		}
		if got := composetest.Connection(rsp); len(got) > 0 {
			t.Errorf("there is a connection to nothing: %v", got)
		}
	}
	away := given{policy: obcPolicy, status: status, required: map[string]string{requirementConfigMap: "{data: {BUCKET_HOST: h, BUCKET_NAME: b}}"}}
	if got := composetest.Connection(away.accepted(t))["secretName"]; got != "chat-bucket" {
		t.Error("the claim is not observed, and the connection is gone")
	}
}

func TestObjectBucketClaimLooksUpItsConfigMap(t *testing.T) {
	rsp := given{policy: obcPolicy, unasked: true, observed: obcKnown(t, bound)}.safe(t)
	selector := rsp.GetRequirements().GetResources()[requirementConfigMap]
	if selector.GetKind() != "ConfigMap" || selector.GetMatchName() != "chat-bucket" || selector.GetNamespace() != "ns" {
		t.Errorf("looks for %v", selector)
	}
	if !composetest.Desired(rsp, nameOBC).Exists() {
		t.Error("the claim is gone before anything was looked up")
	}
}

// TestObjectBucketClaimKeepsItsClass when the platform has another for new ones.
func TestObjectBucketClaimKeepsItsClass(t *testing.T) {
	rsp := given{policy: "{objectBucketClaim: {storageClassName: new, deletionPolicy: Retain}}", observed: obcKnown(t, bound)}.accepted(t)
	if got := composetest.Desired(rsp, nameOBC).String("spec", "storageClassName"); got != "rook" {
		t.Errorf("the class became %s", got)
	}
}

// TestObjectBucketClaimKeepsItsName when a composite resource that was made again asks
// for none, and when the provisioner made one up.
func TestObjectBucketClaimKeepsItsName(t *testing.T) {
	named := composetest.Settled(t, given{policy: obcPolicy, spec: "{bucketName: talk}"}.accepted(t), nil)
	claim := composetest.Desired(given{policy: obcPolicy, observed: named}.accepted(t), nameOBC)
	if claim.String("spec", "bucketName") != "talk" || claim.Has("spec", "generateBucketName") {
		t.Errorf("a claim of a name became %v", claim.At("spec").Struct())
	}
	made := obcKnown(t, bound)
	made[nameOBC] = strings.Replace(made[nameOBC], "generateBucketName:", "bucketName: ns-chat-5f3c\n  generateBucketName:", 1)
	claim = composetest.Desired(given{policy: obcPolicy, observed: made}.accepted(t), nameOBC)
	if claim.Has("spec", "bucketName") || claim.String("spec", "generateBucketName") != "ns-chat" {
		t.Errorf("a claim without a name became %v", claim.At("spec").Struct())
	}
}
