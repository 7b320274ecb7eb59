package v1alpha1

import (
	"testing"

	"github.com/crossplane/crossplane-runtime/v2/pkg/resource"
	"k8s.io/apimachinery/pkg/runtime"
)

// TestKindsAreManaged proves that Crossplane's reconcilers can handle every kind with
// conditions, and that each has the list that its metrics are counted from.
func TestKindsAreManaged(t *testing.T) {
	s := runtime.NewScheme()
	if err := AddToScheme(s); err != nil {
		t.Fatal(err)
	}

	for _, kind := range []string{
		ServerKind, TeamKind, ChannelKind, UserKind, BotKind, TeamMemberKind, ChannelMemberKind, IncomingWebhookKind,
		OutgoingWebhookKind, CommandKind, LicenseKind, PluginKind, SettingsKind,
	} {
		if o := resource.MustCreateObject(GroupVersion.WithKind(kind), s); !isManaged(o) {
			t.Errorf("%T is no resource.ModernManaged", o)
		}

		if o := resource.MustCreateObject(GroupVersion.WithKind(kind+"List"), s); !isManagedList(o) {
			t.Errorf("%T is no resource.ManagedList", o)
		}
	}
}

func isManaged(o runtime.Object) bool {
	_, ok := o.(resource.ModernManaged)
	return ok
}

func isManagedList(o runtime.Object) bool {
	_, ok := o.(resource.ManagedList)
	return ok
}
