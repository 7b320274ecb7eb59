// Package rollout brings a version to the servers: it judges the change, waits for a backup where
// one is required, migrates the schema by one Job at a time, and then replaces the replicas. Data
// that was restored is migrated in the same way, though the image stays: it may be older.
package rollout

import (
	"maps"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/claim"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/composed"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/decision"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/facts"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/feature"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/objects"
)

// Feature is the rollout of an installation.
//
//nolint:gochecknoglobals // A table.
var Feature = feature.Feature{
	Require:    require,
	Rules:      []feature.Chapter{{Condition: feature.ConditionAccepted, Gates: []feature.Gate{changeLawful, planSavable, jobMetadataUsable, jobResourcesAdmitted}}},
	Spent:      spentMigrations,
	Claim:      wantNames,
	Compose:    composeAll,
	Conditions: conditions,
	Status:     reportUpgrade,
}

// require a backup, where one is needed, and the pods of migrations under way.
func require(a *compose.Answer, f *facts.Facts, d *decision.Decisions) {
	requireBackups(a, d)
	requirePods(a, f)
}

// wantNames checks that the names of the server's objects are free before anything is created
// that the server waits for.
func wantNames(a *compose.Answer, f *facts.Facts, d *decision.Decisions) error {
	if d.Stage == decision.Waiting {
		a.WantName(composed.ServiceAccount, "v1", "ServiceAccount", f.Name)
		a.WantName(composed.Service, "v1", "Service", f.Name)
		a.WantName(composed.Deployment, "apps/v1", "Deployment", f.Name)
	}
	return nil
}

func composeAll(a *compose.Answer, f *facts.Facts, d *decision.Decisions) error {
	return errors.Join(
		a.Desire(composed.ServiceAccount, objects.ServiceAccount(d.Server.Server)),
		composeMigrations(a, f, d),
		composeDeployment(a, f, d),
	)
}

// composeMigrations leaves a Job that exists as it is: a Job cannot change.
func composeMigrations(a *compose.Answer, f *facts.Facts, d *decision.Decisions) error {
	for _, name := range d.Rollout.Kept {
		if err := a.Keep(name); err != nil {
			return err
		}
	}
	if !d.Rollout.Starts() {
		return nil
	}
	return a.Desire(d.Rollout.Migration, objects.MigrationJob(migrator(f, d), migrationOptions(f, d)))
}

func composeDeployment(a *compose.Answer, f *facts.Facts, d *decision.Decisions) error {
	if d.Rollout.Image == "" {
		return nil
	}
	server := d.Server.Server
	server.Image = d.Rollout.Image
	annotations := map[string]string{
		facts.AnnotationStopped: d.Rollout.Stopped, facts.AnnotationRestored: d.Turn.Data, facts.AnnotationMigrated: d.Rollout.Migrated,
		facts.AnnotationSizing: d.Sizing.Basis, facts.AnnotationClaims: claim.Served(f),
	}
	maps.Copy(annotations, d.Server.DeploymentAnnotations)
	var err error
	d.Template, err = a.DesireDigested(composed.Deployment, facts.AnnotationTemplate, objects.Deployment(server, objects.Replication{
		Replicas: d.Rollout.Replicas, Recreate: d.Server.AtOnce, PodAnnotations: d.Server.PodAnnotations, Annotations: marked(annotations),
	}))
	return err
}
