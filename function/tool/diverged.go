package tool

import (
	"fmt"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/mattermost/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
)

// Diverged says whether an installation names another database than its servers use. A Job would copy
// or replace that one: it reads the same Secret.
func Diverged(installation compose.Resource) bool {
	reason := installation.Condition(v1alpha1.ConditionDatabaseReady).Reason
	return reason == v1alpha1.ReasonDatabaseChanged || reason == v1alpha1.ReasonDatabaseUnsupported
}

// DatabaseServed waits while an installation names another database than its servers use.
func DatabaseServed(installation compose.Resource) compose.Verdict {
	if !Diverged(installation) {
		return compose.Passed
	}
	return compose.Refuse("InstallationPending", fmt.Sprintf(
		"waiting for MattermostInstallation %q, whose spec.database or database Secret names another database than its servers use: its condition %s says what to do", installation.Name(), v1alpha1.ConditionDatabaseReady))
}
