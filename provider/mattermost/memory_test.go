package mattermost

import (
	"testing"
	"time"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
	fakeclient "sigs.k8s.io/controller-runtime/pkg/client/fake"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/server/v1alpha1"
)

// TestStatusRemembers saves a login in the status of both kinds of configuration, as two
// providers would at once.
func TestStatusRemembers(t *testing.T) {
	scheme := runtime.NewScheme()
	if err := v1alpha1.AddToScheme(scheme); err != nil {
		t.Fatal(err)
	}

	pc, cpc := &v1alpha1.ProviderConfig{}, &v1alpha1.ClusterProviderConfig{}
	pc.Namespace, pc.Name, cpc.Name = "ns", "chat", "chat"
	pc.Status.Users, cpc.Status.Users = 7, 7

	kube := fakeclient.NewClientBuilder().WithScheme(scheme).WithObjects(pc, cpc).WithStatusSubresource(pc, cpc).Build()
	first := v1alpha1.RefusedLogin{Digest: "digest", Attempts: 1, LastAttempt: metav1.NewTime(time.Unix(7, 0)), Reason: v1alpha1.RefusedCredentials, Message: "message"}
	both := first
	both.Attempts = 2
	other := first
	other.Digest = "other"

	for name, cfg := range map[string]configuration{
		"ProviderConfig":        {kind: v1alpha1.ProviderConfigKind, name: client.ObjectKeyFromObject(pc)},
		"ClusterProviderConfig": {kind: v1alpha1.ClusterProviderConfigKind, name: types.NamespacedName{Name: "chat"}},
	} {
		t.Run(name, func(t *testing.T) {
			m := statusMemory{kube: kube, cfg: cfg}

			steps := []struct {
				reason string
				do     func() error
				want   *v1alpha1.RefusedLogin
			}{
				{reason: "nothing is known at first", do: func() error { return nil }},
				{reason: "a refused login is remembered", do: func() error { return m.Remember(t.Context(), first) }, want: &first},
				{reason: "the attempt of another provider counts", do: func() error { return m.Remember(t.Context(), first) }, want: &both},
				{reason: "there are no more than two", do: func() error { return m.Remember(t.Context(), both) }, want: &both},
				{reason: "another login has attempts of its own", do: func() error { return m.Remember(t.Context(), other) }, want: &other},
				{reason: "what was accepted is forgotten", do: func() error { return m.Forget(t.Context()) }},
			}

			for _, step := range steps {
				if err := step.do(); err != nil {
					t.Fatal(err)
				}

				got, err := m.Recall(t.Context())
				if err != nil {
					t.Fatal(err)
				}

				if diff := cmp.Diff(step.want, got); diff != "" {
					t.Errorf("\n%s\n-want, +got:\n%s", step.reason, diff)
				}
			}

			object, _, status, err := cfg.object()
			if err != nil {
				t.Fatal(err)
			}

			if err := kube.Get(t.Context(), cfg.name, object); err != nil || status.Users != 7 {
				t.Errorf("users that the status counts: want 7, got %d, %v", status.Users, err)
			}

			if err := kube.Delete(t.Context(), object); err != nil {
				t.Fatal(err)
			}

			got, err := m.Recall(t.Context())
			if err := errors.Join(err, m.Remember(t.Context(), first), m.Forget(t.Context())); err != nil || got != nil {
				t.Errorf("a configuration that is gone: want no error and nothing, got %v and %v", err, got)
			}
		})
	}
}
