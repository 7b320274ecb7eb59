package filestore

import (
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/mattermost/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/claim"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/decision"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/facts"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/feature"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/objects"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/pod"
)

const (
	// Keys of the Secret of a bucket that exists.
	keyAccessKey = "accesskey"
	keySecretKey = "secretkey"
)

// secrets that the server reaches its bucket by.
func secrets(f *facts.Facts) []string {
	var out []string
	if fs := f.Spec.FileStore; fs != nil && fs.External != nil {
		out = append(out, fs.External.Secret)
	}
	if f.Bucket != nil {
		out = append(out, f.Bucket.SecretName)
	}
	return out
}

func secretComplete(f *facts.Facts, _ *decision.Decisions) compose.Verdict {
	s3 := f.Spec.FileStore.External
	if s3 == nil || s3.UseServiceAccount {
		return compose.Passed
	}
	return feature.SecretComplete(f, "spec.fileStore.external.secret", s3.Secret, keyAccessKey, keySecretKey)
}

// claimedSecretComplete refuses a connection that does not keep its promise.
func claimedSecretComplete(f *facts.Facts, _ *decision.Decisions) compose.Verdict {
	c := f.Bucket
	if c == nil || c.SecretName == "" {
		return compose.Passed
	}
	return claim.Bucket.SecretComplete(f, c.SecretName, c.Keys.Endpoint, c.Keys.Bucket, c.Keys.Region, c.Keys.AccessKey, c.Keys.SecretKey)
}

// composeClaim claims the bucket, if the spec does.
func composeClaim(a *compose.Answer, f *facts.Facts, d *decision.Decisions) error {
	var object any
	if f.BucketClaimed() {
		of := f.Spec.FileStore.Claim
		object = objects.BucketClaim(d.Server.Server, v1alpha1.MattermostBucketSpec{BucketRequest: of.BucketRequest}, of.Class)
	}
	return claim.Bucket.Compose(a, f, d, object)
}

// connection is that of the claim, or of the bucket that exists in the same terms; nil when
// files are on a volume.
func connection(f *facts.Facts) *v1alpha1.BucketConnection {
	e := f.Spec.FileStore.External
	if e == nil {
		return f.Bucket
	}
	out := &v1alpha1.BucketConnection{Values: v1alpha1.BucketValues{Endpoint: e.URL, Bucket: e.Bucket, UseServiceAccount: e.UseServiceAccount}}
	if !e.UseServiceAccount {
		out.SecretName = e.Secret
		out.Keys = v1alpha1.BucketKeys{AccessKey: keyAccessKey, SecretKey: keySecretKey}
	}
	return out
}

// s3 is a bucket, and how the server is let in.
type s3 struct {
	endpoint, bucket, region string
	keys                     []corev1.EnvVar
}

// s3Of an installation. OK is false if its files are on a volume.
func s3Of(f *facts.Facts) (out s3, ok bool) {
	if f.Spec.FileStore.External == nil && !f.BucketClaimed() {
		return out, false
	}
	c := connection(f)
	if c == nil {
		// It is claimed, and not there yet.
		return out, true
	}
	part := func(key, value string) string {
		if key == "" {
			return value
		}
		return f.SecretValue(c.SecretName, key)
	}
	out = s3{endpoint: part(c.Keys.Endpoint, c.Values.Endpoint), bucket: part(c.Keys.Bucket, c.Values.Bucket), region: part(c.Keys.Region, c.Values.Region)}
	if !c.Values.UseServiceAccount {
		out.keys = accessEnv(*c)
	}
	return out, true
}

func accessEnv(c v1alpha1.BucketConnection) []corev1.EnvVar {
	const idVariable, keyVariable = "MM_FILESETTINGS_AMAZONS3ACCESSKEYID", "MM_FILESETTINGS_AMAZONS3SECRETACCESSKEY"
	id := corev1.EnvVar{Name: idVariable, Value: c.Values.AccessKey}
	if c.Keys.AccessKey != "" {
		id = pod.FromSecret(idVariable, c.SecretName, c.Keys.AccessKey)
	}
	return []corev1.EnvVar{id, pod.FromSecret(keyVariable, c.SecretName, c.Keys.SecretKey)}
}

func (s s3) env() []corev1.EnvVar {
	endpoint, insecure := strings.CutPrefix(s.endpoint, "http://")
	endpoint = strings.TrimSuffix(strings.TrimPrefix(endpoint, "https://"), "/")
	out := []corev1.EnvVar{
		{Name: "MM_FILESETTINGS_DRIVERNAME", Value: "amazons3"},
		{Name: "MM_FILESETTINGS_AMAZONS3BUCKET", Value: s.bucket},
		{Name: "MM_FILESETTINGS_AMAZONS3ENDPOINT", Value: endpoint},
		{Name: "MM_FILESETTINGS_AMAZONS3SSL", Value: strconv.FormatBool(!insecure)},
	}
	if s.region != "" {
		out = append(out, corev1.EnvVar{Name: "MM_FILESETTINGS_AMAZONS3REGION", Value: s.region})
	}
	return append(out, s.keys...)
}
