package mattermost

import (
	"strings"
	"testing"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/google/go-cmp/cmp"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/server/v1alpha1"
)

// TestRefusedLoginIsTriedTwice lets a hundred resources use a wrong password. The account
// is not locked, even when the provider restarts.
func TestRefusedLoginIsTriedTwice(t *testing.T) {
	p := newPlatform(t, "ns")
	remedy := Origin{Kind: v1alpha1.ProviderConfigKind, Name: "chat", Secret: "login"}.remedy(v1alpha1.RefusedCredentials)

	if diff := cmp.Diff(map[string]int{remedy: 300}, p.crowd()); diff != "" {
		t.Errorf("what resources are told, and how often: -want, +got:\n%s", diff)
	}

	p.logins("a hundred resources", 2)

	if diff := cmp.Diff(2, p.writes); diff != "" {
		t.Errorf("writes to the status: -want, +got:\n%s", diff)
	}

	refused := p.config("ns").Status.RefusedLogin
	if refused == nil || refused.Attempts != 2 || refused.Reason != v1alpha1.RefusedCredentials || refused.Message != remedy {
		t.Errorf("what is remembered: %+v", refused)
	}

	for range 4 {
		p.restart()

		if diff := cmp.Diff(map[string]int{remedy: 300}, p.crowd()); diff != "" {
			t.Errorf("what resources are told by a provider that was restarted: -want, +got:\n%s", diff)
		}
	}

	p.logins("the provider was restarted", 0)

	p.give("ns", "right")

	if err := p.ask("ns"); err != nil {
		t.Errorf("the right password: %v", err)
	}

	p.logins("the right password", 1)

	if refused := p.config("ns").Status.RefusedLogin; refused != nil {
		t.Errorf("after a login that was accepted, the status has %+v", refused)
	}
}

// TestRestartBetweenAttempts asserts that an attempt before a restart counts, and that the
// pause after it is kept.
func TestRestartBetweenAttempts(t *testing.T) {
	p := newPlatform(t, "ns")

	for range 5 {
		_ = p.ask("ns")
		p.restart()
	}

	p.logins("restarted within the pause", 1)

	for range 5 {
		p.now = p.now.Add(firstLoginPause)
		_ = p.ask("ns")
		p.restart()
	}

	p.logins("restarted after the pause", 1)
}

// TestSameLoginIsTriedAgainOnRequest gives the account the password in the Secret.
func TestSameLoginIsTriedAgainOnRequest(t *testing.T) {
	p := newPlatform(t, "ns")
	p.crowd()
	p.logins("a wrong password", 2)

	p.server.accounts["admin"] = "wrong"
	p.retry("ns", "once more")

	if err := p.ask("ns"); err != nil {
		t.Errorf("the annotation changed: %v", err)
	}

	p.logins("the annotation changed", 1)

	// The annotation does not allow endless attempts.
	p.server.accounts["admin"] = "another"
	clear(p.server.sessions)
	p.crowd()
	p.crowd()
	p.logins("the password changed again", 2)
}

// TestSecretThatComesBack tries another wrong password and goes back to the first one.
func TestSecretThatComesBack(t *testing.T) {
	p := newPlatform(t, "ns")
	p.crowd()
	p.give("ns", "another")
	p.crowd()
	p.logins("two wrong passwords", 4)

	p.server.accounts["admin"] = "wrong"
	p.give("ns", "wrong")

	if err := p.ask("ns"); err != nil {
		t.Errorf("the first password is right by now: %v", err)
	}
}

// TestStatusThatCannotBeWritten asserts that there is no further attempt while a refusal
// cannot be saved.
func TestStatusThatCannotBeWritten(t *testing.T) {
	p := newPlatform(t, "ns")
	p.readOnly = errors.New("read only")
	p.crowd()
	p.logins("the API server takes nothing", 1)

	p.readOnly = nil
	p.crowd()
	p.logins("it does again", 1)
}

// TestServerWithoutDatabase asserts that the answer of a server without its database is not
// a refusal.
func TestServerWithoutDatabase(t *testing.T) {
	p := newPlatform(t, "ns")
	p.give("ns", "right")
	p.server.withoutDatabase = true

	for _, want := range []string{"cannot log in: the server does not reach its database", "cannot log in: the server does not reach its database"} {
		if err := p.ask("ns"); err == nil || !strings.HasSuffix(err.Error(), want) {
			t.Errorf("want error %q, got %v", want, err)
		}
	}

	p.crowd()
	p.server.withoutDatabase = false
	p.now = p.now.Add(longestLoginPause)

	if err := p.ask("ns"); err != nil {
		t.Errorf("the database is back: %v", err)
	}

	if diff := cmp.Diff(0, p.writes); diff != "" {
		t.Errorf("writes to the status: -want, +got:\n%s", diff)
	}
}

// TestLockedAccount locks the account on the server and unlocks it.
func TestLockedAccount(t *testing.T) {
	p := newPlatform(t, "ns")
	p.give("ns", "right")
	p.server.failed["admin"] = maximumLoginAttempts

	want := `cannot log in: the account of Secret "login" is locked on the server after too many refused logins: unlock it there, such as by setting its password`
	if err := p.ask("ns"); err == nil || !strings.HasSuffix(err.Error(), want) {
		t.Errorf("want error %q, got %v", want, err)
	}

	p.crowd()
	p.server.failed["admin"] = 0
	p.now = p.now.Add(longestLoginPause)

	if err := p.ask("ns"); err != nil {
		t.Errorf("the account was unlocked: %v", err)
	}
}
