package v1alpha1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// GroupVersion of every kind in this package.
var GroupVersion = schema.GroupVersion{Group: "mattermost.m.crossplane.io", Version: "v1alpha1"} //nolint:gochecknoglobals // A constant in all but syntax.

// Kinds of provider configurations and of their usages.
const (
	ProviderConfigKind          = "ProviderConfig"
	ProviderConfigUsageKind     = "ProviderConfigUsage"
	ProviderConfigUsageListKind = "ProviderConfigUsageList"
	ClusterProviderConfigKind   = "ClusterProviderConfig"
)

// Kinds of managed resources.
const (
	ServerKind          = "Server"
	TeamKind            = "Team"
	ChannelKind         = "Channel"
	UserKind            = "User"
	BotKind             = "Bot"
	TeamMemberKind      = "TeamMember"
	ChannelMemberKind   = "ChannelMember"
	IncomingWebhookKind = "IncomingWebhook"
	OutgoingWebhookKind = "OutgoingWebhook"
	CommandKind         = "Command"
	LicenseKind         = "License"
	PluginKind          = "Plugin"
	SettingsKind        = "Settings"
)

// AddToScheme adds every kind of this package to s.
func AddToScheme(s *runtime.Scheme) error {
	s.AddKnownTypes(GroupVersion,
		&ProviderConfig{}, &ProviderConfigList{},
		&ProviderConfigUsage{}, &ProviderConfigUsageList{},
		&ClusterProviderConfig{}, &ClusterProviderConfigList{},
		&Server{}, &ServerList{},
		&Team{}, &TeamList{},
		&Channel{}, &ChannelList{},
		&User{}, &UserList{},
		&Bot{}, &BotList{},
		&TeamMember{}, &TeamMemberList{},
		&ChannelMember{}, &ChannelMemberList{},
		&IncomingWebhook{}, &IncomingWebhookList{},
		&OutgoingWebhook{}, &OutgoingWebhookList{},
		&Command{}, &CommandList{},
		&License{}, &LicenseList{},
		&Plugin{}, &PluginList{},
		&Settings{}, &SettingsList{},
	)
	metav1.AddToGroupVersion(s, GroupVersion)

	return nil
}
