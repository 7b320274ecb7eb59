package function_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	v1 "github.com/crossplane/crossplane/apis/v2/apiextensions/v1"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"
	extv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"sigs.k8s.io/yaml"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/preview"
)

// sample shows that a field matters: a spec without and one with it.
type sample struct {
	// first spec that is applied, before the other two; none when empty.
	first string
	// without and with the field.
	without, with string
	// refused is what the API says to the field, which then never gets here.
	refused string
}

const (
	inBucket = "database: {external: {secret: db}}\nfileStore: {external: {url: s3, bucket: b, secret: files}}\n"
	onVolume = "database: {external: {secret: db}}\nfileStore: {local: {enabled: true}}\n"
	exposed  = inBucket + "ingress: {enabled: true, host: chat.example.com"
	// bootstrapped is to be closed.
	bootstrapped = inBucket + "bootstrap: {team: {name: core}, "

	stored = "database: {external: {secret: db}}\nfileStore: "
	older  = inBucket + "version: 9.10.0"
)

func claimed(database, bucket string) string {
	return "database: {claim: " + database + "}\nfileStore: {claim: " + bucket + "}\n"
}

func allowing(rule, reason string) string {
	return "version: 11.4.0\nupgrade: {allow: [{rule: " + rule + ", reason: " + reason + "}]}"
}

func following(opens, closes, zone string) string {
	return "upgrade: {channel: ESR, window: {opens: '" + opens + "', closes: '" + closes + "', timeZone: '" + zone + "'}}"
}

// samples by field. Fields below passedThrough are sampled from the schema.
var samples = map[string]sample{
	"bootstrap.channels[].displayName":         {without: bootstrapped + "channels: [{name: a}]}", with: bootstrapped + "channels: [{name: a, displayName: A}]}"},
	"bootstrap.channels[].header":              {without: bootstrapped + "channels: [{name: a}]}", with: bootstrapped + "channels: [{name: a, header: A}]}"},
	"bootstrap.channels[].name":                {without: bootstrapped + "channels: [{name: a}]}", with: bootstrapped + "channels: [{name: b}]}"},
	"bootstrap.channels[].purpose":             {without: bootstrapped + "channels: [{name: a}]}", with: bootstrapped + "channels: [{name: a, purpose: A}]}"},
	"bootstrap.channels[].type":                {without: bootstrapped + "channels: [{name: a}]}", with: bootstrapped + "channels: [{name: a, type: P}]}"},
	"bootstrap.team.description":               {without: bootstrapped + "}", with: inBucket + "bootstrap: {team: {name: core, description: A}}"},
	"bootstrap.team.displayName":               {without: bootstrapped + "}", with: inBucket + "bootstrap: {team: {name: core, displayName: A}}"},
	"bootstrap.team.name":                      {without: inBucket + "bootstrap: {}", with: bootstrapped + "}"},
	"bootstrap.team.type":                      {without: bootstrapped + "}", with: inBucket + "bootstrap: {team: {name: core, type: O}}"},
	"database.allowChange":                     {first: inBucket, without: strings.Replace(inBucket, "secret: db", "secret: other", 1), with: strings.Replace(inBucket, "{secret: db}}", "{secret: other}, allowChange: moved}", 1)},
	"database.claim.class":                     {without: claimed("{}", "{}"), with: claimed("{class: a}", "{}")},
	"database.claim.deletionPolicy":            {without: claimed("{}", "{}"), with: claimed("{deletionPolicy: Delete}", "{}")},
	"database.claim.instances":                 {without: claimed("{}", "{}"), with: claimed("{instances: 3}", "{}")},
	"database.claim.parameters{}":              {without: claimed("{}", "{}"), with: claimed("{parameters: {a: b}}", "{}")},
	"database.claim.readReplicas":              {without: claimed("{}", "{}"), with: claimed("{readReplicas: 1}", "{}")},
	"database.claim.region":                    {without: claimed("{}", "{}"), with: claimed("{region: a}", "{}")},
	"database.claim.retentionDays":             {without: claimed("{}", "{}"), with: claimed("{retentionDays: 7}", "{}")},
	"database.claim.storageSize":               {without: claimed("{}", "{}"), with: claimed("{storageSize: 1Gi}", "{}")},
	"database.claim.version":                   {without: claimed("{}", "{}"), with: claimed("{version: '16'}", "{}")},
	"database.discardClaim":                    {first: claimed("{}", "{}"), without: inBucket + "", with: "database: {discardClaim: true, external: {secret: db}}\nfileStore: {discardClaim: true, external: {url: s3, bucket: b, secret: files}}"},
	"database.external.secret":                 {without: inBucket, with: strings.Replace(inBucket, "secret: db", "secret: other", 1)},
	"elasticSearch.host":                       {without: inBucket, with: inBucket + "elasticSearch: {host: h}"},
	"elasticSearch.secret":                     {without: inBucket + "elasticSearch: {host: h}", with: inBucket + "elasticSearch: {host: h, secret: s}"},
	"elasticSearch.username":                   {refused: "spec.elasticSearch.username and password are not taken in clear text"},
	"elasticSearch.password":                   {refused: "spec.elasticSearch.username and password are not taken in clear text"},
	"deletionProtection":                       {without: inBucket, with: inBucket + "deletionProtection: false"},
	"fileStore.claim.class":                    {without: claimed("{}", "{}"), with: claimed("{}", "{class: a}")},
	"fileStore.claim.deletionPolicy":           {without: claimed("{}", "{}"), with: claimed("{}", "{deletionPolicy: Delete}")},
	"fileStore.claim.region":                   {without: claimed("{}", "{}"), with: claimed("{}", "{region: a}")},
	"fileStore.claim.retentionDays":            {without: claimed("{}", "{}"), with: claimed("{}", "{retentionDays: 7}")},
	"fileStore.claim.storageSize":              {without: claimed("{}", "{}"), with: claimed("{}", "{storageSize: 1Gi}")},
	"fileStore.discardClaim":                   {first: claimed("{}", "{}"), without: "database: {claim: {}}\nfileStore: {local: {enabled: true}}", with: "database: {claim: {}}\nfileStore: {discardClaim: true, local: {enabled: true}}"},
	"fileStore.discardLocal":                   {first: onVolume, without: inBucket, with: stored + "{discardLocal: true, external: {url: s3, bucket: b, secret: files}}"},
	"fileStore.external.bucket":                {without: inBucket, with: strings.Replace(inBucket, "bucket: b", "bucket: other", 1)},
	"fileStore.external.secret":                {without: inBucket, with: strings.Replace(inBucket, "secret: files", "secret: other", 1)},
	"fileStore.external.url":                   {without: inBucket, with: strings.Replace(inBucket, "url: s3", "url: other", 1)},
	"fileStore.external.useServiceAccount":     {without: inBucket, with: stored + "{external: {url: s3, bucket: b, useServiceAccount: true}}"},
	"fileStore.externalVolume.volumeClaimName": {without: stored + "{externalVolume: {volumeClaimName: a}}", with: stored + "{externalVolume: {volumeClaimName: b}}"},
	"fileStore.local.accessModes[]":            {without: onVolume, with: stored + "{local: {enabled: true, accessModes: [ReadWriteOnce]}}"},
	"fileStore.local.enabled":                  {without: stored + "{local: {enabled: false}}", with: onVolume},
	"fileStore.local.storageSize":              {without: onVolume, with: stored + "{local: {enabled: true, storageSize: 60Gi}}"},
	"image":                                    {without: inBucket, with: inBucket + "image: mattermost/mattermost-team-edition"},
	"imagePullPolicy":                          {without: inBucket, with: inBucket + "imagePullPolicy: Always"},
	"ingress.annotations{}":                    {without: exposed + "}", with: exposed + ", annotations: {a: b}}"},
	"ingress.enabled":                          {without: inBucket + "ingress: {enabled: false, host: chat.example.com}", with: exposed + "}"},
	"ingress.host":                             {without: exposed + "}", with: inBucket + "ingress: {enabled: true, host: other.example.com}"},
	"ingress.hosts[].hostName":                 {without: exposed + "}", with: exposed + ", hosts: [{hostName: other.example.com}]}"},
	"ingress.ingressClass":                     {without: exposed + "}", with: exposed + ", ingressClass: nginx}"},
	"ingress.tlsSecret":                        {without: exposed + "}", with: exposed + ", tlsSecret: cert}"},
	"licenseSecret":                            {without: inBucket, with: inBucket + "licenseSecret: l"},
	"replicas":                                 {without: inBucket, with: inBucket + "replicas: 3"},
	"scheduling.resources.limits{}":            {without: inBucket, with: inBucket + "scheduling: {resources: {limits: {cpu: 3}}}"},
	"scheduling.resources.requests{}":          {without: inBucket, with: inBucket + "scheduling: {resources: {requests: {cpu: 3}}}"},
	"size":                                     {without: inBucket, with: inBucket + "size: 100users"},
	"updateJob.disabled":                       {without: inBucket, with: inBucket + "updateJob: {disabled: true}"},
	"updateJob.extraAnnotations{}":             {without: inBucket, with: inBucket + "updateJob: {extraAnnotations: {a: b}}"},
	"updateJob.extraLabels{}":                  {without: inBucket, with: inBucket + "updateJob: {extraLabels: {a: b}}"},
	"updateJob.resources.limits{}":             {without: inBucket, with: inBucket + "updateJob: {resources: {limits: {cpu: 3}}}"},
	"updateJob.resources.requests{}":           {without: inBucket, with: inBucket + "updateJob: {resources: {requests: {cpu: 3}}}"},
	"updateJob.retries":                        {without: inBucket, with: inBucket + "updateJob: {retries: 3}"},
	"updateJob.savePlan":                       {without: inBucket, with: inBucket + "updateJob: {savePlan: true}"},
	"upgrade.allow[].reason":                   {first: older, without: inBucket + allowing("SkipESR", "a"), with: inBucket + allowing("SkipESR", "b")},
	"upgrade.allow[].rule":                     {first: older, without: inBucket + allowing("Downgrade", "a"), with: inBucket + allowing("SkipESR", "a")},
	"upgrade.attempt":                          {without: inBucket, with: inBucket + "upgrade: {attempt: 1}"},
	"upgrade.backup":                           {first: inBucket + "version: 11.4.0", without: inBucket + "version: 11.7.9", with: inBucket + "version: 11.7.9\nupgrade: {backup: Required}"},
	"upgrade.channel":                          {without: inBucket + "upgrade: {channel: ESR}", with: inBucket + "upgrade: {channel: feature}"},
	"upgrade.window.closes":                    {without: inBucket + following("0 2 * * 6", "0 6 * * 6", ""), with: inBucket + following("0 2 * * 6", "0 7 * * 6", "")},
	"upgrade.window.opens":                     {without: inBucket + following("0 2 * * 6", "0 6 * * 6", ""), with: inBucket + following("0 3 * * 6", "0 6 * * 6", "")},
	"upgrade.window.timeZone":                  {without: inBucket + following("0 2 * * 6", "0 6 * * 6", ""), with: inBucket + following("0 2 * * 6", "0 6 * * 6", "Europe/Berlin")},
	"version":                                  {without: inBucket, with: inBucket + "version: 11.4.0"},
	"volumes[].hostPath":                       {refused: "spec.volumes: hostPath and nfs volumes are not allowed"},
	"volumes[].nfs":                            {refused: "spec.volumes: hostPath and nfs volumes are not allowed"},
}

// passedThrough are lists of Kubernetes' own types: what a user sets there is in
// the pod, whatever it means.
var passedThrough = []string{"mattermostEnv[]", "volumeMounts[]", "volumes[]"}

func TestEveryFieldOfSpecMatters(t *testing.T) {
	everyFieldMatters(t, "mattermostinstallations.yaml", manifest, samples)
}

func everyFieldMatters(t *testing.T, definition, manifest string, samples map[string]sample) {
	t.Helper()
	used := map[string]bool{}
	walkLeaves(specSchema(t, definition), nil, func(path []string, leaf extv1.JSONSchemaProps, rules extv1.ValidationRules) {
		field := strings.Join(path, ".")
		t.Run(field, func(t *testing.T) {
			s, ok := samples[field]
			used[field] = true
			if !ok && !strings.HasPrefix(field, passedThrough[0]) && !strings.HasPrefix(field, passedThrough[1]) && !strings.HasPrefix(field, passedThrough[2]) {
				t.Fatal("the field has no sample: show that it matters")
			}
			if !ok {
				s = sampled(t, path, leaf)
			}
			if s.refused != "" {
				assertRule(t, rules, s.refused)
				return
			}
			if slices.EqualFunc(answers(t, manifest, s.first, s.without), answers(t, manifest, s.first, s.with), same) {
				t.Error("the field changes nothing")
			}
		})
	})
	for field := range samples {
		if !used[field] {
			t.Errorf("%s has a sample, and is no field of the spec", field)
		}
	}
}

func specSchema(t *testing.T, definition string) extv1.JSONSchemaProps {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "package", "configuration", definition)) //nolint:gosec // A file of this repository.
	if err != nil {
		t.Fatal(err)
	}
	xrd := &v1.CompositeResourceDefinition{}
	if err := yaml.Unmarshal(b, xrd); err != nil {
		t.Fatal(err)
	}
	root := extv1.JSONSchemaProps{}
	if err := yaml.Unmarshal(xrd.Spec.Versions[0].Schema.OpenAPIV3Schema.Raw, &root); err != nil {
		t.Fatal(err)
	}
	return root.Properties["spec"]
}

// walkLeaves visits every field that holds a value, with the rules of its own and of
// the object that it is in. A list's name ends with [], and a map's with {}.
func walkLeaves(s extv1.JSONSchemaProps, path []string, visit func(path []string, leaf extv1.JSONSchemaProps, rules extv1.ValidationRules)) {
	for name, field := range s.Properties {
		below := slices.Concat(path, []string{name})
		if field.Items != nil {
			below[len(path)] += "[]"
			field = *field.Items.Schema
		}
		if field.AdditionalProperties != nil {
			below[len(path)] += "{}"
		}
		if len(field.Properties) > 0 {
			walkLeaves(field, below, visit)
			continue
		}
		visit(below, field, slices.Concat(s.XValidations, field.XValidations))
	}
}

// sampled makes up a value for a field: nothing but it, and what it is in.
func sampled(t *testing.T, path []string, leaf extv1.JSONSchemaProps) sample {
	t.Helper()
	var value any = "1"
	switch leaf.Type {
	case "boolean":
		value = true
	case "integer":
		value = 1
	}
	return sample{without: inBucket + nested(t, path, nil), with: inBucket + nested(t, path, value)}
}

func nested(t *testing.T, path []string, value any) string {
	t.Helper()
	for i := len(path) - 1; i >= 0; i-- {
		name, list := strings.CutSuffix(path[i], "[]")
		name, keys := strings.CutSuffix(name, "{}")
		switch {
		case value == nil:
			value = map[string]any{}
			continue
		case list:
			value = []any{value}
		case keys:
			value = map[string]any{"x": value}
		}
		value = map[string]any{name: value}
	}
	b, err := yaml.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func assertRule(t *testing.T, rules extv1.ValidationRules, message string) {
	t.Helper()
	for _, r := range rules {
		if strings.HasPrefix(r.Message, message) {
			return
		}
	}
	t.Errorf("no rule of the API says %q", message)
}

// answers for a spec, until nothing changes any more.
func answers(t *testing.T, manifest, first, spec string) []*fnv1.RunFunctionResponse {
	t.Helper()
	c := &preview.Cluster{Composite: document(t, manifest), Lookup: preview.CompleteObject, Input: document(t, platform)}
	// The one Secret with another database.
	c.Objects = map[string]*structpb.Struct{"Secret/other": secret(t, map[string]string{"DB_CONNECTION_STRING": "postgres://u:" + canary + "@other/d"})}
	var out []*fnv1.RunFunctionResponse
	for _, s := range []string{first, spec} {
		if s == "" {
			continue
		}
		c.Composite = proto.CloneOf(c.Composite)
		c.Composite.Fields["spec"] = structpb.NewStructValue(document(t, s))
		out = nil
		for _, r := range settle(t, c) {
			out = append(out, r.Response)
		}
	}
	return out
}

func same(a, b *fnv1.RunFunctionResponse) bool { return proto.Equal(a, b) }
