package engine

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/google/go-cmp/cmp"
	extv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"sigs.k8s.io/yaml"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/preview"
)

// serverGroup is the group of the provider's kinds.
const serverGroup = "mattermost.m.crossplane.io/v1alpha1"

// managed kinds of the provider: how the API server judges objects of them.
var managed = sync.OnceValues(func() (map[string]*preview.Definition, error) {
	files, err := filepath.Glob(filepath.Join("..", "..", "package", "provider", "crds", "*.yaml"))
	if err != nil {
		return nil, errors.Wrap(err, "cannot list CRDs")
	}
	out := map[string]*preview.Definition{}
	for _, file := range files {
		b, err := os.ReadFile(file) //nolint:gosec // A file of this repository.
		if err != nil {
			return nil, errors.Wrap(err, "cannot read a CRD")
		}
		crd := &extv1.CustomResourceDefinition{}
		if err := yaml.Unmarshal(b, crd); err != nil {
			return nil, errors.Wrapf(err, "cannot parse %s", file)
		}
		if out[crd.Spec.Names.Kind], err = preview.NewDefinition(crd.Spec.Names.Kind, crd.Spec.Versions[0].Schema.OpenAPIV3Schema); err != nil {
			return nil, errors.Wrapf(err, "cannot use %s", file)
		}
	}
	return out, nil
})

// judgeManaged judges a manifest of one of the provider's kinds, with its defaults.
func judgeManaged(t *testing.T, manifest, old map[string]any) (problems, unknown []string) {
	t.Helper()
	kinds, err := managed()
	if err != nil {
		t.Fatal(err)
	}
	kind, _ := manifest["kind"].(string)
	a, ok := kinds[kind]
	if !ok {
		t.Fatalf("no CRD of kind %q", kind)
	}
	return a.Judge(t.Context(), manifest, old)
}

// TestProviderExamplesAreAccepted proves that the API server takes each example, and
// knows each of its fields.
func TestProviderExamplesAreAccepted(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("..", "..", "examples", "provider", "*.yaml"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no examples: %v", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			b, err := os.ReadFile(file) //nolint:gosec // A file of this repository.
			if err != nil {
				t.Fatal(err)
			}
			for text := range strings.SplitSeq(string(b), "\n---\n") {
				manifest := parse(t, text)
				if manifest["apiVersion"] != serverGroup {
					continue
				}
				problems, unknown := judgeManaged(t, manifest, nil)
				if diff := cmp.Diff([]string(nil), append(problems, unknown...)); diff != "" {
					t.Errorf("problems and unknown fields: -want, +got:\n%s", diff)
				}
			}
		})
	}
}

// managedResource of a kind of the provider.
func managedResource(t *testing.T, kind, spec string) map[string]any {
	t.Helper()
	m := parse(t, "apiVersion: "+serverGroup+"\nkind: "+kind)
	m["metadata"] = map[string]any{"name": "name", "namespace": "ns"}
	m["spec"] = parse(t, spec)
	return m
}

func TestProviderAPIRefuses(t *testing.T) {
	config := func(more string) string {
		return "url: https://chat.example.org\ncredentials: {secretRef: {name: login" + more + "}}\n"
	}
	cases := map[string]struct {
		reason string
		kind   string
		spec   string
		old    string
		want   string
	}{
		"ForeignSecret":      {reason: "A ProviderConfig does not lend out Secrets of other namespaces.", kind: "ProviderConfig", spec: config(", namespace: other"), want: "spec.credentials.secretRef.namespace must be left out"},
		"ForeignCA":          {reason: "Nor their certificates.", kind: "ProviderConfig", spec: config("") + "tls: {caSecretRef: {name: ca, namespace: other}}", want: "spec.tls.caSecretRef.namespace must be left out"},
		"NoNamespace":        {reason: "A ClusterProviderConfig has to say where.", kind: "ClusterProviderConfig", spec: config(""), want: "spec.credentials.secretRef.namespace must be set"},
		"NoCANamespace":      {reason: "A ClusterProviderConfig has to say where.", kind: "ClusterProviderConfig", spec: config(", namespace: other") + "tls: {caSecretRef: {name: ca}}", want: "spec.tls.caSecretRef.namespace must be set"},
		"NotAURL":            {reason: "A host is no URL.", kind: "ProviderConfig", spec: strings.Replace(config(""), "https://", "", 1), want: "must be an http or https URL"},
		"Query":              {reason: "A query would make any path of it.", kind: "ProviderConfig", spec: strings.Replace(config(""), "https://chat", "https://chat/admin?x=", 1), want: "must have no query, no fragment and no login"},
		"Fragment":           {reason: "So would a fragment.", kind: "ClusterProviderConfig", spec: strings.Replace(config(", namespace: other"), "https://chat", "https://chat/admin#x", 1), want: "must have no query, no fragment and no login"},
		"Login":              {reason: "A login is in a Secret.", kind: "ProviderConfig", spec: strings.Replace(config(""), "https://", "https://ann:pw@", 1), want: "must have no query, no fragment and no login"},
		"OtherScheme":        {reason: "Mattermost speaks HTTP.", kind: "ProviderConfig", spec: strings.Replace(config(""), "https", "ftp", 1), want: "must be an http or https URL"},
		"TeamRenamed":        {reason: "Mattermost does not rename teams.", kind: "Team", spec: "forProvider: {name: new}", old: "forProvider: {name: old}", want: "spec.forProvider.name cannot change"},
		"TeamName":           {reason: "A name is part of a URL.", kind: "Team", spec: "forProvider: {name: Core}", want: "spec.forProvider.name"},
		"TeamType":           {reason: "There are two types.", kind: "Team", spec: "forProvider: {name: core, type: P}", want: "Unsupported value"},
		"ChannelOfNoTeam":    {reason: "A channel is in a team.", kind: "Channel", spec: "forProvider: {name: alerts}", want: "needs teamId, teamRef or teamSelector"},
		"ReservedUsername":   {reason: "Mattermost has a use for it.", kind: "User", spec: "forProvider: {username: all, email: a@example.org}", want: "reserved by Mattermost"},
		"UserWithoutEmail":   {reason: "A user is created with an address.", kind: "User", spec: "forProvider: {username: ann}", want: "spec.forProvider.email must be set"},
		"UppercaseEmail":     {reason: "Mattermost keeps addresses in lower case, which would differ for ever.", kind: "User", spec: "forProvider: {username: ann, email: Ann@example.org}", want: "spec.forProvider.email"},
		"MemberOfNoChannel":  {reason: "A membership is in a channel.", kind: "ChannelMember", spec: "forProvider: {userId: u}", want: "needs channelId, channelRef or channelSelector"},
		"NobodysMembership":  {reason: "A membership is somebody's.", kind: "TeamMember", spec: "forProvider: {teamId: t}", want: "needs a user"},
		"TwoMembers":         {reason: "A membership is of one account.", kind: "ChannelMember", spec: "forProvider: {channelId: c, userId: u, botRef: {name: bot}}", want: "a user or a bot, not both"},
		"NobodysURL":         {reason: "A webhook whose URL nobody knows is of no use.", kind: "IncomingWebhook", spec: "forProvider: {channelId: c}", want: "spec.writeConnectionSecretToRef must be set"},
		"WebhookToNowhere":   {reason: "A webhook posts to a channel.", kind: "IncomingWebhook", spec: "forProvider: {displayName: x}", want: "needs channelId, channelRef or channelSelector"},
		"WebhookOfEverthing": {reason: "Mattermost posts what begins with a word, or what is in a channel.", kind: "OutgoingWebhook", spec: "forProvider: {teamId: t, callbackUrls: ['https://example.org']}", want: "needs triggerWords, or a channel"},
		"PluginChanged":      {reason: "Another id is another plugin.", kind: "Plugin", spec: "forProvider: {id: com.example.new}", old: "forProvider: {id: com.example.old}", want: "spec.forProvider.id cannot change"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			var old map[string]any
			if tc.old != "" {
				old = managedResource(t, tc.kind, tc.old)
			}
			problems, _ := judgeManaged(t, managedResource(t, tc.kind, tc.spec), old)
			if !strings.Contains(strings.Join(problems, "\n"), tc.want) {
				t.Errorf("\n%s\nwant a problem that says %q, got %q", tc.reason, tc.want, problems)
			}
		})
	}
}

func TestProviderAPIAccepts(t *testing.T) {
	cases := map[string]struct {
		reason string
		kind   string
		spec   string
	}{
		"ObservedUser":  {reason: "A user who is only observed needs no address.", kind: "User", spec: "managementPolicies: [Observe]\nforProvider: {username: ann}"},
		"SelectedTeam":  {reason: "A team may be selected.", kind: "Channel", spec: "forProvider: {name: alerts, teamSelector: {matchLabels: {a: b}}}"},
		"BotAsMember":   {reason: "A bot may be a member.", kind: "ChannelMember", spec: "forProvider: {channelId: c, botRef: {name: bot}}"},
		"AnyConfig":     {reason: "Settings are whatever the server has.", kind: "Settings", spec: "forProvider: {config: {TeamSettings: {SiteName: Chat, MaxUsersPerTeam: 50}}}"},
		"ShortTeam":     {reason: "Two characters are a name.", kind: "Team", spec: "forProvider: {name: qa}"},
		"ShortChannel":  {reason: "One character is a channel's name.", kind: "Channel", spec: "forProvider: {name: x, teamId: t}"},
		"Subpath":       {reason: "A server may be below a path.", kind: "ProviderConfig", spec: "url: https://example.org/chat\ncredentials: {secretRef: {name: login}}"},
		"ClusterConfig": {reason: "A ClusterProviderConfig names a namespace.", kind: "ClusterProviderConfig", spec: "url: http://chat:8065\ncredentials: {source: Secret, secretRef: {name: login, namespace: platform}}"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			problems, unknown := judgeManaged(t, managedResource(t, tc.kind, tc.spec), nil)
			if diff := cmp.Diff([]string(nil), append(problems, unknown...)); diff != "" {
				t.Errorf("\n%s\nproblems and unknown fields: -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}
