package database

import (
	"fmt"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/mattermost/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/provision"
)

// Gates of backends that have no such thing.
//
//nolint:gochecknoglobals // A table.
var (
	noReadReplicas = provision.Lacks("readReplicas", func(g gathered) bool { return g.spec.ReadReplicas > 0 }, "")
	noInstances    = provision.Lacks("instances", func(g gathered) bool { return g.spec.Instances != nil && *g.spec.Instances > 1 }, "use 1, or ask the platform team for another class")
	noRegion       = provision.Lacks("region", func(g gathered) bool { return g.spec.Region != "" }, "")
	noRetention    = provision.Lacks("retentionDays", func(g gathered) bool { return g.spec.RetentionDays != nil && *g.spec.RetentionDays > 0 }, "")
	noParameters   = provision.Lacks("parameters", func(g gathered) bool { return len(g.spec.Parameters) > 0 }, "")
	noVersion      = provision.Lacks("version", func(g gathered) bool { return g.spec.Version != "" }, "")
	noStorage      = provision.Lacks("storageSize", func(g gathered) bool { return g.spec.StorageSize != nil }, "")
	noName         = provision.Lacks("databaseName", func(g gathered) bool { return g.spec.DatabaseName != "" }, "")
	atLeastADay    = provision.Lacks("retentionDays", func(g gathered) bool { return g.spec.RetentionDays != nil && *g.spec.RetentionDays < 1 }, "use 1 or more: backups cannot be turned off")
	noDeletion     = provision.Lacks("deletionPolicy", func(g gathered) bool { return g.spec.DeletionPolicy == v1alpha1.DeletionDelete }, "use Retain: the database was there before")
)

// Gates of backends that have some.

// twoInstances at most: one that serves, and one that takes over.
func twoInstances(g gathered) compose.Verdict { return instancesUpTo(2)(g) }

func instancesUpTo(most int32) compose.Gate[gathered] {
	return provision.Lacks("instances", func(g gathered) bool { return g.spec.Instances != nil && *g.spec.Instances > most }, fmt.Sprintf("use %d at most", most))
}

// oneReadReplica at most: each has an address of its own, and a connection names one.
func oneReadReplica(g gathered) compose.Verdict {
	return provision.Lacks("readReplicas", func(g gathered) bool { return g.spec.ReadReplicas > 1 }, "use 1 at most, or ask the platform team for a class whose read replicas share an address")(g)
}

func retentionBetween(least, most int32) compose.Gate[gathered] {
	return provision.Lacks("retentionDays", func(g gathered) bool {
		return g.spec.RetentionDays != nil && (*g.spec.RetentionDays < least || *g.spec.RetentionDays > most)
	}, fmt.Sprintf("use %d to %d", least, most))
}

// replicaNeedsBackups, which is what clouds make one from.
func replicaNeedsBackups(retention func(g gathered) int32) compose.Gate[gathered] {
	return provision.Lacks("readReplicas", func(g gathered) bool { return g.spec.ReadReplicas > 0 && retention(g) == 0 }, "it makes them from backups: set spec.retentionDays to 1 or more")
}

// volumeGrows by itself, so that there is nothing to ask for.
func volumeGrows(g gathered) compose.Verdict {
	return provision.Lacks("storageSize", func(g gathered) bool { return g.spec.StorageSize != nil }, "leave it out: storage grows by itself")(g)
}
