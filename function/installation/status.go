package installation

import (
	"fmt"

	k8slabels "k8s.io/apimachinery/pkg/labels"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/mattermost/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/objects"
)

// Types of an installation's conditions. Ready, Synced and Responsive are
// Crossplane's.
const (
	conditionAccepted  = "Accepted"
	conditionDatabase  = "DatabaseReady"
	conditionFileStore = "FileStoreReady"
	conditionBackedUp  = "UpgradeBackedUp"
	conditionMigration = "MigrationComplete"
	conditionRollout   = "RolloutComplete"
	conditionClustered = "ReplicasClustered"
	conditionDowntime  = "ZeroDowntime"
	conditionCurrent   = "VersionCurrent"
	conditionHealthy   = "ServerHealthy"
)

// decision is everything that was decided about an accepted installation.
type decision struct {
	sizing  v1alpha1.SizingStatus
	rollout rollout
	// template is a digest of the Deployment that is wanted.
	template string
}

// report what is known of an accepted installation.
func report(a *compose.Answer, g gathered, d decision) error {
	a.Report(
		compose.Condition{Type: conditionAccepted, Status: compose.True, Reason: "Accepted", Message: lifted(g)},
		databaseCondition(g),
		fileStoreCondition(g),
	)
	a.Report(backedUpCondition(g)...)
	a.Report(
		migrationCondition(g, d.rollout),
		rolloutCondition(g, d),
		clusteredCondition(g, d.sizing),
		downtimeCondition(g, d.sizing.Replicas),
		currentCondition(g),
	)
	a.Report(healthConditions(g, restoring(g, d.rollout))...)
	status := observedStatus(g)
	upgrade, err := upgradeStatus(g, d)
	if err != nil {
		return err
	}
	status.ObservedGeneration = a.Generation()
	status.Sizing = &d.sizing
	status.Upgrade = upgrade
	status.DataSource = dataSource(g)
	status.State = state(g, d, upgrade)
	if status.Restore, err = participationStatus(g); err != nil {
		return err
	}
	if restoring(g, d.rollout) {
		// A Deployment without replicas is as ready as one can be.
		a.Unready()
	}
	return a.SetStatus(status)
}

// reportPending reports an installation that waits for what it claims.
func reportPending(a *compose.Answer, g gathered, d decision) error {
	a.Report(
		compose.Condition{Type: conditionAccepted, Status: compose.True, Reason: "Accepted"},
		databaseCondition(g),
		fileStoreCondition(g),
		compose.Condition{Type: conditionRollout, Status: compose.False, Reason: "ClaimPending", Waiting: true, Message: "waiting for what the installation claims: conditions " + conditionDatabase + " and " + conditionFileStore + " say for what"},
	)
	a.Report(healthConditions(g, g.stopped != "")...)
	a.Unready()
	var err error
	status := observedStatus(g)
	status.ObservedGeneration = a.Generation()
	status.Sizing = &d.sizing
	status.State = v1alpha1.StateReconciling
	if err := g.state.Composite().Decode(&status.DataSource, "status", "dataSource"); err != nil {
		return err
	}
	if status.Restore, err = untouched(g); err != nil {
		return err
	}
	return a.SetStatus(status)
}

// refuse reports what the rulebook has against the spec, or against something that
// it names. What runs keeps running.
func refuse(a *compose.Answer, g gathered, refusals []compose.Condition) error {
	said := map[string]compose.Condition{}
	for _, r := range refusals {
		said[r.Type] = r
	}
	if _, ok := said[conditionAccepted]; !ok {
		// The whole is refused when a part is.
		first := refusals[0]
		said[conditionAccepted] = compose.Condition{Type: conditionAccepted, Status: compose.False, Reason: first.Reason, Message: first.Message}
	}
	if _, ok := said[conditionDatabase]; !ok {
		said[conditionDatabase] = databaseCondition(g)
	}
	if _, ok := said[conditionFileStore]; !ok {
		said[conditionFileStore] = fileStoreCondition(g)
	}
	rollout := compose.Condition{
		Type: conditionRollout, Status: compose.False, Reason: "Refused",
		Message: "what the spec wants is not rolled out: condition " + conditionAccepted + " says why",
	}
	if g.stopped != "" {
		rollout.Message = fmt.Sprintf("no server runs, and none starts after MattermostRestore %q before the spec is accepted: condition %s says why it is not", g.part.name, conditionAccepted)
		a.Unready()
	}
	a.Report(said[conditionAccepted], said[conditionDatabase], said[conditionFileStore], rollout)
	a.Report(healthConditions(g, g.stopped != "")...)
	if !g.state.Observed(nameDeployment).Exists() {
		// Nothing serves, however ready the little is that exists.
		a.Unready()
	}
	status := observedStatus(g)
	status.State = v1alpha1.StateRefused
	// What was decided last is still so.
	was := g.state.Composite()
	if err := was.Decode(&status.Sizing, "status", "sizing"); err != nil {
		return err
	}
	if err := was.Decode(&status.Upgrade, "status", "upgrade"); err != nil {
		return err
	}
	a.Report(anotherWish(g, status.Upgrade)...)
	status.ObservedGeneration = a.Generation()
	if err := was.Decode(&status.DataSource, "status", "dataSource"); err != nil {
		return err
	}
	var err error
	if status.Restore, err = untouched(g); err != nil {
		return err
	}
	return a.SetStatus(status)
}

// observedStatus reports the observed objects, whatever the spec says. Replicas are counted
// once the first one has served.
func observedStatus(g gathered) v1alpha1.MattermostInstallationStatus {
	deployment := g.state.Observed(nameDeployment)
	out := v1alpha1.MattermostInstallationStatus{
		Selector:      k8slabels.SelectorFromSet(selector(g)).String(),
		Endpoint:      endpoint(g),
		Administrator: administratorStatus(g),
	}
	out.Image, out.Version = runningImage(g, deployment)
	out.Served = servedStatus(g, out.Version)
	if out.Version != "" || g.state.Composite().String("status", "version") != "" {
		out.Replicas = int32(deployment.Int("status", "replicas"))               //nolint:gosec // A replica count.
		out.UpdatedReplicas = int32(deployment.Int("status", "updatedReplicas")) //nolint:gosec // A replica count.
	}
	return out
}

// runningImage is the image of at least one available replica. For a server that is
// stopped, or that starts again after a restore, it is the image of the Deployment.
func runningImage(g gathered, deployment compose.Resource) (repository, version string) {
	stopped := g.part.active || deployment.Has("spec", "replicas") && deployment.Int("spec", "replicas") == 0
	switch {
	case stopped || updatedAvailable(deployment):
		return splitImage(g.served)
	case deployment.Int("status", "availableReplicas") > 0:
		// A roll has begun: the replicas of before it serve.
		was := g.state.Composite().At("status")
		return was.String("image"), was.String("version")
	}
	return "", ""
}

// updatedAvailable says whether at least one replica that runs the Deployment's
// current template is available: more are than could be left from before.
func updatedAvailable(deployment compose.Resource) bool {
	left := deployment.Int("status", "replicas") - deployment.Int("status", "updatedReplicas")
	return deployment.Int("status", "observedGeneration") >= deployment.Int("metadata", "generation") &&
		deployment.Int("status", "availableReplicas") > left
}

// endpoint is where clients reach the server, empty while there is nothing to
// reach.
func endpoint(g gathered) string {
	if ingress := g.state.Observed(nameIngress); ingress.Exists() {
		for _, rule := range ingress.List("spec", "rules") {
			return rule.String("host")
		}
	}
	if service := g.state.Observed(nameService); service.Exists() {
		return fmt.Sprintf("%s.%s.svc:%d", service.Name(), g.namespace, objects.PortApp)
	}
	return ""
}

func state(g gathered, d decision, upgrade *v1alpha1.UpgradeStatus) v1alpha1.State {
	deployment := g.state.Observed(nameDeployment)
	switch {
	case restoring(g, d.rollout):
		return v1alpha1.StateRestoring
	case upgrade != nil && upgrade.Phase != v1alpha1.PhaseComplete:
		return v1alpha1.StateUpgrading
	case rolledOut(g, d) && healthy(g):
		return v1alpha1.StateStable
	case d.rollout.image == g.image && applied(deployment, d.template) && updatedAvailable(deployment):
		return v1alpha1.StateReady
	}
	return v1alpha1.StateReconciling
}

// applied says whether the observed Deployment is the wanted one.
func applied(deployment compose.Resource, template string) bool {
	return deployment.String("metadata", "annotations", annotationTemplate) == template
}

// rolledOut says whether every replica runs what the spec wants.
func rolledOut(g gathered, d decision) bool {
	deployment := g.state.Observed(nameDeployment)
	return d.rollout.settled(g) && d.rollout.stopped == "" && applied(deployment, d.template) && compose.RolledOut(deployment)
}

func databaseCondition(g gathered) compose.Condition {
	if databaseClaimed(g) {
		return claimCondition(g, conditionDatabase, nameDatabase, v1alpha1.MattermostDatabaseKind, g.database != nil)
	}
	return compose.Condition{Type: conditionDatabase, Status: compose.True, Reason: "SecretComplete"}
}

func fileStoreCondition(g gathered) compose.Condition {
	if bucketClaimed(g) {
		return claimCondition(g, conditionFileStore, nameBucket, v1alpha1.MattermostBucketKind, g.bucket != nil)
	}
	c := compose.Condition{Type: conditionFileStore, Status: compose.True, Reason: "SecretComplete"}
	claim := g.state.Observed(nameClaim)
	if external := g.spec.FileStore.ExternalVolume; external != nil {
		claim, _ = g.state.Required(requirementClaim)
	}
	name := claimName(g)
	switch {
	case name == "" && g.spec.FileStore.External.UseServiceAccount:
		c.Reason = "ServiceAccountIdentity"
	case name == "":
	case claim.String("status", "phase") == "Bound":
		c.Reason = "ClaimBound"
	default:
		c.Status, c.Reason, c.Waiting = compose.False, "ClaimPending", true
		c.Message = fmt.Sprintf("waiting for PersistentVolumeClaim %q to be bound: it needs a volume or a storage class that offers its access modes", name)
	}
	return c
}
