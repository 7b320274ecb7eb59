// Package decision holds what is decided about an installation. Rooms decide; what they decide
// is a value of this package, so that no room needs another one.
package decision

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/mattermost/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/composed"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/facts"
)

// Decisions about one installation, in the order in which they are made. Those after Backup are
// only made for a spec that is accepted, and Rollout only if nothing claimed is waited for.
type Decisions struct {
	// Stage of the installation.
	Stage   Stage
	Version Version
	Sizing  Sizing
	Health  Health
	Turn    Turn
	// Backup that a change of version needs, nil when it needs none.
	Backup *Backup
	Server Server
	// Rollout of the server.
	Rollout Rollout
	// Template is a digest of the Deployment that is wanted, known once it is composed.
	Template string
}

// Stage says how much of the spec is followed.
type Stage int

// Stages of an installation.
const (
	// Refused means that a rule refuses the spec. Everything stays as it is.
	Refused Stage = iota
	// Waiting means that the spec is accepted, and that what it claims is waited for.
	Waiting
	// Accepted means that the spec is accepted, and everything that it needs is there.
	Accepted
)

// Version that is wanted.
type Version struct {
	Version string
	// Image is the version's reference.
	Image string
}

// Sizing of the servers.
type Sizing struct {
	v1alpha1.SizingStatus

	// Clustered says whether a license makes replicas a cluster.
	Clustered bool
	// Basis of the number of replicas, as annotation facts.AnnotationSizing records it.
	Basis string
}

// Health is what the server says of itself.
type Health struct {
	// Pending says that the server was not asked yet.
	Pending bool
	// Healthy says that nothing ails the server, as far as it is asked. One that nobody wants
	// to run is not ill.
	Healthy bool
}

// Backup that a change of version needs.
type Backup struct {
	From, To string
	// At is when the change was first seen, nil when that is now.
	At *metav1.Time
	// Name of the backup that was begun after it, empty while none is complete.
	Name string
	// Granted says that a backup was found before: none is looked for any more.
	Granted bool
}

// Awaited says whether a change of version is held until there is a backup.
func (b *Backup) Awaited() bool { return b != nil && b.Name == "" }

// Turn is what is decided about the restores that ask this installation for its data. One has
// its turn at a time, and keeps it until what became of the data is known, so that no two ever
// replace data, and no server runs while one does.
type Turn struct {
	facts.Restore

	// Active says that a restore has its turn.
	Active bool
	// Phase that the restore is told, empty while none has its turn.
	Phase v1alpha1.ParticipationPhase
	// Waits says that a migration must end before the server is stopped.
	Waits bool
	// Stops says that no server may run.
	Stops bool
	// Resumes says that what became of the data is known.
	Resumes bool
	// Data is the UID of the restore that the data is of, empty for data that no restore
	// replaced.
	Data string
}

// Holds says whether a change of version waits until the restore is over.
func (t Turn) Holds(f *facts.Facts) bool {
	return t.Stops || t.Resumes && f.Deployment.Image != "" && t.Data == f.Deployment.Migrated
}

// HasServed says whether a server has ever served, or data was restored for one. Before that
// there is nothing to lose.
func (t Turn) HasServed(f *facts.Facts) bool {
	return t.Data != "" || f.Observed(composed.Protection).Exists() || f.Before.Version != ""
}
