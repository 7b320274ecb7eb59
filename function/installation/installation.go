// Package installation composes a MattermostInstallation: it observes, decides,
// builds and reports, in that order.
package installation

import (
	"time"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/input/v1beta1"
)

const (
	// revisitStable is long: everything that an installation rests on is watched.
	revisitStable = time.Hour
	// revisitWaiting covers a Crossplane that does not watch what is looked up.
	revisitWaiting = 30 * time.Second
)

// rulebook of what an installation must be before anything is done for it.
//
//nolint:gochecknoglobals // A table.
var rulebook = []compose.Chapter[gathered]{
	{Condition: conditionDatabase, Gates: []compose.Gate[gathered]{
		databaseNamed,
		databaseKept,
		claimThere(claimOfDatabase),
		databaseSecretComplete,
		databaseSupported,
	}},
	{Condition: conditionFileStore, Gates: []compose.Gate[gathered]{
		fileStoreNamed,
		fileStoreSecretComplete,
		externalVolumeUsable,
		localVolumeKept,
		bucketKept,
		claimThere(claimOfBucket),
	}},
	{Condition: conditionAccepted, Gates: []compose.Gate[gathered]{
		sizeKnown,
		sizeAllowed,
		channelKnown,
		versionAllowed,
		changeLawful,
		planSavable,
		hostNamed,
		licenseSecretComplete,
		searchSecretComplete,
		environmentSecretsExist,
		claimedSecretsComplete,
		administratorKept,
	}},
}

// Compose answers for one MattermostInstallation. It fails only where no answer
// would be safe.
func Compose(s compose.State, policy *v1beta1.Input) (*fnv1.RunFunctionResponse, error) {
	g, err := gather(s, policy)
	if err != nil {
		return nil, err
	}
	a := compose.NewAnswer(s)
	a.Adopt(func(o compose.Resource) bool { return releasedByOperator(g, o) })
	require(a, g)
	if !a.Resolved() {
		if !s.LooksUp() {
			return nil, errors.New("cannot look up Secrets: this Crossplane does not support required resources; use Crossplane 2.3 or later")
		}
		// Crossplane looks, and asks again. Should it not, nothing changes.
		return respond(a, hold(a, g))
	}
	if refusals := compose.Refusals(g, rulebook); len(refusals) > 0 {
		return refused(a, g, refusals...)
	}
	d := decision{sizing: decideSize(g)}
	if pending(g) {
		if err := await(a, g, d); err != nil {
			return nil, err
		}
		if v := a.NamesFree(); !v.Pass {
			return refused(a, g, v.AsCondition(conditionAccepted))
		}
		a.Revisit(revisitStable)
		return respond(a, reportPending(a, g, d))
	}
	d.rollout = decideRollout(g, d.sizing.Replicas)
	if err := build(a, g, &d); err != nil {
		return nil, err
	}
	if v := a.NamesFree(); !v.Pass {
		return refused(a, g, v.AsCondition(conditionAccepted))
	}
	a.Revisit(revisitOf(g))
	return respond(a, report(a, g, d))
}

// refused answers a spec that is not applied: everything stays as it is.
func refused(a *compose.Answer, g gathered, refusals ...compose.Condition) (*fnv1.RunFunctionResponse, error) {
	a.Withdraw()
	a.Revisit(revisitWaiting)
	return respond(a, errors.Join(hold(a, g), refuse(a, g, refusals)))
}

func revisitOf(g gathered) time.Duration {
	if awaitingBackup(g) {
		return revisitWaiting
	}
	return revisitStable
}

// hold keeps everything as it is, except for the protection of the installation, which
// follows the spec.
func hold(a *compose.Answer, g gathered) error {
	spent := []string{nameProtection}
	for _, m := range g.migrations {
		if m.spent(g) || m.superseded(g) {
			spent = append(spent, m.name)
		}
	}
	return errors.Join(a.KeepAll(spent...), buildProtection(a, g))
}

// await the claims. A running server keeps running. Whether the names of the server's
// objects are free is checked before a database is created.
func await(a *compose.Answer, g gathered, d decision) error {
	s := server(g, d, g.served)
	a.WantName(nameServiceAccount, "v1", "ServiceAccount", g.name)
	a.WantName(nameService, "v1", "Service", g.name)
	a.WantName(nameDeployment, "apps/v1", "Deployment", g.name)
	return errors.Join(hold(a, g), buildClaims(a, g, s))
}

func respond(a *compose.Answer, err error) (*fnv1.RunFunctionResponse, error) {
	if err != nil {
		return nil, err
	}
	return a.Response()
}
