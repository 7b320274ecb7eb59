// Package scaling decides how many replicas an installation has, and how large they are.
package scaling

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/mattermost/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/admission"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/composed"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/decision"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/facts"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/feature"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/objects"
	"github.com/crossplane-mattermost/crossplane-mattermost/input/v1beta1"
)

// Feature is the scaling of an installation.
//
//nolint:gochecknoglobals // A table.
var Feature = feature.Feature{
	Rules:      []feature.Chapter{{Condition: feature.ConditionAccepted, Gates: []feature.Gate{sizeKnown, sizeAllowed, resourcesAdmitted}}},
	Compose:    composeBudget,
	Conditions: conditions,
	Status: func(_ *facts.Facts, d *decision.Decisions, to *v1alpha1.MattermostInstallationStatus) {
		if d.Stage != decision.Refused {
			to.Sizing = &d.Sizing.SizingStatus
		}
	},
}

// CheckPolicy fails on a policy that could not be obeyed. No user can correct it, so that
// nothing is changed until the platform team does.
func CheckPolicy(policy *v1beta1.Input) error {
	for i, name := range policy.Sizes {
		if _, ok := sizes[name]; !ok {
			return errors.Errorf("cannot use sizes[%d] of the function's input: %q is not one of %s", i, name, knownSizes())
		}
	}
	if _, ok := sizes[policy.Size]; !ok && policy.Size != "" {
		return errors.Errorf("cannot use size of the function's input: %q is not one of %s", policy.Size, knownSizes())
	}
	return nil
}

func knownSizes() string { return strings.Join(slices.Sorted(maps.Keys(sizes)), ", ") }

// sizeName is the size that is used: the user's, else the platform's, else the default.
func sizeName(f *facts.Facts) string {
	for _, s := range []string{f.Spec.Size, f.Policy.Size} {
		if s != "" {
			return s
		}
	}
	return defaultSize
}

// sizeKnown refuses a size that is not in the table. The API refuses it first; this is for the
// platform's default size, and for an API of another version.
func sizeKnown(f *facts.Facts, _ *decision.Decisions) compose.Verdict {
	name := sizeName(f)
	if _, ok := sizes[name]; ok {
		return compose.Passed
	}
	return compose.Refuse("SizeUnknown", fmt.Sprintf(
		"spec.size %q is not a known size: use one of %s; for more than 200000 users ask Mattermost for sizing, then set spec.replicas and spec.scheduling.resources",
		name, knownSizes()))
}

// sizeAllowed refuses a size that the platform does not offer.
func sizeAllowed(f *facts.Facts, _ *decision.Decisions) compose.Verdict {
	name := sizeName(f)
	if len(f.Policy.Sizes) == 0 || slices.Contains(f.Policy.Sizes, name) {
		return compose.Passed
	}
	return compose.Refuse("SizeNotOffered", fmt.Sprintf(
		"spec.size %q is not offered on this platform: use one of %s", name, strings.Join(f.Policy.Sizes, ", ")))
}

// resourcesAdmitted refuses resources that Kubernetes would refuse in a pod.
func resourcesAdmitted(f *facts.Facts, _ *decision.Decisions) compose.Verdict {
	if f.Spec.Scheduling == nil || f.Spec.Scheduling.Resources == nil {
		return compose.Passed
	}
	r := f.Spec.Scheduling.Resources
	return admission.Verdict(admission.Resources(field.NewPath("spec", "scheduling", "resources"), r.Requests, r.Limits))
}

// Decide takes replicas and resources from the table of sizes where the user did not set them.
func Decide(f *facts.Facts) decision.Sizing {
	name := sizeName(f)
	row, replicas := sizes[name], decideReplicas(f)
	out := decision.Sizing{
		SizingStatus: v1alpha1.SizingStatus{Size: name, Replicas: replicas.replicas, SizeReplicas: row.replicas, Requests: row.requests, Limits: row.limits, Nodes: row.nodes},
		Clustered:    replicas.license.clusters(),
		Basis:        replicas.String(),
	}
	if s := f.Spec.Scheduling; s != nil && s.Resources != nil && len(s.Resources.Requests)+len(s.Resources.Limits) > 0 {
		out.Requests, out.Limits = s.Resources.Requests, s.Resources.Limits
	}
	return out
}

// composeBudget lets one replica at a time be evicted, once there are two replicas. Before that
// a budget would have no effect.
func composeBudget(a *compose.Answer, f *facts.Facts, d *decision.Decisions) error {
	first := !f.Observed(composed.Budget).Exists()
	if d.Sizing.Replicas < 2 || first && f.Deployment.Available() < 2 {
		return nil
	}
	return a.DesireBeside(composed.Budget, objects.PodDisruptionBudget(d.Server.Server))
}
