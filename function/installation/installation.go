// Package installation composes a MattermostInstallation: it observes, decides, builds and reports,
// in that order. Each concern of an installation is a feature, in a package of its own.
package installation

import (
	"time"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/bootstrap"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/composed"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/decision"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/facts"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/feature"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/restores"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/rollout"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/scaling"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/version"
	"github.com/crossplane-mattermost/crossplane-mattermost/input/v1beta1"
)

const (
	// revisitStable is long: everything that an installation rests on is watched.
	revisitStable = time.Hour
	// revisitWaiting covers a change that is not seen, while something is waited for that is looked
	// up: no server may stay stopped for an hour because of it.
	revisitWaiting = 30 * time.Second
)

// Kinds of the objects that are composed for installations.
func Kinds() compose.Kinds { return composed.Kinds() }

// Compose answers for one MattermostInstallation. It fails only where no answer would be safe.
func Compose(s compose.State, policy *v1beta1.Input) (*fnv1.RunFunctionResponse, error) {
	if err := scaling.CheckPolicy(policy); err != nil {
		return nil, err
	}
	f, err := facts.Read(s, policy)
	if err != nil {
		return nil, err
	}
	d := decide(f)
	a := compose.NewAnswer(s)
	a.Adopt(func(o compose.Resource) bool { return releasedByOperator(f, o) })
	require(a, f, d)
	if !a.Resolved() {
		return unresolved(a, f, d)
	}
	if refusals := feature.Refusals(f, d, features); len(refusals) > 0 {
		return refused(a, f, d, refusals)
	}
	return accepted(a, f, d)
}

// decide what does not depend on the spec being accepted.
func decide(f *facts.Facts) *decision.Decisions {
	d := &decision.Decisions{Version: version.Decide(f), Sizing: scaling.Decide(f)}
	d.Health = bootstrap.DecideHealth(f, d.Sizing)
	d.Turn = restores.Decide(f, d.Version, d.Sizing)
	d.Backup = rollout.DecideBackup(f, d.Version, d.Turn)
	return d
}

// unresolved answers before Crossplane has looked up what is required. It looks, and asks again.
// Should it not, nothing changes.
func unresolved(a *compose.Answer, f *facts.Facts, d *decision.Decisions) (*fnv1.RunFunctionResponse, error) {
	if !f.State.LooksUp() {
		return nil, errors.New("cannot look up Secrets: this Crossplane does not support required resources; use Crossplane 2.4 or later")
	}
	return compose.Respond(a, hold(a, f, d))
}

// refused answers a spec that is not applied: everything stays as it is.
func refused(a *compose.Answer, f *facts.Facts, d *decision.Decisions, refusals []compose.Condition) (*fnv1.RunFunctionResponse, error) {
	d.Stage = decision.Refused
	a.Withdraw()
	a.Revisit(revisitWaiting)
	return compose.Respond(a, errors.Join(hold(a, f, d), report(a, f, d, refusals)))
}

// accepted answers a spec that is applied, as soon as what it claims is there. A running server
// keeps running until then. Names that are taken refuse a spec, too, and a Deployment that was taken over
// and cannot be changed.
func accepted(a *compose.Answer, f *facts.Facts, d *decision.Decisions) (*fnv1.RunFunctionResponse, error) {
	d.Server = assemble(f, d.Sizing)
	d.Stage = stageOf(f)
	if err := build(a, f, d); err != nil {
		return nil, err
	}
	for _, v := range []compose.Verdict{a.NamesFree(), rollout.Replaceable(f, d)} {
		if !v.Pass {
			return refused(a, f, d, []compose.Condition{v.AsCondition(feature.ConditionAccepted)})
		}
	}
	a.Revisit(revisitOf(f, d))
	return compose.Respond(a, report(a, f, d, nil))
}

func revisitOf(f *facts.Facts, d *decision.Decisions) time.Duration {
	awaitsBackup := d.Stage == decision.Accepted && d.Backup.Awaited()
	if awaitsBackup || d.Turn.Active || f.Stopped != "" {
		return revisitWaiting
	}
	return revisitStable
}
