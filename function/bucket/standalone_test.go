package bucket

import (
	"maps"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/composetest"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/provision"
)

const standalonePolicy = "{standalone: {}}"

// standaloneKnown is what is observed of a gateway that was made before.
func standaloneKnown(t *testing.T, status string) map[string]string {
	t.Helper()
	return composetest.Settled(t, variants["standalone"].accepted(t), map[string]string{"server": status})
}

func TestStandaloneRefuses(t *testing.T) {
	known := standaloneKnown(t, "")
	testRefusals(t, map[string]refusal{
		"Nothing":   {reason: "Nothing is wrong.", given: given{policy: standalonePolicy}, want: "Accepted: "},
		"Region":    {reason: "A cluster is in one place.", given: given{policy: standalonePolicy, spec: "{region: eu}"}, want: "NotOffered: spec.region: this platform's backend does not offer it: leave it out, or ask the platform team for another class"},
		"Retention": {reason: "The gateway keeps no versions.", given: given{policy: standalonePolicy, spec: "{retentionDays: 7}"}, want: "NotOffered: spec.retentionDays: this platform's backend does not offer it: leave it out, or ask the platform team for another class"},
		"NoDays":    {reason: "None is what it has.", given: given{policy: standalonePolicy, spec: "{retentionDays: 0}"}, want: "Accepted: "},
		"Grows": {
			reason: "The volume of a StatefulSet keeps what it was made with.",
			given:  given{policy: standalonePolicy, spec: "{storageSize: 80Gi}", observed: known},
			want:   `StorageCannotChange: spec.storageSize: the volume was created with 50Gi, and its StatefulSet cannot change it: set it to 50Gi. If the storage class allows it, grow the volume itself, and spec.storageSize may then be its size: kubectl -n ns patch pvc data-chat-s3-0 --type=merge -p '{"spec":{"resources":{"requests":{"storage":"80Gi"}}}}'`,
		},
		"Shrinks": {
			reason: "A volume cannot shrink.",
			given:  given{policy: standalonePolicy, spec: "{storageSize: 20Gi}", observed: known},
			want:   "StorageCannotChange: spec.storageSize: the volume was created with 50Gi and cannot shrink: set it to 50Gi",
		},
		"SpelledOut": {reason: "The default may be spelled out.", given: given{policy: standalonePolicy, spec: "{storageSize: 51200Mi}", observed: known}, want: "Accepted: "},
	})
}

func TestStandaloneConnects(t *testing.T) {
	want := map[string]any{
		"secretName": "chat-s3",
		"keys":       map[string]any{"accessKey": "accesskey", "secretKey": "secretkey"},
		"values":     map[string]any{"endpoint": "http://chat-s3.ns.svc:7070", "bucket": "talk", "region": "us-east-1"},
	}
	rsp := given{policy: standalonePolicy, spec: "{bucketName: talk}", observed: standaloneKnown(t, "{readyReplicas: 1}")}.accepted(t)
	if diff := cmp.Diff(want, composetest.Connection(rsp)); diff != "" {
		t.Errorf("-want, +got:\n%s", diff)
	}
	if got := said(rsp, "BackendReady"); got != "Available: " {
		t.Errorf("a gateway that serves: %s", got)
	}
}

func TestStandaloneWaits(t *testing.T) {
	const want = "Waiting: waiting for the pod of StatefulSet \"chat-s3\" to be ready: should it not, `kubectl describe pod chat-s3-0` says why"
	if got := said(given{policy: standalonePolicy}.accepted(t), "BackendReady"); got != want {
		t.Errorf("want %s\ngot  %s", want, got)
	}
}

func TestStandaloneKeepsItsVolume(t *testing.T) {
	known := standaloneKnown(t, "")
	rsp := given{policy: "{standalone: {storageSize: 1Ti}}", observed: known}.accepted(t)
	for _, c := range composetest.Desired(rsp, "server").List("spec", "volumeClaimTemplates") {
		if got := c.String("spec", "resources", "requests", "storage"); got != "50Gi" {
			t.Errorf("another default of the platform made it %s", got)
		}
	}
	for policy, want := range map[string]string{"Retain": "Retain", "Delete": "Delete"} {
		rsp := given{policy: standalonePolicy, spec: "{deletionPolicy: " + policy + "}", observed: known}.accepted(t)
		if got := composetest.Desired(rsp, "server").String("spec", "persistentVolumeClaimRetentionPolicy", "whenDeleted"); got != want {
			t.Errorf("%s: the volume's policy is %s", policy, got)
		}
	}
}

// TestStandaloneFailsWithoutItsSecret: other credentials would lock everybody out.
func TestStandaloneFailsWithoutItsSecret(t *testing.T) {
	known := standaloneKnown(t, "{readyReplicas: 1}")
	delete(known, "credentials")
	_, err := given{policy: standalonePolicy, observed: known}.answer(t)
	if err == nil || !strings.Contains(err.Error(), "cannot find the credentials") {
		t.Errorf("made new credentials for a server that runs: %v", err)
	}
}

// TestStandaloneKeepsItsStorageClass: the API server refuses another one, and all of the update with
// it.
func TestStandaloneKeepsItsStorageClass(t *testing.T) {
	for _, was := range []string{"", "fast"} {
		class := func(observed map[string]string, policy string) string {
			rsp, err := composetest.Asked(t, given{policy: standalonePolicy, observed: observed}.request(t), func(s compose.State) (*fnv1.RunFunctionResponse, error) {
				p := policyOf(t, standalonePolicy)
				p.StorageClass = policy
				return Compose(s, p)
			})
			if err != nil {
				t.Fatal(err)
			}
			if observed == nil {
				observed = map[string]string{}
			}
			maps.Copy(observed, composetest.Settled(t, rsp, nil))
			return composetest.Desired(rsp, "server").List("spec", "volumeClaimTemplates")[0].String("spec", "storageClassName")
		}
		observed := map[string]string{}
		if got := class(observed, was); got != was {
			t.Errorf("a new volume has class %q, want %q", got, was)
		}
		for _, policy := range []string{"", "fast", "faster"} {
			if got := class(observed, policy); got != was {
				t.Errorf("the volume was made with class %q, and the policy's %q makes it %q", was, policy, got)
			}
		}
	}
}

// TestStandaloneTellsItsSize: the volume may have grown.
func TestStandaloneTellsItsSize(t *testing.T) {
	known := standaloneKnown(t, "{readyReplicas: 1}")
	for volume, want := range map[string]string{"": "", "{kind: PersistentVolumeClaim, metadata: {name: data-chat-s3-0}}": "", "{kind: PersistentVolumeClaim, metadata: {name: data-chat-s3-0}, status: {capacity: {storage: 80Gi}}}": "80Gi"} {
		in := given{policy: standalonePolicy, observed: known, required: map[string]string{}}
		if volume != "" {
			in.required[provision.RequirementStorage] = volume
		}
		if got := composetest.Status(in.accepted(t)).String("storageSize"); got != want {
			t.Errorf("%s: the status says %q, want %q", volume, got, want)
		}
	}
}
