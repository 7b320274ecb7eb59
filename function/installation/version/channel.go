package version

import (
	"fmt"
	"slices"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/mattermost/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/admission"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/composed"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/decision"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/facts"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/objects"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/release"
)

// channel that the version is taken from, empty when the version is pinned.
func channel(f *facts.Facts) string {
	if f.Spec.Upgrade == nil {
		return ""
	}
	return f.Spec.Upgrade.Channel
}

// channelKnown refuses a channel that the platform has no release of.
func channelKnown(f *facts.Facts, _ *decision.Decisions) compose.Verdict {
	name := channel(f)
	if name == "" || f.Releases.Channel(name) != "" {
		return compose.Passed
	}
	return compose.Refuse("ChannelUnknown", fmt.Sprintf(
		"spec.upgrade.channel %q: this platform names no release for it (channels with releases: %s): remove it and set spec.version", name, offered(f)))
}

// windowAdmitted refuses a window that Kubernetes has no moments of.
func windowAdmitted(f *facts.Facts, _ *decision.Decisions) compose.Verdict {
	if f.Spec.Upgrade == nil || f.Spec.Upgrade.Window == nil {
		return compose.Passed
	}
	w, at := f.Spec.Upgrade.Window, field.NewPath("spec", "upgrade", "window")
	return admission.Verdict(slices.Concat(
		admission.Schedule(at.Child("opens"), w.Opens),
		admission.Schedule(at.Child("closes"), w.Closes),
		admission.TimeZone(at.Child("timeZone"), w.TimeZone),
	))
}

// channelVersion is the version that the channel leads to now: its release, or what runs while
// the window is closed or the release is an earlier one.
func channelVersion(f *facts.Facts) string {
	target := f.Releases.Channel(channel(f))
	_, now := release.Split(f.Deployment.Image)
	if now == "" || target == "" || now == target {
		return target
	}
	if release.Earlier(target, now) {
		return now
	}
	if windowOpen(f) || begun(f, f.Image(target)) {
		return target
	}
	return now
}

// windowOpen says whether the window last opened after it last closed. Kubernetes keeps the
// time: two CronJobs, of which only the schedule is used, tell when each moment last came.
// Without a window it is always open.
func windowOpen(f *facts.Facts) bool {
	if f.Spec.Upgrade.Window == nil {
		return true
	}
	// Times of Kubernetes compare as text.
	opened := f.Observed(composed.WindowOpens).String("status", "lastScheduleTime")
	closed := f.Observed(composed.WindowCloses).String("status", "lastScheduleTime")
	return opened > closed
}

// composeWindow lets Kubernetes tell when the window opens and closes.
func composeWindow(a *compose.Answer, f *facts.Facts, _ *decision.Decisions) error {
	if channel(f) == "" || f.Spec.Upgrade.Window == nil {
		return nil
	}
	w, labels := f.Spec.Upgrade.Window, f.Labels("mattermost-window", "window")
	return errors.Join(
		a.Desire(composed.WindowOpens, objects.Clock(f.Name+"-opens", labels, w.Opens, timeZone(w))),
		a.Desire(composed.WindowCloses, objects.Clock(f.Name+"-closes", labels, w.Closes, timeZone(w))),
	)
}

func timeZone(w *v1alpha1.UpgradeWindow) string {
	if w.TimeZone != "" {
		return w.TimeZone
	}
	return "Etc/UTC"
}

// describeChannel says whether a version is the release of the channel, and else why not yet.
func describeChannel(f *facts.Facts, v string, c compose.Condition) compose.Condition {
	name, target := channel(f), f.Releases.Channel(channel(f))
	if v == target {
		c.Reason = "Current"
		return c
	}
	c.Status, c.Waiting = compose.False, true
	if release.Earlier(target, v) {
		c.Reason = "ChannelBehind"
		c.Message = fmt.Sprintf("channel %s is at %s, which is earlier than %s: a channel never goes back", name, target, v)
		return c
	}
	window := f.Spec.Upgrade.Window
	c.Reason = "WindowClosed"
	c.Message = fmt.Sprintf("channel %s is at %s: waiting for spec.upgrade.window to open (%q, %s)", name, target, window.Opens, timeZone(window))
	return c
}
