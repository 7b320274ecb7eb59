package tool

import (
	"path"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/utils/ptr"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/mattermost/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/pod"
)

// Keys of the Secrets that users make: of an external bucket, and of a restore.
const (
	keyAccessKey = "accesskey"
	keySecretKey = "secretkey"

	keyAWSID       = "AWS_ACCESS_KEY_ID"
	keyAWSKey      = "AWS_SECRET_ACCESS_KEY"
	keyAWSRegion   = "AWS_REGION"
	keyAWSEndpoint = "AWS_ENDPOINT_URL"
)

// Database is the environment of an installation's database.
func Database(d v1alpha1.DataSource) []corev1.EnvVar {
	return []corev1.EnvVar{pod.FromSecret(job.EnvDatabaseURL, d.SecretName, d.URLKey)}
}

// Files is the environment of an installation's files in a bucket: none when they are
// on a volume, whose directory the builder sets.
func Files(d v1alpha1.DataSource) []corev1.EnvVar {
	if d.Bucket == nil {
		return nil
	}
	return append(bucket(files, *d.Bucket), given(corev1.EnvVar{Name: job.EnvFilesPrefix, Value: d.FilesPrefix})...)
}

// Store is the environment of the store of a MattermostBackup, by its namespace and name.
// Connection is that of the bucket that the store names, and not needed for one that
// exists.
func Store(of v1alpha1.BackupStore, connection *v1alpha1.BucketConnection, namespace, name string) []corev1.EnvVar {
	c := v1alpha1.BucketConnection{}
	switch {
	case of.External != nil:
		c = ExternalConnection(*of.External)
	case connection != nil:
		c = *connection
	}
	return slices.Concat(
		bucket(store, c),
		[]corev1.EnvVar{{Name: job.EnvStorePrefix, Value: Prefix(of, namespace, name)}},
		encryption(of.Encryption),
	)
}

// Prefix that the backups of a MattermostBackup are below, by its namespace and name.
func Prefix(of v1alpha1.BackupStore, namespace, name string) string {
	return path.Join(of.Prefix, namespace, name)
}

// Location is the URL below which the backups of a MattermostBackup are. It is empty if the
// name of the bucket is in a Secret or not known yet.
func Location(of v1alpha1.BackupStore, connection *v1alpha1.BucketConnection, namespace, name string) string {
	bucket := ""
	switch {
	case of.External != nil:
		bucket = of.External.Bucket
	case connection != nil && connection.Keys.Bucket == "":
		bucket = connection.Values.Bucket
	}
	if bucket == "" {
		return ""
	}
	return "s3://" + bucket + "/" + Prefix(of, namespace, name)
}

// ExternalConnection of a bucket that exists, in the terms of those that are claimed.
func ExternalConnection(e v1alpha1.ExternalBucket) v1alpha1.BucketConnection {
	out := v1alpha1.BucketConnection{Values: v1alpha1.BucketValues{
		Endpoint: e.URL, Bucket: e.Bucket, Region: e.Region, UseServiceAccount: e.UseServiceAccount,
	}}
	if !e.UseServiceAccount {
		out.SecretName = e.Secret
		out.Keys = v1alpha1.BucketKeys{AccessKey: keyAccessKey, SecretKey: keySecretKey}
	}
	return out
}

// StoreOfRestoreSecret is the environment of a bucket that a restoreSecret opens, or,
// without one, the identity of the ServiceAccount.
func StoreOfRestoreSecret(secret, name string) []corev1.EnvVar {
	out := []corev1.EnvVar{{Name: job.EnvStoreBucket, Value: name}}
	if secret == "" {
		return out
	}
	return append(out,
		maybeFromSecret(job.EnvStoreEndpoint, secret, keyAWSEndpoint),
		maybeFromSecret(job.EnvStoreRegion, secret, keyAWSRegion),
		pod.FromSecret(job.EnvStoreAccessKey, secret, keyAWSID),
		pod.FromSecret(job.EnvStoreSecretKey, secret, keyAWSKey),
	)
}

// encryption is the environment of how a store encrypts: none for its own way.
func encryption(e *v1alpha1.BackupEncryption) []corev1.EnvVar {
	if e == nil {
		return nil
	}
	return given(
		corev1.EnvVar{Name: job.EnvStoreEncryption, Value: e.Type},
		corev1.EnvVar{Name: job.EnvStoreKMSKey, Value: e.KMSKeyID},
	)
}

// variables of a bucket.
type variables struct{ endpoint, bucket, region, accessKey, secretKey string }

//nolint:gochecknoglobals // Tables.
var (
	store = variables{job.EnvStoreEndpoint, job.EnvStoreBucket, job.EnvStoreRegion, job.EnvStoreAccessKey, job.EnvStoreSecretKey}
	files = variables{job.EnvFilesEndpoint, job.EnvFilesBucket, job.EnvFilesRegion, job.EnvFilesAccessKey, job.EnvFilesSecretKey}
)

// bucket that is connected to: each part by its key, or else by its value.
func bucket(of variables, c v1alpha1.BucketConnection) []corev1.EnvVar {
	part := func(variable, key, value string) corev1.EnvVar {
		if key != "" {
			return pod.FromSecret(variable, c.SecretName, key)
		}
		return corev1.EnvVar{Name: variable, Value: value}
	}
	out := []corev1.EnvVar{
		part(of.endpoint, c.Keys.Endpoint, c.Values.Endpoint),
		part(of.bucket, c.Keys.Bucket, c.Values.Bucket),
		part(of.region, c.Keys.Region, c.Values.Region),
	}
	if !c.Values.UseServiceAccount {
		out = append(out, part(of.accessKey, c.Keys.AccessKey, c.Values.AccessKey), part(of.secretKey, c.Keys.SecretKey, ""))
	}
	return given(out...)
}

// given variables: those that have a value.
func given(env ...corev1.EnvVar) []corev1.EnvVar {
	var out []corev1.EnvVar
	for _, e := range env {
		if e.Value != "" || e.ValueFrom != nil {
			out = append(out, e)
		}
	}
	return out
}

// maybeFromSecret is a variable that is set where the Secret has the key.
func maybeFromSecret(variable, secret, key string) corev1.EnvVar {
	out := pod.FromSecret(variable, secret, key)
	out.ValueFrom.SecretKeyRef.Optional = ptr.To(true)
	return out
}
