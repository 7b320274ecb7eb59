package facts

import (
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/objects"
)

// Annotations of the Deployment are all that is remembered of restores and claims: they are
// seen again whatever became of statuses, and of restores.
const (
	// AnnotationStopped names the restore that no server runs for: <name>/<uid>. It is
	// there from the moment that the server is told to stop until it may run again.
	AnnotationStopped = "mattermost.crossplane.io/stopped-for"
	// AnnotationRestored is the UID of the restore that the data is of, absent for data
	// that no restore replaced. Migration Jobs have it too.
	AnnotationRestored = "mattermost.crossplane.io/restored"
	// AnnotationMigrated is the UID of the restore whose data the schema was migrated for.
	AnnotationMigrated = "mattermost.crossplane.io/migrated"
	// AnnotationClaims lists the claims that the server runs with, by the names of their
	// composed resources. If one of them no longer exists, it has vanished.
	AnnotationClaims = "mattermost.crossplane.io/claims"
	// AnnotationDatabase is a digest of which database the servers are connected to.
	AnnotationDatabase = "mattermost.crossplane.io/database"
	// AnnotationSizing records the basis of the number of replicas.
	AnnotationSizing = "mattermost.crossplane.io/sizing"
	// AnnotationTemplate is a digest of what was wanted when the Deployment was applied. An
	// observed Deployment with another digest is not yet the wanted one, however complete
	// its rollout is.
	AnnotationTemplate = "mattermost.crossplane.io/template"
)

// Deployment of the servers as it is observed. It may not exist.
type Deployment struct {
	compose.Resource

	// Image that it runs, empty while there is none.
	Image string
	// Stopped, Restored and Migrated are the annotations of these names.
	Stopped, Restored, Migrated string
	// Claims that the servers run with.
	Claims []string
	// Database is a digest of which database the servers are connected to, empty if an earlier
	// release started them.
	Database string
}

func deployment(observed compose.Resource) Deployment {
	annotations := observed.At("metadata", "annotations")
	out := Deployment{
		Resource: observed,
		Image:    ServerImage(observed),
		Stopped:  annotations.String(AnnotationStopped),
		Restored: annotations.String(AnnotationRestored),
		Migrated: annotations.String(AnnotationMigrated),
		Database: annotations.String(AnnotationDatabase),
	}
	if claims := annotations.String(AnnotationClaims); claims != "" {
		out.Claims = strings.Split(claims, ",")
	}
	return out
}

// ServerImage is the image of the server container of a Deployment or a Job.
func ServerImage(workload compose.Resource) string {
	for _, c := range workload.List("spec", "template", "spec", "containers") {
		if c.String("name") == objects.ContainerServer {
			return c.String("image")
		}
	}
	return ""
}

// NewReplicaAvailable says whether at least one replica that runs the Deployment's current
// template is available: more are than could be left from before.
func (d Deployment) NewReplicaAvailable() bool {
	return d.Int("status", "observedGeneration") >= d.Int("metadata", "generation") && d.Available() > d.Replicas()-d.Updated()
}

// Replicas that exist.
func (d Deployment) Replicas() int64 { return d.Int("status", "replicas") }

// Updated are the replicas of the current template.
func (d Deployment) Updated() int64 { return d.Int("status", "updatedReplicas") }

// Available replicas, of this template or of one before.
func (d Deployment) Available() int64 { return d.Int("status", "availableReplicas") }

// ScaledToZero says whether the Deployment asks for no replica.
func (d Deployment) ScaledToZero() bool {
	return d.Has("spec", "replicas") && d.Int("spec", "replicas") == 0
}

// Applied says whether the Deployment is the wanted one, by the digest of that.
func (d Deployment) Applied(template string) bool {
	return d.String("metadata", "annotations", AnnotationTemplate) == template
}

// StatusTime is when the status changed last, as the API server noted for its controller, nil
// where it did not.
func (d Deployment) StatusTime() *metav1.Time {
	var last string
	for _, m := range d.List("metadata", "managedFields") {
		// Times of Kubernetes compare as text.
		if at := m.String("time"); m.String("subresource") == "status" && at > last {
			last = at
		}
	}
	return Moment(last)
}
