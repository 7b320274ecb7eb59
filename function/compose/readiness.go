package compose

import (
	"strings"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"
)

// readiness of the kinds that are composed. A kind that is missing here is never
// ready, so that forgetting it shows in the first test.
//
//nolint:gochecknoglobals // A table.
var readiness = map[string]func(Resource) bool{
	"apps/v1/Deployment":                                   deploymentReady,
	"apps/v1/StatefulSet":                                  statefulSetReady,
	"batch/v1/Job":                                         jobReady,
	"garage.rajsingh.info/v1beta1/GarageBucket":            reportsReady,
	"garage.rajsingh.info/v1beta1/GarageKey":               reportsReady,
	"mattermost.crossplane.io/v1alpha1/MattermostBucket":   reportsReady,
	"mattermost.crossplane.io/v1alpha1/MattermostDatabase": reportsReady,
	"objectbucket.io/v1alpha1/ObjectBucketClaim":           claimReady,
	"objectstorage.k8s.io/v1alpha1/BucketAccess":           func(r Resource) bool { return r.Value("status", "accessGranted").GetBoolValue() },
	"objectstorage.k8s.io/v1alpha1/BucketClaim":            func(r Resource) bool { return r.Value("status", "bucketReady").GetBoolValue() },
	"postgresql.cnpg.io/v1/Backup":                         func(r Resource) bool { return r.String("status", "phase") == "completed" },
	"postgresql.cnpg.io/v1/Cluster":                        reportsReady,
	"protection.crossplane.io/v1beta1/Usage":               reportsReady,
	"v1/PersistentVolumeClaim":                             claimReady,
}

// byExisting are kinds that are ready once they exist. An Ingress is one of them, since
// many controllers never write an address to its status.
//
//nolint:gochecknoglobals // A table.
var byExisting = map[string]bool{
	"barmancloud.cnpg.io/v1/ObjectStore":                 true,
	"batch/v1/CronJob":                                   true,
	"mattermost.m.crossplane.io/v1alpha1/ProviderConfig": true,
	"networking.k8s.io/v1/Ingress":                       true,
	"policy/v1/PodDisruptionBudget":                      true,
	"postgresql.cnpg.io/v1/ScheduledBackup":              true,
	"v1/Secret":                                          true,
	"v1/Service":                                         true,
	"v1/ServiceAccount":                                  true,
}

// kindOf returns the API version and kind of an object.
func kindOf(r Resource) string { return r.String("apiVersion") + "/" + r.String("kind") }

// readinessOf a kind: its own, or that of Crossplane's managed resources.
func readinessOf(r Resource) func(Resource) bool {
	if byExisting[kindOf(r)] {
		return Resource.Exists
	}
	if check, known := readiness[kindOf(r)]; known {
		return check
	}
	group, _, _ := strings.Cut(r.String("apiVersion"), "/")
	for _, provider := range []string{".m.upbound.io", ".m.crossplane.io"} {
		if strings.HasSuffix(group, provider) {
			return reportsReady
		}
	}
	return func(Resource) bool { return false }
}

// Ready says whether an observed object is, by its kind's own measure.
func Ready(r Resource) bool { return readinessOf(r)(r) }

func ready(r Resource) fnv1.Ready {
	if Ready(r) {
		return fnv1.Ready_READY_TRUE
	}
	return fnv1.Ready_READY_FALSE
}

// foresee marks desired objects that are ready once they exist as ready, while the answer
// waits for something else. Condition Ready then names only that and does not change again
// a moment later.
func (a *Answer) foresee() {
	byExistence := func(r *fnv1.Resource) bool { return byExisting[kindOf(NewResource(r.GetResource()))] }
	waits := false
	for _, r := range a.desired {
		waits = waits || r.GetReady() != fnv1.Ready_READY_TRUE && !byExistence(r)
	}
	for _, r := range a.desired {
		if waits && byExistence(r) {
			r.Ready = fnv1.Ready_READY_TRUE
		}
	}
}

func deploymentReady(r Resource) bool { return RolledOut(r) }

// RolledOut says whether every replica of a Deployment runs its current template,
// is available, and no other replica is left.
func RolledOut(deployment Resource) bool {
	want := int64(1)
	if deployment.Has("spec", "replicas") {
		want = deployment.Int("spec", "replicas")
	}
	return deployment.Exists() &&
		deployment.Int("status", "observedGeneration") >= deployment.Int("metadata", "generation") &&
		deployment.Int("status", "updatedReplicas") == want &&
		deployment.Int("status", "replicas") == want &&
		deployment.Int("status", "availableReplicas") == want
}

// statefulSetReady says whether every pod of a StatefulSet is of its current template
// and ready.
func statefulSetReady(r Resource) bool {
	return r.Int("status", "observedGeneration") >= r.Int("metadata", "generation") &&
		r.Int("status", "updatedReplicas") == r.Int("spec", "replicas") &&
		r.Int("status", "readyReplicas") == r.Int("spec", "replicas")
}

// reportsReady is the readiness of kinds that say so themselves.
func reportsReady(r Resource) bool { return r.Condition("Ready").Status == True }

func jobReady(r Resource) bool { return r.Condition("Complete").Status == True }

func claimReady(r Resource) bool { return r.String("status", "phase") == "Bound" }
