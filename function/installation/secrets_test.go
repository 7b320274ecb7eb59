package installation

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/types/known/structpb"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/composetest"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/factstest"
)

func TestSecretsChecksum(t *testing.T) {
	const spec = factstest.Accepted + "licenseSecret: license\nmattermostEnv: [{name: A, valueFrom: {secretKeyRef: {name: may, key: k, optional: true}}}]"
	sum := func(change func(secrets map[string]map[string]string), metadata string) string {
		mine := map[string]map[string]string{"db": {"a": "1", "b": "2"}, "files": {"c": "3"}, "license": {"license": "4"}, "other": {"x": "5"}}
		if change != nil {
			change(mine)
		}
		f := factstest.Given{Spec: spec, Secrets: mine}.Facts(t)
		f.Secret("db").Struct().Fields["metadata"] = structpb.NewStructValue(composetest.Document(t, metadata))
		return secretsChecksum(f)
	}
	before := sum(nil, "resourceVersion: '1'")
	if len(before) != 32 || strings.Trim(before, "0123456789abcdef") != "" {
		t.Errorf("checksum %q is not 32 hexadecimal digits", before)
	}
	cases := map[string]struct {
		reason   string
		change   func(secrets map[string]map[string]string)
		metadata string
		same     bool
	}{
		"Nothing":        {reason: "The same values.", same: true},
		"Metadata":       {reason: "A label or a new version of the object is no new value.", metadata: "{resourceVersion: '2', labels: {a: b}}", same: true},
		"UnrelatedValue": {reason: "A Secret that the server does not read.", change: func(s map[string]map[string]string) { s["other"]["x"] = "6" }, same: true},
		"Value":          {reason: "A value changed.", change: func(s map[string]map[string]string) { s["db"]["b"] = "3" }},
		"License":        {reason: "The licence changed.", change: func(s map[string]map[string]string) { s["license"]["license"] = "5" }},
		"Optional":       {reason: "A Secret that need not exist came.", change: func(s map[string]map[string]string) { s["may"] = map[string]string{"k": "1"} }},
		"NewKey":         {reason: "A key came.", change: func(s map[string]map[string]string) { s["files"]["d"] = "" }},
		"GoneKey":        {reason: "A key went.", change: func(s map[string]map[string]string) { delete(s["db"], "a") }},
		"Moved":          {reason: "The same values under other keys.", change: func(s map[string]map[string]string) { s["db"] = map[string]string{"a": "2", "b": "1"} }},
		"AcrossSecrets":  {reason: "The same value in another Secret.", change: func(s map[string]map[string]string) { delete(s["files"], "c"); s["db"]["c"] = "3" }},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if got := sum(tc.change, tc.metadata) == before; got != tc.same {
				t.Errorf("%s\nthe same checksum: %t", tc.reason, got)
			}
		})
	}
}

func TestSecretNames(t *testing.T) {
	spec := `
database: {external: {secret: shared}}
fileStore: {external: {secret: files}}
elasticSearch: {secret: search}
licenseSecret: shared
mattermostEnv:
- {name: A, valueFrom: {secretKeyRef: {name: env, key: k}}}
- {name: B, valueFrom: {secretKeyRef: {name: must, key: k, optional: false}}}
- {name: C, valueFrom: {secretKeyRef: {name: may, key: k, optional: true}}}
- {name: D, value: v}
- {name: E, valueFrom: {fieldRef: {fieldPath: metadata.name}}}
`
	if diff := cmp.Diff([]string{"env", "files", "may", "must", "search", "shared"}, secretNames(factstest.Given{Spec: spec}.Facts(t))); diff != "" {
		t.Errorf("each Secret that pods read, once, -want, +got:\n%s", diff)
	}
	if got := secretNames(factstest.Given{}.Facts(t)); len(got) > 0 {
		t.Errorf("an empty spec names %v", got)
	}
}
