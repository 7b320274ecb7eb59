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
	"barmancloud.cnpg.io/v1/ObjectStore":                   exists,
	"batch/v1/CronJob":                                     exists,
	"batch/v1/Job":                                         jobReady,
	"garage.rajsingh.info/v1beta1/GarageBucket":            reportsReady,
	"garage.rajsingh.info/v1beta1/GarageKey":               reportsReady,
	"mattermost.crossplane.io/v1alpha1/MattermostBucket":   reportsReady,
	"mattermost.crossplane.io/v1alpha1/MattermostDatabase": reportsReady,
	"mattermost.m.crossplane.io/v1alpha1/ProviderConfig":   exists,
	"networking.k8s.io/v1/Ingress":                         exists,
	"objectbucket.io/v1alpha1/ObjectBucketClaim":           claimReady,
	"objectstorage.k8s.io/v1alpha1/BucketAccess":           func(r Resource) bool { return r.Value("status", "accessGranted").GetBoolValue() },
	"objectstorage.k8s.io/v1alpha1/BucketClaim":            func(r Resource) bool { return r.Value("status", "bucketReady").GetBoolValue() },
	"policy/v1/PodDisruptionBudget":                        exists,
	"postgresql.cnpg.io/v1/Backup":                         func(r Resource) bool { return r.String("status", "phase") == "completed" },
	"postgresql.cnpg.io/v1/Cluster":                        reportsReady,
	"postgresql.cnpg.io/v1/ScheduledBackup":                exists,
	"protection.crossplane.io/v1beta1/Usage":               reportsReady,
	"v1/PersistentVolumeClaim":                             claimReady,
	"v1/Secret":                                            exists,
	"v1/Service":                                           exists,
	"v1/ServiceAccount":                                    exists,
}

// readinessOf a kind: its own, or that of Crossplane's managed resources.
func readinessOf(r Resource) func(Resource) bool {
	apiVersion := r.String("apiVersion")
	if check, known := readiness[apiVersion+"/"+r.String("kind")]; known {
		return check
	}
	group, _, _ := strings.Cut(apiVersion, "/")
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

// exists is the readiness of kinds that do their work by existing. An Ingress is
// one of them: many controllers never write an address to its status.
func exists(r Resource) bool { return r.Exists() }

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
