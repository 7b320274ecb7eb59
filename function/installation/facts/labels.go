package facts

import (
	"maps"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/tool"
)

// Labels of an installation's objects. The first three are the Mattermost operator's, so that
// its installations can be taken over.
const (
	labelInstallation = "installation.mattermost.com/installation"
	labelResource     = "installation.mattermost.com/resource"
	labelApp          = "app"

	appServer = "mattermost"
)

// Selector of the server's pods. It can never change: a Deployment keeps its own.
func (f *Facts) Selector() map[string]string { return tool.Server(f.Name) }

// Labels of a composed object: the platform's, overruled by the installation's. App tells the
// server's pods from others.
func (f *Facts) Labels(app, component string) map[string]string {
	out := map[string]string{}
	maps.Copy(out, f.Policy.Labels)
	maps.Copy(out, map[string]string{
		labelInstallation:              f.Name,
		labelResource:                  f.Name,
		labelApp:                       app,
		"app.kubernetes.io/name":       "mattermost",
		"app.kubernetes.io/instance":   f.Name,
		"app.kubernetes.io/component":  component,
		"app.kubernetes.io/managed-by": "crossplane",
	})
	return out
}

// ServerLabels are the labels of the server's pods, and of what belongs to them.
func (f *Facts) ServerLabels() map[string]string { return f.Labels(appServer, "server") }
