package installation

import (
	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/objects"
)

// annotationTemplate of the Deployment is a digest of what was wanted when it was
// applied. An observed Deployment with another digest is not yet the wanted one,
// however complete its rollout is.
const annotationTemplate = "mattermost.crossplane.io/template"

// build every object that the decisions call for.
func build(a *compose.Answer, g gathered, d *decision) error {
	s := server(g, *d, d.rollout.image)
	return errors.Join(
		a.Desire(nameServiceAccount, objects.ServiceAccount(s)),
		a.Desire(nameService, objects.Service(s)),
		a.Desire(nameMetricsService, objects.MetricsService(s)),
		buildIngress(a, g, s),
		buildClaim(a, g, s),
		buildClaims(a, g, s),
		buildConnection(a, g),
		buildProtection(a, g),
		buildWindow(a, g),
		buildMigrations(a, g, *d),
		buildBudget(a, g, s, d.sizing.Replicas),
		buildDeployment(a, g, d, s),
		buildBootstrap(a, g, s),
	)
}

func buildIngress(a *compose.Answer, g gathered, s objects.Server) error {
	if !ingressEnabled(g) {
		return nil
	}
	return a.Desire(nameIngress, objects.Ingress(s, exposure(g)))
}

func buildClaim(a *compose.Answer, g gathered, s objects.Server) error {
	if localChosen(g) {
		return a.Desire(nameClaim, objects.PersistentVolumeClaim(s, claimSpec(g)))
	}
	if g.spec.FileStore.DiscardLocal {
		a.Discard(nameClaim)
	}
	return nil
}

// buildMigrations leaves a Job that exists as it is: a Job cannot change.
func buildMigrations(a *compose.Answer, g gathered, d decision) error {
	for _, name := range d.rollout.kept {
		if err := a.Keep(name); err != nil {
			return err
		}
	}
	if !d.rollout.starts() {
		return nil
	}
	return a.Desire(d.rollout.migration, objects.MigrationJob(migrator(g, d), migrationOptions(g, d.rollout)))
}

// buildBudget lets one replica at a time be evicted, once there are two replicas. Before
// that a budget would have no effect.
func buildBudget(a *compose.Answer, g gathered, s objects.Server, replicas int32) error {
	first := !g.state.Observed(nameBudget).Exists()
	if replicas < 2 || first && g.state.Observed(nameDeployment).Int("status", "availableReplicas") < 2 {
		return nil
	}
	return a.DesireBeside(nameBudget, objects.PodDisruptionBudget(s))
}

func buildDeployment(a *compose.Answer, g gathered, d *decision, s objects.Server) error {
	if d.rollout.image == "" {
		return nil
	}
	var err error
	d.template, err = a.DesireDigested(nameDeployment, annotationTemplate,
		objects.Deployment(s, replication(g, d.rollout)))
	return err
}
