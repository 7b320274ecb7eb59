package installation

import (
	"strings"

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
	if err := a.Desire(nameServiceAccount, objects.ServiceAccount(s)); err != nil {
		return err
	}
	if err := a.Desire(nameService, objects.Service(s)); err != nil {
		return err
	}
	if err := a.Desire(nameMetricsService, objects.MetricsService(s)); err != nil {
		return err
	}
	if err := buildIngress(a, g, s); err != nil {
		return err
	}
	if err := buildClaim(a, g, s); err != nil {
		return err
	}
	if err := buildMigration(a, g, *d); err != nil {
		return err
	}
	return buildDeployment(a, g, d, s)
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

// buildMigration leaves a Job that exists as it is: a Job cannot change.
func buildMigration(a *compose.Answer, g gathered, d decision) error {
	if !d.rollout.migrate {
		return nil
	}
	if g.state.Observed(d.rollout.migration).Exists() {
		return a.Keep(d.rollout.migration)
	}
	return a.Desire(d.rollout.migration, objects.MigrationJob(
		migration(g, d), jobName(g, d.rollout), map[string]string{annotationInputs: d.rollout.inputs}))
}

func buildDeployment(a *compose.Answer, g gathered, d *decision, s objects.Server) error {
	if !d.rollout.serve {
		return nil
	}
	var err error
	d.template, err = a.DesireDigested(nameDeployment, annotationTemplate,
		objects.Deployment(s, d.rollout.replicas, podAnnotations(g)))
	return err
}

func jobName(g gathered, r rollout) string {
	return g.name + "-migrate-" + strings.TrimPrefix(r.migration, prefixMigration)
}
