// Package admission judges what users wrote as the API server judges it in the objects that are
// composed of it. Crossplane creates those objects long after the API server accepted the
// composite, so that users would not see its verdict. Where a field would be accepted and then have
// no effect, or would keep pods from starting, admission is stricter than the API server.
package admission

import (
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
)

const (
	// ReasonInvalid means that Kubernetes would refuse what is composed of a field.
	ReasonInvalid = "SpecInvalid"

	// mostShown limits the errors that a message lists.
	mostShown = 3
)

// Verdict refuses a spec with errors.
func Verdict(errs field.ErrorList) compose.Verdict {
	if len(errs) == 0 {
		return compose.Passed
	}
	shown := make([]string, 0, mostShown)
	for _, err := range errs[:min(len(errs), mostShown)] {
		shown = append(shown, err.Error())
	}
	if len(errs) > mostShown {
		shown = append(shown, "and more")
	}
	return compose.Refuse(ReasonInvalid, strings.Join(shown, "; "))
}

// invalid lists one error for each problem.
func invalid(path *field.Path, value string, problems []string) field.ErrorList {
	var out field.ErrorList
	for _, problem := range problems {
		out = append(out, field.Invalid(path, value, problem))
	}
	return out
}
