package tool

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/mattermost/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
	"github.com/crossplane-mattermost/crossplane-mattermost/input/v1beta1"
)

// spelt is an environment in short: VARIABLE=value, or VARIABLE=secret/key, with a ?
// where the key may be absent.
func spelt(env []corev1.EnvVar) string {
	var out []string
	for _, e := range env {
		value := e.Value
		if e.ValueFrom != nil {
			ref := e.ValueFrom.SecretKeyRef
			value = ref.Name + "/" + ref.Key
			if ref.Optional != nil && *ref.Optional {
				value += "?"
			}
		}
		out = append(out, e.Name+"="+value)
	}
	return strings.Join(out, " ")
}

func TestEnvironment(t *testing.T) {
	claimed := v1alpha1.BucketConnection{
		SecretName: "s",
		Keys:       v1alpha1.BucketKeys{Endpoint: "e", Bucket: "b", Region: "r", AccessKey: "a", SecretKey: "k"},
		Values:     v1alpha1.BucketValues{Endpoint: "overruled"},
	}
	identity := v1alpha1.BucketConnection{Values: v1alpha1.BucketValues{Endpoint: "s3", Bucket: "files", UseServiceAccount: true}}
	public := v1alpha1.BucketConnection{
		SecretName: "s",
		Keys:       v1alpha1.BucketKeys{SecretKey: "k"},
		Values:     v1alpha1.BucketValues{Endpoint: "http://gateway:7070", Bucket: "files", AccessKey: "id"},
	}
	identified := v1alpha1.ExternalBucket{URL: "s3", Bucket: "b", UseServiceAccount: true}
	external := func(e v1alpha1.ExternalBucket, encrypted *v1alpha1.BackupEncryption) []corev1.EnvVar {
		return Store(v1alpha1.BackupStore{External: &e, Prefix: "a/b", Encryption: encrypted}, nil, "ns", "nightly")
	}
	for _, of := range []struct {
		reason string
		env    []corev1.EnvVar
		want   string
	}{
		{"a database is a URL in a Secret", Database(v1alpha1.DataSource{SecretName: "db", URLKey: "url"}), "DATABASE_URL=db/url"},
		{"files on a volume are the builder's", Files(v1alpha1.DataSource{VolumeClaimName: "v"}), ""},
		{"keys win over values", Files(v1alpha1.DataSource{Bucket: &claimed}), "FILES_ENDPOINT=s/e FILES_BUCKET=s/b FILES_REGION=s/r FILES_ACCESS_KEY=s/a FILES_SECRET_KEY=s/k"},
		{"an identity needs no key", Files(v1alpha1.DataSource{Bucket: &identity}), "FILES_ENDPOINT=s3 FILES_BUCKET=files"},
		{"a key's id may be public", Store(v1alpha1.BackupStore{Bucket: "backups"}, &public, "ns", "nightly"), "STORE_ENDPOINT=http://gateway:7070 STORE_BUCKET=files STORE_ACCESS_KEY=id STORE_SECRET_KEY=s/k STORE_PREFIX=ns/nightly"},
		{"a bucket that exists has keys of a known name", external(v1alpha1.ExternalBucket{URL: "s3", Bucket: "b", Region: "r", Secret: "s"}, nil), "STORE_ENDPOINT=s3 STORE_BUCKET=b STORE_REGION=r STORE_ACCESS_KEY=s/accesskey STORE_SECRET_KEY=s/secretkey STORE_PREFIX=a/b/ns/nightly"},
		{"a bucket that exists may be open to the ServiceAccount", external(identified, nil), "STORE_ENDPOINT=s3 STORE_BUCKET=b STORE_PREFIX=a/b/ns/nightly"},
		{"a restoreSecret need not have everything", StoreOfRestoreSecret("s", "b"), "STORE_BUCKET=b STORE_ENDPOINT=s/AWS_ENDPOINT_URL? STORE_REGION=s/AWS_REGION? STORE_ACCESS_KEY=s/AWS_ACCESS_KEY_ID STORE_SECRET_KEY=s/AWS_SECRET_ACCESS_KEY"},
		{"a restore may need no Secret", StoreOfRestoreSecret("", "b"), "STORE_BUCKET=b"},
		{"encryption may have a key", external(identified, &v1alpha1.BackupEncryption{Type: "KMS", KMSKeyID: "k"}), "STORE_ENDPOINT=s3 STORE_BUCKET=b STORE_PREFIX=a/b/ns/nightly STORE_ENCRYPTION=KMS STORE_KMS_KEY=k"},
		{"encryption may have none", external(identified, &v1alpha1.BackupEncryption{Type: "AES256"}), "STORE_ENDPOINT=s3 STORE_BUCKET=b STORE_PREFIX=a/b/ns/nightly STORE_ENCRYPTION=AES256"},
	} {
		if diff := cmp.Diff(of.want, spelt(of.env)); diff != "" {
			t.Errorf("%s, -want +got:\n%s", of.reason, diff)
		}
	}
}

// TestAllowSuperuser asserts that the setting reaches only the commands that load data.
func TestAllowSuperuser(t *testing.T) {
	for command, want := range map[string]string{job.CommandCheck: "true", job.CommandRestore: "true", job.CommandForget: "", job.CommandBackup: ""} {
		for _, allowed := range []bool{true, false} {
			got := ""
			for _, e := range Job(v1beta1.Input{Tool: &v1beta1.Tool{AllowSuperuser: allowed}}, Run{Command: command}).Spec.Template.Spec.Containers[0].Env {
				if e.Name == job.EnvAllowSuperuser {
					got = e.Value
				}
			}
			if allowed && got != want || !allowed && got != "" {
				t.Errorf("%s, allowed %t: %q, want %q", command, allowed, got, want)
			}
		}
	}
}
