package installation

import (
	"slices"

	"github.com/Masterminds/semver/v3"
	corev1 "k8s.io/api/core/v1"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/mattermost/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/input/v1beta1"
)

// Names under which objects are composed.
const (
	nameServiceAccount = "service-account"
	nameService        = "service"
	nameMetricsService = "metrics-service"
	nameIngress        = "ingress"
	nameClaim          = "claim"
	nameDeployment     = "deployment"
	// prefixMigration begins the name of a migration Job; what it migrates to
	// follows, since a Job cannot change.
	prefixMigration = "migration-"
	nameBudget      = "pod-disruption-budget"
	nameDatabase    = "database"
	nameBucket      = "bucket"
	nameConnection  = "connection"
	nameProtection  = "protection"
	nameOpens       = "window-opens"
	nameCloses      = "window-closes"

	nameAdministrator  = "administrator"
	nameProviderConfig = "provider-config"
	nameServer         = "server"
	// prefixTeam and prefixChannel begin the names of a team, whose name follows, and of
	// its channels, whose names follow that.
	prefixTeam    = "team-"
	prefixChannel = "channel-"
)

// gathered is everything that decisions about one installation rest on.
type gathered struct {
	state     compose.State
	name      string
	namespace string
	spec      v1alpha1.MattermostInstallationSpec
	policy    v1beta1.Input
	// versions that the policy allows; every version when there are none.
	versions []*semver.Constraints
	// releases that changes of version are judged by.
	releases releases
	// served is the image that the Deployment runs, empty while there is none.
	served string
	// before is what was served last, as far as the status says; empty if nothing was.
	before v1alpha1.ServedStatus
	// migrations that exist, sorted by name.
	migrations []migration
	// database and bucket are connections to what is claimed, nil while there are none.
	database *v1alpha1.DatabaseConnection
	bucket   *v1alpha1.BucketConnection
	// version and image that are wanted.
	version, image string
	// wish for a change of version that needs a backup, nil when there is none.
	wish *wish
	// restores that name this installation, oldest first.
	restores []restore
	// stopped is the key of the restore that the Deployment was stopped for, empty when it
	// was not.
	stopped string
	// data is the UID of the restore that the data is of, and migrated that of the data
	// that the schema was migrated for; empty for data that no restore replaced.
	data, migrated string
	// part in a restore.
	part participation
}

func gather(s compose.State, policy *v1beta1.Input) (gathered, error) {
	if err := checkPolicy(policy); err != nil {
		return gathered{}, err
	}
	versions, err := allowedVersions(policy)
	if err != nil {
		return gathered{}, err
	}
	known, err := platformReleases(policy)
	if err != nil {
		return gathered{}, err
	}
	composite := s.Composite()
	g := gathered{
		state:      s,
		name:       s.Name(),
		namespace:  s.Namespace(),
		policy:     *policy,
		versions:   versions,
		releases:   known,
		served:     serverImage(s.Observed(nameDeployment)),
		migrations: observedMigrations(s),
	}
	if err := composite.Decode(&g.spec, "spec"); err != nil {
		return gathered{}, errors.Wrap(err, "cannot read spec")
	}
	if g.before, err = recallServed(s); err != nil {
		return gathered{}, err
	}
	if err := gatherConnections(&g); err != nil {
		return gathered{}, err
	}
	g.version = wantedVersion(g)
	g.image = imageOf(g, g.version)
	if err := gatherRestores(&g); err != nil {
		return gathered{}, err
	}
	g.wish, err = gatherWish(g)
	return g, err
}

// secretNames are the Secrets that the server's environment refers to, sorted.
func secretNames(g gathered) []string {
	names := map[string]bool{}
	add := func(name string) {
		if name != "" {
			names[name] = true
		}
	}
	if db := g.spec.Database; db != nil && db.External != nil {
		add(db.External.Secret)
	}
	if fs := g.spec.FileStore; fs != nil && fs.External != nil {
		add(fs.External.Secret)
	}
	if g.database != nil {
		add(g.database.SecretName)
	}
	if g.bucket != nil {
		add(g.bucket.SecretName)
	}
	if es := g.spec.ElasticSearch; es != nil {
		add(es.Secret)
	}
	add(g.spec.LicenseSecret)
	for _, e := range g.spec.MattermostEnv {
		if e.ValueFrom != nil && e.ValueFrom.SecretKeyRef != nil && !optional(e.ValueFrom.SecretKeyRef) {
			add(e.ValueFrom.SecretKeyRef.Name)
		}
	}
	out := make([]string, 0, len(names))
	for n := range names {
		out = append(out, n)
	}
	slices.Sort(out)
	return out
}

func optional(ref *corev1.SecretKeySelector) bool { return ref.Optional != nil && *ref.Optional }

// require asks Crossplane for what decisions rest on and the installation does
// not compose.
func require(a *compose.Answer, g gathered) {
	for _, name := range secretNames(g) {
		a.Require(requirementSecret+name, "v1", "Secret", name)
	}
	if fs := g.spec.FileStore; fs != nil && fs.ExternalVolume != nil {
		a.Require(requirementClaim, "v1", "PersistentVolumeClaim", fs.ExternalVolume.VolumeClaimName)
	}
	if g.wish != nil && !g.wish.granted {
		a.RequireAll(requirementBackups, v1alpha1.GroupVersion.String(), v1alpha1.MattermostBackupKind, nil)
	}
	requireVanished(a, g)
	requireAdministrator(a, g)
	requireRestores(a, g)
}

const (
	requirementSecret   = "secret/"
	requirementClaim    = "external-volume"
	requirementVanished = "vanished/"
	requirementRestores = "restores"
	requirementJobs     = "restore-jobs"
	requirementPods     = "restore-pods"
)

// secret that the spec names, as Crossplane found it.
func (g gathered) secret(name string) compose.Resource {
	r, _ := g.state.Required(requirementSecret + name)
	return r
}
