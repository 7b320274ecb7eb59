package mattermost

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/crossplane/crossplane-runtime/v2/pkg/resource"
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
