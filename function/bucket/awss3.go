package bucket

import (
	"cmp"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/mattermost/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/provision"
)

const (
	backendAWSS3 = "AWSS3"

	apiS3  = "s3.aws.m.upbound.io/v1beta1"
	apiIAM = "iam.aws.m.upbound.io/v1beta1"

	nameS3Bucket     = "s3-bucket"
	nameS3Block      = "s3-public-access-block"
	nameS3Encryption = "s3-encryption"
	nameS3Versioning = "s3-versioning"
	nameS3User       = "s3-user"
	nameS3Policy     = "s3-policy"
	nameS3Attachment = "s3-attachment"
	nameS3Key        = "s3-key"

	// Keys of the Secret that the provider writes for an AccessKey.
	keyAWSAccessKey = "username"
	keyAWSSecretKey = "password"
)

// awsS3 is a bucket of Amazon S3, and a user who may use it and nothing else.
func awsS3() backend {
	allowed := func(g gathered) bool { return g.policy.Bucket.AWSS3.AllowBucketName }
	return backend{
		Name: backendAWSS3,
		Gates: []compose.Gate[gathered]{
			noStorage, sameBucket(func(g gathered) string { name, _ := awsBucket(g); return name }), awsRegionKnown, awsRetention,
			nameOffered(allowed, awsNameNow), stays("bucketName", askedName, awsNameNow), stays("region", askedRegion, awsRegionNow),
		},
		Build:   buildAWSS3,
		Connect: connectAWSS3,
	}
}

// awsRegions are what regions look like. A region is part of a host's name.
var awsRegions = regexp.MustCompile(`^[a-z]{2,}(-[a-z]+)+-[0-9]+$`)

func awsRegionKnown(g gathered) compose.Verdict {
	if g.spec.Region == "" || awsRegions.MatchString(g.spec.Region) {
		return compose.Passed
	}
	return compose.Refuse("RegionUnknown", "spec.region: this is no region of AWS: set one such as eu-central-1, or leave it out")
}

// awsRetention refuses a number of days: what ends them is a lifecycle, and that is
// the platform's.
func awsRetention(g gathered) compose.Verdict {
	days := g.spec.RetentionDays
	if days == nil || *days == 0 && !g.policy.Bucket.AWSS3.Versioning {
		return compose.Passed
	}
	return compose.Refuse("NotOffered", "spec.retentionDays: this platform's backend does not count days: leave it out; "+
		"with versioning in the function's input the platform team keeps whatever is deleted or replaced until a lifecycle rule of its own deletes it")
}

// awsNameNow is the name of the existing bucket, or empty. The bucket's settings also
// contain it once the provider has resolved their references.
func awsNameNow(g gathered) string {
	return cmp.Or(externalName(g, nameS3Bucket), madeWith(g, "bucket", nameS3Block, nameS3Encryption, nameS3Versioning))
}

func awsRegionNow(g gathered) string {
	return madeWith(g, "region", nameS3Bucket, nameS3Block, nameS3Encryption, nameS3Versioning)
}

// awsBucket is a name and a region that a bucket keeps for life, whatever the platform
// chooses for new ones.
func awsBucket(g gathered) (name, region string) {
	return cmp.Or(awsNameNow(g), g.spec.BucketName, uniqueName(g, g.policy.Bucket.AWSS3.ClusterName)), cmp.Or(awsRegionNow(g), g.spec.Region, g.policy.Bucket.AWSS3.Region)
}

func buildAWSS3(a *compose.Answer, g gathered) error {
	name, region := awsBucket(g)
	if region == "" {
		return errors.New("cannot choose a region: bucket.awsS3.region of the function's input is empty")
	}
	policy := g.policy.Bucket.AWSS3
	bucket := g.resource(nameS3Bucket, apiS3, "Bucket", "", policy.ProviderConfigRef, map[string]any{"region": region, "forceDestroy": !retained(g)}).
		Called(name).Retain(retained(g)).HoldingData("")
	err := errors.Join(
		a.Desire(nameS3Bucket, bucket),
		a.Desire(nameS3Block, awsSetting(g, "BucketPublicAccessBlock", region, map[string]any{
			"blockPublicAcls": true, "blockPublicPolicy": true, "ignorePublicAcls": true, "restrictPublicBuckets": true,
		})),
		a.Desire(nameS3Encryption, awsSetting(g, "BucketServerSideEncryptionConfiguration", region, map[string]any{
			"rule": []any{map[string]any{"applyServerSideEncryptionByDefault": map[string]any{"sseAlgorithm": "AES256"}}},
		})),
	)
	if policy.Versioning {
		err = errors.Join(err, a.Desire(nameS3Versioning, awsSetting(g, "BucketVersioning", region, map[string]any{
			"versioningConfiguration": map[string]any{"status": "Enabled"},
		})))
	}
	if policy.UseServiceAccount {
		return err
	}
	return errors.Join(err, buildAWSUser(a, g, name, region))
}

// awsSetting of a bucket. It stays with the bucket: one that is retained must not
// become public.
func awsSetting(g gathered, kind, region string, forProvider map[string]any) *provision.Managed {
	forProvider["region"] = region
	forProvider["bucketRef"] = map[string]any{"name": objectName(g)}
	return g.resource(nameS3Bucket, apiS3, kind, "", g.policy.Bucket.AWSS3.ProviderConfigRef, forProvider).Retain(retained(g))
}

// buildAWSUser who may use the bucket. The user's name is never the asking user's
// choice: a user that the account has under that name would be handed over.
func buildAWSUser(a *compose.Answer, g gathered, bucket, region string) error {
	document, err := awsAccess(bucket, awsPartition(region))
	if err != nil {
		return err
	}
	name := cmp.Or(externalName(g, nameS3User), uniqueName(g, g.policy.Bucket.AWSS3.ClusterName))
	ref := map[string]any{"name": objectName(g)}
	of := func(kind string, forProvider map[string]any) *provision.Managed {
		return g.resource(nameS3Bucket, apiIAM, kind, "", g.policy.Bucket.AWSS3.ProviderConfigRef, forProvider).Retain(false)
	}
	return errors.Join(
		a.Desire(nameS3User, of("User", map[string]any{}).Called(name)),
		a.Desire(nameS3Policy, of("Policy", map[string]any{
			"description": fmt.Sprintf("MattermostBucket %s/%s", g.namespace, g.name), "policy": document,
		}).Called(name)),
		a.Desire(nameS3Attachment, of("UserPolicyAttachment", map[string]any{"userRef": ref, "policyArnRef": ref})),
		a.Desire(nameS3Key, of("AccessKey", map[string]any{"userRef": ref}).Writing(objectName(g))),
	)
}

// awsAccess is what Mattermost needs of a bucket, as a policy document.
func awsAccess(bucket, partition string) (string, error) {
	arn := "arn:" + partition + ":s3:::" + bucket
	type statement struct {
		Effect, Resource string
		Action           []string
	}
	b, err := json.Marshal(struct {
		Version   string
		Statement []statement
	}{
		Version: "2012-10-17",
		Statement: []statement{
			{Effect: "Allow", Resource: arn, Action: []string{"s3:ListBucket", "s3:GetBucketLocation", "s3:ListBucketMultipartUploads"}},
			{Effect: "Allow", Resource: arn + "/*", Action: []string{"s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"}},
		},
	})
	return string(b), errors.Wrap(err, "cannot write the bucket's policy")
}

func awsPartition(region string) string {
	switch {
	case strings.HasPrefix(region, "cn-"):
		return "aws-cn"
	case strings.HasPrefix(region, "us-gov-"):
		return "aws-us-gov"
	}
	return "aws"
}

func awsEndpoint(region string) string {
	endpoint := "s3." + region + ".amazonaws.com"
	if awsPartition(region) == "aws-cn" {
		endpoint += ".cn"
	}
	return endpoint
}

func connectAWSS3(g gathered) (*v1alpha1.BucketConnection, string, error) {
	all := []provision.Part{g.part(nameS3Bucket, "buckets.s3.aws.m.upbound.io", "")}
	name, region := awsBucket(g)
	out := &v1alpha1.BucketConnection{Values: v1alpha1.BucketValues{
		Endpoint: awsEndpoint(region), Bucket: name, Region: region, UseServiceAccount: g.policy.Bucket.AWSS3.UseServiceAccount,
	}}
	if !out.Values.UseServiceAccount {
		out.SecretName = objectName(g)
		out.Keys = v1alpha1.BucketKeys{AccessKey: keyAWSAccessKey, SecretKey: keyAWSSecretKey}
		all = append(all,
			g.part(nameS3Attachment, "userpolicyattachments.iam.aws.m.upbound.io", ""),
			g.part(nameS3Key, "accesskeys.iam.aws.m.upbound.io", ""))
	}
	return provision.Tell(g.told, out, provision.Awaited(g.state, all...))
}
