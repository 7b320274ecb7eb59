package backup

import (
	"slices"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/mattermost/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/provision"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/tool"
	"github.com/crossplane-mattermost/crossplane-mattermost/input/v1beta1"
)

const (
	requirementInstallation = "installation"

	component = "backup"
	// annotationRequest of what makes the one backup is a digest of the spec that it is
	// made by.
	annotationRequest = "mattermost.crossplane.io/request"
)

// gathered is everything that decisions about one MattermostBackup rest on.
type gathered struct {
	state           compose.State
	name, namespace string
	uid             string
	spec            v1alpha1.MattermostBackupSpec
	policy          v1beta1.Input
	// installation that is backed up, as Crossplane found it.
	installation compose.Resource
	// source of the data, nil while the installation does not tell.
	source *v1alpha1.DataSource
	// connection to the bucket that the store names, nil while it is not known.
	connection *v1alpha1.BucketConnection
	// request is a digest of the spec.
	request string
	// told are the backups that the status told of before, newest first.
	told []v1alpha1.StoredBackup
}

func gather(s compose.State, policy *v1beta1.Input) (gathered, error) {
	composite := s.Composite()
	g := gathered{state: s, name: s.Name(), namespace: s.Namespace(), uid: composite.String("metadata", "uid"), policy: *policy}
	if err := composite.Decode(&g.spec, "spec"); err != nil {
		return gathered{}, errors.Wrap(err, "cannot read spec")
	}
	was := v1alpha1.MattermostBackupStatus{}
	if err := composite.Decode(&was, "status"); err != nil {
		return gathered{}, errors.Wrap(err, "cannot read status")
	}
	g.told = was.Backups
	spec, err := compose.Struct(g.spec)
	if err != nil {
		return gathered{}, err
	}
	g.request = compose.Digest(spec)
	g.installation, _ = s.Required(requirementInstallation)
	if err := g.installation.Decode(&g.source, "status", "dataSource"); err != nil {
		return gathered{}, errors.Wrap(err, "cannot read the installation's status.dataSource")
	}
	bucket, _ := s.Required(requirementBucket)
	if err := bucket.Decode(&g.connection, "status", "connection"); err != nil {
		return gathered{}, errors.Wrap(err, "cannot read the bucket's connection")
	}
	return g, nil
}

func (g gathered) scheduled() bool { return g.spec.Schedule != "" }

func (g gathered) suspended() bool { return g.spec.Suspend != nil && *g.spec.Suspend }

// copiesFiles says whether files are copied too.
func (g gathered) copiesFiles() bool { return g.spec.Files == nil || *g.spec.Files }

// onceName is the name of the one backup, and of what makes it. A MattermostBackup that
// is made again under the same name makes another.
func (g gathered) onceName() string {
	const enough = 8
	return g.name + "-backup-" + compose.Hash(g.uid, enough)
}

// scheduledName is the name of what makes backups on a schedule. It fits in the name of
// a CronJob.
func (g gathered) scheduledName() string { return g.name + "-backup" }

// done says whether the one backup was seen to be complete.
func (g gathered) done() bool {
	return slices.ContainsFunc(g.told, func(b v1alpha1.StoredBackup) bool { return b.Name == g.onceName() })
}

func (g gathered) labels() map[string]string {
	out := provision.Labels(g.name, component, g.policy.Labels)
	out[tool.LabelBackup] = g.name
	return out
}

// restoring says whether the installation's data is being replaced, or is about to be.
func (g gathered) restoring() bool {
	phase := g.installation.String("status", "restore", "phase")
	return phase != "" && phase != string(v1alpha1.ParticipationServing)
}
