package database

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/composetest"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/provision"
)

const standalonePolicyText = "{standalone: {}}"

// served is what is observed of a standalone server of 16 on 30Gi.
func served() map[string]string {
	return map[string]string{
		provision.NameCredentials: "{apiVersion: v1, kind: Secret, metadata: {name: chat-postgres}, data: {password: " + base64.StdEncoding.EncodeToString([]byte(composetest.Canary)) + "}}",
		provision.NameService:     "{apiVersion: v1, kind: Service, metadata: {name: chat-postgres}}",
		provision.NameServer: "{apiVersion: apps/v1, kind: StatefulSet, metadata: {name: chat-postgres, labels: {app.kubernetes.io/version: '16', mattermost.crossplane.io/holds-data: 'true'}}, " +
			"spec: {replicas: 1, volumeClaimTemplates: [{metadata: {name: data}, spec: {resources: {requests: {storage: 30Gi}}}}]}, status: {readyReplicas: 1, updatedReplicas: 1, observedGeneration: 1}}",
	}
}

func TestStandaloneKeepsWhatItWasMadeWith(t *testing.T) {
	for name, policy := range map[string]string{"Defaults": standalonePolicyText, "PlatformChanges": "{standalone: {version: '18', storageSize: 99Gi}}"} {
		t.Run(name, func(t *testing.T) {
			rsp := given{policy: policy, spec: "{}", observed: served()}.accepted(t)
			server := composetest.Desired(rsp, provision.NameServer)
			if got := server.String("metadata", "labels", provision.LabelVersion); got != "16" {
				t.Errorf("the server becomes %s", got)
			}
			if got := provision.StorageSize(server).String(); got != "30Gi" {
				t.Errorf("the volume becomes %s", got)
			}
			want := base64.StdEncoding.EncodeToString([]byte(composetest.Canary))
			if got := composetest.Desired(rsp, provision.NameCredentials).String("data", "password"); got != want {
				t.Error("the password changes")
			}
		})
	}
}

func TestStandaloneCredentialsAreMadeOnce(t *testing.T) {
	first := given{policy: standalonePolicyText, spec: "{}"}.accepted(t)
	password := composetest.Desired(first, provision.NameCredentials).String("data", "password")
	if password == "" {
		t.Fatal("there is no password")
	}
	again := given{policy: standalonePolicyText, spec: "{}", observed: composetest.Settled(t, first, nil)}.accepted(t)
	if diff := cmp.Diff(password, composetest.Desired(again, provision.NameCredentials).String("data", "password")); diff != "" {
		t.Error("the password changes")
	}
	if other := composetest.Desired(given{policy: standalonePolicyText, spec: "{}"}.accepted(t), provision.NameCredentials).String("data", "password"); other == password {
		t.Error("two databases have the same password")
	}
}

func TestStandaloneWithoutItsSecretIsFatal(t *testing.T) {
	observed := served()
	delete(observed, provision.NameCredentials)
	_, err := given{policy: standalonePolicyText, spec: "{}", observed: observed}.answer(t)
	if err == nil || !strings.Contains(err.Error(), `cannot find the credentials of StatefulSet "chat-postgres"`) {
		t.Errorf("the answer is %v", err)
	}
}

func TestStandaloneConnection(t *testing.T) {
	want := map[string]any{ //nolint:gosec // Names, not values.
		"secretName": "chat-postgres", "keys": map[string]any{"password": "password"},
		"values": map[string]any{"host": "chat-postgres.ns.svc", "port": 5432., "database": "mattermost", "username": "mattermost", "sslMode": "disable"},
	}
	before := given{policy: standalonePolicyText, spec: "{}"}.accepted(t)
	if c := composetest.Condition(before, "BackendReady"); c.GetStatus() != fnv1.Status_STATUS_CONDITION_FALSE || !strings.Contains(c.GetMessage(), `StatefulSet "chat-postgres"`) {
		t.Errorf("it waits with %q", c.GetMessage())
	}
	after := given{policy: standalonePolicyText, spec: "{}", observed: served()}.accepted(t)
	if c := composetest.Condition(after, "BackendReady"); c.GetStatus() != fnv1.Status_STATUS_CONDITION_TRUE {
		t.Errorf("it waits with %q", c.GetMessage())
	}
	for _, rsp := range []*fnv1.RunFunctionResponse{before, after} {
		if diff := cmp.Diff(want, composetest.Connection(rsp)); diff != "" {
			t.Errorf("-want, +got connection:\n%s", diff)
		}
	}
}

// TestRetainedVolume: a server of another version cannot read a volume that was retained.
func TestRetainedVolume(t *testing.T) {
	const labels = "app.kubernetes.io/name: postgres, app.kubernetes.io/instance: chat"
	volume := func(more string) map[string]string {
		return map[string]string{provision.RequirementVolume("chat-postgres"): "{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: data-chat-postgres-0, labels: {" + labels + more + "}}}"}
	}
	cases := map[string]struct {
		reason   string
		spec     string
		required map[string]string
		version  string
		refused  bool
	}{
		"New":      {reason: "A new volume gets the default.", spec: "{}", version: "17"},
		"Retained": {reason: "A retained volume keeps its version.", spec: "{}", required: volume(", app.kubernetes.io/version: '16'"), version: "16"},
		"Same":     {reason: "The version may be spelled out.", spec: "{version: '16'}", required: volume(", app.kubernetes.io/version: '16'"), version: "16"},
		"Another":  {reason: "Another version cannot read it.", spec: "{version: '17'}", required: volume(", app.kubernetes.io/version: '16'"), refused: true},
		"Unknown":  {reason: "A volume of an earlier release does not say.", spec: "{}", required: volume(""), version: "17"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			rsp, err := given{policy: standalonePolicyText, spec: tc.spec, required: tc.required}.answer(t)
			if err != nil {
				t.Fatal(err)
			}
			c, server := composetest.Condition(rsp, "Accepted"), composetest.Desired(rsp, provision.NameServer)
			if refused := c.GetStatus() == fnv1.Status_STATUS_CONDITION_FALSE; refused != tc.refused {
				t.Fatalf("%s\nrefused is %t: %s", tc.reason, refused, c.GetMessage())
			}
			if got := server.String("metadata", "labels", provision.LabelVersion); got != tc.version {
				t.Errorf("%s\nthe server is of %q, want %q", tc.reason, got, tc.version)
			}
			for _, v := range server.List("spec", "volumeClaimTemplates") {
				if got := v.String("metadata", "labels", provision.LabelVersion); got != tc.version {
					t.Errorf("%s\nthe volume is labeled %q, want %q", tc.reason, got, tc.version)
				}
			}
		})
	}
}

// TestStandaloneKeepsItsTemplate: a volume of an earlier release has no label of its version, and its
// template cannot get one.
func TestStandaloneKeepsItsTemplate(t *testing.T) {
	p := policyOf(t, standalonePolicyText)
	p.StorageClass = "faster"
	rsp, err := composetest.Asked(t, given{policy: standalonePolicyText, spec: "{}", observed: served()}.request(t), func(s compose.State) (*fnv1.RunFunctionResponse, error) { return Compose(s, p) })
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range composetest.Desired(rsp, provision.NameServer).List("spec", "volumeClaimTemplates") {
		if v.Has("metadata", "labels") || v.Has("spec", "storageClassName") {
			t.Errorf("the template becomes %v", v.Struct())
		}
	}
}
