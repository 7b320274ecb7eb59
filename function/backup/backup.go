// Package backup composes a MattermostBackup: a Job of mattermost-dbtool, once or on a
// schedule, or a backup of the database's own operator. A way to make backups is one
// file.
package backup

import (
	"time"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/mattermost/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/tool"
	"github.com/crossplane-mattermost/crossplane-mattermost/input/v1beta1"
)

const (
	// revisitStable is long: whatever begins a backup is composed, and watched.
	revisitStable = time.Hour
	// revisitWaiting covers a Crossplane that does not watch what is looked up, such as
	// pods.
	revisitWaiting = 30 * time.Second
)

// way that backups are made. A MattermostBackup keeps to it for life.
type way struct {
	// once and scheduled are the names that what makes backups is composed under.
	once, scheduled string
	// require what is looked up besides the installation.
	require func(a *compose.Answer, g gathered)
	// gates that the spec must pass.
	gates []compose.Gate[gathered]
	// waits are passed once everything is there that a backup needs.
	waits []compose.Gate[gathered]
	// buildOnce and buildScheduled desire what makes one backup, or all of a schedule.
	buildOnce, buildScheduled func(a *compose.Answer, g gathered) error
	// attempts at backups that are seen, oldest first.
	attempts func(g gathered) []attempt
	// seesAll says whether all backups that exist are among the attempts; nil for no.
	seesAll func(g gathered) bool
}

// attempt at a backup.
type attempt struct {
	// name of the backup.
	name string
	// began and completed are when, as Kubernetes tells, empty when it does not.
	began, completed string
	tool.Outcome
}

// Compose answers for one MattermostBackup. It fails only where no answer would be safe.
func Compose(s compose.State, policy *v1beta1.Input) (*fnv1.RunFunctionResponse, error) {
	g, err := gather(s, policy)
	if err != nil {
		return nil, err
	}
	w := wayOf(g)
	a := compose.NewAnswer(s)
	a.Require(requirementInstallation, v1alpha1.GroupVersion.String(), v1alpha1.MattermostInstallationKind, g.spec.Installation)
	w.require(a, g)
	if !a.Resolved() {
		if !s.LooksUp() {
			return nil, errors.New("cannot look up the installation: this Crossplane does not support required resources; use Crossplane 2.4 or later")
		}
		// Crossplane looks, and asks again. Should it not, nothing changes.
		return compose.Respond(a, a.KeepAll())
	}
	attempts := w.attempts(g)
	if w.seesAll != nil && w.seesAll(g) {
		g.told = nil
	}
	if v := compose.Check(g, gatesOf(g, w)...); !v.Pass {
		a.Revisit(revisitWaiting)
		return compose.Respond(a, errors.Join(a.KeepAll(), refuse(a, g, attempts, v)))
	}
	if v := compose.Check(g, waitsOf(g, w)...); !v.Pass {
		a.Revisit(revisitWaiting)
		return compose.Respond(a, errors.Join(a.KeepAll(), await(a, g, attempts, v)))
	}
	if err := build(a, g, w); err != nil {
		return nil, err
	}
	if v := a.NamesFree(); !v.Pass {
		a.Withdraw()
		a.Revisit(revisitWaiting)
		return compose.Respond(a, errors.Join(a.KeepAll(), refuse(a, g, attempts, v)))
	}
	a.Revisit(revisitOf(attempts))
	return compose.Respond(a, report(a, g, attempts))
}

// wayOf a backup: that in which it has begun, or else the spec's.
func wayOf(g gathered) way {
	if !g.scheduled() {
		for _, w := range []way{dump(), native()} {
			if g.state.Observed(w.once).Exists() {
				return w
			}
		}
	}
	if g.spec.Method == v1alpha1.BackupNative {
		return native()
	}
	return dump()
}

// gatesOf a backup that has begun ask no more than that its spec stays: nothing else can
// change it.
func gatesOf(g gathered, w way) []compose.Gate[gathered] {
	if begun(g, w) {
		return []compose.Gate[gathered]{unchanged(w)}
	}
	return w.gates
}

// waitsOf a backup that has begun are over.
func waitsOf(g gathered, w way) []compose.Gate[gathered] {
	if begun(g, w) {
		return nil
	}
	return w.waits
}

// begun says whether the one backup is under way, or ended.
func begun(g gathered, w way) bool {
	return !g.scheduled() && (g.state.Observed(w.once).Exists() || g.done())
}

// build what makes backups. What was made for the one backup stays as it is: it cannot
// change. One that was deleted after its backup was complete is not made again.
func build(a *compose.Answer, g gathered, w way) error {
	switch {
	case g.scheduled():
		return w.buildScheduled(a, g)
	case begun(g, w):
		return a.KeepAll()
	}
	return w.buildOnce(a, g)
}

func revisitOf(attempts []attempt) time.Duration {
	if len(attempts) > 0 && attempts[len(attempts)-1].Phase == tool.Running {
		return revisitWaiting
	}
	return revisitStable
}
