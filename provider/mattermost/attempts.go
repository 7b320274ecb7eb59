package mattermost

import (
	"context"
	"time"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/server/v1alpha1"
)

// maxAttempts is how often a login that the server refuses is tried. A server locks an
// account after some attempts, ten by default.
const maxAttempts = 2

// A failed login is tried again after a pause. The pause grows for failures that are no
// refusals.
const (
	firstLoginPause   = 30 * time.Second
	longestLoginPause = 10 * time.Minute
)

// Memory of the login that a server refused. It outlives a client, and the provider.
type Memory interface {
	// Recall the refused login, or nil.
	Recall(ctx context.Context) (*v1alpha1.RefusedLogin, error)

	// Remember a refused login instead of any other.
	Remember(ctx context.Context, refused v1alpha1.RefusedLogin) error

	// Forget the refused login.
	Forget(ctx context.Context) error
}

// attempts at a login. They end when the server has refused it twice, from any
// configuration.
type attempts struct {
	origin  Origin
	digest  func() (string, error)
	memory  Memory
	account *account
	now     func() time.Time

	// refused is what is known about this login, even if it could not be saved.
	refused v1alpha1.RefusedLogin
	// unsaved says that it must still be saved.
	unsaved bool
	// remembered says that the memory contains a login, this one or another.
	remembered bool

	// err is why the last login failed. There is no other attempt before resume.
	err    error
	resume time.Time
	pause  time.Duration
}

// try to log in, unless the attempt is known to fail.
func (a *attempts) try(ctx context.Context, login func(ctx context.Context) (token string, err error)) (string, error) {
	if err := a.held(); err != nil {
		return "", err
	}

	if err := a.account.enter(ctx); err != nil {
		return "", err
	}
	defer a.account.leave()

	if err := a.recall(ctx); err != nil {
		return "", errors.Wrap(err, "cannot log in: cannot tell what the server refused before")
	}

	if err := a.held(); err != nil {
		return "", err
	}

	token, err := login(ctx)

	return token, a.learn(ctx, err)
}

// held returns why no login may be tried now.
func (a *attempts) held() error {
	if a.refused.Attempts >= maxAttempts || a.now().Before(a.resume) {
		return a.err
	}

	return nil
}

// recall what others recorded about this login: an earlier provider, another running one,
// or another configuration with the same login.
func (a *attempts) recall(ctx context.Context) error {
	if a.unsaved {
		return a.save(ctx)
	}

	was, err := a.memory.Recall(ctx)
	if err != nil {
		return err
	}

	a.remembered = was != nil

	if was != nil && was.Attempts > a.refused.Attempts {
		digest, err := a.digest()
		if err != nil {
			return err
		}

		if was.Digest == digest {
			a.refuse(*was)
			a.account.learn(a.origin.UID, *was)
		}
	}

	if a.refused.Attempts == 0 {
		a.account.returned(a.origin.UID)
	}

	if a.refused.Attempts < maxAttempts && a.account.refused >= maxAttempts {
		return a.give(ctx, maxAttempts, a.account.reason)
	}

	return nil
}

// learn from the result of a login, and return the error to report.
func (a *attempts) learn(ctx context.Context, err error) error {
	refused, held := refusedLogin{}, heldLogin{}

	switch {
	case err == nil:
		a.account.accepted()
		a.refused, a.err, a.pause = v1alpha1.RefusedLogin{}, nil, 0

		if !a.remembered {
			return nil
		}

		// The session works even if this fails. The entry that stays counts one attempt, or
		// is about another login.
		if err := a.memory.Forget(ctx); err == nil {
			a.remembered = false
		}

		return nil
	case errors.As(err, &refused):
		a.account.refuse(refused.reason)

		// The refusal is known here, and is saved before the next attempt.
		_ = a.give(ctx, a.refused.Attempts+1, refused.reason)

		return a.err
	case errors.As(err, &held):
		a.pause = min(max(firstLoginPause, 2*a.pause), longestLoginPause)
		a.err, a.resume = a.origin.explain(held.error), a.now().Add(a.pause)

		return a.err
	default:
		return err
	}
}

// give up this login, for a while or until it changes.
func (a *attempts) give(ctx context.Context, attempts int32, reason v1alpha1.LoginRefusal) error {
	digest, err := a.digest()

	a.account.tell(a.origin.UID)
	a.refuse(v1alpha1.RefusedLogin{
		Digest:      digest,
		Attempts:    attempts,
		LastAttempt: metav1.NewTime(a.now().Truncate(time.Second)),
		Reason:      reason,
		Message:     a.origin.remedy(reason),
	})

	if err != nil {
		return err
	}

	return a.save(ctx)
}

// refuse records a refusal. Its message is the same after each attempt.
func (a *attempts) refuse(refused v1alpha1.RefusedLogin) {
	a.refused = refused
	a.err = errors.New(a.origin.remedy(refused.Reason))
	a.resume = refused.LastAttempt.Add(firstLoginPause)
}

func (a *attempts) save(ctx context.Context) error {
	err := a.memory.Remember(ctx, a.refused)
	a.unsaved, a.remembered = err != nil, true

	return err
}
