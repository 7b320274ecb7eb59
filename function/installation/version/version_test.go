package version

import (
	"fmt"
	"testing"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/composed"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/decision"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/factstest"
	"github.com/crossplane-mattermost/crossplane-mattermost/input/v1beta1"
)

func TestKeptVersion(t *testing.T) {
	const repository = "mattermost/mattermost-enterprise-edition:"
	serving := func(version string) map[string]string {
		return map[string]string{composed.Deployment: factstest.Deployment(repository+version, 2)}
	}
	migrating := func(version, condition string) map[string]string {
		return map[string]string{"migration-a": factstest.Job(repository+version, "", condition)}
	}
	both := serving("11.4.0")
	both["migration-a"] = factstest.Job(repository+"11.5.0", "", "")
	cases := map[string]struct {
		reason   string
		spec     string
		policy   v1beta1.Input
		observed map[string]string
		status   string
		want     string
	}{
		"New":              {reason: "A new installation gets the default.", want: defaultVersion},
		"NewOnPlatform":    {reason: "A new installation gets the platform's version.", policy: v1beta1.Input{Version: "11.5.0"}, want: "11.5.0"},
		"Served":           {reason: "A later default changes nothing.", observed: serving("11.4.0"), want: "11.4.0"},
		"ServedOnPlatform": {reason: "Another default of the platform changes nothing.", policy: v1beta1.Input{Version: "11.5.0"}, observed: serving("11.4.0"), want: "11.4.0"},
		"ServedPinned":     {reason: "A digest is kept with its tag.", observed: serving("11.4.0@" + digestOfTest), want: "11.4.0@" + digestOfTest},
		"Named":            {reason: "The user names another.", spec: "version: 11.6.0", observed: serving("11.4.0"), want: "11.6.0"},
		"Channel":          {reason: "A channel changes the version.", spec: "upgrade: {channel: ESR}", policy: v1beta1.Input{Releases: &v1beta1.Releases{Channels: map[string]string{"ESR": "11.7.9"}}}, observed: serving("11.4.0"), want: "11.7.9"},
		"Migrating":        {reason: "A first migration in progress is completed.", observed: migrating("11.4.0", ""), want: "11.4.0"},
		"Migrated":         {reason: "The version of a completed first migration is kept.", observed: migrating("11.4.0", "Complete"), want: "11.4.0"},
		"MigrationFailed":  {reason: "The version of a failed first migration is not kept.", observed: migrating("11.4.0", "Failed"), want: defaultVersion},
		"ServedFirst":      {reason: "The running version takes precedence over an abandoned migration.", observed: both, want: "11.4.0"},
		"Gone":             {reason: "A deleted Deployment is created again with its version.", status: "version: 11.4.0", want: "11.4.0"},
		"Forged":           {reason: "A text in the status that is no version is ignored.", status: "version: of-somebody-else", want: defaultVersion},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			f := factstest.Given{Spec: factstest.Accepted + tc.spec, Policy: tc.policy, Composed: tc.observed, Status: tc.status}.Facts(t)
			if Decide(f).Version != tc.want {
				t.Errorf("%s\n%q, want %q", tc.reason, Decide(f).Version, tc.want)
			}
		})
	}
}

func TestKeptVersionOutsideThePolicy(t *testing.T) {
	served := map[string]string{composed.Deployment: factstest.Deployment("mattermost/mattermost-enterprise-edition:11.4.0", 2)}
	later := v1beta1.Input{Versions: []string{">=11.7"}}
	cases := map[string]struct {
		reason   string
		spec     string
		policy   v1beta1.Input
		observed map[string]string
		status   string
		refused  bool
		current  string
	}{
		"Kept":      {reason: "It runs on, and is reported.", policy: later, observed: served, current: "False NotAllowed version 11.4.0 runs on, though it is not allowed on this platform any more: set spec.version to a release that satisfies >=11.7"},
		"Named":     {reason: "A version that the user names is refused.", spec: "version: 11.4.0", policy: later, observed: served, refused: true, current: "True Pinned "},
		"Forged":    {reason: "A status cannot bypass the policy.", policy: later, status: "version: 11.4.0", refused: true, current: "True Pinned "},
		"Allowed":   {reason: "The condition names the default.", observed: served, current: "True Kept version 11.4.0 is kept, as long as spec.version names no other: new installations get " + defaultVersion},
		"AsDefault": {reason: "The kept version is the default.", policy: v1beta1.Input{Version: "11.4.0"}, observed: served, current: "True Pinned "},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			f := factstest.Given{Spec: factstest.Accepted + tc.spec, Policy: tc.policy, Composed: tc.observed, Status: tc.status}.Facts(t)
			if v := allowed(f, &decision.Decisions{Version: Decide(f)}); v.Pass == tc.refused {
				t.Errorf("%s\nrefused is %t: %s", tc.reason, !v.Pass, v.Message)
			}
			c := conditions(f, &decision.Decisions{Stage: decision.Accepted, Version: Decide(f)})[0]
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
		if v := judged(t, fmt.Sprintf("version: %q", version), policy); v.Pass != want {
			t.Errorf("%s: allowed is %t, want %t: %s", version, v.Pass, want, v.Message)
		}
	}
	own := v1beta1.Input{Versions: []string{"11.7.9-acme.1"}}
	if v := judged(t, "version: 11.7.9-acme.1", own); !v.Pass {
		t.Errorf("a build that the platform names is not allowed: %s", v.Message)
	}
}

func judged(t *testing.T, spec string, policy v1beta1.Input) compose.Verdict {
	t.Helper()
	f := factstest.Given{Spec: factstest.Accepted + spec, Policy: policy}.Facts(t)
	return allowed(f, &decision.Decisions{Version: Decide(f)})
}
