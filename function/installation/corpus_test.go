package installation_test

import (
	"context"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"
	"sigs.k8s.io/yaml"

	"github.com/crossplane/crossplane-runtime/v2/pkg/logging"
	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/crossplane-mattermost/crossplane-mattermost/function"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/composetest"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/preview"
)

// answersTo is a flag of go test.
var answersTo = flag.String("answers", "", "a folder that every answer of the corpus is written to, to compare two versions of the code with diff -r")

const (
	// randomHistories of the corpus, and the events of each.
	randomHistories = 60
	randomEvents    = 12
)

// corpusSpecs are the installations of the corpus.
var corpusSpecs = map[string]string{
	"claims":      "version: 11.4.0\ndatabase: {claim: {}}\nfileStore: {claim: {}}",
	"external":    "version: 11.4.0\nsize: 1000users\nlicenseSecret: license\ningress: {enabled: true, host: chat.example.com, hosts: [{hostName: a.example.com}], annotations: {nginx.ingress.kubernetes.io/proxy-body-size: 100M}, tlsSecret: tls}\ndatabase: {external: {secret: db}}\nfileStore: {external: {url: 'http://s3:7070/', bucket: b, secret: files}}\nelasticSearch: {host: search, secret: search}\nmattermostEnv: [{name: MM_FILESETTINGS_MAXFILESIZE, value: '1'}, {name: MM_X, valueFrom: {secretKeyRef: {name: env, key: password}}}]",
	"local":       "version: 11.4.0\nsize: 100users\ndatabase: {external: {secret: db}}\nfileStore: {local: {enabled: true, accessModes: [ReadWriteOnce], storageSize: 2Gi}}\nvolumes: [{name: a, secret: {secretName: x}}]\nvolumeMounts: [{name: a, mountPath: /a}]\nscheduling: {resources: {requests: {cpu: 100m}}}",
	"volume":      "version: 11.4.0\nreplicas: 2\ndatabase: {claim: {class: small}}\nfileStore: {externalVolume: {volumeClaimName: v}}",
	"bootstrap":   "version: 11.4.0\ndatabase: {claim: {}}\nfileStore: {claim: {}}\nbootstrap: {team: {name: core}, channels: [{name: a}]}",
	"unnamed":     "database: {claim: {}}\nfileStore: {external: {url: s3, bucket: b, useServiceAccount: true}}",
	"channel":     "upgrade: {channel: ESR, window: {opens: '0 2 * * 6', closes: '0 6 * * 6'}}\ndatabase: {external: {secret: db}}\nfileStore: {claim: {}}",
	"backed up":   "version: 11.4.0\nupgrade: {backup: Required}\ndatabase: {external: {secret: db}}\nfileStore: {claim: {}}",
	"update job":  "version: 11.4.0\nupdateJob: {retries: 2, savePlan: true, extraLabels: {a: b}, extraAnnotations: {c: d}}\ndatabase: {claim: {}}\nfileStore: {claim: {}}",
	"unprotected": "version: 11.4.0\ndeletionProtection: false\nsize: miniHA\ndatabase: {external: {secret: db}}\nfileStore: {claim: {}}",
	"old":         "version: 6.3.0\ndatabase: {external: {secret: mysql}}\nfileStore: {external: {url: s3, bucket: b, secret: files}}",
	"refused":     "version: 11.4.0\nsize: 7users\ningress: {enabled: true}\ndatabase: {}\nfileStore: {}",
}

// history is one installation of the corpus, and what happens to it.
type history struct {
	t       *testing.T
	cluster *preview.Cluster
	// lost are Secrets that do not exist.
	lost map[string]bool
	// minutes that have passed.
	minutes int
	answers []*structpb.Struct
}

// happenings of the corpus by name. Each is an edit, or an event of the cluster.
var happenings = map[string]func(h *history){
	"version":         func(h *history) { h.edit("version", "11.4.1") },
	"later version":   func(h *history) { h.edit("version", "11.7.9") },
	"earlier version": func(h *history) { h.edit("version", "10.11.3") },
	"no version":      func(h *history) { h.edit("version", nil) },
	"stopped":         func(h *history) { h.edit("replicas", 0) },
	"three replicas":  func(h *history) { h.edit("replicas", 3) },
	"size":            func(h *history) { h.edit("size", "5000users") },
	"license":         func(h *history) { h.edit("licenseSecret", "license") },
	"no license":      func(h *history) { h.edit("licenseSecret", nil) },
	"unprotected":     func(h *history) { h.edit("deletionProtection", false) },
	"protected":       func(h *history) { h.edit("deletionProtection", nil) },
	"bootstrap":       func(h *history) { h.edit("bootstrap", map[string]any{"team": map[string]any{"name": "other"}}) },
	"no bootstrap":    func(h *history) { h.edit("bootstrap", nil) },
	"attempt":         func(h *history) { h.edit("upgrade", map[string]any{"attempt": h.minutes}) },
	"database":        func(h *history) { h.edit("database", map[string]any{"external": map[string]any{"secret": "db"}}) },
	"discarded database": func(h *history) {
		h.edit("database", map[string]any{"discardClaim": true, "external": map[string]any{"secret": "db"}})
	},
	"claimed database": func(h *history) { h.edit("database", map[string]any{"claim": map[string]any{}}) },
	"claimed bucket":   func(h *history) { h.edit("fileStore", map[string]any{"discardLocal": true, "claim": map[string]any{}}) },
	"local files": func(h *history) {
		h.edit("fileStore", map[string]any{"discardClaim": true, "local": map[string]any{"enabled": true}})
	},
	"secret lost":     func(h *history) { h.lost["db"] = true },
	"secrets back":    func(h *history) { clear(h.lost) },
	"deployment lost": func(h *history) { delete(h.cluster.Composed, "deployment") },
	"database lost":   func(h *history) { delete(h.cluster.Composed, "database") },
	"jobs fail":       func(h *history) { h.cluster.Progress = failing },
	"nothing moves":   func(h *history) { h.cluster.Progress = func(*structpb.Struct) {} },
	"all is well":     func(h *history) { h.cluster.Progress = nil },
	"backup":          func(h *history) { h.backUp() },
	"restore":         func(h *history) { h.restore("Quiescing", "") },
	"restored":        func(h *history) { h.restore("Resuming", "restoredAt: '2026-01-01T00:00:00Z', version: 11.4.0") },
	"restore failed":  func(h *history) { h.restore("Dropping", "") },
	"restore over":    func(h *history) { h.restore("Done", "") },
	"window opens":    func(h *history) { h.opens("window-opens") },
	"window closes":   func(h *history) { h.opens("window-closes") },
}

// courses of events that every installation of the corpus takes.
var courses = map[string][]string{
	"upgrade":         {"version", "backup", "later version", "earlier version", "no version"},
	"failed upgrade":  {"jobs fail", "version", "attempt", "all is well", "attempt"},
	"slow upgrade":    {"nothing moves", "version", "later version", "all is well"},
	"scaling":         {"stopped", "three replicas", "size", "license", "no license"},
	"bootstrap":       {"bootstrap", "nothing moves", "no bootstrap", "all is well"},
	"claims":          {"claimed database", "claimed bucket", "discarded database", "local files", "database"},
	"losses":          {"secret lost", "deployment lost", "secrets back", "database lost", "deployment lost"},
	"restore":         {"restore", "restored", "restore over", "version"},
	"failed restore":  {"restore", "version", "restore failed", "restore over"},
	"lost in restore": {"restore", "deployment lost", "restored", "deployment lost", "restore over"},
	"deletion":        {"unprotected", "secret lost", "protected", "unprotected"},
	"window":          {"window closes", "later version", "window opens", "window closes"},
}

// TestAnswersOfTheCorpus compares digests of whole answers with those of the last version.
// A change of behavior updates those that it means to change.
func TestAnswersOfTheCorpus(t *testing.T) {
	digests := map[string]any{}
	for kind, spec := range corpusSpecs {
		for name, events := range courses {
			digests[kind+"/"+name] = record(t, kind+"/"+name, spec, events)
		}
	}
	kinds, names := slices.Sorted(maps.Keys(corpusSpecs)), slices.Sorted(maps.Keys(happenings))
	for seed := range uint64(randomHistories) {
		random := rand.New(rand.NewPCG(seed, seed)) //nolint:gosec // The same at each run.
		var events []string
		for range randomEvents {
			events = append(events, names[random.IntN(len(names))])
		}
		kind, name := kinds[random.IntN(len(kinds))], fmt.Sprintf("random/%d", seed)
		digests[name] = record(t, name, corpusSpecs[kind], events)
	}
	composetest.Golden(t, map[string]any{"answers": digests})
}

// record returns the digest of all answers to an installation and to what then happens.
func record(t *testing.T, name, spec string, events []string) string {
	t.Helper()
	h := &history{t: t, lost: map[string]bool{}}
	h.cluster = &preview.Cluster{
		Composite: composetest.Document(t, "apiVersion: mattermost.crossplane.io/v1alpha1\nkind: MattermostInstallation\nmetadata: {name: chat, namespace: ns, generation: 1, uid: "+composetest.UID+"}"),
		Input:     composetest.Document(t, "{apiVersion: mattermost.fn.crossplane.io/v1beta1, kind: Input, releases: {channels: {ESR: 11.7.9}}}"),
		Objects:   map[string]*structpb.Struct{"Secret/mysql": secret(t, map[string]string{"DB_CONNECTION_STRING": "mysql://u:" + canary + "@h/d"})},
		Lookup: func(kind, name string) *structpb.Struct {
			if h.lost[name] {
				return nil
			}
			return preview.CompleteObject(kind, name)
		},
	}
	h.cluster.Composite.Fields["spec"] = structpb.NewStructValue(composetest.Document(t, spec))
	h.settle()
	for _, event := range events {
		happenings[event](h)
		h.settle()
	}
	all := &structpb.Struct{Fields: map[string]*structpb.Value{}}
	for i, answer := range h.answers {
		all.Fields[fmt.Sprintf("%03d", i)] = structpb.NewStructValue(answer)
	}
	writeAnswers(t, name, all)
	return compose.Digest(all)
}

// settle reconciles a few times, whether or not it fails.
func (h *history) settle() {
	const enough = 4
	f := function.New(logging.NewNopLogger())
	for range enough {
		h.minutes++
		r, _ := h.cluster.Reconcile(context.Background(), f)
		h.answers = append(h.answers, inOrder(r.Response))
		h.date()
	}
}

// date the conditions, as Crossplane does.
func (h *history) date() {
	for _, c := range h.cluster.Composite.GetFields()["status"].GetStructValue().GetFields()["conditions"].GetListValue().GetValues() {
		c.GetStructValue().Fields["lastTransitionTime"] = structpb.NewStringValue("2026-01-01T00:00:00Z")
	}
}

func (h *history) edit(field string, value any) {
	composite := proto.CloneOf(h.cluster.Composite)
	spec := composite.GetFields()["spec"].GetStructValue()
	delete(spec.GetFields(), field)
	if value != nil {
		v, err := structpb.NewValue(value)
		if err != nil {
			h.t.Fatal(err)
		}
		spec.Fields[field] = v
	}
	metadata := composite.GetFields()["metadata"].GetStructValue()
	metadata.Fields["generation"] = structpb.NewNumberValue(metadata.GetFields()["generation"].GetNumberValue() + 1)
	h.cluster.Composite = composite
}

func (h *history) exists(kind, name, text string) {
	h.cluster.Objects = maps.Clone(h.cluster.Objects)
	h.cluster.Objects[preview.Key(kind, name)] = composetest.Document(h.t, text)
}

func (h *history) backUp() {
	h.exists("MattermostBackup", "nightly", "{kind: MattermostBackup, metadata: {name: nightly}, spec: {installation: chat}, status: {backups: [{name: one, startedAt: '2026-02-01T00:00:00Z'}]}}")
}

func (h *history) restore(step, more string) {
	h.exists("MattermostRestore", "r", "{kind: MattermostRestore, metadata: {name: r, uid: r-1, creationTimestamp: '2026-01-01T00:00:00Z'}, spec: {mattermostClusterName: chat}, status: {step: "+step+", "+more+"}}")
}

func (h *history) opens(clock string) {
	if o := h.cluster.Composed[clock]; o != nil {
		preview.SetStatus(o, map[string]any{"lastScheduleTime": fmt.Sprintf("2026-01-01T%02d:%02d:00Z", h.minutes/60, h.minutes%60)})
	}
}

// failing lets every Job fail.
func failing(o *structpb.Struct) {
	if o.GetFields()["kind"].GetStringValue() != "Job" {
		preview.Succeed(o)
		return
	}
	if _, done := o.GetFields()["status"]; !done {
		preview.SetStatus(o, map[string]any{"failed": 3, "conditions": []any{map[string]any{"type": "Failed", "status": "True"}}})
	}
}

// inOrder is an answer without the order of its conditions and results, which says nothing.
func inOrder(rsp *fnv1.RunFunctionResponse) *structpb.Struct {
	text := func(m proto.Message) *structpb.Value {
		return structpb.NewStringValue(strings.Join(strings.Fields(fmt.Sprint(m)), " "))
	}
	out := &structpb.Struct{Fields: map[string]*structpb.Value{
		"ttl":       structpb.NewStringValue(rsp.GetMeta().GetTtl().AsDuration().String()),
		"ready":     structpb.NewStringValue(rsp.GetDesired().GetComposite().GetReady().String()),
		"composite": structpb.NewStructValue(rsp.GetDesired().GetComposite().GetResource()),
	}}
	for name, r := range rsp.GetDesired().GetResources() {
		o := proto.CloneOf(r.GetResource())
		if name == "administrator" {
			// The password is random.
			delete(o.GetFields()["data"].GetStructValue().GetFields(), "password")
		}
		out.Fields["desired/"+name] = structpb.NewStructValue(o)
		out.Fields["ready/"+name] = structpb.NewStringValue(r.GetReady().String())
	}
	for name, selector := range rsp.GetRequirements().GetResources() {
		out.Fields["requires/"+name] = text(selector)
	}
	for _, c := range rsp.GetConditions() {
		out.Fields["condition/"+c.GetType()] = text(c)
	}
	for _, r := range rsp.GetResults() {
		out.Fields["result/"+r.GetReason()+"/"+r.GetMessage()] = text(r)
	}
	return out
}

func writeAnswers(t *testing.T, name string, all *structpb.Struct) {
	t.Helper()
	if *answersTo == "" {
		return
	}
	b, err := yaml.Marshal(all.AsMap())
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(*answersTo, strings.ReplaceAll(name, "/", "-")+".yaml"), b, 0o600); err != nil {
		t.Fatal(err)
	}
}
