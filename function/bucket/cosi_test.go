package bucket

import (
	"encoding/base64"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/composetest"
)

const (
	cosiPolicy = "{cosi: {bucketClassName: fast, bucketAccessClassName: key, deletionPolicy: Retain}}"

	// cosiText is what a driver's sidecar writes.
	cosiText = `{"metadata":{"name":"bc-1f"},"spec":{"bucketName":"fast-1f","authenticationType":"KEY","secretS3":` +
		`{"endpoint":"https://s3.example.com:9000","region":"eu","accessKeyID":"` + composetest.Canary + `","accessSecretKey":"` + composetest.Canary + `"},"secretAzure":null,"protocols":["S3"]}}`
)

var (
	cosiSecret  = composetest.Secret(map[string]string{keyCOSIInfo: cosiText})
	cosiGranted = map[string]string{nameCOSIClaim: "{bucketReady: true, bucketName: fast-1f}", nameCOSIAccess: "{accessGranted: true, accountID: a}"}
)

func cosiKnown(t *testing.T, status map[string]string) map[string]string {
	t.Helper()
	return composetest.Settled(t, variants["cosi-known"].accepted(t), status)
}

func TestCOSIRefuses(t *testing.T) {
	lacks := func(field string) string {
		return "NotOffered: spec." + field + ": this platform's backend does not offer it: leave it out, or ask the platform team for another class"
	}
	unreadable := func(part string) string {
		return `SecretUnreadable: Secret "chat-cosi": its key BucketInfo has no ` + part + ` of a bucket that speaks S3: see that the platform's bucket access class has authenticationType KEY and a driver for S3`
	}
	info := func(text string) given {
		return given{policy: cosiPolicy, observed: cosiKnown(t, nil), required: map[string]string{requirementSecret: composetest.Secret(map[string]string{keyCOSIInfo: text})}}
	}
	testRefusals(t, map[string]refusal{
		"Nothing":   {reason: "The class retains.", given: given{policy: cosiPolicy}, want: "Accepted: "},
		"Region":    {reason: "The class is in one place.", given: given{policy: cosiPolicy, spec: "{region: eu}"}, want: lacks("region")},
		"Retention": {reason: "A claim keeps no versions.", given: given{policy: cosiPolicy, spec: "{retentionDays: 7}"}, want: lacks("retentionDays")},
		"Storage":   {reason: "A claim has no size.", given: given{policy: cosiPolicy, spec: "{storageSize: 1Gi}"}, want: lacks("storageSize")},
		"Name":      {reason: "The controller names buckets.", given: given{policy: cosiPolicy, spec: "{bucketName: abc}"}, want: lacks("bucketName")},
		"Unsaid": {
			reason: "Nobody is promised what the class does not do.",
			given:  given{policy: "{cosi: {bucketClassName: fast, bucketAccessClassName: key}}"},
			want:   `NotOffered: spec.deletionPolicy: this platform's bucket class "fast" deletes files with the bucket: set spec.deletionPolicy: Delete if you consent, or ask the platform team for another class`,
		},
		"NoJSON":   {reason: "An error of JSON would quote the text.", given: info(composetest.Canary), want: unreadable("bucket")},
		"NoKey":    {reason: "A Secret without the key.", given: given{policy: cosiPolicy, required: map[string]string{requirementSecret: completeSecret}}, want: unreadable("bucket")},
		"NoBase64": {reason: "A key that is no base64.", given: given{policy: cosiPolicy, required: map[string]string{requirementSecret: "{data: {BucketInfo: '!'}}"}}, want: unreadable("bucket")}, //nolint:gosec // No value.
		"Azure":    {reason: "Another protocol.", given: info(`{"spec":{"bucketName":"b","secretAzure":{"accessToken":"` + composetest.Canary + `"}}}`), want: unreadable("bucket")},
		"NoKeys":   {reason: "An identity, which no pod was given.", given: info(`{"spec":{"bucketName":"b","secretS3":{"endpoint":"e","accessKeyID":"` + composetest.Canary + `"}}}`), want: unreadable("secretkey")},
	})
}

func TestCOSIConnects(t *testing.T) {
	in := given{policy: cosiPolicy, observed: cosiKnown(t, cosiGranted), required: map[string]string{requirementSecret: cosiSecret}}
	rsp := in.accepted(t)
	want := map[string]any{
		"secretName": "chat-bucket",
		"keys":       map[string]any{"endpoint": "endpoint", "bucket": "bucket", "region": "region", "accessKey": "accesskey", "secretKey": "secretkey"},
		"values":     map[string]any{},
	}
	if diff := cmp.Diff(want, composetest.Connection(rsp)); diff != "" {
		t.Errorf("-want, +got:\n%s", diff)
	}
	got := map[string]string{}
	for k, v := range composetest.Desired(rsp, nameCOSISecret).At("data").Struct().GetFields() {
		decoded, err := base64.StdEncoding.DecodeString(v.GetStringValue())
		if err != nil {
			t.Fatal(err)
		}
		got[k] = string(decoded)
	}
	parts := map[string]string{"endpoint": "https://s3.example.com:9000", "bucket": "fast-1f", "region": "eu", "accesskey": composetest.Canary, "secretkey": composetest.Canary}
	if diff := cmp.Diff(parts, got); diff != "" {
		t.Errorf("the Secret, -want, +got:\n%s", diff)
	}
	in.required[requirementSecret] = composetest.Secret(map[string]string{keyCOSIInfo: `{"spec":{"bucketName":"b","secretS3":{"endpoint":"e","accessKeyID":"i","accessSecretKey":"k"}}}`})
	if got := composetest.Connection(in.accepted(t))["keys"].(map[string]any)["region"]; got != nil {
		t.Errorf("a region that is not there is under key %v", got)
	}
}

func TestCOSIWaits(t *testing.T) {
	of := func(resource string) string {
		return "Waiting: waiting for " + resource + " \"chat-bucket\" to be ready: should it not, `kubectl describe " + resource + " chat-bucket` says why"
	}
	for want, in := range map[string]given{
		of("bucketclaims.objectstorage.k8s.io"):                                                          {policy: cosiPolicy},
		of("bucketaccesses.objectstorage.k8s.io"):                                                        {policy: cosiPolicy, observed: cosiKnown(t, map[string]string{nameCOSIClaim: cosiGranted[nameCOSIClaim]})},
		`Waiting: waiting for Secret "chat-cosi", which the driver of BucketAccess "chat-bucket" writes`: {policy: cosiPolicy, observed: cosiKnown(t, cosiGranted)},
	} {
		rsp := in.accepted(t)
		if got := said(rsp, "BackendReady"); got != want {
			t.Errorf("want %s\ngot  %s", want, got)
		}
		if got := composetest.Connection(rsp); len(got) > 0 {
			t.Errorf("there is a connection to nothing: %v", got)
		}
	}
}

// TestCOSIKeepsItsSecret while the driver's is out of sight: servers run with it.
func TestCOSIKeepsItsSecret(t *testing.T) {
	known := cosiKnown(t, cosiGranted)
	rsp := given{policy: cosiPolicy, observed: known, status: "{backend: COSI, connection: {secretName: chat-bucket}}"}.accepted(t)
	was := compose.NewResource(composetest.Document(t, known[nameCOSISecret])).At("data").Struct().AsMap()
	if diff := cmp.Diff(was, composetest.Desired(rsp, nameCOSISecret).At("data").Struct().AsMap()); diff != "" {
		t.Errorf("the Secret changed, -was, +is:\n%s", diff)
	}
	if got := composetest.Connection(rsp)["secretName"]; got != "chat-bucket" {
		t.Error("the connection of before is gone")
	}
	known[nameCOSISecret] = "{apiVersion: v1, kind: Secret, metadata: {name: chat-bucket}, data: {bucket: '!'}}"
	if _, err := (given{policy: cosiPolicy, observed: known}).answer(t); err == nil {
		t.Error("a Secret that cannot be read was written again")
	}
}

// TestCOSIKeepsItsClasses when the platform has others for new ones.
func TestCOSIKeepsItsClasses(t *testing.T) {
	rsp := given{policy: "{cosi: {bucketClassName: new, bucketAccessClassName: new, deletionPolicy: Retain}}", observed: cosiKnown(t, nil)}.accepted(t)
	if got := composetest.Desired(rsp, nameCOSIClaim).String("spec", "bucketClassName"); got != "fast" {
		t.Errorf("the bucket's class became %s", got)
	}
	if got := composetest.Desired(rsp, nameCOSIAccess).String("spec", "bucketAccessClassName"); got != "key" {
		t.Errorf("the access's class became %s", got)
	}
}
