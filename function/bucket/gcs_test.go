package bucket

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/composetest"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/provision"
)

const (
	gcsPolicy = "{gcs: {location: EU}}"

	// gcsAccountKnown is the account as the provider shows it.
	gcsAccountKnown = "{apiVersion: cloudplatform.gcp.m.upbound.io/v1beta1, kind: ServiceAccount, metadata: {name: chat-bucket, annotations: {crossplane.io/external-name: mattermost-known}}, status: " + gcsAccountStatus + "}"

	gcsAccountStatus = "{conditions: [{type: Ready, status: 'True'}], atProvider: {email: mattermost-known@p.iam.gserviceaccount.com, member: 'serviceAccount:mattermost-known@p.iam.gserviceaccount.com'}}"
	gcsKeyStatus     = "{conditions: [{type: Ready, status: 'True'}], atProvider: {accessId: GOOG1E}}"
)

var gcsReady = map[string]string{nameGCSBucket: composetest.Ready, nameGCSAccount: gcsAccountStatus, nameGCSFiles: composetest.Ready, nameGCSReader: composetest.Ready, nameGCSKey: gcsKeyStatus}

func gcsKnown(t *testing.T) map[string]string {
	t.Helper()
	return composetest.Settled(t, variants["gcs-known"].accepted(t), gcsReady)
}

func TestGCSRefuses(t *testing.T) {
	testRefusals(t, map[string]refusal{
		"Nothing":     {reason: "Nothing is wrong.", given: given{policy: gcsPolicy}, want: "Accepted: "},
		"Retention":   {reason: "Versions are kept for days.", given: given{policy: gcsPolicy, spec: "{retentionDays: 30}"}, want: "Accepted: "},
		"Storage":     {reason: "Google has no quota.", given: given{policy: gcsPolicy, spec: "{storageSize: 1Gi}"}, want: "NotOffered: spec.storageSize: this platform's backend does not offer it: leave it out, or ask the platform team for another class"},
		"Name":        {reason: "The project may have such a bucket, of somebody else.", given: given{policy: gcsPolicy, spec: "{bucketName: talk}"}, want: "NotOffered: spec.bucketName: this platform's backend does not offer it: leave it out, or ask the platform team for a class with allowBucketName"},
		"AnotherName": {reason: "Files do not move.", given: given{policy: "{gcs: {location: EU, allowBucketName: true}}", spec: "{bucketName: talk}", observed: gcsKnown(t)}, want: `CannotChange: spec.bucketName: this bucket has "ns-chat-ffcc741c22a21c3e": go back to it, files do not move by themselves`},
		"Moved":       {reason: "Files do not move.", given: given{policy: gcsPolicy, spec: "{region: US}", observed: gcsKnown(t)}, want: `CannotChange: spec.region: this bucket has "EU": go back to it, files do not move by themselves`},
	})
	if _, err := (given{policy: "{gcs: {location: ''}}"}).answer(t); err == nil {
		t.Error("a bucket was composed, and nowhere")
	}
}

func TestGCSConnects(t *testing.T) {
	rsp := given{policy: gcsPolicy, observed: gcsKnown(t)}.accepted(t)
	want := map[string]any{
		"secretName": "chat-bucket",
		"keys":       map[string]any{"secretKey": "attribute.secret"},
		"values":     map[string]any{"endpoint": "storage.googleapis.com", "bucket": "ns-chat-ffcc741c22a21c3e", "region": "auto", "accessKey": "GOOG1E"},
	}
	if diff := cmp.Diff(want, composetest.Connection(rsp)); diff != "" {
		t.Errorf("-want, +got:\n%s", diff)
	}
}

func TestGCSWaits(t *testing.T) {
	const says = "Waiting: waiting for %r \"%n\" to be ready: should it not, `kubectl describe %r %n` says why"
	for composed, object := range map[string][2]string{
		nameGCSBucket:  {"buckets.storage.gcp.m.upbound.io", "chat-bucket"},
		nameGCSAccount: {"serviceaccounts.cloudplatform.gcp.m.upbound.io", "chat-bucket"},
		nameGCSFiles:   {"bucketiammembers.storage.gcp.m.upbound.io", "chat-bucket-files"},
		nameGCSReader:  {"bucketiammembers.storage.gcp.m.upbound.io", "chat-bucket-reader"},
		nameGCSKey:     {"hmackeys.storage.gcp.m.upbound.io", "chat-bucket"},
	} {
		known := gcsKnown(t)
		delete(known, composed)
		rsp := given{policy: gcsPolicy, observed: known}.accepted(t)
		want := strings.NewReplacer("%r", object[0], "%n", object[1]).Replace(says)
		if got := said(rsp, "BackendReady"); got != want {
			t.Errorf("without %s:\nwant %s\ngot  %s", composed, want, got)
		}
		if got := composetest.Connection(rsp); len(got) > 0 {
			t.Errorf("without %s there is a connection: %v", composed, got)
		}
	}
	known := gcsKnown(t)
	known[nameGCSKey] = strings.ReplaceAll(known[nameGCSKey], "GOOG1E", "''")
	if got := said(given{policy: gcsPolicy, observed: known}.accepted(t), "BackendReady"); got != `Waiting: waiting for status.atProvider.accessId of HMACKey "chat-bucket"` {
		t.Errorf("without an id: %s", got)
	}
}

// TestGCSKeepsItsGrants while the account is out of sight: servers run with them.
func TestGCSKeepsItsGrants(t *testing.T) {
	known := gcsKnown(t)
	delete(known, nameGCSAccount)
	rsp := given{policy: gcsPolicy, observed: known, status: "{backend: GCS, connection: {secretName: chat-bucket, values: {bucket: ns-chat-ffcc741c22a21c3e}}}"}.accepted(t)
	for _, composed := range []string{nameGCSFiles, nameGCSReader} {
		if got := composetest.Desired(rsp, composed).String("spec", "forProvider", "member"); got != "serviceAccount:mattermost-known@p.iam.gserviceaccount.com" {
			t.Errorf("%s is for %q", composed, got)
		}
	}
	if got := composetest.Connection(rsp)["secretName"]; got != "chat-bucket" {
		t.Error("the connection of before is gone")
	}
	grant := map[string]string{nameGCSReader: "{apiVersion: " + apiGCS + ", kind: BucketIAMMember, metadata: {name: chat-bucket-reader}, spec: {forProvider: {bucket: talk, member: m}}}"}
	rsp = given{policy: gcsPolicy, observed: grant, status: "{backend: GCS, connection: {values: {bucket: talk}}}"}.accepted(t)
	if got := composetest.Desired(rsp, nameGCSBucket).String("metadata", "annotations", provision.AnnotationExternalName); got != "talk" {
		t.Errorf("out of sight, the bucket is called %q", got)
	}
}

func TestGCSAccountID(t *testing.T) {
	id := composetest.Desired(variants["gcs-full"].accepted(t), nameGCSAccount).String("metadata", "annotations", provision.AnnotationExternalName)
	if id != "mattermost-known" {
		t.Errorf("the account became %q", id)
	}
	id = composetest.Desired(given{policy: "{gcs: {location: EU, allowBucketName: true}}", spec: "{bucketName: talk}"}.accepted(t), nameGCSAccount).String("metadata", "annotations", provision.AnnotationExternalName)
	if len(id) < 6 || len(id) > 30 || strings.Contains(id, "talk") {
		t.Errorf("an account is called %q", id)
	}
}

func TestGCSRetains(t *testing.T) {
	testRetention(t, gcsPolicy, "forceDestroy", nameGCSBucket, []string{nameGCSBucket}, []string{nameGCSAccount, nameGCSKey})
}
