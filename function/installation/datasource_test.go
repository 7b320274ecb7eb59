package installation

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/mattermost/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/composed"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/facts"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/factstest"
)

func TestDataSource(t *testing.T) {
	const (
		external = "database: {external: {secret: db}}\n"
		bucket   = "fileStore: {external: {url: s3.example.com, bucket: b, secret: files}}\n"
		volume   = "fileStore: {local: {enabled: true}}\n"
	)
	postgres := map[string]string{"DB_CONNECTION_STRING": "postgres://u@h/d"}
	files := &v1alpha1.BucketConnection{
		SecretName: "files",
		Keys:       v1alpha1.BucketKeys{AccessKey: "accesskey", SecretKey: "secretkey"},
		Values:     v1alpha1.BucketValues{Endpoint: "s3.example.com", Bucket: "b"},
	}
	cases := map[string]struct {
		reason   string
		spec     string
		database map[string]string
		observed map[string]string
		want     *v1alpha1.DataSource
	}{
		"External": {
			reason: "A Secret and a bucket of the user's.", spec: external + bucket, database: postgres,
			want: &v1alpha1.DataSource{Engine: "PostgreSQL", SecretName: "db", URLKey: "DB_CONNECTION_STRING", Bucket: files},
		},
		"Identity": {
			reason: "A bucket that the ServiceAccount opens.", spec: external + "fileStore: {external: {url: s3, bucket: b, useServiceAccount: true}}", database: postgres,
			want: &v1alpha1.DataSource{Engine: "PostgreSQL", SecretName: "db", URLKey: "DB_CONNECTION_STRING", Bucket: &v1alpha1.BucketConnection{
				Values: v1alpha1.BucketValues{Endpoint: "s3", Bucket: "b", UseServiceAccount: true},
			}},
		},
		"Volume": {
			reason: "Files on a volume.", spec: external + volume, database: postgres,
			want: &v1alpha1.DataSource{Engine: "PostgreSQL", SecretName: "db", URLKey: "DB_CONNECTION_STRING", VolumeClaimName: "chat"},
		},
		"MySQL": {
			reason: "The data is where the data source says.", spec: external + volume + "version: 10.5.0",
			database: map[string]string{"DB_CONNECTION_STRING": "mysql://u@tcp(h)/d", "MM_SQLSETTINGS_DATASOURCE": "u@tcp(h)/d"},
			want:     &v1alpha1.DataSource{Engine: "MySQL", SecretName: "db", URLKey: "MM_SQLSETTINGS_DATASOURCE", VolumeClaimName: "chat"},
		},
		"Claimed": {
			reason: "What is claimed is where the claims say.", spec: factstest.Claiming,
			observed: map[string]string{composed.Database: factstest.AnsweredDatabase("parts", "{password: pass}"), composed.Bucket: factstest.AnsweredBucket("made", "{accessKey: a, secretKey: k}")},
			want: &v1alpha1.DataSource{Engine: "PostgreSQL", SecretName: "chat-connection", URLKey: "DB_CONNECTION_STRING", Bucket: &v1alpha1.BucketConnection{
				SecretName: "made", Keys: v1alpha1.BucketKeys{AccessKey: "a", SecretKey: "k"},
				Values: v1alpha1.BucketValues{Endpoint: "http://s3.ns.svc:7070", Bucket: "chat", Region: "us-east-1"},
			}},
		},
		"ClaimedURL": {
			reason: "A URL that is written already is not written again.", spec: "database: {claim: {}}\n" + bucket,
			observed: map[string]string{composed.Database: factstest.AnsweredDatabase("whole", "{url: uri}")},
			want:     &v1alpha1.DataSource{Engine: "PostgreSQL", SecretName: "whole", URLKey: "uri", Bucket: files},
		},
		"SameBucket": {
			reason: "A variable that says what the spec says leads nowhere else.", spec: external + bucket + "mattermostEnv: [{name: MM_FILESETTINGS_AMAZONS3BUCKET, value: b}, {name: MM_FILESETTINGS_DRIVERNAME, value: amazons3}]", database: postgres,
			want: &v1alpha1.DataSource{Engine: "PostgreSQL", SecretName: "db", URLKey: "DB_CONNECTION_STRING", Bucket: files},
		},
		"OtherBucket": {
			reason: "Another value does.", spec: external + bucket + "mattermostEnv: [{name: MM_FILESETTINGS_AMAZONS3BUCKET, value: c}]", database: postgres,
		},
		"PlainHTTP": {
			reason: "A backup reaches the bucket as the server does.", spec: external + bucket + "mattermostEnv: [{name: MM_FILESETTINGS_AMAZONS3SSL, value: 'false'}, {name: MM_FILESETTINGS_AMAZONS3REGION, value: eu}, {name: MM_FILESETTINGS_AMAZONS3PATHPREFIX, value: chat/}]", database: postgres,
			want: &v1alpha1.DataSource{Engine: "PostgreSQL", SecretName: "db", URLKey: "DB_CONNECTION_STRING", FilesPrefix: "chat", Bucket: &v1alpha1.BucketConnection{
				SecretName: "files",
				Keys:       v1alpha1.BucketKeys{AccessKey: "accesskey", SecretKey: "secretkey"},
				Values:     v1alpha1.BucketValues{Endpoint: "http://s3.example.com", Bucket: "b", Region: "eu"},
			}},
		},
		"PrefixFromASecret": {
			reason: "What is in a Secret is not read.", spec: external + bucket + "mattermostEnv: [{name: MM_FILESETTINGS_AMAZONS3PATHPREFIX, valueFrom: {secretKeyRef: {name: db, key: DB_CONNECTION_STRING}}}]", database: postgres,
		},
		"PrefixThatLeaves": {
			reason: "A path that leads out of the bucket is not used.", spec: external + bucket + "mattermostEnv: [{name: MM_FILESETTINGS_AMAZONS3PATHPREFIX, value: ../other}]", database: postgres,
		},
		"Elsewhere": {
			reason: "Nobody is told of data that the server does not use.", spec: external + bucket + "mattermostEnv: [{name: MM_SQLSETTINGS_DATASOURCE, value: x}]", database: postgres,
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			f := factstest.Given{Spec: tc.spec, Secrets: map[string]map[string]string{"db": tc.database}, Composed: tc.observed}.Facts(t)
			if diff := cmp.Diff(tc.want, reported(t, f).DataSource); diff != "" {
				t.Errorf("%s\n-want +got:\n%s", tc.reason, diff)
			}
		})
	}
}

// reported is the status of an accepted installation.
func reported(t *testing.T, f *facts.Facts) *v1alpha1.MattermostInstallationStatus {
	t.Helper()
	out, err := statusOf(f, decideAll(f))
	if err != nil {
		t.Fatal(err)
	}
	return out
}
