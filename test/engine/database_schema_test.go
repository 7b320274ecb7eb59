package engine

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"google.golang.org/protobuf/types/known/structpb"
	"sigs.k8s.io/yaml"

	xpextv1 "github.com/crossplane/crossplane/apis/v2/apiextensions/v1"
	protectionv1beta1 "github.com/crossplane/crossplane/apis/v2/protection/v1beta1"
	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/composetest"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/database"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/provision"
	"github.com/crossplane-mattermost/crossplane-mattermost/input/v1beta1"
)

// databasePolicies are what a platform may say of each backend whose objects are of
// kinds that others define.
var databasePolicies = map[string][]string{
	"providerSQL":   {"{}", "{providerConfigRef: {name: shared, kind: ProviderConfig}, namePrefix: east, sslMode: prefer}"},
	"cloudNativePG": {"{}", "{instances: 1, backup: {destinationPath: 's3://b'}}", "{image: pg, backup: {destinationPath: 's3://b', endpointURL: 'https://s3', secretName: $(name)-s3, schedule: '0 0 3 * * *', retentionDays: 7}}"},
	"rds":           {"{region: eu-central-1}", "{region: eu-central-1, classes: {default: db.r8g.large}, subnetGroup: s, securityGroups: [sg-1], parameterGroup: p, publiclyAccessible: true, instances: 1, retentionDays: 0}"},
	"aurora":        {"{region: eu-central-1}", "{region: eu-central-1, subnetGroup: s, securityGroups: [sg-1], parameterGroup: p, instances: 1}"},
	"cloudSQL":      {"{region: europe-west3}", "{region: europe-west3, privateNetwork: projects/p/global/networks/n, instances: 1, retentionDays: 0}", "{region: europe-west3, authorizedNetworks: [198.51.100.0/24], classes: {default: db-perf-optimized-N-4}}"},
	"azure":         {"{region: westeurope, resourceGroup: g}", "{region: westeurope, resourceGroup: g, delegatedSubnetID: s, privateDNSZoneID: z, classes: {default: B_Standard_B2s}}"},
}

// databaseSpecs are what users may ask for. No backend has all of it.
var databaseSpecs = []string{
	"{deletionPolicy: Delete}", "{}", "{size: 25000users, deletionPolicy: Delete}",
	"{deletionPolicy: Delete, version: '16', storageSize: 100Gi}", "{deletionPolicy: Delete, version: '16', databaseName: talk}",
	"{deletionPolicy: Delete, instances: 1, readReplicas: 1}", "{deletionPolicy: Delete, instances: 2, retentionDays: 14}", "{retentionDays: 14, readReplicas: 1}",
	"{deletionPolicy: Delete, parameters: {work_mem: 32MB}}", "{deletionPolicy: Delete, region: us-east-1}",
}

// databaseKinds that the backends compose, of which each must be judged.
var databaseKinds = []string{
	"barmancloud.cnpg.io/v1/ObjectStore", "dbforpostgresql.azure.m.upbound.io/v1beta1/FlexibleServer", "dbforpostgresql.azure.m.upbound.io/v1beta1/FlexibleServerDatabase",
	"postgresql.cnpg.io/v1/Cluster", "postgresql.cnpg.io/v1/ScheduledBackup",
	"postgresql.sql.m.crossplane.io/v1alpha1/Database", "postgresql.sql.m.crossplane.io/v1alpha1/Grant", "postgresql.sql.m.crossplane.io/v1alpha1/Role",
	"rds.aws.m.upbound.io/v1beta1/Cluster", "rds.aws.m.upbound.io/v1beta1/ClusterInstance", "rds.aws.m.upbound.io/v1beta1/Instance",
	"sql.gcp.m.upbound.io/v1beta1/Database", "sql.gcp.m.upbound.io/v1beta1/DatabaseInstance", "sql.gcp.m.upbound.io/v1beta1/User",
}

// TestDatabaseObjectsAreValid has the schema of whoever defines its kind judge every
// object of every backend.
func TestDatabaseObjectsAreValid(t *testing.T) {
	foreignAPI(t, map[string]any{"apiVersion": "v1"}) // Skips where there are no CRDs.
	judged := map[string]int{}
	for _, backend := range slices.Sorted(maps.Keys(databasePolicies)) {
		for i, policy := range databasePolicies[backend] {
			t.Run(fmt.Sprintf("%s-%d", backend, i), func(t *testing.T) {
				composed := 0
				for _, spec := range databaseSpecs {
					for _, o := range databaseObjects(t, fmt.Sprintf("{database: {%s: %s}}", backend, policy), spec) {
						composed++
						judgeDatabaseObject(t, judged, spec, o)
					}
				}
				if composed == 0 {
					t.Error("no spec is accepted")
				}
			})
		}
	}
	for _, kind := range databaseKinds {
		if judged[kind] == 0 {
			t.Errorf("no %s was judged", kind)
		}
	}
}

func judgeDatabaseObject(t *testing.T, judged map[string]int, spec string, o map[string]any) {
	t.Helper()
	if o["kind"] == "Usage" {
		// Crossplane's own, of which it has types.
		b, err := yaml.Marshal(o)
		if err != nil {
			t.Fatal(err)
		}
		if err := yaml.UnmarshalStrict(b, &protectionv1beta1.Usage{}); err != nil {
			t.Errorf("Usage of %s: %v", spec, err)
		}
		return
	}
	a := foreignAPI(t, o)
	if a == nil {
		return
	}
	judged[fmt.Sprintf("%v/%v", o["apiVersion"], o["kind"])]++
	if problems, unknown := a.Judge(t.Context(), o, nil); len(problems)+len(unknown) > 0 {
		t.Errorf("%v of %s: its API says %v, and does not know %v", o["kind"], spec, problems, unknown)
	}
}

// TestDatabaseGoldensAreValid judges the objects that were reviewed.
func TestDatabaseGoldensAreValid(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("..", "..", "function", "database", "testdata", "*.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	judged := map[string]int{}
	for _, file := range files {
		b, err := os.ReadFile(file) //nolint:gosec // A file of this repository.
		if err != nil {
			t.Fatal(err)
		}
		for _, object := range parse(t, string(b)) {
			o, ok := object.(map[string]any)
			if !ok {
				t.Fatalf("%s holds no objects", file)
			}
			judgeDatabaseObject(t, judged, file, o)
		}
	}
	if len(judged) < len(databaseKinds) {
		t.Errorf("only these were judged: %v", judged)
	}
}

// TestDocumentedDatabasesAnswer takes each Composition of the documentation whose step is
// ours, and asks it for a database.
func TestDocumentedDatabasesAnswer(t *testing.T) {
	b, err := os.ReadFile(filepath.Join("..", "..", "docs", "databases.md"))
	if err != nil {
		t.Fatal(err)
	}
	answered := 0
	for _, block := range regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllStringSubmatch(string(b), -1) {
		c := &xpextv1.Composition{}
		if err := yaml.UnmarshalStrict([]byte(block[1]), c); err != nil && strings.Contains(block[1], "kind: Composition") {
			t.Fatal(err)
		}
		for _, step := range c.Spec.Pipeline {
			if step.FunctionRef.Name != functionName || strings.Contains(string(step.Input.Raw), "existing") {
				continue
			}
			if len(databaseObjects(t, string(step.Input.Raw), "{deletionPolicy: Delete, size: 1000users}")) == 0 {
				t.Errorf("%s composes nothing", c.Name)
			}
			answered++
		}
	}
	if want := len(databasePolicies) + 1; answered != want {
		t.Errorf("%d Compositions of %d answer", answered, want)
	}
}

// databaseObjects that are composed for a spec, with read replicas, which come second;
// none where the spec is refused.
func databaseObjects(t *testing.T, policy, spec string) []map[string]any {
	t.Helper()
	in := &v1beta1.Input{}
	if err := yaml.UnmarshalStrict([]byte(policy), in); err != nil {
		t.Fatal(err)
	}
	composite := parse(t, "{apiVersion: mattermost.crossplane.io/v1alpha1, kind: MattermostDatabase, metadata: {name: chat, namespace: ns, uid: 0a1b2c3d-0000-4000-8000-000000000000}}")
	composite["spec"] = parse(t, spec)
	req := &fnv1.RunFunctionRequest{Observed: &fnv1.State{Composite: &fnv1.Resource{Resource: structOf(t, composite)}, Resources: map[string]*fnv1.Resource{}}, RequiredResources: map[string]*fnv1.Resources{provision.RequirementStorage: {}}}
	first := databaseAnswer(t, req, in)
	if slices.ContainsFunc(first.GetConditions(), func(c *fnv1.Condition) bool {
		return c.GetType() == "Accepted" && c.GetStatus() == fnv1.Status_STATUS_CONDITION_FALSE
	}) {
		return nil
	}
	status := structOf(t, parse(t, "{atProvider: {address: a, fqdn: f, publicIpAddress: p, privateIpAddress: i}}"))
	for name, r := range first.GetDesired().GetResources() {
		r.GetResource().Fields["status"] = structpb.NewStructValue(status)
		req.Observed.Resources[name] = &fnv1.Resource{Resource: r.GetResource()}
	}
	var out []map[string]any
	for _, r := range databaseAnswer(t, req, in).GetDesired().GetResources() {
		b, err := yaml.Marshal(r.GetResource().AsMap())
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, parse(t, string(b)))
	}
	return out
}

func databaseAnswer(t *testing.T, req *fnv1.RunFunctionRequest, in *v1beta1.Input) *fnv1.RunFunctionResponse {
	t.Helper()
	rsp, err := composetest.Asked(t, req, func(s compose.State) (*fnv1.RunFunctionResponse, error) { return database.Compose(s, in) })
	if err != nil {
		t.Fatal(err)
	}
	return rsp
}
