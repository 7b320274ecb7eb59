package plugin

import (
	"github.com/mattermost/mattermost/server/public/model"
	"k8s.io/utils/ptr"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/server/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/provider/drift"
)

// Fields that have requests of their own.
const (
	fieldVersion     = "version"
	fieldDownloadURL = "downloadUrl"
	fieldEnabled     = "enabled"
)

// observe the plugin id in the statuses of all nodes. A plugin that cannot start is
// enabled all the same: to enable it again would change nothing.
func observe(id string, statuses model.PluginStatuses) (at v1alpha1.PluginObservation, installed bool) {
	for _, s := range statuses {
		if s.PluginId != id {
			continue
		}

		if !installed {
			at.Name, at.Version, at.Running = s.Name, s.Version, true
		}

		installed = true
		at.Enabled = at.Enabled || s.State != model.PluginStateNotRunning
		at.Running = at.Running && s.State == model.PluginStateRunning
	}

	return at, installed
}

// compare what is declared with the plugin. A URL is compared with that which the plugin
// was installed from, if it was.
func compare(p v1alpha1.PluginParameters, at v1alpha1.PluginObservation) drift.Drift {
	var d drift.Drift

	drift.Field(&d, fieldVersion, p.Version, at.Version)
	drift.Field(&d, fieldEnabled, p.Enabled, at.Enabled)

	if at.DownloadURL != "" {
		drift.Field(&d, fieldDownloadURL, p.DownloadURL, at.DownloadURL)
	}

	return d
}

// downloaded notes where the plugin is from that is as declared.
func downloaded(p v1alpha1.PluginParameters, at *v1alpha1.PluginObservation) {
	at.DownloadURL, at.DownloadVersion = ptr.Deref(p.DownloadURL, ""), at.Version
}
