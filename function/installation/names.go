package installation

import (
	"maps"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/tool"
)

// Labels of an installation's objects. The first three are the Mattermost
// operator's, so that its installations can be taken over.
const (
	labelInstallation = "installation.mattermost.com/installation"
	labelResource     = "installation.mattermost.com/resource"
	labelApp          = "app"

	appServer    = "mattermost"
	appMigration = "mattermost-migration"
	appWindow    = "mattermost-window"
)

// selector of the server pods. It can never change: a Deployment keeps its own.
func selector(g gathered) map[string]string {
	return tool.Server(g.name)
}

// labels of a composed object: the platform's, overruled by the installation's.
// app tells the server's pods from a migration's.
func labels(g gathered, app, component string) map[string]string {
	out := map[string]string{}
	maps.Copy(out, g.policy.Labels)
	maps.Copy(out, map[string]string{
		labelInstallation:              g.name,
		labelResource:                  g.name,
		labelApp:                       app,
		"app.kubernetes.io/name":       "mattermost",
		"app.kubernetes.io/instance":   g.name,
		"app.kubernetes.io/component":  component,
		"app.kubernetes.io/managed-by": "crossplane",
	})
	return out
}

func serverLabels(g gathered) map[string]string { return labels(g, appServer, "server") }

func migrationLabels(g gathered) map[string]string { return labels(g, appMigration, "migration") }
