package mattermost

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/server/v1alpha1"
)

// TestManyConfigurationsWithOneLogin asserts that configurations with the same login do not
// lock the account together, even when the provider restarts.
func TestManyConfigurationsWithOneLogin(t *testing.T) {
	var namespaces []string
	for i := range 12 {
		namespaces = append(namespaces, fmt.Sprintf("ns-%d", i))
	}

	p := newPlatform(t, namespaces...)

	for range 2 {
		for range 3 {
			var wait sync.WaitGroup
			for _, namespace := range namespaces {
				wait.Go(func() {
					if err := p.ask(namespace); err == nil {
						t.Error("a wrong password is accepted")
					}
				})
			}

			wait.Wait()

			p.now = p.now.Add(time.Minute)
		}

		p.restart()
	}

	p.logins("a dozen configurations", 2)

	p.give("ns-7", "right")

	if err := p.ask("ns-7"); err != nil {
		t.Errorf("the account is locked: %v", err)
	}
}

// TestConfigurationsLearnFromOneAnother restarts the provider before other configurations
// use a login that one of them has recorded as refused.
func TestConfigurationsLearnFromOneAnother(t *testing.T) {
	p := newPlatform(t, "ns", "other", "third")
	p.crowd()
	p.restart()

	for _, namespace := range []string{"ns", "other", "third"} {
		if err := p.ask(namespace); err == nil || !strings.HasSuffix(err.Error(), Origin{Kind: v1alpha1.ProviderConfigKind, Name: "chat", Secret: "login"}.remedy(v1alpha1.RefusedCredentials)) {
			t.Errorf("%s: %v", namespace, err)
		}
	}

	p.logins("three configurations", 2)
}
