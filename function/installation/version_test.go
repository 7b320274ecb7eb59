package installation

import (
	"fmt"
	"testing"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/input/v1beta1"
)

func TestKeptVersion(t *testing.T) {
	const repository = "mattermost/mattermost-enterprise-edition:"
	serving := func(version string) map[string]string {
		return map[string]string{nameDeployment: observedDeployment(repository+version, 2)}
	}
	migrating := func(version, condition string) map[string]string {
		return map[string]string{"migration-a": observedJob(repository+version, "", condition)}
	}
	both := serving("11.4.0")
	both["migration-a"] = observedJob(repository+"11.5.0", "", "")
	cases := map[string]struct {
		reason   string
		spec     string
		policy   v1beta1.Input
		composed map[string]string
		status   string
		want     string
	}{
		"New":              {reason: "A new installation gets the default.", want: defaultVersion},
		"NewOnPlatform":    {reason: "A new installation gets the platform's version.", policy: v1beta1.Input{Version: "11.5.0"}, want: "11.5.0"},
		"Served":           {reason: "A later default changes nothing.", composed: serving("11.4.0"), want: "11.4.0"},
		"ServedOnPlatform": {reason: "Another default of the platform changes nothing.", policy: v1beta1.Input{Version: "11.5.0"}, composed: serving("11.4.0"), want: "11.4.0"},
		"ServedPinned":     {reason: "A digest is kept with its tag.", composed: serving("11.4.0@" + digestOfTest), want: "11.4.0@" + digestOfTest},
		"Named":            {reason: "The user names another.", spec: "version: 11.6.0", composed: serving("11.4.0"), want: "11.6.0"},
		"Channel":          {reason: "A channel changes the version.", spec: "upgrade: {channel: ESR}", policy: v1beta1.Input{Releases: &v1beta1.Releases{Channels: map[string]string{"ESR": "11.7.9"}}}, composed: serving("11.4.0"), want: "11.7.9"},
		"Migrating":        {reason: "A first migration in progress is completed.", composed: migrating("11.4.0", ""), want: "11.4.0"},
		"Migrated":         {reason: "The version of a completed first migration is kept.", composed: migrating("11.4.0", "Complete"), want: "11.4.0"},
		"MigrationFailed":  {reason: "The version of a failed first migration is not kept.", composed: migrating("11.4.0", "Failed"), want: defaultVersion},
		"ServedFirst":      {reason: "The running version takes precedence over an abandoned migration.", composed: both, want: "11.4.0"},
		"Gone":             {reason: "A deleted Deployment is created again with its version.", status: "version: 11.4.0", want: "11.4.0"},
		"Forged":           {reason: "A text in the status that is no version is ignored.", status: "version: of-somebody-else", want: defaultVersion},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			g := given{spec: accepted + tc.spec, policy: tc.policy, composed: tc.composed, status: tc.status}.gather(t)
			if g.version != tc.want {
				t.Errorf("%s\n%q, want %q", tc.reason, g.version, tc.want)
			}
		})
	}
}

func TestKeptVersionOutsideThePolicy(t *testing.T) {
	served := map[string]string{nameDeployment: observedDeployment("mattermost/mattermost-enterprise-edition:11.4.0", 2)}
	later := v1beta1.Input{Versions: []string{">=11.7"}}
	cases := map[string]struct {
		reason   string
		spec     string
		policy   v1beta1.Input
		composed map[string]string
		status   string
		refused  bool
		current  string
	}{
		"Kept":      {reason: "It runs on, and is reported.", policy: later, composed: served, current: "False NotAllowed version 11.4.0 runs on, though it is not allowed on this platform any more: set spec.version to a release that satisfies >=11.7"},
		"Named":     {reason: "A version that the user names is refused.", spec: "version: 11.4.0", policy: later, composed: served, refused: true, current: "True Pinned "},
		"Forged":    {reason: "A status cannot bypass the policy.", policy: later, status: "version: 11.4.0", refused: true, current: "True Pinned "},
		"Allowed":   {reason: "The condition names the default.", composed: served, current: "True Kept version 11.4.0 is kept, as long as spec.version names no other: new installations get " + defaultVersion},
		"AsDefault": {reason: "The kept version is the default.", policy: v1beta1.Input{Version: "11.4.0"}, composed: served, current: "True Pinned "},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			g := given{spec: accepted + tc.spec, policy: tc.policy, composed: tc.composed, status: tc.status}.gather(t)
			if v := versionAllowed(g); v.Pass == tc.refused {
				t.Errorf("%s\nrefused is %t: %s", tc.reason, !v.Pass, v.Message)
			}
			c := currentCondition(g)
			if got := fmt.Sprintf("%s %s %s", c.Status, c.Reason, c.Message); got != tc.current {
				t.Errorf("%s\n%q, want %q", tc.reason, got, tc.current)
			}
		})
	}
}

func TestVersionAllowed(t *testing.T) {
	policy := v1beta1.Input{Versions: []string{">=11.7 <11.8"}}
	for version, want := range map[string]bool{
		"11.7.9": true, "v11.7.9": true, "11.7.9@" + digestOfTest: true, "11.8.0": false,
		"11.7.9-acme.1": true, "11.7.9-rc1": false, "11.8.0-rc1": false, "11.7": false, "11": false, "latest": false, digestOfTest: false,
	} {
		if v := versionAllowed(given{spec: accepted + fmt.Sprintf("version: %q", version), policy: policy}.gather(t)); v.Pass != want {
			t.Errorf("%s: allowed is %t, want %t: %s", version, v.Pass, want, v.Message)
		}
	}
	own := v1beta1.Input{Versions: []string{"11.7.9-acme.1"}}
	if v := versionAllowed(given{spec: accepted + "version: 11.7.9-acme.1", policy: own}.gather(t)); !v.Pass {
		t.Errorf("a build that the platform names is not allowed: %s", v.Message)
	}
}

// TestNoJobBefore65 asserts that servers before 6.5, which have no command that migrates,
// get no Job. The first server starts alone and migrates.
func TestNoJobBefore65(t *testing.T) {
	const repository = "mattermost/mattermost-enterprise-edition:"
	for version, want := range map[string]bool{"6.3.0": false, "5.39.3": false, "6.4": false, "6.4.0-acme.1": false, "6.5.0": true, "6.5.0-acme.1": true, "7.1.0": true, "latest": true, digestOfTest: true} {
		if got := migratesByJob(version); got != want {
			t.Errorf("%s migrates by a Job: %t, want %t", version, got, want)
		}
	}
	g := given{spec: accepted + "version: 6.3.0\nreplicas: 2"}.gather(t)
	r := decideRollout(g, 2)
	if r.starts() || r.migration != "" || r.image != repository+"6.3.0" || r.replicas != 1 {
		t.Errorf("a new server of 6.3: Job %q, image %q, %d replicas: want no Job, and one replica first", r.migration, r.image, r.replicas)
	}
	if c := migrationCondition(g, r); c.Status != compose.True || c.Reason != "Unsupported" {
		t.Errorf("MigrationComplete is %s, %s", c.Status, c.Reason)
	}
	g = given{spec: accepted + "version: 6.4.0\nreplicas: 2", composed: map[string]string{nameDeployment: observedDeployment(repository+"6.3.0", 2)}}.gather(t)
	if r = decideRollout(g, 2); r.starts() || r.image != repository+"6.4.0" {
		t.Errorf("an upgrade to 6.4: Job %q, image %q", r.migration, r.image)
	}
	g = given{spec: accepted + "version: 7.1.0\nreplicas: 2", composed: map[string]string{nameDeployment: observedDeployment(repository+"6.4.0", 2)}}.gather(t)
	if r = decideRollout(g, 2); !r.starts() {
		t.Error("an upgrade to 7.1 is not migrated by a Job")
	}
}
