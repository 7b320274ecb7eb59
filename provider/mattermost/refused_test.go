package mattermost

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/crossplane/crossplane-runtime/v2/pkg/resource"
	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
	fakeclient "sigs.k8s.io/controller-runtime/pkg/client/fake"
	"sigs.k8s.io/controller-runtime/pkg/client/interceptor"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/server/v1alpha1"
)

// platform has a server with an administrator "admin", whose password is "right", and
// namespaces that each have a ProviderConfig "chat" with a login.
type platform struct {
	*testing.T

	server *server
	kube   client.Client
	now    time.Time

	// writes counts the writes to statuses.
	writes   int
	readOnly error

	// provider that runs.
	provider *Connector
}

func newPlatform(t *testing.T, namespaces ...string) *platform {
	t.Helper()

	s, url := newServer(t)
	s.accounts["admin"] = "right"

	scheme := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{corev1.AddToScheme, v1alpha1.AddToScheme} {
		if err := add(scheme); err != nil {
			t.Fatal(err)
		}
	}

	p := &platform{T: t, server: s, now: time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)}

	p.kube = fakeclient.NewClientBuilder().WithScheme(scheme).WithStatusSubresource(&v1alpha1.ProviderConfig{}).
		WithInterceptorFuncs(interceptor.Funcs{
			SubResourceUpdate: func(ctx context.Context, c client.Client, sub string, o client.Object, opts ...client.SubResourceUpdateOption) error {
				if p.readOnly != nil {
					return p.readOnly
				}

				p.writes++

				return c.SubResource(sub).Update(ctx, o, opts...)
			},
		}).Build()

	for _, namespace := range namespaces {
		pc := &v1alpha1.ProviderConfig{Spec: spec(func(s *v1alpha1.ProviderConfigSpec) {
			s.URL = url
			s.RateLimit = &v1alpha1.RateLimit{RequestsPerSecond: 1000, Burst: 1000}
		})}
		pc.Namespace, pc.Name, pc.UID = namespace, "chat", types.UID("uid of "+namespace)

		login := secret(map[string]string{"username": "admin", "password": "wrong"})
		login.Namespace = namespace

		for _, o := range []client.Object{pc, login} {
			if err := p.kube.Create(t.Context(), o); err != nil {
				t.Fatal(err)
			}
		}
	}

	p.restart()

	return p
}

// restart the provider.
func (p *platform) restart() {
	p.provider = NewConnector(p.kube, resource.ModernTrackerFn(func(context.Context, resource.ModernManaged) error { return nil }), NewRequests())
	p.provider.now = func() time.Time { return p.now }
}

// ask for the team as a resource of a namespace does.
func (p *platform) ask(namespace string) error {
	c, err := p.provider.Connect(p.Context(), team(namespace, v1alpha1.ProviderConfigKind))
	if err != nil {
		return err
	}

	return getTeam(p.Context(), c)
}

// crowd asks as a hundred resources of namespace ns do at once, three times. It counts the
// errors that they get.
func (p *platform) crowd() map[string]int {
	said, mu := map[string]int{}, sync.Mutex{}

	for range 3 {
		var wait sync.WaitGroup

		for range 100 {
			wait.Go(func() {
				err := p.ask("ns")

				mu.Lock()
				defer mu.Unlock()

				_, message, _ := strings.Cut(fmt.Sprint(err), `team": `)
				said[message]++
			})
		}

		wait.Wait()

		p.now = p.now.Add(time.Minute)
	}

	return said
}

func (p *platform) config(namespace string) *v1alpha1.ProviderConfig {
	p.Helper()

	pc := &v1alpha1.ProviderConfig{}
	if err := p.kube.Get(p.Context(), types.NamespacedName{Namespace: namespace, Name: "chat"}, pc); err != nil {
		p.Fatal(err)
	}

	return pc
}

// give a namespace another password.
func (p *platform) give(namespace, password string) {
	p.Helper()

	login := secret(map[string]string{"username": "admin", "password": password})
	login.Namespace = namespace

	if err := p.kube.Update(p.Context(), login); err != nil {
		p.Fatal(err)
	}
}

// retry sets the annotation that makes the provider try the login again.
func (p *platform) retry(namespace, value string) {
	p.Helper()

	pc := p.config(namespace)
	pc.Annotations = map[string]string{v1alpha1.RetryLoginAnnotation: value}

	if err := p.kube.Update(p.Context(), pc); err != nil {
		p.Fatal(err)
	}
}

// logins asserts the number of logins since the last call.
func (p *platform) logins(what string, want int) {
	p.Helper()

	if got := p.server.logins; got != want {
		p.Errorf("%s: want %d logins, got %d", what, want, got)
	}

	p.server.logins = 0
}

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

// TestDigestTellsLoginsApart asserts what makes logins different, and that the digest does
// not contain them.
func TestDigestTellsLoginsApart(t *testing.T) {
	digest := func(change func(e *Endpoint)) string {
		t.Helper()

		e := fast("https://chat.example.org", Credentials{Username: "admin", Password: "password"})
		e.Origin = Origin{UID: "uid"}
		change(&e)

		d, err := e.digest()
		if err != nil {
			t.Fatal(err)
		}

		return d
	}

	was := digest(func(*Endpoint) {})

	if diff := cmp.Diff(was, digest(func(e *Endpoint) { e.Burst, e.Origin.Name = 7, "renamed" })); diff != "" {
		t.Errorf("what does not matter to the server changes the digest:\n%s", diff)
	}

	for name, change := range map[string]func(e *Endpoint){
		"Configuration":      func(e *Endpoint) { e.Origin.UID = "another" },
		"Retry":              func(e *Endpoint) { e.Origin.Retry = "1" },
		"URL":                func(e *Endpoint) { e.URL = "https://other.example.org" },
		"Username":           func(e *Endpoint) { e.Credentials.Username = "other" },
		"Password":           func(e *Endpoint) { e.Credentials.Password = "other" },
		"Boundary":           func(e *Endpoint) { e.Credentials = Credentials{Username: "adminp", Password: "assword"} },
		"Authorities":        func(e *Endpoint) { e.CertificateAuthorities = "other" },
		"FirstAdministrator": func(e *Endpoint) { e.FirstAdministrator = "admin@example.org" },
	} {
		if digest(change) == was {
			t.Errorf("%s: another login has the same digest", name)
		}
	}
}
