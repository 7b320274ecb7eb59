package version

import (
	"fmt"
	"strings"
	"testing"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/composed"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/decision"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/factstest"
	"github.com/crossplane-mattermost/crossplane-mattermost/input/v1beta1"
)

const (
	following = factstest.Accepted + "upgrade: {channel: ESR}"
	atNight   = factstest.Accepted + "upgrade: {channel: ESR, window: {opens: 0 2 * * 6, closes: 0 6 * * 6, timeZone: Europe/Berlin}}"
)

func clockAt(moment string) string {
	return fmt.Sprintf("{kind: CronJob, status: {lastScheduleTime: %q}}", moment)
}

func TestChannelVersion(t *testing.T) {
	const repository = "mattermost/mattermost-enterprise-edition:"
	const early, late = "2026-11-21T01:00:00Z", "2026-11-21T05:00:00Z"
	cases := map[string]struct {
		reason string
		spec   string
		// runs is the version of the Deployment, none without.
		runs           string
		opened, closed string
		job            string
		release        string
		want           string
		condition      string
	}{
		"First":         {reason: "A new server takes the release.", spec: following, release: "11.7.9", want: "11.7.9", condition: "True Current"},
		"FirstInWindow": {reason: "Nobody is disturbed by a new server.", spec: atNight, release: "11.7.9", want: "11.7.9", condition: "True Current"},
		"Current":       {reason: "Nothing is newer.", spec: atNight, runs: "11.7.9", release: "11.7.9", want: "11.7.9", condition: "True Current"},
		"NoWindow":      {reason: "Without a window it is taken at once.", spec: following, runs: "11.7.8", release: "11.7.9", want: "11.7.9", condition: "True Current"},
		"NeverOpened":   {reason: "The window has not opened yet.", spec: atNight, runs: "11.7.8", release: "11.7.9", want: "11.7.8", condition: "False WindowClosed"},
		"Open":          {reason: "The window opened.", spec: atNight, runs: "11.7.8", opened: late, closed: early, release: "11.7.9", want: "11.7.9", condition: "True Current"},
		"OpenFirst":     {reason: "The window opened for the first time.", spec: atNight, runs: "11.7.8", opened: late, release: "11.7.9", want: "11.7.9", condition: "True Current"},
		"Closed":        {reason: "The window closed again.", spec: atNight, runs: "11.7.8", opened: early, closed: late, release: "11.7.9", want: "11.7.8", condition: "False WindowClosed"},
		"Begun":         {reason: "What has begun is brought to its end.", spec: atNight, runs: "11.7.8", opened: early, closed: late, job: "11.7.9", release: "11.7.9", want: "11.7.9", condition: "True Current"},
		"BegunAnother":  {reason: "Something else has begun.", spec: atNight, runs: "11.7.8", opened: early, closed: late, job: "11.7.1", release: "11.7.9", want: "11.7.8", condition: "False WindowClosed"},
		"Behind":        {reason: "A channel never goes back.", spec: following, runs: "11.8.0", release: "11.7.9", want: "11.8.0", condition: "False ChannelBehind"},
		"PinnedRelease": {reason: "The platform pins what it names.", spec: following, runs: "11.7.8", release: "11.7.9@sha256:00", want: "11.7.9@sha256:00", condition: "True Current"},
		"NoChannel":     {reason: "A version is followed by nothing.", spec: factstest.Accepted + "version: 11.4.0", runs: "11.4.0", release: "11.7.9", want: "11.4.0", condition: "True Pinned"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			observed := map[string]string{composed.WindowOpens: clockAt(tc.opened), composed.WindowCloses: clockAt(tc.closed)}
			if tc.runs != "" {
				observed[composed.Deployment] = factstest.Deployment(repository+tc.runs, 2)
			}
			if tc.job != "" {
				observed["migration-observed"] = factstest.Job(repository+tc.job, "", "")
			}
			f := factstest.Given{Spec: tc.spec, Composed: observed, Policy: v1beta1.Input{Releases: &v1beta1.Releases{Channels: map[string]string{"ESR": tc.release}}}}.Facts(t)
			if Decide(f).Version != tc.want {
				t.Errorf("%s\nversion %s, want %s", tc.reason, Decide(f).Version, tc.want)
			}
			c := conditions(f, &decision.Decisions{Stage: decision.Accepted, Version: Decide(f)})[0]
			if got := fmt.Sprintf("%s %s", c.Status, c.Reason); got != tc.condition {
				t.Errorf("%s\nVersionCurrent is %s, want %s", tc.reason, got, tc.condition)
			}
			if c.Status == compose.False && !strings.Contains(c.Message, tc.release) {
				t.Errorf("%s\nthe message does not name the release: %s", tc.reason, c.Message)
			}
		})
	}
}

func TestChannelKnown(t *testing.T) {
	cases := map[string]struct {
		reason   string
		spec     string
		releases *v1beta1.Releases
		want     string
	}{
		"NoChannel":  {reason: "A version is named.", spec: factstest.Accepted},
		"Known":      {reason: "The platform names a release.", spec: following, releases: &v1beta1.Releases{Channels: map[string]string{"ESR": "11.7.9"}}},
		"NoReleases": {reason: "The platform names none.", spec: following, want: "channels with releases: none"},
		"Another":    {reason: "The platform names others.", spec: following, releases: &v1beta1.Releases{Channels: map[string]string{"feature": "11.10.0"}}, want: "channels with releases: feature"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			v := channelKnown(factstest.Given{Spec: tc.spec, Policy: v1beta1.Input{Releases: tc.releases}}.Facts(t), nil)
			if v.Pass != (tc.want == "") || !strings.Contains(v.Message, tc.want) {
				t.Errorf("%s\npassed is %t: %s", tc.reason, v.Pass, v.Message)
			}
		})
	}
}
