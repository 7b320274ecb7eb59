// Package restore composes a MattermostRestore: Jobs of mattermost-dbtool that check what
// is to be restored, replace an installation's data by it, and drop what was replaced,
// each once. What is restored from an archive is recovered in a Cluster of its own before.
package restore

import (
	"time"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/mattermost/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/input/v1beta1"
)

const (
	// revisitDone is long: nothing is left to do.
	revisitDone = time.Hour
	// revisitWaiting covers a Crossplane that does not watch what is looked up, such as
	// the installation.
	revisitWaiting = 30 * time.Second
)

// rulebook of what a restore must be before anything is done for it.
//
//nolint:gochecknoglobals // A table.
var rulebook = []compose.Gate[gathered]{
	sourceNamed,
	pathsSafe,
	ownIdentity,
	restoreSecretComplete,
	providerKnown,
	passwordSecretComplete,
	untilSecured(momentsKept),
	untilSecured(momentPassed),
	untilSecured(databaseArchived),
	untilSecured(engineRecovered),
	untilSecured(momentArchived),
	storeSecretComplete,
}

// waits are passed once everything is there that a restore needs.
//
//nolint:gochecknoglobals // A table.
var waits = []compose.Gate[gathered]{
	installationKnown,
	databaseServed,
	untilSecured(backupKnown),
	untilSecured(databaseKnown),
	untilSecured(archiveKnown),
	untilSecured(nativeKnown),
	storeKnown,
}

// Compose answers for one MattermostRestore. It fails only where no answer would be safe.
func Compose(s compose.State, policy *v1beta1.Input) (*fnv1.RunFunctionResponse, error) {
	g, err := gather(s, policy)
	if err != nil {
		return nil, err
	}
	a := compose.NewAnswer(s)
	require(a, g)
	if !a.Resolved() {
		if !s.LooksUp() {
			return nil, errors.New("cannot look up the installation: this Crossplane does not support required resources; use Crossplane 2.4 or later")
		}
		// Crossplane looks, and asks again. Should it not, nothing changes.
		return compose.Respond(a, a.KeepAll())
	}
	d := decide(g)
	if err := build(a, g, d); err != nil {
		return nil, err
	}
	a.Revisit(revisitWaiting)
	if v := a.NamesFree(); !v.Pass {
		a.Withdraw()
		return compose.Respond(a, errors.Join(keep(a, g), report(a, g, decideUnder(g, v))))
	}
	if d.step == v1alpha1.RestoreDone {
		a.Revisit(revisitDone)
	}
	return compose.Respond(a, report(a, g, d))
}
