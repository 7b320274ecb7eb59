package installation_test

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/structpb"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/preview"
)

func TestFirstInstallation(t *testing.T) {
	spec := withLocal()
	spec["licenseSecret"] = "license"
	c := fixture(t, spec)
	history := settle(t, c)

	if got := history[0].Came; len(migrations(got)) != 1 || slices.Contains(got, "deployment") {
		t.Errorf("the first reconcile composed %v, want a migration and no deployment", got)
	}
	if got := history[1].Came; !slices.Equal(got, []string{"deployment"}) {
		t.Errorf("after the migration came %v, want the deployment alone", got)
	}
	started := history[1].Response.GetDesired().GetResources()["deployment"].GetResource()
	if got := compose.NewResource(started).Int("spec", "replicas"); got != 1 {
		t.Errorf("the server starts with %d replicas, want 1", got)
	}
	if got := compose.NewResource(c.Composed["deployment"]).Int("spec", "replicas"); got != 2 {
		t.Errorf("the server ends with %d replicas, want 2", got)
	}
	if got := history[1].Went; len(got) != 0 {
		t.Errorf("%v left before the deployment was seen", got)
	}
	if got := history[2].Went; len(migrations(got)) != 1 {
		t.Errorf("%v left when the deployment was seen, want the migration", got)
	}
	want := []string{"claim", "deployment", "ingress", "metrics-service", "pod-disruption-budget", "protection", "service", "service-account"}
	var names []string
	for n := range c.Composed {
		names = append(names, n)
	}
	slices.Sort(names)
	if diff := cmp.Diff(want, names); diff != "" {
		t.Errorf("-want, +got composed objects:\n%s", diff)
	}
	if got := state(c); got != "stable" {
		t.Errorf("state %q, want stable", got)
	}
	for _, k := range []string{"Accepted", "DatabaseReady", "FileStoreReady", "MigrationComplete", "RolloutComplete", "ReplicasClustered", "ZeroDowntime", "VersionCurrent"} {
		if got := condition(c, k); got.Status != compose.True {
			t.Errorf("condition %s is %s: %s", k, got.Status, got.Message)
		}
	}
}

// TestUnlicensedInstallation asserts that an installation has one replica until it gets a
// license, and is Ready with it.
func TestUnlicensedInstallation(t *testing.T) {
	c := fixture(t, withLocal())
	for _, r := range settle(t, c) {
		for _, e := range r.Response.GetResults() {
			if e.GetSeverity() == fnv1.Severity_SEVERITY_WARNING {
				t.Errorf("a new user is warned: %s", e.GetMessage())
			}
		}
	}
	if got := sized(c); got != "1 of 2" || state(c) != "stable" {
		t.Errorf("replicas %s and state %q, want one of two, stable", got, state(c))
	}
	if got := condition(c, "ReplicasClustered"); got.Status != compose.True || !strings.Contains(got.Message, "license") {
		t.Errorf("ReplicasClustered is %s, and does not say what a license changes: %s", got.Status, got.Message)
	}
	edit(t, c, "license", "licenseSecret")
	settle(t, c)
	if got := sized(c); got != "2 of 2" {
		t.Errorf("with a license there are replicas %s", got)
	}
}

// TestPreviousReleaseIsNotScaledDown upgrades this function for an installation whose
// number of replicas was not recorded.
func TestPreviousReleaseIsNotScaledDown(t *testing.T) {
	spec := withLocal()
	spec["replicas"] = 2
	c := fixture(t, spec)
	settle(t, c)
	// The previous release would have created it like this.
	delete(c.Composite.GetFields()["spec"].GetStructValue().GetFields(), "replicas")
	delete(c.Composed["deployment"].GetFields()["metadata"].GetStructValue().GetFields()["annotations"].GetStructValue().GetFields(), "mattermost.crossplane.io/sizing")
	template := compose.NewResource(c.Composed["deployment"]).At("spec", "template").Struct()
	for range 2 {
		settle(t, c)
		if got := sized(c); got != "2 of 2" {
			t.Fatalf("two replicas became %s", got)
		}
	}
	if diff := cmp.Diff(template, compose.NewResource(c.Composed["deployment"]).At("spec", "template").Struct(), protocmp.Transform()); diff != "" {
		t.Errorf("the server is rolled, -before, +after:\n%s", diff)
	}
	edit(t, c, "5000users", "size")
	settle(t, c)
	if got := sized(c); got != "1 of 2" {
		t.Errorf("another size without a license gives replicas %s", got)
	}
}

// sized returns the number of replicas of the Deployment and that of its size.
func sized(c *preview.Cluster) string {
	return fmt.Sprintf("%d of %d", compose.NewResource(c.Composed["deployment"]).Int("spec", "replicas"), compose.NewResource(c.Composite).Int("status", "sizing", "sizeReplicas"))
}

func TestRefusalsTouchNothing(t *testing.T) {
	cases := map[string]struct {
		reason    string
		value     any
		path      []string
		condition string
		want      []string
	}{
		"SecretMissing": {
			reason: "A Secret that does not exist is named.",
			value:  "absent", path: []string{"database", "external", "secret"},
			condition: "DatabaseReady", want: []string{"spec.database.external.secret", `"absent"`, "DB_CONNECTION_STRING"},
		},
		"SecretKeyMissing": {
			reason: "A Secret without the key is named with the key.",
			value:  "empty", path: []string{"database", "external", "secret"},
			condition: "DatabaseReady", want: []string{"spec.database.external.secret", `"empty"`, "DB_CONNECTION_STRING"},
		},
		"MySQL": {
			reason: "Servers from 11.0 on cannot use MySQL.",
			value:  "mysql", path: []string{"database", "external", "secret"},
			condition: "DatabaseReady", want: []string{"spec.database.external.secret", "PostgreSQL"},
		},
		"VersionForbidden": {
			reason: "The platform says which versions may run.",
			value:  "12.0.0", path: []string{"version"},
			condition: "Accepted", want: []string{"spec.version", "12.0.0", "<12"},
		},
		"VersionWithoutNumber": {
			reason: "A moving tag says no version to compare.",
			value:  "latest", path: []string{"version"},
			condition: "Accepted", want: []string{"spec.version", "latest"},
		},
		"SizeUnknown": {
			reason: "A size that is in no table is refused, also past the API.",
			value:  "7users", path: []string{"size"},
			condition: "Accepted", want: []string{"spec.size", "7users", "5000users"},
		},
		"LicenseMissing": {
			reason: "A licence must be there before a server is restarted for it.",
			value:  "absent", path: []string{"licenseSecret"},
			condition: "Accepted", want: []string{"spec.licenseSecret", "license"},
		},
		"LocalVolumeLeft": {
			reason: "A move to another store would delete files.",
			value:  inBucket(), path: []string{"fileStore"},
			condition: "FileStoreReady", want: []string{"spec.fileStore", "discardLocal"},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			c := fixture(t, withLocal())
			settle(t, c)
			before := map[string]*structpb.Struct{}
			for n, o := range c.Composed {
				before[n] = proto.CloneOf(o)
			}
			edit(t, c, tc.value, tc.path...)
			settle(t, c)
			if diff := cmp.Diff(before, c.Composed, protocmp.Transform()); diff != "" {
				t.Errorf("%s\nobjects were touched, -before, +after:\n%s", tc.reason, diff)
			}
			got := condition(c, tc.condition)
			if got.Status != compose.False {
				t.Errorf("%s\ncondition %s is %s", tc.reason, tc.condition, got.Status)
			}
			for _, w := range tc.want {
				if !strings.Contains(got.Message, w) {
					t.Errorf("%s\nthe message does not say %q: %s", tc.reason, w, got.Message)
				}
			}
			if got := state(c); got != "refused" {
				t.Errorf("%s\nstate %q, want refused", tc.reason, got)
			}
		})
	}
}

func TestDiscardLocalDeletesTheClaim(t *testing.T) {
	c := fixture(t, withLocal())
	settle(t, c)
	store := inBucket()
	store["discardLocal"] = true
	edit(t, c, store, "fileStore")
	var went []string
	for _, r := range settle(t, c) {
		went = append(went, r.Went...)
	}
	if diff := cmp.Diff([]string{"claim"}, went); diff != "" {
		t.Errorf("-want, +got deleted:\n%s", diff)
	}
}

func image(c *preview.Cluster) string {
	for _, k := range compose.NewResource(c.Composed["deployment"]).List("spec", "template", "spec", "containers") {
		return k.String("image")
	}
	return ""
}

func TestSecretsAreNeverShown(t *testing.T) {
	spec := withLocal()
	spec["fileStore"] = inBucket()
	c := fixture(t, spec)
	for _, r := range settle(t, c) {
		b, err := protojson.Marshal(r.Response)
		if err != nil {
			t.Fatal(err)
		}
		for _, form := range []string{canary, base64.StdEncoding.EncodeToString([]byte(canary))} {
			if strings.Contains(string(b), form) {
				t.Fatal("a response shows a secret value")
			}
		}
	}
}

func TestSecretRotationRollsTheServer(t *testing.T) {
	c := fixture(t, withLocal())
	settle(t, c)
	template := func() string {
		return compose.NewResource(c.Composed["deployment"]).String("spec", "template", "metadata", "annotations", "mattermost.crossplane.io/secrets")
	}
	before := template()
	c.Objects["Secret/db"] = secret(t, map[string]string{"DB_CONNECTION_STRING": connection("rotated")})
	settle(t, c)
	if template() == before {
		t.Error("the pods keep the old value")
	}
}
