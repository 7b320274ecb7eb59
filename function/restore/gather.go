package restore

import (
	"slices"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/mattermost/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/provision"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/tool"
	"github.com/crossplane-mattermost/crossplane-mattermost/input/v1beta1"
)

// Names under which objects are composed.
const (
	nameCheck    = "check"
	nameReplace  = "restore"
	nameForget   = "forget"
	namePassword = "password"
)

// Names of what is looked up.
const (
	requirementInstallation = "installation"
	requirementBackup       = "backup"
	requirementBucket       = "bucket"
	requirementSecret       = "secret/"
	requirementPods         = "pods"
)

const component = "restore"

// gathered is everything that decisions about one MattermostRestore rest on.
type gathered struct {
	state           compose.State
	name, namespace string
	uid             string
	spec            v1alpha1.MattermostRestoreSpec
	policy          v1beta1.Input
	// was told before.
	was v1alpha1.MattermostRestoreStatus
	// installation that is restored, as Crossplane found it.
	installation compose.Resource
	// data says where the installation's data is, nil while it does not.
	data *v1alpha1.DataSource
	// part of the installation in a restore, perhaps another; nil while it has none.
	part *v1alpha1.RestoreParticipation
	// backup that spec.from names, as Crossplane found it, with its spec and status.
	backup       compose.Resource
	backupSpec   v1alpha1.MattermostBackupSpec
	backupStatus v1alpha1.MattermostBackupStatus
	// connection to the bucket that backups are in, nil while it is not known.
	connection *v1alpha1.BucketConnection
	// archived says where the database that is recovered is archived, nil while it does not.
	archived *v1alpha1.DatabaseArchive
	// pods of this restore.
	pods []compose.Resource
}

func gather(s compose.State, policy *v1beta1.Input) (gathered, error) {
	composite := s.Composite()
	g := gathered{state: s, name: s.Name(), namespace: s.Namespace(), uid: composite.String("metadata", "uid"), policy: *policy}
	g.installation, _ = s.Required(requirementInstallation)
	g.backup, _ = s.Required(requirementBackup)
	g.pods, _ = s.RequiredAll(requirementPods)
	for _, part := range []struct {
		of   compose.Resource
		into any
		path []string
		what string
	}{
		{composite, &g.spec, []string{"spec"}, "spec"},
		{composite, &g.was, []string{"status"}, "status"},
		{g.installation, &g.data, []string{"status", "dataSource"}, "the installation's status.dataSource"},
		{g.installation, &g.part, []string{"status", "restore"}, "the installation's status.restore"},
		{g.backup, &g.backupSpec, []string{"spec"}, "the backup's spec"},
		{g.backup, &g.backupStatus, []string{"status"}, "the backup's status"},
		{g.required(requirementBucket), &g.connection, []string{"status", "connection"}, "the bucket's connection"},
		{g.required(requirementDatabase), &g.archived, []string{"status", "archive"}, "the database's archive"},
	} {
		if err := part.of.Decode(part.into, part.path...); err != nil {
			return gathered{}, errors.Wrap(err, "cannot read "+part.what)
		}
	}
	return g, nil
}

// require asks Crossplane for what decisions rest on and the restore does not compose.
func require(a *compose.Answer, g gathered) {
	group := v1alpha1.GroupVersion.String()
	tool.RequireIdentity(a, g.spec.MattermostClusterName)
	a.Require(requirementInstallation, group, v1alpha1.MattermostInstallationKind, g.spec.MattermostClusterName)
	if g.spec.From != nil && g.spec.From.Backup != "" {
		a.Require(requirementBackup, group, v1alpha1.MattermostBackupKind, g.spec.From.Backup)
	}
	if store := g.backupSpec.Store; store != nil && store.Bucket != "" {
		a.Require(requirementBucket, group, v1alpha1.MattermostBucketKind, store.Bucket)
	}
	for _, name := range secretNames(g) {
		a.Require(requirementSecret+name, "v1", "Secret", name)
	}
	if !g.underWay() {
		a.RequireAll(requirementPods, "v1", "Pod", map[string]string{tool.LabelRestore: g.name})
	}
	requireArchive(a, g)
}

// underWay says whether a Job has a working pod and no failed one. Its pods tell nothing
// then, and each of their changes would wake the restore.
func (g gathered) underWay() bool {
	for _, name := range []string{nameCheck, nameReplace, nameForget} {
		if s := g.state.Observed(name).At("status"); s.Int("ready") > 0 && s.Int("failed") == 0 && s.Int("succeeded") == 0 {
			return true
		}
	}
	return false
}

// secretNames are the Secrets that users name, sorted.
func secretNames(g gathered) []string {
	var out []string
	if g.spec.RestoreSecret != "" {
		out = append(out, g.spec.RestoreSecret)
	}
	if of := g.spec.MattermostDBPasswordSecret; of != nil {
		out = append(out, of.Name)
	}
	if name := storeSecret(g); name != "" {
		out = append(out, name)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// storeSecret opens the bucket that exists of the backup's store, empty where none is
// needed.
func storeSecret(g gathered) string {
	if store := g.backupSpec.Store; store != nil && store.External != nil && !store.External.UseServiceAccount {
		return store.External.Secret
	}
	return ""
}

// required object, as Crossplane found it.
func (g gathered) required(requirement string) compose.Resource {
	r, _ := g.state.Required(requirement)
	return r
}

// secret that the spec names, as Crossplane found it.
func (g gathered) secret(name string) compose.Resource { return g.required(requirementSecret + name) }

// job is what became of the Job of a name, as far as it is known.
func (g gathered) job(name string) (of tool.Outcome, exists bool) {
	r := g.state.Observed(name)
	return tool.Read(r, g.pods), r.Exists()
}

// mine says whether the installation takes part in this restore.
func (g gathered) mine() bool { return g.part != nil && g.part.UID == g.uid }

// in says whether the installation is in a phase of this restore.
func (g gathered) in(phases ...v1alpha1.ParticipationPhase) bool {
	return g.mine() && slices.Contains(phases, g.part.Phase)
}

// jobName is at most 63 characters, of which a restore's name may have 45. A restore that
// is made again under the same name has other Jobs.
func (g gathered) jobName(command string) string {
	const enough = 8
	return g.name + "-" + command + "-" + compose.Hash(g.uid, enough)
}

func (g gathered) labels() map[string]string {
	out := provision.Labels(g.name, component, g.policy.Labels)
	out[tool.LabelRestore] = g.name
	return out
}
