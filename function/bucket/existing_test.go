package bucket

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/composetest"
)

var completeSecret = composetest.Secret(map[string]string{"endpoint": "s3", "bucket": "b", "accesskey": composetest.Canary, "secretkey": composetest.Canary})

func TestExistingRefuses(t *testing.T) {
	const policy = "{existing: {secretName: bucket-of-$(name)}}"
	half := composetest.Secret(map[string]string{"endpoint": "s3", "bucket": "b", "accesskey": composetest.Canary, "secretkey": ""})
	with := func(spec string) given {
		return given{policy: policy, spec: spec, required: map[string]string{requirementSecret: completeSecret}}
	}
	lacks := func(field string) string {
		return "NotOffered: spec." + field + ": this platform's backend does not offer it: leave it out, or ask the platform team for another class"
	}
	testRefusals(t, map[string]refusal{
		"Complete":   {reason: "Nothing is wrong.", given: with("{}"), want: "Accepted: "},
		"Retained":   {reason: "It is nobody's to delete.", given: with("{deletionPolicy: Retain}"), want: "Accepted: "},
		"Region":     {reason: "It is where it is.", given: with("{region: eu}"), want: lacks("region")},
		"Retention":  {reason: "It is somebody else's.", given: with("{retentionDays: 7}"), want: lacks("retentionDays")},
		"Storage":    {reason: "It is somebody else's.", given: with("{storageSize: 1Gi}"), want: lacks("storageSize")},
		"Name":       {reason: "It has a name.", given: with("{bucketName: abc}"), want: lacks("bucketName")},
		"Deleted":    {reason: "It was there before.", given: with("{deletionPolicy: Delete}"), want: "NotOffered: spec.deletionPolicy: this platform's backend does not offer it: use Retain: the bucket was there before"},
		"NoSecret":   {reason: "The message says what to create.", given: given{policy: policy}, want: `SecretNotFound: Secret "bucket-of-chat" does not exist in namespace "ns": create it with keys endpoint, bucket, accesskey and secretkey`},
		"EmptyValue": {reason: "An empty value is none.", given: given{policy: policy, required: map[string]string{requirementSecret: half}}, want: `SecretKeyMissing: Secret "bucket-of-chat" has no value under key "secretkey": add it`},
	})
}

func TestExistingConnects(t *testing.T) {
	for policy, name := range map[string]string{"{existing: {}}": "chat", "{existing: {secretName: bucket-of-$(name)}}": "bucket-of-chat", "{existing: {secretName: shared}}": "shared"} {
		in := given{policy: policy, required: map[string]string{requirementSecret: completeSecret}}
		want := map[string]any{
			"secretName": name,
			"keys":       map[string]any{"endpoint": "endpoint", "bucket": "bucket", "accessKey": "accesskey", "secretKey": "secretkey"},
			"values":     map[string]any{},
		}
		if diff := cmp.Diff(want, composetest.Connection(in.accepted(t))); diff != "" {
			t.Errorf("%s: -want, +got:\n%s", policy, diff)
		}
		in.unasked = true
		rsp := in.safe(t)
		if got := rsp.GetRequirements().GetResources()[requirementSecret].GetMatchName(); got != name {
			t.Errorf("%s: looks for Secret %q", policy, got)
		}
		if len(rsp.GetConditions()) > 0 {
			t.Errorf("%s: says %v before anything was looked up", policy, rsp.GetConditions())
		}
	}
}
