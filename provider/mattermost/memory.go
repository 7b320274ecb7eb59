package mattermost

import (
	"context"

	"k8s.io/client-go/util/retry"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/server/v1alpha1"
)

// statusMemory is the status of a provider configuration. If the configuration no longer
// exists, nothing is remembered: a client that outlives it, to delete what is left, knows
// its own attempts.
type statusMemory struct {
	kube client.Client
	cfg  configuration
}

// Recall the refused login, or nil.
func (m statusMemory) Recall(ctx context.Context) (*v1alpha1.RefusedLogin, error) {
	object, _, status, err := m.cfg.object()
	if err != nil {
		return nil, err
	}

	err = m.kube.Get(ctx, m.cfg.name, object)

	return status.RefusedLogin, client.IgnoreNotFound(err)
}

// Remember a refused login instead of any other. Attempts that another provider recorded
// meanwhile count.
func (m statusMemory) Remember(ctx context.Context, refused v1alpha1.RefusedLogin) error {
	return m.change(ctx, func(status *v1alpha1.ProviderConfigStatus) {
		if was := status.RefusedLogin; was != nil && was.Digest == refused.Digest && was.Attempts >= refused.Attempts {
			refused.Attempts = min(was.Attempts+1, maxAttempts)
		}

		status.RefusedLogin = &refused
	})
}

// Forget the refused login.
func (m statusMemory) Forget(ctx context.Context) error {
	return m.change(ctx, func(status *v1alpha1.ProviderConfigStatus) { status.RefusedLogin = nil })
}

func (m statusMemory) change(ctx context.Context, change func(status *v1alpha1.ProviderConfigStatus)) error {
	err := retry.RetryOnConflict(retry.DefaultBackoff, func() error {
		object, _, status, err := m.cfg.object()
		if err != nil {
			return err
		}

		if err := m.kube.Get(ctx, m.cfg.name, object); err != nil {
			return err
		}

		change(status)

		return m.kube.Status().Update(ctx, object)
	})

	return errors.Wrap(client.IgnoreNotFound(err), "cannot update the status of the provider configuration")
}

// ownMemory is the memory of a client without a provider configuration.
type ownMemory struct {
	refused *v1alpha1.RefusedLogin
}

// Recall the refused login, or nil.
func (m *ownMemory) Recall(context.Context) (*v1alpha1.RefusedLogin, error) { return m.refused, nil }

// Remember a refused login instead of any other.
func (m *ownMemory) Remember(_ context.Context, refused v1alpha1.RefusedLogin) error {
	m.refused = &refused
	return nil
}

// Forget the refused login.
func (m *ownMemory) Forget(context.Context) error {
	m.refused = nil
	return nil
}
