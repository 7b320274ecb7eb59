package backup

import (
	"cmp"
	"fmt"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/admission"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/tool"
)

// unchanged refuses another spec for a backup that has begun: it would have no effect.
func unchanged(w way) compose.Gate[gathered] {
	return func(g gathered) compose.Verdict {
		by := g.state.Observed(w.once).String("metadata", "annotations", annotationRequest)
		if by == "" || by == g.request {
			return compose.Passed
		}
		return compose.Refuse("AlreadyMade", fmt.Sprintf(
			"spec: backup %q has begun and cannot change: put the spec back, and create another MattermostBackup for what you want", g.onceName()))
	}
}

// scheduleAdmitted refuses a schedule that Kubernetes has no moments of.
func scheduleAdmitted(g gathered) compose.Verdict {
	if !g.scheduled() {
		return compose.Passed
	}
	spec := field.NewPath("spec")
	return admission.Verdict(append(admission.Schedule(spec.Child("schedule"), g.spec.Schedule), admission.TimeZone(spec.Child("timeZone"), g.spec.TimeZone)...))
}

// installationKnown waits for an installation that says where its data is.
func installationKnown(g gathered) compose.Verdict {
	switch {
	case !g.installation.Exists():
		return compose.Refuse("InstallationPending", fmt.Sprintf(
			"waiting for MattermostInstallation %q, which does not exist in namespace %q: spec.installation names it", g.spec.Installation, g.namespace))
	case g.source == nil:
		return compose.Refuse("InstallationPending", fmt.Sprintf(
			"waiting for MattermostInstallation %q to say in status.dataSource where its data is: its conditions say what it waits for; it never says so while spec.mattermostEnv leads its server to another database or file store", g.spec.Installation))
	case g.installation.Int("status", "replicas") == 0 && servedVersion(g) == "":
		return compose.Refuse("InstallationPending", fmt.Sprintf(
			"waiting for the first server of MattermostInstallation %q: there is no data yet", g.spec.Installation))
	}
	return compose.Passed
}

// servedVersion is the version of the servers, or of the last ones. Without the Deployment no
// version is served, and a change of version may wait for a backup before it starts a server.
func servedVersion(g gathered) string {
	return cmp.Or(g.installation.String("status", "version"), g.installation.String("status", "served", "version"))
}

// restoreOver waits while the data is being replaced: a schedule then makes no backup by
// itself.
func restoreOver(g gathered) compose.Verdict {
	if g.scheduled() || !g.restoring() {
		return compose.Passed
	}
	return compose.Refuse("RestorePending", fmt.Sprintf(
		"waiting for MattermostRestore %q, which replaces the data of MattermostInstallation %q", g.installation.String("status", "restore", "name"), g.spec.Installation))
}

// databaseServed waits while the installation names another database than its servers use: a schedule
// then makes no backup by itself.
func databaseServed(g gathered) compose.Verdict {
	if g.scheduled() {
		return compose.Passed
	}
	return tool.DatabaseServed(g.installation)
}

// saidOf an object that is waited for is what its own conditions say, with a colon
// before it; empty when they say nothing.
func saidOf(claim compose.Resource) string {
	for _, of := range []string{"Synced", "Accepted", "BackendReady", "Ready"} {
		if c := claim.Condition(of); c.Status == compose.False && c.Message != "" {
			return ": " + c.Message
		}
	}
	return ""
}
