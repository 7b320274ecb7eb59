package rollout

import (
	"strings"
	"testing"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/factstest"
)

// TestJobMetadata: keys of the installation's own locked an installation, or had no effect.
func TestJobMetadata(t *testing.T) {
	cases := map[string]struct {
		reason, job string
		want        string
	}{
		"None":               {reason: "Nothing is asked.", job: "{}"},
		"Free":               {reason: "Others are free.", job: "{extraLabels: {team: a, example.com/x: ''}, extraAnnotations: {note: 'any text', Example.com/X: z}}"},
		"HoldsData":          {reason: "The Job would count as data.", job: "{extraLabels: {mattermost.crossplane.io/holds-data: x}}", want: "extraLabels[mattermost.crossplane.io/holds-data]: the key is reserved"},
		"Restored":           {reason: "The Job would count as that of another restore.", job: "{extraAnnotations: {mattermost.crossplane.io/restored: x}}", want: "extraAnnotations[mattermost.crossplane.io/restored]: the key is reserved"},
		"ResourceName":       {reason: "Crossplane would take it for another object.", job: "{extraAnnotations: {crossplane.io/composition-resource-name: deployment}}", want: "the key is reserved"},
		"App":                {reason: "It would have no effect.", job: "{extraLabels: {app: mine}}", want: "extraLabels[app]: the key is reserved"},
		"JobName":            {reason: "Kubernetes sets it.", job: "{extraLabels: {job-name: x}}", want: "the key is reserved"},
		"LabelKey":           {reason: "Kubernetes refuses it.", job: "{extraLabels: {'a b': c}}", want: "extraLabels[a b]: it is not a key"},
		"LabelCase":          {reason: "Kubernetes refuses it.", job: "{extraLabels: {Example.com/x: a}}", want: "extraLabels[Example.com/x]: it is not a key"},
		"Mirror":             {reason: "Kubernetes refuses such a pod.", job: "{extraAnnotations: {kubernetes.io/config.mirror: x}}", want: "the key is reserved"},
		"DeletionCost":       {reason: "Kubernetes reads a number.", job: "{extraAnnotations: {controller.kubernetes.io/pod-deletion-cost: x}}", want: "the key is reserved"},
		"LabelValue":         {reason: "Kubernetes refuses it.", job: "{extraLabels: {a: 'b c'}}", want: "extraLabels[a]: its value is not one of a label"},
		"AnnotationKey":      {reason: "Kubernetes refuses it.", job: "{extraAnnotations: {'a b/c': d}}", want: "extraAnnotations[a b/c]: it is not a key"},
		"AppAsAnAnnotation":  {reason: "Annotations have other keys than labels.", job: "{extraAnnotations: {app: mine}}"},
		"ValueOfAnnotations": {reason: "An annotation may be any text.", job: "{extraAnnotations: {a: 'b c'}}"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			v := jobMetadataUsable(factstest.Given{Spec: factstest.Accepted + "updateJob: " + tc.job}.Facts(t), nil)
			if v.Pass != (tc.want == "") || !strings.Contains(v.Message, tc.want) {
				t.Errorf("%s\npassed is %t: %s", tc.reason, v.Pass, v.Message)
			}
		})
	}
}
