package engine

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const (
	specDatabase = "database: {external: {secret: db}}\n"
	specStore    = "fileStore: {external: {url: s3.amazonaws.com, bucket: b, secret: files}}\n"
	specBoth     = specDatabase + specStore
	specLocal    = specDatabase + "fileStore: {local: {enabled: true, storageSize: 50Gi, accessModes: [ReadWriteOnce]}}\n"
)

func TestAPIAccepts(t *testing.T) {
	digest := "sha256:" + strings.Repeat("0a", 32)
	cases := map[string]struct {
		reason string
		name   string
		spec   string
		old    string
	}{
		"Least":            {reason: "A database and a file store are enough.", spec: specBoth},
		"LongestName":      {reason: "Names may be this long.", name: strings.Repeat("n", 45), spec: specBoth},
		"Local":            {reason: "A claim is made.", spec: specLocal},
		"LocalDefaults":    {reason: "A claim is made of defaults.", spec: specDatabase + "fileStore: {local: {enabled: true}}"},
		"LocalGrows":       {reason: "A volume may grow.", spec: strings.Replace(specLocal, "50Gi", "60Gi", 1), old: specLocal},
		"LocalGrowsOnce":   {reason: "A volume may grow beyond the default.", spec: specDatabase + "fileStore: {local: {enabled: true, storageSize: 51Gi}}", old: specDatabase + "fileStore: {local: {enabled: true}}"},
		"LocalSpelledOut":  {reason: "The default may be spelled out.", spec: specDatabase + "fileStore: {local: {enabled: true, storageSize: 51200Mi}}", old: specDatabase + "fileStore: {local: {enabled: true}}"},
		"DisabledLocal":    {reason: "A store that is off does not count.", spec: specDatabase + "fileStore: {local: {enabled: false}, externalVolume: {volumeClaimName: v}}"},
		"ServiceAccount":   {reason: "An identity is as good as a Secret.", spec: specDatabase + "fileStore: {external: {url: 'https://s3.example.com:443', bucket: b, useServiceAccount: true}}"},
		"PlainHTTP":        {reason: "A gateway may speak HTTP.", spec: specDatabase + "fileStore: {external: {url: 'http://gateway:7070', bucket: b, secret: s}}"},
		"DiscardLocal":     {reason: "A user consents.", spec: specDatabase + "fileStore: {discardLocal: true, external: {url: s3, bucket: b, secret: s}}", old: specLocal},
		"EverySize":        {reason: "The largest size.", spec: specBoth + "size: 200000users"},
		"Stopped":          {reason: "Zero is a number of replicas.", spec: specBoth + "replicas: 0"},
		"Digest":           {reason: "A digest is a version.", spec: specBoth + "version: '" + digest + "'"},
		"TagAndDigest":     {reason: "A tag may be pinned.", spec: specBoth + "version: '11.4.0@" + digest + "'"},
		"RegistryWithPort": {reason: "An image may name its registry.", spec: specBoth + "image: registry.example.com:5000/mattermost/mattermost-team-edition"},
		"NoHostNoIngress":  {reason: "No Ingress, no host.", spec: specBoth + "ingress: {enabled: false}"},
		"EmptySearch":      {reason: "The operator's users write empty strings.", spec: specBoth + "elasticSearch: {host: '', username: '', password: ''}"},
		"Claims":           {reason: "The platform provides both.", spec: "database: {claim: {}}\nfileStore: {claim: {}}"},
		"ClaimsInFull":     {reason: "A user may be particular.", spec: "database: {claim: {class: ha, version: '17', storageSize: 100Gi, instances: 3, readReplicas: 1, region: eu-central-1, retentionDays: 14, parameters: {work_mem: 32MB}, deletionPolicy: Delete}}\nfileStore: {claim: {class: ha, storageSize: 1Ti, region: eu-central-1, retentionDays: 30, deletionPolicy: Retain}}\ndeletionProtection: false"},
		"DiscardClaim":     {reason: "A user consents.", spec: "database: {discardClaim: true, allowChange: moved, external: {secret: db}}\nfileStore: {discardClaim: true, local: {enabled: true}}", old: "database: {claim: {}}\nfileStore: {claim: {}}"},
		"Channel":          {reason: "A platform's releases are followed.", spec: specBoth + "upgrade: {channel: ESR}"},
		"Window":           {reason: "They are taken at night.", spec: specBoth + "version: ''\nupgrade: {channel: feature, window: {opens: '0 2 * * 6', closes: '30 5 1,15 */2 sun', timeZone: Europe/Berlin}}"},
		"NoChannel":        {reason: "An empty channel is none.", spec: specBoth + "version: 11.4.0\nupgrade: {channel: ''}"},
		"Allowance":        {reason: "Each rule may be lifted with a reason.", spec: specBoth + "upgrade: {attempt: 3, allow: [{rule: Downgrade, reason: a}, {rule: SkipESR, reason: b}, {rule: KnownBad, reason: c}, {rule: Incomparable, reason: d}]}"},
		"UpdateJob":        {reason: "The operator's fields, and ours.", spec: specBoth + "updateJob: {disabled: false, retries: 0, savePlan: true, extraLabels: {a: b}, extraAnnotations: {a: b}, resources: {requests: {cpu: 100m}}}"},
		"Env":              {reason: "Variables of every source.", spec: specBoth + "mattermostEnv: [{name: MM_A, value: b}, {name: _b1, valueFrom: {secretKeyRef: {name: s, key: k}}}]"},
		"Bootstrap":        {reason: "An administrator is enough.", spec: specBoth + "bootstrap: {}"},
		"BootstrapInFull":  {reason: "A team and its channels.", spec: specBoth + "bootstrap: {team: {name: core, displayName: Core, description: a, type: O}, channels: [{name: x}, {name: alerts-1, displayName: Alerts, type: P, header: a, purpose: b}]}"},
		"Volumes":          {reason: "Each mount has its volume.", spec: specBoth + "volumes: [{name: a, emptyDir: {}}, {name: b, csi: {driver: d}}]\nvolumeMounts: [{name: a, mountPath: /a}, {name: a, mountPath: /b}]"},
	}
	a := judge(t)
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if tc.name == "" {
				tc.name = "chat"
			}
			var old map[string]any
			if tc.old != "" {
				old = named(t, tc.name, tc.old)
			}
			problems, unknown := a.Judge(t.Context(), named(t, tc.name, tc.spec), old)
			if len(problems)+len(unknown) > 0 {
				t.Errorf("%s\nthe API says %v, and does not know %v", tc.reason, problems, unknown)
			}
		})
	}
}

func TestAPIRefuses(t *testing.T) {
	cases := map[string]struct {
		reason string
		name   string
		spec   string
		old    string
		want   string
	}{
		"NoSpec":            {reason: "Nothing is provisioned silently.", spec: "{}", want: "spec.database is required: set spec.database.claim: {}"},
		"NoDatabase":        {reason: "A database is named.", spec: specStore, want: "spec.database is required: set spec.database.claim: {}"},
		"EmptyDatabase":     {reason: "An empty database is none.", spec: specStore + "database: {}", want: "spec.database: set exactly one of claim"},
		"EmptyName":         {reason: "A Secret has a name.", spec: specStore + "database: {external: {secret: ''}}", want: "spec.database.external.secret"},
		"NoFileStore":       {reason: "A file store is named.", spec: specDatabase, want: "spec.fileStore is required: set exactly one of"},
		"EmptyFileStore":    {reason: "An empty file store is none.", spec: specDatabase + "fileStore: {}", want: "set exactly one of claim (a bucket that the platform provides), external (S3)"},
		"TwoFileStores":     {reason: "Files are in one place.", spec: specDatabase + "fileStore: {local: {enabled: true}, externalVolume: {volumeClaimName: v}}", want: "set exactly one of claim (a bucket that the platform provides), external (S3)"},
		"NoS3Secret":        {reason: "A bucket needs credentials.", spec: specDatabase + "fileStore: {external: {url: s3, bucket: b}}", want: "set either secret (a Secret with keys accesskey and secretkey) or useServiceAccount"},
		"TwoS3Identities":   {reason: "One identity is used.", spec: specDatabase + "fileStore: {external: {url: s3, bucket: b, secret: s, useServiceAccount: true}}", want: "set either secret"},
		"S3Path":            {reason: "A bucket is no part of the URL.", spec: specDatabase + "fileStore: {external: {url: s3/bucket, bucket: b, secret: s}}", want: "must be a host with optional port"},
		"DiscardWhileLocal": {reason: "The volume is in use.", spec: specDatabase + "fileStore: {discardLocal: true, local: {enabled: true}}", want: "spec.fileStore.discardLocal consents to deleting the volume"},
		"LocalShrinks":      {reason: "A volume only grows.", spec: strings.Replace(specLocal, "50Gi", "40Gi", 1), old: specLocal, want: "spec.fileStore.local.storageSize cannot shrink"},
		"LocalShrinksUnsaid": {
			reason: "A volume that was larger than the default shrinks when the size is left out.",
			spec:   specDatabase + "fileStore: {local: {enabled: true}}", old: specDatabase + "fileStore: {local: {enabled: true, storageSize: 60Gi}}",
			want: "spec.fileStore.local.storageSize cannot shrink",
		},
		"AccessModesChange": {reason: "A claim keeps its modes.", spec: strings.Replace(specLocal, "ReadWriteOnce", "ReadWriteMany", 1), old: specLocal, want: "spec.fileStore.local.accessModes cannot change"},
		"NoQuantity":        {reason: "A size is a quantity.", spec: specDatabase + "fileStore: {local: {enabled: true, storageSize: large}}", want: "spec.fileStore.local.storageSize"},
		"NoSpace":           {reason: "A volume has a size.", spec: specDatabase + "fileStore: {local: {enabled: true, storageSize: '0'}}", want: "must be a quantity above zero, such as 50Gi"},
		"AccessMode":        {reason: "Modes have names.", spec: specDatabase + "fileStore: {local: {enabled: true, accessModes: [RWX]}}", want: "ReadWriteMany"},
		"UnknownSize":       {reason: "The message lists what is known.", spec: specBoth + "size: huge", want: "spec.size is not a known size: use one of miniSingleton"},
		"SizeBetween":       {reason: "A number that is in no table.", spec: specBoth + "size: 7users", want: "spec.size is not a known size"},
		"AboveLargest":      {reason: "The message says whom to ask.", spec: specBoth + "size: 250000users", want: "spec.size is above the largest size, 200000users: ask Mattermost"},
		"NegativeReplicas":  {reason: "Less than none.", spec: specBoth + "replicas: -1", want: "spec.replicas"},
		"ImageWithTag":      {reason: "A tag is a version.", spec: specBoth + "image: 'mattermost/mattermost-team-edition@sha256:00'", want: "tag and digest belong in spec.version"},
		"BadVersion":        {reason: "A version is a tag.", spec: specBoth + "version: 'v 11'", want: "spec.version must be a tag such as 11.4.0"},
		"ShortDigest":       {reason: "A digest has 64 digits.", spec: specBoth + "version: 'sha256:00'", want: "spec.version must be a tag such as 11.4.0"},
		"TwoDatabases":      {reason: "Data is in one place.", spec: specStore + "database: {claim: {}, external: {secret: db}}", want: "spec.database: set exactly one of claim"},
		"DiscardWhileUsed":  {reason: "The database is in use.", spec: specStore + "database: {discardClaim: true, claim: {}}", want: "spec.database.discardClaim consents to leaving"},
		"DiscardBucketUsed": {reason: "The bucket is in use.", spec: specDatabase + "fileStore: {discardClaim: true, claim: {}}", want: "spec.fileStore.discardClaim consents to leaving"},
		"DatabaseVersion":   {reason: "A major version is two digits.", spec: specStore + "database: {claim: {version: '17.2'}}", want: "version must be a major version of PostgreSQL"},
		"DeletionPolicy":    {reason: "Policies have names.", spec: specStore + "database: {claim: {deletionPolicy: Orphan}}", want: "Retain"},
		"TwoVersions":       {reason: "Which would win?", spec: specBoth + "version: 11.4.0\nupgrade: {channel: ESR}", want: "spec.version and spec.upgrade.channel exclude each other"},
		"WindowForNothing":  {reason: "A pinned version needs no window.", spec: specBoth + "version: 11.4.0\nupgrade: {window: {opens: 0 2 * * 6, closes: 0 6 * * 6}}", want: "spec.upgrade.window needs spec.upgrade.channel"},
		"WindowNeverOpen":   {reason: "It opens and closes at once.", spec: specBoth + "upgrade: {channel: ESR, window: {opens: 0 2 * * 6, closes: 0 2 * * 6}}", want: "opens and closes must differ"},
		"WindowHalf":        {reason: "It never closes.", spec: specBoth + "upgrade: {channel: ESR, window: {opens: 0 2 * * 6}}", want: "spec.upgrade.window.closes"},
		"WindowWords":       {reason: "Moments are cron's.", spec: specBoth + "upgrade: {channel: ESR, window: {opens: saturday, closes: 0 6 * * 6}}", want: "spec.upgrade.window.opens must be five fields of cron"},
		"TimeZone":          {reason: "A node's time zone says nothing.", spec: specBoth + "upgrade: {channel: ESR, window: {opens: 0 2 * * 6, closes: 0 6 * * 6, timeZone: Local}}", want: "spec.upgrade.window.timeZone must be a name of the IANA database"},
		"UnknownChannel":    {reason: "Channels have names.", spec: specBoth + "upgrade: {channel: nightly}", want: "feature"},
		"AllowedSilently":   {reason: "A rule is lifted with a reason.", spec: specBoth + "upgrade: {allow: [{rule: Downgrade}]}", want: "reason"},
		"AllowedBlankly":    {reason: "Blanks are no reason.", spec: specBoth + "upgrade: {allow: [{rule: Downgrade, reason: ' '}]}", want: "spec.upgrade.allow: a reason must say why"},
		"AllowedTwice":      {reason: "Which reason holds?", spec: specBoth + "upgrade: {allow: [{rule: Downgrade, reason: a}, {rule: Downgrade, reason: b}]}", want: "Duplicate value"},
		"UnknownRule":       {reason: "Rules have names.", spec: specBoth + "upgrade: {allow: [{rule: Everything, reason: a}]}", want: "SkipESR"},
		"PlanWithoutJob":    {reason: "Nothing would save the plan.", spec: specBoth + "updateJob: {disabled: true, savePlan: true}", want: "spec.updateJob.savePlan needs the Job"},
		"PullPolicy":        {reason: "Policies have names.", spec: specBoth + "imagePullPolicy: Sometimes", want: "IfNotPresent"},
		"NoHost":            {reason: "An Ingress has a host.", spec: specBoth + "ingress: {enabled: true}", want: "spec.ingress.host is required when spec.ingress.enabled is true"},
		"HostURL":           {reason: "A host is no URL.", spec: specBoth + "ingress: {enabled: true, host: 'https://chat.example.com'}", want: "spec.ingress.host must be a DNS name"},
		"FurtherHostURL":    {reason: "Nor is a further one.", spec: specBoth + "ingress: {enabled: true, host: a, hosts: [{hostName: 'b/c'}]}", want: "hostName must be a DNS name"},
		"Snippet":           {reason: "A snippet is code in a shared controller.", spec: specBoth + "ingress: {enabled: true, host: a, annotations: {nginx.ingress.kubernetes.io/Server-Snippet: x}}", want: "snippet annotations inject configuration"},
		"LineBreak":         {reason: "So is a line break.", spec: specBoth + "ingress: {enabled: true, host: a, annotations: {a: \"b\\nc\"}}", want: "must be one line"},
		"SnippetOfLines":    {reason: "The reason is not hidden behind the line break.", spec: specBoth + "ingress: {enabled: true, host: a, annotations: {nginx.ingress.kubernetes.io/server-snippet: \"b\\nc\"}}", want: "snippet annotations inject configuration"},
		"PlainPassword":     {reason: "Passwords belong in a Secret.", spec: specBoth + "elasticSearch: {host: h, username: u, password: p}", want: "put them under keys username and password of a Secret and name it in spec.elasticSearch.secret"},
		"PasswordInURL":     {reason: "A URL may hide a password.", spec: specBoth + "elasticSearch: {host: 'https://u:p@h'}", want: "spec.elasticSearch.host must not hold credentials"},
		"SearchWithoutHost": {reason: "Credentials for nothing.", spec: specBoth + "elasticSearch: {secret: s}", want: "spec.elasticSearch.host is required with spec.elasticSearch.secret"},
		"EnvName":           {reason: "A name begins with a letter.", spec: specBoth + "mattermostEnv: [{name: 1MM, value: b}]", want: "a name must be letters, digits and underscores"},
		"EnvTwice":          {reason: "Which would win?", spec: specBoth + "mattermostEnv: [{name: A, value: b}, {name: A, value: c}]", want: "Duplicate value"},
		"HostPath":          {reason: "The host is not the user's.", spec: specBoth + "volumes: [{name: v, hostPath: {path: /, type: Directory}}]", want: "hostPath and nfs volumes are not allowed: use a persistentVolumeClaim"},
		"NFS":               {reason: "Nor is a server somewhere.", spec: specBoth + "volumes: [{name: v, nfs: {server: s, path: /}}]", want: "hostPath and nfs volumes are not allowed"},
		"NoSource":          {reason: "A volume has a source.", spec: specBoth + "volumes: [{name: v}]", want: "a volume needs exactly one of configMap"},
		"TwoSources":        {reason: "A volume has one source.", spec: specBoth + "volumes: [{name: v, emptyDir: {}, secret: {secretName: s}}]", want: "a volume needs exactly one of configMap"},
		"OurVolume":         {reason: "The name is taken.", spec: specBoth + "volumes: [{name: mattermost-data, emptyDir: {}}]", want: "names of the installation's own volumes"},
		"MountOfNothing":    {reason: "A mount has a volume.", spec: specBoth + "volumeMounts: [{name: v, mountPath: /v}]", want: "spec.volumeMounts: each mount must name one of spec.volumes"},
		"ChannelsOfNoTeam":  {reason: "A channel is in a team.", spec: specBoth + "bootstrap: {channels: [{name: alerts}]}", want: "spec.bootstrap.channels needs spec.bootstrap.team"},
		"TeamName":          {reason: "A name is part of a URL.", spec: specBoth + "bootstrap: {team: {name: Core}}", want: "spec.bootstrap.team.name must be of a-z"},
		"TeamType":          {reason: "There are two types.", spec: specBoth + "bootstrap: {team: {name: core, type: P}}", want: "Unsupported value"},
		"ChannelName":       {reason: "A name is that of an object too.", spec: specBoth + "bootstrap: {team: {name: core}, channels: [{name: on_call}]}", want: "spec.bootstrap.channels: a name must be of a-z"},
		"ChannelTwice":      {reason: "Which would win?", spec: specBoth + "bootstrap: {team: {name: core}, channels: [{name: a}, {name: a}]}", want: "Duplicate value"},
		"LongName":          {reason: "Other names are made of it.", name: strings.Repeat("n", 46), spec: specBoth, want: "metadata.name must be at most 45 characters"},
		"NameWithDot":       {reason: "A Service has no dot in its name.", name: "chat.example", spec: specBoth, want: "metadata.name must be at most 45 characters of a-z, 0-9 and '-'"},
		"NameWithDigit":     {reason: "A Service begins with a letter.", name: "1chat", spec: specBoth, want: "begin with a letter"},
	}
	a := judge(t)
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if tc.name == "" {
				tc.name = "chat"
			}
			var old map[string]any
			if tc.old != "" {
				old = named(t, tc.name, tc.old)
			}
			problems, _ := a.Judge(t.Context(), named(t, tc.name, tc.spec), old)
			if got := strings.Join(problems, "\n"); !strings.Contains(got, tc.want) {
				t.Errorf("%s\nthe API does not say %q, but:\n%s", tc.reason, tc.want, got)
			}
		})
	}
}

// TestAPITakesManifestsOfTheOperator in which only apiVersion and kind changed: the
// one of the user guide's section "Migrate From Helm Chart", and the same with the
// annotation of its advice on SAML.
func TestAPITakesManifestsOfTheOperator(t *testing.T) {
	const guide = `
image: mattermost/mattermost-enterprise-edition
imagePullPolicy: IfNotPresent
version: 6.0.0
size: 5000users
ingress:
  enabled: true
  host: example.mattermost-example.com
  tlsSecret: "cert"
licenseSecret: "mattermost-db-secret"
database:
  external:
    secret: "mattermost-db-secret"
fileStore:
  external:
    url: s3.amazonaws.com
    bucket: my-s3-bucket
    secret: s3-secret
elasticSearch: {}
volumeMounts:
- name: certificates
  mountPath: /etc/ssl/certs/mycert.pem
  subPath: mycert.pem
volumes:
- name: certificates
  secret:
    defaultMode: 420
    secretName: cert
`
	saml := strings.Replace(guide, "  tlsSecret:", "  annotations:\n    nginx.ingress.kubernetes.io/proxy-buffer-size: 16k\n  tlsSecret:", 1)
	a := judge(t)
	for name, spec := range map[string]string{"Migrate": guide, "SAML": saml} {
		t.Run(name, func(t *testing.T) {
			problems, unknown := a.Judge(t.Context(), named(t, "mm-example", spec), nil)
			if len(problems)+len(unknown) > 0 {
				t.Errorf("the API says %v, and does not know %v", problems, unknown)
			}
		})
	}
}

func TestExamplesAreAccepted(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("..", "..", "examples", "*.yaml"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no examples: %v", err)
	}
	for _, file := range files {
		b, err := os.ReadFile(file) //nolint:gosec // A file of this repository.
		if err != nil {
			t.Fatal(err)
		}
		for _, document := range strings.Split(string(b), "\n---\n") {
			manifest := parse(t, document)
			kind, _ := manifest["kind"].(string)
			problems, unknown := apiOf(t, kind).Judge(t.Context(), manifest, nil)
			if len(problems)+len(unknown) > 0 {
				t.Errorf("%s: the API says %v of the %s, and does not know %v", file, problems, kind, unknown)
			}
		}
	}
}
