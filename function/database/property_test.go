package database

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"
	"pgregory.net/rapid"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/composetest"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/preview"
)

// backends that a platform may change to and fro, and their policies.
var policiesOfAll = []string{
	standalonePolicyText, "{standalone: {version: '18', storageSize: 5Gi}}", "{existing: {}}",
	"{providerSQL: {}}", "{providerSQL: {namePrefix: other}}",
	"{cloudNativePG: {}}", "{cloudNativePG: {instances: 1, backup: {destinationPath: 's3://b'}}}",
	"{rds: {region: eu}}", "{rds: {namePrefix: other, retentionDays: 0}}",
	"{aurora: {region: eu}}", "{aurora: {instances: 3}}",
	"{cloudSQL: {region: eu}}", "{cloudSQL: {region: us, instances: 1, retentionDays: 0}}",
	azurePolicy, "{azure: {resourceGroup: other, classes: {default: B_Standard_B2s}}}",
}

// edits of a spec, each field with what users may say, and nothing.
var edits = map[string][]any{
	"version": {nil, nil, "16", "17", "18"}, "storageSize": {nil, nil, nil, "30Gi", "100Gi", "40Ti"},
	"instances": {nil, 1, 2, 3}, "readReplicas": {nil, nil, 1, 2}, "region": {nil, nil, "us"}, "retentionDays": {nil, nil, 0, 7, 60},
	"parameters": {nil, nil, map[string]any{"work_mem": "32MB"}}, "deletionPolicy": {nil, "Retain", "Delete"},
	"size": {nil, "100users", "5000users", "25000users", "other"}, "databaseName": {nil, "talk"},
}

// statuses that objects have, whatever their kind.
var statuses = []string{
	"{}", "{" + composetest.Ready + "}",
	"{" + composetest.Ready + ", readyReplicas: 1, atProvider: {address: a, endpoint: e, readerEndpoint: r, fqdn: f, publicIpAddress: p, privateIpAddress: i}}",
	"{conditions: [{type: Ready, status: 'False'}]}",
}

// TestDataIsNeverLeftOut edits a database in random ways, loses its Secrets and what
// else is observed, and lets the platform change its mind: an object that holds data
// and is observed is desired, or the answer is fatal. Nor does an answer show a secret.
func TestDataIsNeverLeftOut(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		for _, policy := range policiesOfAll {
			live(t, rt, policy)
		}
	})
}

// live through a few edits of one database.
func live(t *testing.T, rt *rapid.T, policy string) {
	real := map[string]*structpb.Struct{}
	req := given{spec: "{}"}.request(t)
	for range 6 {
		editSpec(rt, req.GetObserved().GetComposite().GetResource().GetFields()["spec"].GetStructValue())
		if anyOf(rt, "mind", []bool{true, false, false, false, false, false, false, false}) {
			policy = anyOf(rt, "policy", policiesOfAll)
		}
		req.GetObserved().Resources = seen(rt, real)
		rsp, err := composetest.Asked(t, req, func(s compose.State) (*fnv1.RunFunctionResponse, error) { return Compose(s, policyOf(t, policy)) })
		if composetest.Shows(rsp, err) {
			t.Fatal("a secret value is shown outside of a Secret")
		}
		if err != nil {
			continue // Fatal: Crossplane touches nothing.
		}
		for name, r := range req.GetObserved().GetResources() {
			holds := compose.NewResource(r.GetResource()).Has("metadata", "labels", compose.LabelHoldsData)
			if _, wanted := rsp.GetDesired().GetResources()[name]; holds && !wanted {
				rt.Fatalf("%s leaves out %s", policy, name)
			}
		}
		apply(rt, t, real, rsp)
		if status, ok := rsp.GetDesired().GetComposite().GetResource().GetFields()["status"]; ok {
			req.GetObserved().GetComposite().GetResource().Fields["status"] = status
		}
	}
}

// editSpec anew: of many fields at once, some backend lacks one.
func editSpec(rt *rapid.T, spec *structpb.Struct) {
	clear(spec.GetFields())
	for range anyOf(rt, "edits", []int{0, 1, 1, 2}) {
		field := anyOf(rt, "field", slices.Sorted(maps.Keys(edits)))
		v, err := structpb.NewValue(anyOf(rt, field, edits[field]))
		if err != nil {
			rt.Fatal(err)
		}
		spec.Fields[field] = v
		if _, null := v.GetKind().(*structpb.Value_NullValue); null {
			delete(spec.Fields, field)
		}
	}
}

// anyOf a list with about the same odds, which rapid's own numbers do not have: they are
// mostly small.
func anyOf[T any](rt *rapid.T, label string, of []T) T {
	n := 0
	for range 6 {
		n *= 2
		if rapid.Bool().Draw(rt, label) {
			n++
		}
	}
	return of[n%len(of)]
}

// seen is what Crossplane sees of what is real: mostly everything.
func seen(rt *rapid.T, real map[string]*structpb.Struct) map[string]*fnv1.Resource {
	out := map[string]*fnv1.Resource{}
	for _, name := range slices.Sorted(maps.Keys(real)) {
		if anyOf(rt, "seen", []bool{true, true, true, true, true, true, true, false}) {
			out[name] = &fnv1.Resource{Resource: real[name]}
		}
	}
	return out
}

// apply what is desired, and give it a status. Secrets get the composetest.Canary.
func apply(rt *rapid.T, t *testing.T, real map[string]*structpb.Struct, rsp *fnv1.RunFunctionResponse) {
	for _, name := range slices.Sorted(maps.Keys(rsp.GetDesired().GetResources())) {
		o := proto.CloneOf(rsp.GetDesired().GetResources()[name].GetResource())
		if data := o.GetFields()["data"].GetStructValue(); data != nil {
			for k := range data.GetFields() {
				data.Fields[k] = structpb.NewStringValue("Y2FuYXJ5LW9mLWEtc2VjcmV0")
			}
		}
		real[name] = preview.Observed(real[name], o)
		status := anyOf(rt, "status", statuses)
		real[name].Fields["status"] = structpb.NewStructValue(composetest.Document(t, strings.TrimSpace(status)))
	}
}
