package rollout

import (
	"fmt"
	"strings"
	"testing"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/composed"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/decision"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/factstest"
	"github.com/crossplane-mattermost/crossplane-mattermost/input/v1beta1"
)

func TestChangeLawful(t *testing.T) {
	const repository = "mattermost/mattermost-enterprise-edition:"
	digest := "sha256:" + strings.Repeat("0a", 32)
	cases := map[string]struct {
		reason string
		// from is the version that runs, and done one that the schema was migrated to.
		from, done string
		to         string
		allow      string
		policy     v1beta1.Releases
		// want are words of the refusal, none when it is lawful.
		want []string
	}{
		"First":             {reason: "There is nothing to change.", to: "11.4.0"},
		"Same":              {reason: "Nothing changes.", from: "11.4.0", to: "11.4.0"},
		"Patch":             {reason: "A later patch.", from: "11.4.0", to: "11.4.5"},
		"Pinned":            {reason: "The same release, pinned.", from: "11.4.0", to: "11.4.0@" + digest},
		"Feature":           {reason: "A later release.", from: "11.1.0", to: "11.4.0"},
		"NextESR":           {reason: "From one ESR to the next.", from: "10.11.3", to: "11.7.9"},
		"WithinESR":         {reason: "A later patch of an ESR.", from: "10.11.17", to: "10.11.23"},
		"AfterESR":          {reason: "From an ESR to a feature release.", from: "11.7.9", to: "11.10.0"},
		"Downgrade":         {reason: "An earlier release.", from: "11.4.0", to: "11.3.9", want: []string{"from 11.4.0 to 11.3.9", "db downgrade", "restore a backup", "rule Downgrade"}},
		"PatchDowngrade":    {reason: "An earlier patch may lack a migration as well.", from: "11.4.1", to: "11.4.0", want: []string{"rule Downgrade"}},
		"DowngradeAllowed":  {reason: "The user insists.", from: "11.4.0", to: "11.3.9", allow: "Downgrade"},
		"OtherAllowed":      {reason: "The user insists on something else.", from: "11.4.0", to: "11.3.9", allow: "SkipESR", want: []string{"rule Downgrade"}},
		"AfterMigration":    {reason: "The schema moved, though no server did.", from: "11.3.9", done: "11.4.0", to: "11.3.9", want: []string{"from 11.4.0 to 11.3.9", "already migrated", "go on to 11.4.0"}},
		"BetweenMigrations": {reason: "The schema moved further than this.", from: "11.1.0", done: "11.4.0", to: "11.3.9", want: []string{"from 11.4.0 to 11.3.9"}},
		"AfterMigrationOn":  {reason: "The schema goes on.", from: "11.1.0", done: "11.3.0", to: "11.4.0"},
		"SkipESR":           {reason: "It passes over 10.11.", from: "10.5.14", to: "11.4.0", want: []string{"Extended Support Release 10.11", "latest 10.11 first", "rule SkipESR"}},
		"SkipESRs":          {reason: "The first of those is named.", from: "9.10.0", to: "11.4.0", want: []string{"Extended Support Release 9.11"}},
		"Old":               {reason: "Below 7.1 all goes through 7.1.", from: "6.3.0", to: "7.8.0", want: []string{"Extended Support Release 7.1"}},
		"SkipESRAllowed":    {reason: "The user insists.", from: "9.10.0", to: "11.4.0", allow: "SkipESR"},
		"PlatformESR":       {reason: "The platform knows of a later one.", from: "11.10.0", to: "12.4.0", policy: v1beta1.Releases{ExtendedSupport: []string{"12.3"}}, want: []string{"Extended Support Release 12.3"}},
		"KnownBad":          {reason: "Numbers of migrations collide.", from: "10.11.17", to: "11.7.2", want: []string{"use 11.7.3 or later", "rule KnownBad"}},
		"KnownBadNext":      {reason: "In every release up to the one that mends it.", from: "10.11.23", to: "10.12.0", want: []string{"rule KnownBad"}},
		"KnownBadBefore":    {reason: "Earlier patches have no such migration.", from: "10.11.15", to: "11.7.2"},
		"KnownBadTwin":      {reason: "10.11.16 is the same as 10.11.17.", from: "10.11.16", to: "11.7.2", want: []string{"rule KnownBad"}},
		"KnownBadAgain":     {reason: "11.8.0 came without the fix of 11.7.3.", from: "10.11.23", to: "11.8.0", want: []string{"but not 11.8.0", "rule KnownBad"}},
		"KnownBadBuild":     {reason: "A custom build of a release counts as that release.", from: "10.11.18-acme.1", to: "11.5.0-acme.3", want: []string{"rule KnownBad"}},
		"KnownBadToBuild":   {reason: "The target may be a custom build, too.", from: "10.11.17", to: "11.7.2-acme.1", want: []string{"rule KnownBad"}},
		"KnownBadCandidate": {reason: "A release candidate may contain the fault of its release.", from: "10.11.17", to: "11.7.0-rc2", want: []string{"rule KnownBad"}},
		"KnownBadNotYet":    {reason: "A release candidate may lack the fix of its release.", from: "10.11.17", to: "11.7.3-rc1", want: []string{"rule KnownBad"}},
		"KnownBadPinned":    {reason: "A digest beside the tag hides nothing.", from: "10.11.17", to: "11.7.2@" + digest, want: []string{"rule KnownBad"}},
		"MendedBuild":       {reason: "A custom build of the fixed release is safe.", from: "10.11.18-acme.1", to: "11.7.3-acme.1"},
		"Twin":              {reason: "The same release under its other number.", from: "10.11.17", to: "10.11.16"},
		"OwnBuild":          {reason: "A custom build of the same release is no downgrade.", from: "11.4.0", to: "11.4.0-acme.1"},
		"OwnBuildBack":      {reason: "An earlier custom build of the same release is no downgrade.", from: "11.4.0-acme.2", to: "11.4.0-acme.1"},
		"OwnBuildDowngrade": {reason: "A custom build of an earlier release is a downgrade.", from: "11.4.0", to: "11.3.0-acme.1", want: []string{"rule Downgrade"}},
		"Candidate":         {reason: "A release follows its candidate.", from: "11.4.0-rc1", to: "11.4.0"},
		"CandidateBack":     {reason: "A candidate comes before its release.", from: "11.4.0", to: "11.4.0-rc1", want: []string{"rule Downgrade"}},
		"MovingLine":        {reason: "The tag of a minor version may be any release of it.", from: "10.11", to: "11.5.0", want: []string{"rule Incomparable"}},
		"MovingMajor":       {reason: "The tag of a major version may be any release of it.", from: "10.11.17", to: "11", want: []string{"rule Incomparable"}},
		"MovingWithin":      {reason: "A moving tag cannot be compared within its minor version either.", from: "11.7", to: "11.7.2", want: []string{"such as 10.11", "rule Incomparable"}},
		"MovingAllowed":     {reason: "The user insists.", from: "10.11", to: "11.7.9", allow: "Incomparable"},
		"PlatformBadBuild":  {reason: "The platform's rules apply to custom builds, too.", from: "11.7.9-acme.1", to: "11.8.0", policy: v1beta1.Releases{KnownBad: []v1beta1.KnownBad{{From: "11.7.x", To: "11.8.0", Reason: "it hurts"}}}, want: []string{"it hurts", "rule KnownBad"}},
		"PlatformBadOwn":    {reason: "A rule of the platform may name a custom build.", from: "11.7.9-acme.1", to: "11.9.0", policy: v1beta1.Releases{KnownBad: []v1beta1.KnownBad{{From: "11.7.9-acme.1", To: "11.9.0", Reason: "it hurts"}}}, want: []string{"it hurts", "rule KnownBad"}},
		"PlatformGoodOwn":   {reason: "Such a rule does not apply to other builds.", from: "11.7.9-acme.2", to: "11.9.0", policy: v1beta1.Releases{KnownBad: []v1beta1.KnownBad{{From: "11.7.9-acme.1", To: "11.9.0", Reason: "it hurts"}}}},
		"KnownBadMended":    {reason: "The release mends it.", from: "10.11.23", to: "11.7.3"},
		"KnownBadAllowed":   {reason: "The user insists.", from: "10.11.17", to: "11.7.2", allow: "KnownBad"},
		"PlatformBad":       {reason: "The platform knows of another.", from: "11.7.9", to: "11.8.0", policy: v1beta1.Releases{KnownBad: []v1beta1.KnownBad{{From: "11.7.x", To: "11.8.0", Reason: "it hurts"}}}, want: []string{"it hurts", "rule KnownBad"}},
		"ToDigest":          {reason: "A digest tells nothing.", from: "11.4.0", to: digest, want: []string{"11.7.9@sha256:", "rule Incomparable"}},
		"FromDigest":        {reason: "Nor does one that runs.", from: "@" + digest, to: "11.4.0", want: []string{"rule Incomparable"}},
		"MovingTag":         {reason: "A moving tag tells nothing.", from: "11.4.0", to: "release-11", want: []string{"rule Incomparable"}},
		"DigestAllowed":     {reason: "The user insists.", from: "11.4.0", to: digest, allow: "Incomparable"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			spec := factstest.Accepted + fmt.Sprintf("version: %q", tc.to)
			if tc.allow != "" {
				spec += fmt.Sprintf("\nupgrade: {allow: [{rule: %s, reason: tried on a copy}]}", tc.allow)
			}
			observed := map[string]string{}
			if tc.from != "" {
				observed[composed.Deployment] = factstest.Deployment(strings.Replace(repository+tc.from, ":@", "@", 1), 2)
			}
			if tc.done != "" {
				observed["migration-done"] = factstest.Job(repository+tc.done, "", "Complete")
			}
			v := lawful(factstest.Given{Spec: spec, Composed: observed, Policy: v1beta1.Input{Releases: &tc.policy}}.Facts(t))
			if v.Pass != (len(tc.want) == 0) {
				t.Fatalf("%s\nlawful is %t: %s", tc.reason, v.Pass, v.Message)
			}
			for _, w := range tc.want {
				if !strings.Contains(v.Message, w) {
					t.Errorf("%s\nthe message does not say %q: %s", tc.reason, w, v.Message)
				}
			}
		})
	}
}

func TestLifted(t *testing.T) {
	const allow = "\nupgrade: {allow: [{rule: SkipESR, reason: tried on a copy}, {rule: Downgrade, reason: no need}]}"
	runs := map[string]string{composed.Deployment: factstest.Deployment("mattermost/mattermost-enterprise-edition:9.10.0", 2)}
	cases := map[string]struct {
		reason string
		spec   string
		want   string
	}{
		"Needed":  {reason: "Only what the change needs is told.", spec: "version: 11.4.0" + allow, want: "rule SkipESR is lifted for the change from 9.10.0 to 11.4.0: tried on a copy"},
		"Done":    {reason: "Nothing changes.", spec: "version: 9.10.0" + allow},
		"Lawful":  {reason: "No rule is in the way.", spec: "version: 9.10.3" + allow},
		"Nothing": {reason: "Nothing is lifted.", spec: "version: 9.10.3"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			f := factstest.Given{Spec: factstest.Accepted + tc.spec, Composed: runs}.Facts(t)
			if got := lifted(f, decided(f)); got != tc.want {
				t.Errorf("%s\n%q, want %q", tc.reason, got, tc.want)
			}
		})
	}
}

func TestSchemaImageIsOfTheLastMigration(t *testing.T) {
	done := func(image, at string) string {
		return strings.Replace(factstest.Job(image, "", "Complete"), "status: {active", "status: {completionTime: "+at+", active", 1)
	}
	f := factstest.Given{Spec: factstest.Accepted + "version: 11.5.0", Composed: map[string]string{
		composed.Deployment: factstest.Deployment("mattermost/mattermost-enterprise-edition:11.1.0", 2),
		"migration-a":       done(factstest.WantedImage, "'2026-11-01T10:00:09Z'"),
		"migration-b":       done(factstest.OtherImage, "'2026-11-01T10:00:00Z'"),
	}}.Facts(t)
	if got := schemaImage(f, decision.Turn{}); got != factstest.WantedImage {
		t.Errorf("the schema is of %s, want that of the later migration", got)
	}
}

func TestPlanSavable(t *testing.T) {
	for spec, want := range map[string]bool{
		"version: 7.8.0\nupdateJob: {savePlan: true}":     false,
		"version: 7.8.0\nupdateJob: {savePlan: false}":    true,
		"version: 8.0.0\nupdateJob: {savePlan: true}":     true,
		"version: sha256:00\nupdateJob: {savePlan: true}": true,
	} {
		if got := savable(factstest.Given{Spec: factstest.Accepted + spec}.Facts(t)); got.Pass != want {
			t.Errorf("%s: savable is %t: %s", spec, got.Pass, got.Message)
		}
	}
}
