package bucket

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/composetest"
)

const garagePolicy = "{garage: {clusterRef: {name: garage}}}"

func garageKnown(t *testing.T) map[string]string {
	t.Helper()
	return composetest.Settled(t, variants["garage-full"].accepted(t), map[string]string{nameGarageBucket: composetest.Ready, nameGarageKey: composetest.Ready})
}

func TestGarageRefuses(t *testing.T) {
	lacks := func(field string) string {
		return "NotOffered: spec." + field + ": this platform's backend does not offer it: leave it out, or ask the platform team for another class"
	}
	testRefusals(t, map[string]refusal{
		"Nothing":     {reason: "Nothing is wrong.", given: given{policy: garagePolicy}, want: "Accepted: "},
		"Region":      {reason: "The cluster has one.", given: given{policy: garagePolicy, spec: "{region: eu}"}, want: lacks("region")},
		"Retention":   {reason: "Garage keeps no versions.", given: given{policy: garagePolicy, spec: "{retentionDays: 7}"}, want: lacks("retentionDays")},
		"Deleted":     {reason: "The operator does not do it.", given: given{policy: garagePolicy, spec: "{deletionPolicy: Delete}"}, want: "NotOffered: spec.deletionPolicy: this platform's backend does not offer it: use Retain: Garage's operator deletes no bucket that holds files, so empty it by hand"},
		"Name":        {reason: "The cluster may have such a bucket, of somebody else.", given: given{policy: garagePolicy, spec: "{bucketName: talk}"}, want: "NotOffered: spec.bucketName: this platform's backend does not offer it: leave it out, or ask the platform team for a class with allowBucketName"},
		"NameAllowed": {reason: "The platform's cluster is for this.", given: given{policy: "{garage: {clusterRef: {name: garage}, allowBucketName: true}}", spec: "{bucketName: talk}"}, want: "Accepted: "},
		"NameKept":    {reason: "It has this name already.", given: given{policy: garagePolicy, spec: "{bucketName: talk}", observed: garageKnown(t)}, want: "Accepted: "},
		"AnotherName": {reason: "Files do not move.", given: given{policy: "{garage: {clusterRef: {name: garage}, allowBucketName: true}}", spec: "{bucketName: walk}", observed: garageKnown(t)}, want: `CannotChange: spec.bucketName: this bucket has "talk": go back to it, files do not move by themselves`},
	})
}

func TestGarageConnects(t *testing.T) {
	rsp := given{policy: garagePolicy, observed: garageKnown(t)}.accepted(t)
	want := map[string]any{
		"secretName": "chat-bucket",
		"keys":       map[string]any{"endpoint": "endpoint", "region": "region", "accessKey": "access-key-id", "secretKey": "secret-access-key"},
		"values":     map[string]any{"bucket": "talk"},
	}
	if diff := cmp.Diff(want, composetest.Connection(rsp)); diff != "" {
		t.Errorf("-want, +got:\n%s", diff)
	}
	if got := composetest.Desired(rsp, nameGarageKey).String("spec", "clusterRef", "namespace"); got != "storage" {
		t.Errorf("another default of the platform moved the key to the cluster of namespace %q", got)
	}
}

func TestGarageWaits(t *testing.T) {
	for composed, resource := range map[string]string{nameGarageBucket: "garagebuckets.garage.rajsingh.info", nameGarageKey: "garagekeys.garage.rajsingh.info"} {
		known := garageKnown(t)
		delete(known, composed)
		in := given{policy: garagePolicy, observed: known}
		want := "Waiting: waiting for " + resource + " \"chat-bucket\" to be ready: should it not, `kubectl describe " + resource + " chat-bucket` says why"
		rsp := in.accepted(t)
		if got := said(rsp, "BackendReady"); got != want {
			t.Errorf("without %s:\nwant %s\ngot  %s", composed, want, got)
		}
		if got := composetest.Connection(rsp); len(got) > 0 {
			t.Errorf("without %s there is a connection: %v", composed, got)
		}
		alias := composetest.Desired(rsp, nameGarageBucket).String("spec", "globalAlias")
		in.status = "{backend: Garage, connection: {secretName: chat-bucket, values: {bucket: " + alias + "}}}"
		rsp = in.accepted(t)
		if composetest.Connection(rsp)["secretName"] != "chat-bucket" || composetest.Desired(rsp, nameGarageBucket).String("spec", "globalAlias") != alias {
			t.Errorf("without %s, what is there is given up", composed)
		}
	}
}
