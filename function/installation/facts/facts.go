// Package facts is what the request and the policy say about one installation. Facts are
// read once and never change, and they contain no decision.
package facts

import (
	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/mattermost/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/composed"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/release"
	"github.com/crossplane-mattermost/crossplane-mattermost/input/v1beta1"
)

// Facts about one installation.
type Facts struct {
	State           compose.State
	Name, Namespace string
	Spec            v1alpha1.MattermostInstallationSpec
	Policy          v1beta1.Input
	// Releases are what the policy says of versions.
	Releases release.Policy
	// Deployment of the servers.
	Deployment Deployment
	// Before is what was served last, as far as the status says; empty if nothing was.
	Before v1alpha1.ServedStatus
	// Migrations that exist, sorted by name.
	Migrations []Migration
	// Database and Bucket are the connections to what is claimed, nil while there are none.
	Database *v1alpha1.DatabaseConnection
	Bucket   *v1alpha1.BucketConnection
	// Restores that name this installation, oldest first.
	Restores []Restore
	// Stopped is the key of the restore that the Deployment was stopped for, empty when it
	// was not.
	Stopped string

	lastUpgrade *v1alpha1.UpgradeStatus
	lastRestore *v1alpha1.RestoreParticipation
}

// Read the facts from a request and the policy. It fails on a spec, a status or a policy that
// cannot be read.
func Read(s compose.State, policy *v1beta1.Input) (*Facts, error) {
	releases, err := release.Read(policy)
	if err != nil {
		return nil, err
	}
	f := &Facts{
		State:      s,
		Name:       s.Name(),
		Namespace:  s.Namespace(),
		Policy:     *policy,
		Releases:   releases,
		Deployment: deployment(s.Observed(composed.Deployment)),
		Migrations: migrations(s),
	}
	if err := s.Composite().Decode(&f.Spec, "spec"); err != nil {
		return nil, errors.Wrap(err, "cannot read spec")
	}
	if err := f.readStatus(); err != nil {
		return nil, errors.Wrap(err, "cannot read status")
	}
	if err := f.readConnections(); err != nil {
		return nil, err
	}
	f.Restores = restores(s, f.Name)
	f.Stopped = f.stopped()
	return f, nil
}

func (f *Facts) readStatus() error {
	var err error
	if f.Before, err = served(f.State.Composite()); err != nil {
		return err
	}
	composite := f.State.Composite()
	if composite.Has("status", "upgrade") {
		f.lastUpgrade = &v1alpha1.UpgradeStatus{}
		if err := composite.Decode(f.lastUpgrade, "status", "upgrade"); err != nil {
			return err
		}
	}
	if composite.Has("status", "restore") {
		f.lastRestore = &v1alpha1.RestoreParticipation{}
		return composite.Decode(f.lastRestore, "status", "restore")
	}
	return nil
}

// readConnections of what is claimed, as whatever answers reports them.
func (f *Facts) readConnections() error {
	if f.DatabaseClaimed() {
		if err := f.Observed(composed.Database).Decode(&f.Database, "status", "connection"); err != nil {
			return errors.Wrap(err, "cannot read the database's connection")
		}
	}
	if f.BucketClaimed() {
		if err := f.Observed(composed.Bucket).Decode(&f.Bucket, "status", "connection"); err != nil {
			return errors.Wrap(err, "cannot read the bucket's connection")
		}
	}
	return nil
}

// Observed is a composed object, which may not exist.
func (f *Facts) Observed(name string) compose.Resource { return f.State.Observed(name) }

// Condition of the installation, as Crossplane last wrote it.
func (f *Facts) Condition(kind string) compose.Condition { return f.State.Composite().Condition(kind) }

// Legacy says whether the installation is of the API group of legacy claims.
func (f *Facts) Legacy() bool {
	apiVersion, _ := f.State.Subject()
	return apiVersion != v1alpha1.GroupVersion.String()
}

// DatabaseClaimed says whether the spec claims a database.
func (f *Facts) DatabaseClaimed() bool { return f.Spec.Database != nil && f.Spec.Database.Claim != nil }

// BucketClaimed says whether the spec claims a bucket.
func (f *Facts) BucketClaimed() bool { return f.Spec.FileStore != nil && f.Spec.FileStore.Claim != nil }

// LastUpgrade that was reported, nil when there was none.
func (f *Facts) LastUpgrade() *v1alpha1.UpgradeStatus { return f.lastUpgrade.DeepCopy() }

// LastRestore is the last part in a restore that was reported, nil when there was none.
func (f *Facts) LastRestore() *v1alpha1.RestoreParticipation { return f.lastRestore.DeepCopy() }
