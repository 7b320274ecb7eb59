package installation

import (
	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/decision"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/facts"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/rollout"
)

// require everything that the features depend on and that is not composed.
func require(a *compose.Answer, f *facts.Facts, d *decision.Decisions) {
	for _, name := range secretNames(f) {
		facts.RequireSecret(a, name)
	}
	for _, of := range features {
		if of.Require != nil {
			of.Require(a, f, d)
		}
	}
}

// stageOf an accepted spec.
func stageOf(f *facts.Facts) decision.Stage {
	for _, of := range features {
		if of.Waits != nil && of.Waits(f) {
			return decision.Waiting
		}
	}
	return decision.Accepted
}

// build what the features compose.
func build(a *compose.Answer, f *facts.Facts, d *decision.Decisions) error {
	if d.Stage == decision.Waiting {
		return errors.Join(hold(a, f, d), composeClaims(a, f, d))
	}
	d.Rollout = rollout.Decide(f, d.Version, d.Sizing, d.Turn, d.Backup, d.Server)
	failed := []error{composeClaims(a, f, d)}
	for _, of := range features {
		if of.Compose != nil {
			failed = append(failed, of.Compose(a, f, d))
		}
	}
	return errors.Join(failed...)
}

func composeClaims(a *compose.Answer, f *facts.Facts, d *decision.Decisions) error {
	var failed []error
	for _, of := range features {
		if of.Claim != nil {
			failed = append(failed, of.Claim(a, f, d))
		}
	}
	return errors.Join(failed...)
}

// hold keeps every object exactly as it was applied, except for those of which a feature says that
// they are spent, or that they follow the spec all the same.
func hold(a *compose.Answer, f *facts.Facts, d *decision.Decisions) error {
	var spent []string
	for _, of := range features {
		if of.Spent != nil {
			spent = append(spent, of.Spent(f, d)...)
		}
	}
	failed := []error{a.KeepAll(spent...)}
	for _, of := range features {
		if of.Hold != nil {
			failed = append(failed, of.Hold(a, f, d))
		}
	}
	return errors.Join(failed...)
}
