package facts

import (
	"encoding/base64"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/mattermost/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
)

// Names of requirements. A Secret's name follows the first, the name of a claim's composed
// resource the third, and that of a migration the last.
const (
	RequirementSecret   = "secret/"
	RequirementVolume   = "external-volume"
	RequirementVanished = "vanished/"
	RequirementRestores = "restores"
	RequirementJobs     = "restore-jobs"
	RequirementPods     = "restore-pods"
	RequirementBackups  = "backups"

	RequirementMigrationPods = "migration-pods/"
)

// RequireSecret looks a Secret up.
func RequireSecret(a *compose.Answer, name string) {
	a.Require(RequirementSecret+name, "v1", "Secret", name)
}

// Secret that the spec names, as Crossplane found it.
func (f *Facts) Secret(name string) compose.Resource {
	r, _ := f.State.Required(RequirementSecret + name)
	return r
}

// SecretValue is a value of a Secret that was looked up, empty when there is none.
func (f *Facts) SecretValue(secret, key string) string {
	decoded, err := base64.StdEncoding.DecodeString(f.Secret(secret).String("data", key))
	if err != nil {
		return ""
	}
	return string(decoded)
}

// VariableValue is the value of a variable of the user's: its own, or that of a Secret. Known is false
// if it comes from elsewhere.
func (f *Facts) VariableValue(e v1alpha1.EnvVar) (value string, known bool) {
	switch {
	case e.ValueFrom == nil:
		return e.Value, true
	case e.ValueFrom.SecretKeyRef != nil:
		return f.SecretValue(e.ValueFrom.SecretKeyRef.Name, e.ValueFrom.SecretKeyRef.Key), true
	}
	return "", false
}
