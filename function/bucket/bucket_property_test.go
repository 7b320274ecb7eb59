package bucket

import (
	"maps"
	"slices"
	"testing"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"
	"pgregory.net/rapid"
	"sigs.k8s.io/yaml"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/composetest"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/provision"
	"github.com/crossplane-mattermost/crossplane-mattermost/input/v1beta1"
)

const (
	// lives in each of rapid's checks, of which there are 100.
	lives = 5
	// steps of a life.
	steps = 12
)

// world is a cluster in which users and platforms change their minds, providers are
// slow, and objects are out of sight for a while.
type world struct {
	t            *rapid.T
	spec, policy string
	status       *structpb.Struct
	// real objects by the name they are composed under.
	real map[string]*structpb.Struct
	// safe counts answers that were no failure.
	safe int
}

// Specs, policies and lookups to choose from. Each backend is there with several.
var (
	specs = []string{
		"{}", "{deletionPolicy: Delete}", "{deletionPolicy: Retain}", "{retentionDays: 0}", "{retentionDays: 30}", "{storageSize: 10Gi}",
		"{storageSize: 90Gi, deletionPolicy: Delete}", "{region: eu-central-1}", "{region: us-east-1}", "{region: EU}", "{bucketName: talk}", "{bucketName: walk, deletionPolicy: Delete}",
	}
	policies = []string{
		standalonePolicy, "{standalone: {storageSize: 1Ti}}", "{existing: {}}",
		awsPolicy, "{awsS3: {region: us-east-1, allowBucketName: true, versioning: true}}", "{awsS3: {region: eu-west-1, useServiceAccount: true}}",
		obcPolicy, "{objectBucketClaim: {storageClassName: other}}",
		cosiPolicy, "{cosi: {bucketClassName: other, bucketAccessClassName: other}}",
		gcsPolicy, "{gcs: {location: US, allowBucketName: true}}",
		garagePolicy, "{garage: {clusterRef: {name: other, namespace: other}}}",
	}
	lookups = map[string][]string{
		requirementSecret:    {"", cosiSecret, completeSecret, composetest.Secret(map[string]string{keyCOSIInfo: composetest.Canary})},
		requirementConfigMap: {"", obcConfigMap, "{data: {BUCKET_HOST: h}}"},
	}
	statuses = []string{composetest.Ready, "{}", "{phase: Bound}", "{readyReplicas: 1}", "{bucketReady: true}", "{accessGranted: true}", gcsAccountStatus, gcsKeyStatus}
)

// TestNoBucketIsEverLeft lets all of that happen in random orders. An object that holds
// data and is seen is in every answer, or there is no answer; it is the same object, of
// the same bucket; and no answer and no failure shows a secret.
func TestNoBucketIsEverLeft(t *testing.T) {
	answered := 0
	rapid.Check(t, func(t *rapid.T) {
		for range lives {
			w := &world{t: t, spec: "{}", real: map[string]*structpb.Struct{}, status: &structpb.Struct{}}
			w.policy = rapid.SampledFrom(policies).Draw(t, "policy")
			for range steps {
				switch rapid.IntRange(0, 7).Draw(t, "event") {
				case 0:
					w.spec = rapid.SampledFrom(specs).Draw(t, "spec")
				case 1:
					w.policy = rapid.SampledFrom(policies).Draw(t, "policy")
				case 2, 3:
					w.progress()
				default:
					w.reconcile()
				}
			}
			answered += w.safe
		}
	})
	if answered == 0 {
		t.Error("nothing was ever answered")
	}
}

// progress of some object, whether or not it makes sense for its kind.
func (w *world) progress() {
	names := slices.Sorted(maps.Keys(w.real))
	if len(names) == 0 {
		return
	}
	name := rapid.SampledFrom(names).Draw(w.t, "object")
	w.real[name].Fields["status"] = structpb.NewStructValue(composetest.Document(w.t, rapid.SampledFrom(statuses).Draw(w.t, "status")))
}

// reconcile with what is seen, and apply the answer.
func (w *world) reconcile() {
	req := w.request()
	policy := &v1beta1.Input{}
	if err := yaml.UnmarshalStrict([]byte("bucket: "+w.policy), policy); err != nil {
		w.t.Fatal(err)
	}
	rsp, err := composetest.Asked(w.t, req, func(s compose.State) (*fnv1.RunFunctionResponse, error) { return Compose(s, policy) })
	if composetest.Shows(rsp, err) {
		w.t.Fatal("a secret value is shown outside of a Secret")
	}
	if err != nil {
		return
	}
	w.safe++
	for name, seen := range req.GetObserved().GetResources() {
		w.lawful(name, seen.GetResource(), rsp.GetDesired().GetResources()[name].GetResource())
	}
	w.apply(req, rsp)
}

func (w *world) request() *fnv1.RunFunctionRequest {
	composite := composetest.Document(w.t, "{apiVersion: mattermost.crossplane.io/v1alpha1, kind: MattermostBucket, metadata: {name: chat, namespace: ns, uid: a}}")
	composite.Fields["spec"] = structpb.NewStructValue(composetest.Document(w.t, w.spec))
	composite.Fields["status"] = structpb.NewStructValue(w.status)
	req := &fnv1.RunFunctionRequest{Observed: &fnv1.State{Composite: &fnv1.Resource{Resource: composite}, Resources: map[string]*fnv1.Resource{}}}
	for _, name := range slices.Sorted(maps.Keys(w.real)) {
		// Mostly it is seen; managed fields are mostly kept.
		if rapid.IntRange(0, 5).Draw(w.t, "lost "+name) == 0 {
			continue
		}
		o := proto.CloneOf(w.real[name])
		if rapid.IntRange(0, 9).Draw(w.t, "stripped "+name) == 0 {
			delete(o.GetFields()["metadata"].GetStructValue().GetFields(), "managedFields")
		}
		req.Observed.Resources[name] = &fnv1.Resource{Resource: o}
	}
	if rapid.IntRange(0, 3).Draw(w.t, "unasked") == 0 {
		return req
	}
	req.RequiredResources = map[string]*fnv1.Resources{}
	for _, requirement := range slices.Sorted(maps.Keys(lookups)) {
		req.RequiredResources[requirement] = &fnv1.Resources{}
		if found := rapid.SampledFrom(lookups[requirement]).Draw(w.t, requirement); found != "" {
			req.RequiredResources[requirement].Items = []*fnv1.Resource{{Resource: composetest.Document(w.t, found)}}
		}
	}
	return req
}

// identity of an object that holds data: were one of these to change, it would be of
// another bucket.
var identity = [][]string{
	{"apiVersion"}, {"kind"}, {"metadata", "name"},
	{"metadata", "annotations", provision.AnnotationExternalName}, {"spec", "forProvider", "region"}, {"spec", "forProvider", "location"},
	{"spec", "storageClassName"}, {"spec", "bucketName"}, {"spec", "bucketClassName"},
	{"spec", "globalAlias"}, {"spec", "clusterRef", "name"}, {"spec", "clusterRef", "namespace"}, {"spec", "volumeClaimTemplates"},
}

func (w *world) lawful(name string, seen, answer *structpb.Struct) {
	was, is := compose.NewResource(seen), compose.NewResource(answer)
	if !was.Has("metadata", "labels", compose.LabelHoldsData) {
		return
	}
	if !is.Exists() {
		w.t.Fatalf("%s holds data, and is left out", name)
	}
	if !is.Has("metadata", "labels", compose.LabelHoldsData) {
		w.t.Fatalf("%s holds data, and is no longer marked", name)
	}
	for _, path := range identity {
		if !proto.Equal(was.Value(path...), is.Value(path...)) {
			w.t.Fatalf("%s holds data, and %v was %v and is %v", name, path, was.Value(path...), is.Value(path...))
		}
	}
}

// apply an answer: what is no longer desired of what was seen goes.
func (w *world) apply(req *fnv1.RunFunctionRequest, rsp *fnv1.RunFunctionResponse) {
	for name := range req.GetObserved().GetResources() {
		if rsp.GetDesired().GetResources()[name] == nil {
			delete(w.real, name)
		}
	}
	for name, r := range rsp.GetDesired().GetResources() {
		o := proto.CloneOf(r.GetResource())
		if status := w.real[name].GetFields()["status"]; status != nil {
			o.Fields["status"] = status
		}
		w.real[name] = composetest.Applied(o)
	}
	if status := rsp.GetDesired().GetComposite().GetResource().GetFields()["status"].GetStructValue(); status != nil {
		w.status = status
	}
}
