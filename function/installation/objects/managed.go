package objects

import (
	"github.com/crossplane-mattermost/crossplane-mattermost/apis/mattermost/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/provision"
	"github.com/crossplane-mattermost/crossplane-mattermost/input/v1beta1"
)

// ChannelParameters are a channel's properties, and which team it is in.
type ChannelParameters struct {
	v1alpha1.BootstrapChannel `json:",inline"`

	TeamRef provision.Reference `json:"teamRef"`
}

// ManagedServer observes a server, and nothing else.
func ManagedServer(s Server) *provision.Managed {
	out := managed(s, "Server", s.Name, struct{}{})
	out.Spec.ManagementPolicies = []string{"Observe"}
	return out
}

// ManagedTeam is a team of a server.
func ManagedTeam(s Server, t v1alpha1.BootstrapTeam) *provision.Managed {
	return managed(s, "Team", teamName(s, t), t)
}

// ManagedChannel is a channel of a team of a server.
func ManagedChannel(s Server, t v1alpha1.BootstrapTeam, c v1alpha1.BootstrapChannel) *provision.Managed {
	return managed(s, "Channel", teamName(s, t)+"."+c.Name, ChannelParameters{BootstrapChannel: c, TeamRef: provision.Reference{Name: teamName(s, t)}})
}

// teamName of the object. No installation's name has a dot, so that the teams of two are
// never called the same.
func teamName(s Server, t v1alpha1.BootstrapTeam) string { return s.Name + "." + t.Name }

// managed resource in a server. What it stands for is never deleted with it: the server
// may be gone already, and would be waited for.
func managed(s Server, kind, name string, forProvider any) *provision.Managed {
	return provision.Manage(APIVersionManaged, kind, name, s.Labels, v1beta1.ProviderConfigReference{Kind: KindProviderConfig, Name: s.Name}, forProvider)
}
