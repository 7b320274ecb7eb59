package bucket

import (
	"cmp"
	"fmt"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/mattermost/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/provision"
)

const (
	backendGCS = "GCS"

	apiGCS      = "storage.gcp.m.upbound.io/v1beta1"
	apiPlatform = "cloudplatform.gcp.m.upbound.io/v1beta1"

	nameGCSBucket  = "gcs-bucket"
	nameGCSAccount = "gcs-account"
	nameGCSKey     = "gcs-key"
	// One for what a role allows with files, one for what it allows with the bucket.
	nameGCSFiles  = "gcs-member-files"
	nameGCSReader = "gcs-member-reader"

	suffixGCSFiles  = "-files"
	suffixGCSReader = "-reader"

	roleGCSFiles  = "roles/storage.objectAdmin"
	roleGCSReader = "roles/storage.legacyBucketReader"

	gcsEndpoint = "storage.googleapis.com"
	// gcsRegion is what Google's S3 takes for every location.
	gcsRegion = "auto"
	// keyGCSSecret of the Secret that the provider writes for an HMACKey.
	keyGCSSecret = "attribute.secret"
	// gcsHashLength leaves room in the 30 characters of an account's id.
	gcsHashLength = 16
)

// gcs is a bucket of Google Cloud Storage, and an account that may use it and nothing
// else, with a key for S3.
func gcs() backend {
	allowed := func(g gathered) bool { return g.policy.Bucket.GCS.AllowBucketName }
	return backend{
		Name: backendGCS,
		Gates: []compose.Gate[gathered]{
			noStorage, sameBucket(gcsName), nameOffered(allowed, gcsNameNow), stays("bucketName", askedName, gcsNameNow), stays("region", askedRegion, gcsLocationNow),
		},
		Build:   buildGCS,
		Connect: connectGCS,
	}
}

// gcsNameNow is the name of the existing bucket, or empty. Grants also contain it once the
// provider has resolved their references.
func gcsNameNow(g gathered) string {
	return cmp.Or(externalName(g, nameGCSBucket), madeWith(g, "bucket", nameGCSFiles, nameGCSReader))
}

func gcsLocationNow(g gathered) string {
	return g.state.Observed(nameGCSBucket).String("spec", "forProvider", "location")
}

func gcsName(g gathered) string {
	return cmp.Or(gcsNameNow(g), g.spec.BucketName, uniqueName(g, g.policy.Bucket.GCS.ClusterName))
}

func buildGCS(a *compose.Answer, g gathered) error {
	policy := g.policy.Bucket.GCS
	location := cmp.Or(gcsLocationNow(g), g.spec.Region, policy.Location)
	if location == "" {
		return errors.New("cannot choose a location: bucket.gcs.location of the function's input is empty")
	}
	bucket := gcsKeeping(g)
	bucket["location"] = location
	bucket["forceDestroy"] = !retained(g)
	bucket["uniformBucketLevelAccess"] = true
	bucket["publicAccessPrevention"] = "enforced"
	of := func(apiVersion, kind string, forProvider map[string]any) *provision.Managed {
		return g.resource(nameGCSBucket, apiVersion, kind, "", policy.ProviderConfigRef, inProject(g, forProvider)).Retain(false)
	}
	return errors.Join(
		a.Desire(nameGCSBucket, of(apiGCS, "Bucket", bucket).Called(gcsName(g)).Retain(retained(g)).HoldingData("")),
		a.Desire(nameGCSAccount, of(apiPlatform, "ServiceAccount", map[string]any{
			"description": fmt.Sprintf("MattermostBucket %s/%s", g.namespace, g.name),
		}).Called(gcsAccount(g))),
		a.Desire(nameGCSKey, of(apiGCS, "HMACKey", map[string]any{
			"serviceAccountEmailRef": map[string]any{"name": objectName(g)},
		}).Writing(objectName(g))),
		grantGCS(a, g, nameGCSFiles, suffixGCSFiles, roleGCSFiles),
		grantGCS(a, g, nameGCSReader, suffixGCSReader, roleGCSReader),
	)
}

// inProject says which project, where the provider's configuration does not.
func inProject(g gathered, forProvider map[string]any) map[string]any {
	if project := g.policy.Bucket.GCS.Project; project != "" {
		forProvider["project"] = project
	}
	return forProvider
}

// gcsKeeping is how long files are kept that were deleted or replaced: as long as the
// bucket's default has it, not at all, or as noncurrent versions for some days.
func gcsKeeping(g gathered) map[string]any {
	days := g.spec.RetentionDays
	switch {
	case days == nil:
		return map[string]any{}
	case *days == 0:
		return map[string]any{
			"versioning":       map[string]any{"enabled": false},
			"softDeletePolicy": map[string]any{"retentionDurationSeconds": 0},
		}
	}
	return map[string]any{
		"versioning": map[string]any{"enabled": true},
		"lifecycleRule": []any{map[string]any{
			"action":    map[string]any{"type": "Delete"},
			"condition": map[string]any{"daysSinceNoncurrentTime": *days, "withState": "ARCHIVED"},
		}},
	}
}

// gcsAccount is the id of the account: short, and nobody's choice, since an account
// that the project has under that id would be handed over.
func gcsAccount(g gathered) string {
	hash := compose.Hash(uniqueName(g, g.policy.Bucket.GCS.ClusterName), gcsHashLength)
	return cmp.Or(externalName(g, nameGCSAccount), "mattermost-"+hash)
}

// grantGCS the account a role on the bucket, once it is known how the account is
// called. A grant that is there stays, whatever is seen of the account.
func grantGCS(a *compose.Answer, g gathered, composed, suffix, role string) error {
	member := cmp.Or(
		g.state.Observed(nameGCSAccount).String("status", "atProvider", "member"),
		g.state.Observed(composed).String("spec", "forProvider", "member"))
	if member == "" {
		return nil
	}
	return a.Desire(composed, g.resource(nameGCSBucket, apiGCS, "BucketIAMMember", suffix, g.policy.Bucket.GCS.ProviderConfigRef, map[string]any{
		"bucketRef": map[string]any{"name": objectName(g)}, "member": member, "role": role,
	}).Retain(false))
}

func connectGCS(g gathered) (*v1alpha1.BucketConnection, string, error) {
	waiting := provision.Awaited(g.state,
		g.part(nameGCSBucket, "buckets.storage.gcp.m.upbound.io", ""),
		g.part(nameGCSAccount, "serviceaccounts.cloudplatform.gcp.m.upbound.io", ""),
		g.part(nameGCSFiles, "bucketiammembers.storage.gcp.m.upbound.io", suffixGCSFiles),
		g.part(nameGCSReader, "bucketiammembers.storage.gcp.m.upbound.io", suffixGCSReader),
		g.part(nameGCSKey, "hmackeys.storage.gcp.m.upbound.io", ""))
	id := g.state.Observed(nameGCSKey).String("status", "atProvider", "accessId")
	if id == "" {
		return nil, cmp.Or(waiting, fmt.Sprintf("waiting for status.atProvider.accessId of HMACKey %q", objectName(g))), nil
	}
	return provision.Tell(g.told, &v1alpha1.BucketConnection{
		SecretName: objectName(g),
		Keys:       v1alpha1.BucketKeys{SecretKey: keyGCSSecret},
		Values:     v1alpha1.BucketValues{Endpoint: gcsEndpoint, Bucket: gcsName(g), Region: gcsRegion, AccessKey: id},
	}, waiting)
}
