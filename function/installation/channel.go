package installation

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/mattermost/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/objects"
)

// channel that the version is taken from, empty when the version is pinned.
func channel(g gathered) string {
	if g.spec.Upgrade == nil {
		return ""
	}
	return g.spec.Upgrade.Channel
}

// channelKnown refuses a channel that the platform has no release of.
func channelKnown(g gathered) compose.Verdict {
	name := channel(g)
	if name == "" || channelRelease(g) != "" {
		return compose.Passed
	}
	offered := "none"
	if r := g.policy.Releases; r != nil && len(r.Channels) > 0 {
		offered = strings.Join(slices.Sorted(maps.Keys(r.Channels)), ", ")
	}
	return compose.Refuse("ChannelUnknown", fmt.Sprintf(
		"spec.upgrade.channel %q: this platform names no release for it (channels with releases: %s): remove it and set spec.version", name, offered))
}

// channelRelease is the platform's release of the channel, empty without one.
func channelRelease(g gathered) string {
	if g.policy.Releases == nil {
		return ""
	}
	return g.policy.Releases.Channels[channel(g)]
}

// channelVersion is the version that the channel leads to now: its release, or what
// runs while the window is closed or the release is an earlier one.
func channelVersion(g gathered) string {
	release := channelRelease(g)
	_, now := splitImage(g.served)
	if now == "" || release == "" || now == release {
		return release
	}
	if from, to := semantic(now), semantic(release); from != nil && to != nil && to.LessThan(from) {
		return now
	}
	if windowOpen(g) || begun(g, imageOf(g, release)) {
		return release
	}
	return now
}

// begun says whether the migration to an image has: it is brought to its end also
// when the window closes.
func begun(g gathered, image string) bool {
	return slices.ContainsFunc(g.migrations, func(m migration) bool { return m.image == image })
}

// windowOpen says whether the window last opened after it last closed. Kubernetes
// keeps the time: two CronJobs, of which only the schedule is used, tell when each
// moment last came. Without a window it is always open.
func windowOpen(g gathered) bool {
	if g.spec.Upgrade.Window == nil {
		return true
	}
	// Times of Kubernetes compare as text.
	opened := g.state.Observed(nameOpens).String("status", "lastScheduleTime")
	closed := g.state.Observed(nameCloses).String("status", "lastScheduleTime")
	return opened > closed
}

// buildWindow lets Kubernetes tell when the window opens and closes.
func buildWindow(a *compose.Answer, g gathered) error {
	if channel(g) == "" || g.spec.Upgrade.Window == nil {
		return nil
	}
	w := g.spec.Upgrade.Window
	labels := labels(g, appWindow, "window")
	if err := a.Desire(nameOpens, objects.Clock(g.name+"-opens", labels, w.Opens, timeZone(w))); err != nil {
		return err
	}
	return a.Desire(nameCloses, objects.Clock(g.name+"-closes", labels, w.Closes, timeZone(w)))
}

func timeZone(w *v1alpha1.UpgradeWindow) string {
	if w.TimeZone != "" {
		return w.TimeZone
	}
	return "Etc/UTC"
}

// currentCondition says whether the version is the newest that is wanted.
func currentCondition(g gathered) compose.Condition {
	c := compose.Condition{Type: conditionCurrent, Status: compose.True, Reason: "Pinned"}
	if channel(g) == "" {
		return keptCondition(g, c)
	}
	release := channelRelease(g)
	if g.version == release {
		c.Reason = "Current"
		return c
	}
	c.Status, c.Waiting = compose.False, true
	if from, to := semantic(g.version), semantic(release); from != nil && to != nil && to.LessThan(from) {
		c.Reason = "ChannelBehind"
		c.Message = fmt.Sprintf("channel %s is at %s, which is earlier than %s: a channel never goes back", channel(g), release, g.version)
		return c
	}
	c.Reason = "WindowClosed"
	c.Message = fmt.Sprintf("channel %s is at %s: waiting for spec.upgrade.window to open (%q, %s)", channel(g), release, g.spec.Upgrade.Window.Opens, timeZone(g.spec.Upgrade.Window))
	return c
}

// keptCondition describes a version that nobody named: whether the platform still allows
// it, and which version new installations get.
func keptCondition(g gathered, c compose.Condition) compose.Condition {
	switch {
	case !kept(g):
	case !allows(g, g.version):
		c.Status, c.Reason = compose.False, "NotAllowed"
		c.Message = fmt.Sprintf("version %s runs on, though it is not allowed on this platform any more: set spec.version to a release that satisfies %s", g.version, allowedText(g))
	case g.version != firstVersion(g):
		c.Reason = "Kept"
		c.Message = fmt.Sprintf("version %s is kept, as long as spec.version names no other: new installations get %s", g.version, firstVersion(g))
	}
	return c
}
