package bucket

import (
	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/provision"
)

// Kinds of the objects that are composed for buckets, of all backends.
func Kinds() compose.Kinds {
	return provision.ServerKinds().Merged(compose.Kinds{
		nameS3Bucket:     compose.Of(apiS3, "Bucket"),
		nameS3Block:      compose.Of(apiS3, "BucketPublicAccessBlock"),
		nameS3Encryption: compose.Of(apiS3, "BucketServerSideEncryptionConfiguration"),
		nameS3Versioning: compose.Of(apiS3, "BucketVersioning"),
		nameS3User:       compose.Of(apiIAM, "User"),
		nameS3Policy:     compose.Of(apiIAM, "Policy"),
		nameS3Attachment: compose.Of(apiIAM, "UserPolicyAttachment"),
		nameS3Key:        compose.Of(apiIAM, "AccessKey"),
		nameGCSBucket:    compose.Of(apiGCS, "Bucket"),
		nameGCSAccount:   compose.Of(apiPlatform, "ServiceAccount"),
		nameGCSKey:       compose.Of(apiGCS, "HMACKey"),
		nameGCSFiles:     compose.Of(apiGCS, "BucketIAMMember"),
		nameGCSReader:    compose.Of(apiGCS, "BucketIAMMember"),
		nameCOSIClaim:    compose.Of(apiCOSI, "BucketClaim"),
		nameCOSIAccess:   compose.Of(apiCOSI, "BucketAccess"),
		nameCOSISecret:   "Secret",
		nameGarageBucket: compose.Of(apiGarage, "GarageBucket"),
		nameGarageKey:    compose.Of(apiGarage, "GarageKey"),
		nameOBC:          compose.Of(apiOBC, "ObjectBucketClaim"),
	})
}
