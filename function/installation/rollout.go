package installation

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/objects"
)

// annotationInputs of a migration Job are a digest of what it ran with, so that
// a failed one is tried again when that changed.
const annotationInputs = "mattermost.crossplane.io/inputs"

// rollout is what is decided about the server's image: a schema is migrated
// before the first server that needs it starts, and by one Job, so that replicas
// never race for it.
type rollout struct {
	// image that the Deployment runs now, empty while there is none.
	image string
	// migration is the name that the migration to the wanted image is composed
	// under.
	migration string
	// inputs of the migration.
	inputs string
	// migrate says that the migration belongs in desired.
	migrate bool
	// serve says that the Deployment belongs in desired.
	serve bool
	// replicas of the Deployment.
	replicas int32
}

func decideRollout(g gathered, replicas int32) rollout {
	wanted := image(g)
	deployment := g.state.Observed(nameDeployment)
	current := serverImage(deployment)
	out := rollout{image: current, replicas: startReplicas(deployment, replicas)}
	if current == wanted && len(g.state.ObservedNames(prefixMigration)) == 0 {
		// No migration is called for and none is left, which is so nearly always.
		out.serve = true
		return out
	}
	out.inputs = migrationInputs(g)
	out.migration = migrationName(g, wanted, out.inputs)
	job := g.state.Observed(out.migration)

	if current == wanted {
		out.serve = true
		// The Job leaves after the roll, so that a roll that is slow or stuck still
		// shows what it waited for.
		whole := compose.RolledOut(deployment) && deployment.Int("spec", "replicas") == int64(replicas)
		out.migrate = job.Exists() && !whole
		return out
	}
	out.migrate = true
	if complete(job) {
		out.image = wanted
	}
	out.serve = out.image != ""
	return out
}

// startReplicas starts a server that does not run with one replica. What a server
// writes to its database when it first starts, besides the schema, replicas that
// start together would race for: all but one would fail and be restarted. The
// others follow when the first is available, which is also when a single replica
// is scaled up.
func startReplicas(deployment compose.Resource, wanted int32) int32 {
	started := deployment.Int("spec", "replicas") > 1 || deployment.Int("status", "availableReplicas") > 0
	if started || wanted <= 1 {
		return wanted
	}
	return 1
}

// serverImage is the image of a Deployment's server container.
func serverImage(deployment compose.Resource) string {
	for _, c := range deployment.List("spec", "template", "spec", "containers") {
		if c.String("name") == objects.ContainerServer {
			return c.String("image")
		}
	}
	return ""
}

// migrationName is the name of the migration Job to an image. A Job that exists
// for that image is the one, unless it failed and what it runs with has changed.
func migrationName(g gathered, wanted, inputs string) string {
	for _, name := range g.state.ObservedNames(prefixMigration) {
		job := g.state.Observed(name)
		sameImage := serverImage(job) == wanted
		retry := failed(job) && job.String("metadata", "annotations", annotationInputs) != inputs
		if sameImage && !retry {
			return name
		}
	}
	return prefixMigration + digest(wanted, inputs)[:8]
}

// migrationInputs are a digest of what a migration runs with besides the image.
func migrationInputs(g gathered) string {
	parts := []string{secretsChecksum(g)}
	for _, e := range serverEnv(g) {
		parts = append(parts, e.String())
	}
	return digest(parts...)[:16]
}

func digest(parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		_, _ = fmt.Fprintf(h, "%q\n", p)
	}
	return hex.EncodeToString(h.Sum(nil))
}

func complete(job compose.Resource) bool { return job.Condition("Complete").Status == compose.True }

func failed(job compose.Resource) bool { return job.Condition("Failed").Status == compose.True }
