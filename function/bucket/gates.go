package bucket

import (
	"github.com/crossplane-mattermost/crossplane-mattermost/apis/mattermost/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/provision"
)

// Gates of backends that have no such thing.
//
//nolint:gochecknoglobals // A table.
var (
	noRegion    = provision.Lacks("region", func(g gathered) bool { return g.spec.Region != "" }, "")
	noRetention = provision.Lacks("retentionDays", func(g gathered) bool { return g.spec.RetentionDays != nil && *g.spec.RetentionDays > 0 }, "")
	noStorage   = provision.Lacks("storageSize", func(g gathered) bool { return g.spec.StorageSize != nil }, "")
	noName      = provision.Lacks("bucketName", func(g gathered) bool { return g.spec.BucketName != "" }, "")
	noDeletion  = provision.Lacks("deletionPolicy", func(g gathered) bool { return g.spec.DeletionPolicy == v1alpha1.DeletionDelete }, "use Retain: the bucket was there before")
)
