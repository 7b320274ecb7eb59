package compose

import (
	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"
)

// readiness of the kinds that are composed. A kind that is missing here is never
// ready, so that forgetting it shows in the first test.
//
//nolint:gochecknoglobals // A table.
var readiness = map[string]func(Resource) bool{
	"apps/v1/Deployment":            deploymentReady,
	"batch/v1/CronJob":              exists,
	"batch/v1/Job":                  jobReady,
	"networking.k8s.io/v1/Ingress":  exists,
	"policy/v1/PodDisruptionBudget": exists,
	"v1/PersistentVolumeClaim":      claimReady,
	"v1/Service":                    exists,
	"v1/ServiceAccount":             exists,
}

func ready(r Resource) fnv1.Ready {
	check, known := readiness[r.String("apiVersion")+"/"+r.String("kind")]
	if known && check(r) {
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

func jobReady(r Resource) bool { return r.Condition("Complete").Status == True }

func claimReady(r Resource) bool { return r.String("status", "phase") == "Bound" }
