package bucket

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
	noRegion    = provision.Lacks("region", func(g gathered) bool { return g.spec.Region != "" }, "")
	noRetention = provision.Lacks("retentionDays", func(g gathered) bool { return g.spec.RetentionDays != nil && *g.spec.RetentionDays > 0 }, "")
	noStorage   = provision.Lacks("storageSize", func(g gathered) bool { return g.spec.StorageSize != nil }, "")
	noName      = provision.Lacks("bucketName", func(g gathered) bool { return g.spec.BucketName != "" }, "")
	noDeletion  = provision.Lacks("deletionPolicy", func(g gathered) bool { return g.spec.DeletionPolicy == v1alpha1.DeletionDelete }, "use Retain: the bucket was there before")
)

// stays is a gate of a field of a bucket that is there: is says what it has, empty
// when there is none. The API refuses a change as well; a composite resource that was
// made again, over what is left of the one before, passes it.
func stays(field string, asked, is func(g gathered) string) compose.Gate[gathered] {
	return func(g gathered) compose.Verdict {
		want, has := asked(g), is(g)
		if want == "" || has == "" || want == has {
			return compose.Passed
		}
		return compose.Refuse("CannotChange", fmt.Sprintf("spec.%s: this bucket has %q: go back to it, files do not move by themselves", field, has))
	}
}

// sameBucket refuses to create a bucket in place of one that the status names and that no
// composed object names any more. The name in the status is only compared and never used:
// whoever may write the status could put the name of another bucket there.
func sameBucket(is func(g gathered) string) compose.Gate[gathered] {
	return func(g gathered) compose.Verdict {
		was := g.state.Composite().String("status", "connection", "values", "bucket")
		if !g.told || was == "" || was == is(g) {
			return compose.Passed
		}
		return compose.Refuse("BucketLost", fmt.Sprintf(
			"status.connection.values.bucket is not the bucket %q that this MattermostBucket would get, and its objects are gone: restore them from a backup of the cluster, or create another MattermostBucket and move the files", is(g)))
	}
}

func askedName(g gathered) string { return g.spec.BucketName }

func askedRegion(g gathered) string { return g.spec.Region }

// nameOffered refuses a name of the user's where that would hand over a bucket of
// somebody else.
func nameOffered(allowed func(g gathered) bool, is func(g gathered) string) compose.Gate[gathered] {
	return provision.Lacks("bucketName", func(g gathered) bool {
		return g.spec.BucketName != "" && g.spec.BucketName != is(g) && !allowed(g)
	}, "leave it out, or ask the platform team for a class with allowBucketName")
}

// deletionAsOf refuses any other deletion than that of the class which makes buckets:
// it alone decides what becomes of files, and nobody may be promised anything else.
func deletionAsOf(kind string, class func(g gathered) (name, policy string)) compose.Gate[gathered] {
	return func(g gathered) compose.Verdict {
		name, policy := class(g)
		keeps, wanted := policy == string(v1alpha1.DeletionRetain), retained(g)
		switch {
		case wanted && !keeps:
			return compose.Refuse("NotOffered", fmt.Sprintf(
				"spec.deletionPolicy: this platform's %s %q deletes files with the bucket: set spec.deletionPolicy: Delete if you consent, or ask the platform team for another class", kind, name))
		case !wanted && keeps:
			return compose.Refuse("NotOffered", fmt.Sprintf(
				"spec.deletionPolicy: this platform's %s %q keeps files when the bucket is deleted: set spec.deletionPolicy: Retain, or ask the platform team for another class", kind, name))
		}
		return compose.Passed
	}
}
