package database

import (
	"github.com/crossplane-mattermost/crossplane-mattermost/apis/mattermost/v1alpha1"
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
	noDeletion     = provision.Lacks("deletionPolicy", func(g gathered) bool { return g.spec.DeletionPolicy == v1alpha1.DeletionDelete }, "use Retain: the database was there before")
)
