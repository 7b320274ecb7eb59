package rollout

import (
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/admission"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/decision"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/facts"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/objects"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/tool"
)

// Most that a migration requests. A replica of a large size requests a whole node, and an upgrade
// would wait for a free one: the work of a migration is the database's.
const (
	mostMigrationCPU    = "500m"
	mostMigrationMemory = "1Gi"

	// labelJob is on the pods of a Job.
	labelJob = "batch.kubernetes.io/job-name"
)

// migrator is the server as a migration runs it. It mounts no claims: the node that has a volume
// mounted may be another one, and a claim with access mode ReadWriteOncePod has a pod already.
func migrator(f *facts.Facts, d *decision.Decisions) objects.Server {
	out := d.Server.Server
	out.Image, out.Labels = d.Version.Image, f.Labels("mattermost-migration", "migration")
	out.Resources = migrationResources(f, out.Resources)
	claims := map[string]bool{}
	out.Volumes = slices.DeleteFunc(slices.Clone(out.Volumes), func(v corev1.Volume) bool {
		claims[v.Name] = v.PersistentVolumeClaim != nil
		return claims[v.Name]
	})
	out.Mounts = slices.DeleteFunc(slices.Clone(out.Mounts), func(m corev1.VolumeMount) bool { return claims[m.Name] })
	return out
}

// migrationResources are the user's, or else those of a replica, of which the Job requests less.
func migrationResources(f *facts.Facts, replica corev1.ResourceRequirements) corev1.ResourceRequirements {
	if r := updateJob(f).Resources; r != nil {
		return corev1.ResourceRequirements{Requests: r.Requests, Limits: r.Limits}
	}
	out := corev1.ResourceRequirements{Requests: maps.Clone(replica.Requests), Limits: replica.Limits}
	for name, most := range map[corev1.ResourceName]resource.Quantity{
		corev1.ResourceCPU: resource.MustParse(mostMigrationCPU), corev1.ResourceMemory: resource.MustParse(mostMigrationMemory),
	} {
		asked, requested := out.Requests[name]
		if !requested {
			// Kubernetes requests what is the limit.
			asked, requested = out.Limits[name]
		}
		if requested && asked.Cmp(most) > 0 {
			if out.Requests == nil {
				out.Requests = corev1.ResourceList{}
			}
			out.Requests[name] = most
		}
	}
	return out
}

// jobResourcesAdmitted refuses resources that Kubernetes would refuse in a pod.
func jobResourcesAdmitted(f *facts.Facts, _ *decision.Decisions) compose.Verdict {
	r := updateJob(f).Resources
	if r == nil {
		return compose.Passed
	}
	return admission.Verdict(admission.Resources(field.NewPath("spec", "updateJob", "resources"), r.Requests, r.Limits))
}

// requirePods of migrations under way, which say why they do not start.
func requirePods(a *compose.Answer, f *facts.Facts) {
	for _, m := range f.Migrations {
		if m.Unfinished() && !m.Leaving() {
			a.RequireAll(facts.RequirementMigrationPods+m.Name, "v1", "Pod", map[string]string{labelJob: m.Job.Name()})
		}
	}
}

// waitsFor says why the pod of a migration does not start, with a colon before it; empty when it
// starts.
func waitsFor(f *facts.Facts, m facts.Migration) string {
	pods, _ := f.State.RequiredAll(facts.RequirementMigrationPods + m.Name)
	if waiting := tool.ReadOf(m.Job, pods, objects.ContainerServer).Waiting; waiting != "" {
		return ": " + waiting
	}
	return ""
}
