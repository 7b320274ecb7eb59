package mattermost

import (
	"context"
	"crypto/sha256"
	"sync"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"k8s.io/apimachinery/pkg/types"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/server/v1alpha1"
)

// An account is a login to a server. Configurations with the same login share it, so that
// their attempts together do not lock the account.
type account struct {
	// turn is held while a login is tried and while the fields below are read or changed.
	turn chan struct{}

	// refused counts the refused logins since the last accepted one.
	refused int32
	reason  v1alpha1.LoginRefusal

	// told are the configurations that know about the refused login.
	told map[types.UID]bool
}

func newAccount() *account {
	return &account{turn: make(chan struct{}, 1), told: map[types.UID]bool{}}
}

func (a *account) enter(ctx context.Context) error {
	select {
	case a.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return errors.Wrap(ctx.Err(), "cannot wait for a login")
	}
}

func (a *account) leave() { <-a.turn }

func (a *account) refuse(reason v1alpha1.LoginRefusal) {
	a.refused++
	a.reason = reason
}

// learn what the status of a configuration says, which may be from before the provider was
// started.
func (a *account) learn(configuration types.UID, refused v1alpha1.RefusedLogin) {
	a.tell(configuration)

	if refused.Attempts > a.refused {
		a.refused, a.reason = refused.Attempts, refused.Reason
	}
}

func (a *account) accepted() {
	a.refused = 0
	clear(a.told)
}

// tell a configuration that the server refused the login.
func (a *account) tell(configuration types.UID) { a.told[configuration] = true }

// returned says that a configuration uses this login, and that its status does not contain
// it. If the configuration knew about the refused login before, it had another login in
// between, and the user wants to try this one again.
func (a *account) returned(configuration types.UID) {
	if a.told[configuration] {
		a.accepted()
	}
}

// sharedAccounts are the accounts of all configurations, by their login.
type sharedAccounts struct {
	mu    sync.Mutex
	known map[[sha256.Size]byte]*account
}

// of returns the account of e. It is kept while the provider runs.
func (s *sharedAccounts) of(e Endpoint) *account {
	s.mu.Lock()
	defer s.mu.Unlock()

	id := sha256.Sum256([]byte(e.login()))

	if s.known == nil {
		s.known = map[[sha256.Size]byte]*account{}
	}

	if s.known[id] == nil {
		s.known[id] = newAccount()
	}

	return s.known[id]
}
