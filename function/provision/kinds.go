package provision

import "github.com/crossplane-mattermost/crossplane-mattermost/function/compose"

// ServerKinds are the kinds of what a server on a volume is composed of.
func ServerKinds() compose.Kinds {
	return compose.Kinds{NameCredentials: "Secret", NameService: "Service", NameServer: "StatefulSet.apps"}
}
