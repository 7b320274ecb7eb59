package function_test

import (
	"context"
	"fmt"
	"maps"
	"reflect"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"pgregory.net/rapid"

	"github.com/crossplane/crossplane-runtime/v2/pkg/logging"
	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/mattermost/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
	"github.com/crossplane-mattermost/crossplane-mattermost/function"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/composetest"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/preview"
)

// victim is in every forged value, and must be in no composed object.
const victim = "tenant-b-victim"

// statuses of the composed kinds.
var statuses = map[string]any{
	"MattermostInstallation": v1alpha1.MattermostInstallationStatus{},
	"MattermostDatabase":     v1alpha1.MattermostDatabaseStatus{},
	"MattermostBucket":       v1alpha1.MattermostBucketStatus{},
	"MattermostBackup":       v1alpha1.MattermostBackupStatus{},
	"MattermostRestore":      v1alpha1.MattermostRestoreStatus{},
}

// enumerations are the valid values of some text types, besides forged ones.
var enumerations = map[reflect.Type][]string{
	reflect.TypeFor[v1alpha1.RestoreStep]():        {"Waiting", "Recovering", "Checking", "Quiescing", "Replacing", "Resuming", "Dropping", "Done"},
	reflect.TypeFor[v1alpha1.RestoreState]():       {"restoring", "finished", "failed"},
	reflect.TypeFor[v1alpha1.ParticipationPhase](): {"Stopping", "Quiesced", "Resuming", "Serving"},
	reflect.TypeFor[v1alpha1.UpgradePhase]():       {"AwaitingBackup", "Superseding", "Migrating", "Rolling", "Complete", "Failed"},
	reflect.TypeFor[v1alpha1.BackupState]():        {"waiting", "scheduled", "running", "complete", "failed"},
}

// backendsOf the claims: the name in the status, and the field of the input.
var backendsOf = map[string]map[string]string{
	"MattermostDatabase": {
		"Standalone": "database: {standalone: {}}", "Existing": "database: {existing: {}}", "ProviderSQL": "database: {providerSQL: {}}",
		"CloudNativePG": "database: {cloudNativePG: {backup: {destinationPath: 's3://backups'}}}", "RDS": "database: {rds: {region: eu}}",
		"Aurora": "database: {aurora: {region: eu}}", "CloudSQL": "database: {cloudSQL: {region: eu}}", "Azure": "database: {azure: {region: eu, resourceGroup: g}}",
	},
	"MattermostBucket": {
		"Standalone": "bucket: {standalone: {}}", "Existing": "bucket: {existing: {}}", "AWSS3": "bucket: {awsS3: {region: eu-central-1}}",
		"ObjectBucketClaim": "bucket: {objectBucketClaim: {storageClassName: s, deletionPolicy: Retain}}",
		"COSI":              "bucket: {cosi: {bucketClassName: c, bucketAccessClassName: a, deletionPolicy: Retain}}",
		"GCS":               "bucket: {gcs: {location: EU}}", "Garage": "bucket: {garage: {clusterRef: {name: g}}}",
	},
}

// tenants are simulated clusters with one composite resource each, one for every kind and
// backend.
func tenants(t *testing.T) map[string]*preview.Cluster {
	t.Helper()
	out := map[string]*preview.Cluster{}
	for name, spec := range map[string]string{
		"exposed": exposed + "}", "on a volume": onVolume, "following": inBucket + following("0 2 * * 6", "0 6 * * 6", ""),
		"claimed": claimed("{}", "{}"), "bootstrapped": bootstrapped + "channels: [{name: alerts}]}",
	} {
		c := &preview.Cluster{Composite: document(t, manifest), Lookup: preview.CompleteObject, Input: document(t, platform)}
		c.Composite.Fields["spec"] = structpb.NewStructValue(document(t, spec))
		out["MattermostInstallation "+name] = c
	}
	for kind, backends := range backendsOf {
		for name, policy := range backends {
			c := answering(t, kind, "{"+policy+"}")
			c.Lookup = func(kind, name string) *structpb.Struct {
				switch kind {
				case "Secret":
					info := `{"spec": {"bucketName": "b", "secretS3": {"endpoint": "e", "accessKeyID": "a", "accessSecretKey": "s"}}}`
					return secret(t, map[string]string{"endpoint": "e", "bucket": "b", "accesskey": "a", "secretkey": "s", "DB_CONNECTION_STRING": "postgres://a", "BucketInfo": info})
				case "ConfigMap":
					return document(t, "{data: {BUCKET_HOST: h, BUCKET_NAME: b}}")
				}
				return nil
			}
			c.Progress = func(o *structpb.Struct) {
				preview.Succeed(o)
				if status := o.GetFields()["status"].GetStructValue(); status == nil || len(status.GetFields()) == 0 {
					o.Fields["status"] = structpb.NewStructValue(document(t, settledStatus))
				}
			}
			out[kind+" "+name] = c
		}
	}
	out["MattermostBackup once"] = backing(t, backedUp)
	out["MattermostBackup nightly"] = backing(t, backedUp+daily)
	out["MattermostBackup native"] = backing(t, "installation: chat\nmethod: Native\n"+daily)
	out["MattermostRestore of a dump"] = restoreCluster(t, restoring+"mattermostDBPassword: p\n", "{}")
	out["MattermostRestore of a backup"] = restoreCluster(t, restoreFrom+"}", "{}")
	out["MattermostRestore of a database"] = restoreCluster(t, restoreDatabase+"}", "{}")
	for _, c := range out {
		metadata := c.Composite.GetFields()["metadata"].GetStructValue()
		metadata.Fields["uid"] = structpb.NewStringValue(composetest.UID)
		metadata.Fields["creationTimestamp"] = structpb.NewStringValue("2026-03-01T03:00:00Z")
	}
	return out
}

// stages of a tenant's life: nothing is composed, some objects are, and all are.
func stages(t *testing.T, c *preview.Cluster) map[string]*preview.Cluster {
	t.Helper()
	out := map[string]*preview.Cluster{"new": copied(c)}
	if _, err := c.Reconcile(t.Context(), function.New(logging.NewNopLogger())); err != nil {
		t.Fatal(err)
	}
	out["begun"] = copied(c)
	settle(t, c)
	out["settled"] = copied(c)
	return out
}

func copied(c *preview.Cluster) *preview.Cluster {
	out := *c
	out.Composite = proto.CloneOf(c.Composite)
	out.Composed, out.Objects = maps.Clone(c.Composed), maps.Clone(c.Objects)
	if out.Objects == nil {
		out.Objects = map[string]*structpb.Struct{}
	}
	return &out
}

// reconciled runs one reconcile. An error is fatal and changes nothing.
func reconciled(t composetest.Test, c *preview.Cluster) *fnv1.RunFunctionResponse {
	t.Helper()
	r, err := c.Reconcile(context.Background(), function.New(logging.NewNopLogger()))
	if err != nil && r.Response == nil {
		t.Fatalf("cannot reconcile: %v", err)
	}
	return r.Response
}

// TestForgedStateGivesNothing asserts that a tenant cannot reach another tenant's objects
// by forging what it may write: a status, annotations, a claimRef, and objects under the
// names of composed ones.
func TestForgedStateGivesNothing(t *testing.T) {
	for name, c := range tenants(t) {
		t.Run(name, func(t *testing.T) {
			kind, backend, _ := strings.Cut(name, " ")
			if backendsOf[kind] == nil {
				backend = ""
			}
			for stage, c := range stages(t, c) {
				t.Run(stage, func(t *testing.T) {
					t.Run("Status", func(t *testing.T) { forgedStatus(t, c, backend) })
					t.Run("Metadata", func(t *testing.T) { forgedMetadata(t, c) })
					t.Run("Names", func(t *testing.T) { foreignNames(t, c) })
				})
			}
		})
	}
}

// forgedStatus asserts that a forged status leads to no other names than an honest one.
func forgedStatus(t *testing.T, c *preview.Cluster, backend string) {
	t.Helper()
	kind := compose.NewResource(c.Composite).String("kind")
	honest := names(reconciled(t, copied(c)))
	rapid.Check(t, func(rt *rapid.T) {
		forged := copied(c)
		value := reflect.New(reflect.TypeOf(statuses[kind])).Elem()
		forge(rt, value, "status")
		status, err := compose.Struct(map[string]any{"forged": value.Interface()})
		if err != nil {
			rt.Fatal(err)
		}
		s := status.GetFields()["forged"].GetStructValue()
		if backend != "" {
			s.Fields["backend"] = structpb.NewStringValue(backend)
		}
		forged.Composite.Fields["status"] = structpb.NewStructValue(s)
		rsp := reconciled(rt, forged)
		for composed, r := range rsp.GetDesired().GetResources() {
			if got := foreignText(r.GetResource()); got != "" {
				rt.Fatalf("%s names what is somebody else's: %s", composed, got)
			}
			if want, known := honest[composed]; known && want != named(r.GetResource()) {
				rt.Fatalf("%s is %s, and was %s", composed, named(r.GetResource()), want)
			}
		}
		own := compose.NewResource(rsp.GetDesired().GetComposite().GetResource()).At("status")
		for _, field := range []string{"connection", "archive", "endpoint", "selector", "administrator", "location"} {
			if v := own.Value(field); v != nil && strings.Contains(v.String(), victim) {
				rt.Fatalf("status.%s tells others of what is somebody else's: %s", field, v)
			}
		}
	})
}

// foreignText returns a text of an object that names the victim, or an empty string. A
// restore may use any backup of its own MattermostBackup, which spec.from.name could name
// as well.
func foreignText(o *structpb.Struct) string {
	for _, c := range compose.NewResource(o).List("spec", "template", "spec", "containers") {
		for _, e := range c.List("env") {
			name, own := strings.CutPrefix(e.String("value"), "ns/nightly/")
			if e.String("name") == "SOURCE" && own && job.CheckName(name) == nil {
				return foreignText(replaced(o, e.String("value"), "a backup of its own"))
			}
		}
	}
	return textWith(structpb.NewStructValue(o), victim)
}

// replaced returns an object with one text replaced by another.
func replaced(o *structpb.Struct, was, is string) *structpb.Struct {
	out := &structpb.Struct{}
	if err := protojson.Unmarshal([]byte(strings.ReplaceAll(protojson.Format(o), `"`+was+`"`, `"`+is+`"`)), out); err != nil {
		panic(err)
	}
	return out
}

// textWith returns a text in a value that contains another, or an empty string.
func textWith(v *structpb.Value, part string) string {
	if s := v.GetStringValue(); strings.Contains(s, part) {
		return s
	}
	for field, below := range v.GetStructValue().GetFields() {
		if found := textWith(below, part); found != "" {
			return field + ": " + found
		}
	}
	for _, below := range v.GetListValue().GetValues() {
		if found := textWith(below, part); found != "" {
			return found
		}
	}
	return ""
}

// forge a value: any field may be set to a name of the victim.
func forge(t *rapid.T, v reflect.Value, at string) {
	switch of := v.Type(); {
	case of == reflect.TypeFor[v1alpha1.RestoreParticipation]():
		// The handshake names restores, which the installation's user may create.
		v.Set(reflect.ValueOf(v1alpha1.RestoreParticipation{Name: "undo", UID: "u", Phase: v1alpha1.ParticipationPhase(
			rapid.SampledFrom(enumerations[reflect.TypeFor[v1alpha1.ParticipationPhase]()]).Draw(t, at))}))
		return
	case at == "status.Version":
		// This is like spec.version, for which the platform's policy decides.
		v.SetString(rapid.SampledFrom([]string{"", "11.4.0", "10.11.3"}).Draw(t, at))
		return
	case of == reflect.TypeFor[metav1.Time]():
		v.Set(reflect.ValueOf(metav1.NewTime(time.Unix(int64(rapid.IntRange(0, 2e9).Draw(t, at)), 0).UTC())))
		return
	case of == reflect.TypeFor[metav1.Condition]():
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		if rapid.Bool().Draw(t, at) {
			v.Set(reflect.New(v.Type().Elem()))
			forge(t, v.Elem(), at)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Field(i).CanSet() {
				forge(t, v.Field(i), at+"."+v.Type().Field(i).Name)
			}
		}
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 || !rapid.Bool().Draw(t, at) {
			return
		}
		item := reflect.New(v.Type().Elem()).Elem()
		forge(t, item, at)
		v.Set(reflect.Append(v, item))
	case reflect.String:
		forms := []string{"", victim, "../../" + victim, "s3://" + victim + "/../" + victim, "https://" + victim}
		v.SetString(rapid.SampledFrom(append(forms, enumerations[v.Type()]...)).Draw(t, at))
	case reflect.Bool:
		v.SetBool(rapid.Bool().Draw(t, at))
	case reflect.Int32, reflect.Int64:
		v.SetInt(int64(rapid.IntRange(0, 9).Draw(t, at)))
	}
}

// forgedMetadata asserts that forged metadata changes nothing.
func forgedMetadata(t *testing.T, c *preview.Cluster) {
	t.Helper()
	honest := reconciled(t, copied(c))
	forged := copied(c)
	metadata := forged.Composite.GetFields()["metadata"].GetStructValue()
	for field, more := range map[string]string{
		"annotations": "{crossplane.io/external-name: V, crossplane.io/composition-resource-name: V, mattermost.crossplane.io/stopped-for: V/V, mattermost.crossplane.io/restored: V}",
		"labels":      "{crossplane.io/composite: V, crossplane.io/claim-name: V, crossplane.io/claim-namespace: V, mattermost.crossplane.io/holds-data: 'true'}",
	} {
		metadata.Fields[field] = structpb.NewStructValue(document(t, strings.ReplaceAll(more, "V", victim)))
	}
	spec := maps.Clone(forged.Composite.GetFields()["spec"].GetStructValue().GetFields())
	if spec == nil {
		spec = map[string]*structpb.Value{}
	}
	forged.Composite.Fields["spec"] = structpb.NewStructValue(&structpb.Struct{Fields: spec})
	spec["claimRef"] = structpb.NewStructValue(document(t,
		strings.ReplaceAll("{apiVersion: claims.mattermost.crossplane.io/v1alpha1, kind: MattermostInstallation, namespace: V, name: V}", "V", victim)))
	rsp := reconciled(t, forged)
	if got, want := names(rsp), names(honest); !maps.Equal(got, want) {
		t.Errorf("composed are %v, want %v", got, want)
	}
	if got := protojson.Format(rsp); strings.Contains(got, victim) {
		t.Errorf("it names what is somebody else's: %s", got)
	}
	for requirement, s := range rsp.GetRequirements().GetResources() {
		if own := s.GetKind() == "Namespace" && s.GetMatchName() == "ns"; s.GetNamespace() != "ns" && !own {
			t.Errorf("%s is looked for in namespace %q", requirement, s.GetNamespace())
		}
	}
}

// foreignNames asserts that existing objects are never taken over: they are refused and
// stay as they are, whatever is composed already.
func foreignNames(t *testing.T, c *preview.Cluster) {
	t.Helper()
	honest := reconciled(t, copied(c)).GetDesired().GetResources()
	for composed, r := range honest {
		if _, there := c.Composed[composed]; there {
			continue
		}
		o := compose.NewResource(r.GetResource())
		for sort, metadata := range map[string]string{
			"unowned":    "{name: x}",
			"of another": "{name: x, labels: {crossplane.io/composite: " + victim + "}}",
			"controlled": "{name: x, labels: {crossplane.io/composite: " + compose.NewResource(c.Composite).Name() + "}, ownerReferences: [{apiVersion: a/v1, kind: A, name: a, uid: a, controller: true}]}",
		} {
			taken := copied(c)
			foreign := proto.CloneOf(r.GetResource())
			foreign.Fields["metadata"] = structpb.NewStructValue(document(t, strings.Replace(metadata, "x", o.Name(), 1)))
			taken.Objects[preview.Key(o.String("kind"), o.Name())] = foreign
			rsp := reconciled(t, taken)
			if said := composetest.Said(rsp, "Accepted"); !strings.HasPrefix(said, "False NameTaken") || !strings.Contains(said, fmt.Sprintf("%s %q", o.String("kind"), o.Name())) {
				// The Secret of the administrator's login may be the user's own.
				if composed == "administrator" && rsp.GetDesired().GetResources()[composed] == nil {
					continue
				}
				t.Errorf("%s is %s, and it says %s", composed, sort, said)
			}
			for other := range rsp.GetDesired().GetResources() {
				// The installation's Usage is composed while the installation is refused,
				// too.
				if c.Composed[other] == nil && other != "protection" {
					t.Errorf("%s is %s, and %s is composed", composed, sort, other)
				}
			}
			for other, was := range c.Composed {
				kept := rsp.GetDesired().GetResources()[other].GetResource()
				if kept == nil && compose.NewResource(was).String("kind") != "Job" {
					t.Errorf("%s is %s, and %s is deleted", composed, sort, other)
				}
			}
		}
	}
}

// names of the composed objects.
func names(rsp *fnv1.RunFunctionResponse) map[string]string {
	out := map[string]string{}
	for composed, r := range rsp.GetDesired().GetResources() {
		out[composed] = named(r.GetResource())
	}
	return out
}

// named identifies an object, in this cluster and outside of it.
func named(o *structpb.Struct) string {
	r := compose.NewResource(o)
	return strings.Join([]string{r.String("kind"), r.Name(), r.String("metadata", "namespace"), r.String("metadata", "annotations", "crossplane.io/external-name"),
		r.String("spec", "forProvider", "identifier"), r.String("spec", "forProvider", "policy"), r.String("spec", "globalAlias")}, "|")
}
