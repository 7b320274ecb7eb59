package installation

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/composed"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/database"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/decision"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/factstest"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/filestore"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/pod"
)

func TestClaimedEnvironment(t *testing.T) {
	value := func(name, value string) corev1.EnvVar { return corev1.EnvVar{Name: name, Value: value} }
	cases := map[string]struct {
		reason   string
		observed map[string]string
		database []corev1.EnvVar
		files    []corev1.EnvVar
	}{
		"Parts": {
			reason:   "What is given in parts is put together in a Secret of ours.",
			observed: map[string]string{composed.Database: factstest.AnsweredDatabase("parts", "{password: pass}"), composed.Bucket: factstest.AnsweredBucket("files", "{accessKey: accesskey, secretKey: secretkey}")},
			database: []corev1.EnvVar{
				pod.FromSecret("MM_CONFIG", "chat-connection", "DB_CONNECTION_STRING"),
				pod.FromSecret("MM_SQLSETTINGS_DATASOURCE", "chat-connection", "DB_CONNECTION_STRING"),
			},
			files: []corev1.EnvVar{
				value("MM_FILESETTINGS_DRIVERNAME", "amazons3"), value("MM_FILESETTINGS_AMAZONS3BUCKET", "chat"), value("MM_FILESETTINGS_AMAZONS3ENDPOINT", "s3.ns.svc:7070"),
				value("MM_FILESETTINGS_AMAZONS3SSL", "false"), value("MM_FILESETTINGS_AMAZONS3REGION", "us-east-1"),
				pod.FromSecret("MM_FILESETTINGS_AMAZONS3ACCESSKEYID", "files", "accesskey"), pod.FromSecret("MM_FILESETTINGS_AMAZONS3SECRETACCESSKEY", "files", "secretkey"),
			},
		},
		"URL": {
			reason: "What is given as a whole is used as it is.",
			observed: map[string]string{
				composed.Database: factstest.AnsweredDatabase("db", "{url: DB_CONNECTION_STRING}"),
				composed.Bucket:   "{status: {connection: {values: {endpoint: s3.amazonaws.com, bucket: b, useServiceAccount: true}}}}",
			},
			database: []corev1.EnvVar{
				pod.FromSecret("MM_CONFIG", "db", "DB_CONNECTION_STRING"),
				pod.FromSecret("MM_SQLSETTINGS_DATASOURCE", "db", "DB_CONNECTION_STRING"),
			},
			files: []corev1.EnvVar{
				value("MM_FILESETTINGS_DRIVERNAME", "amazons3"), value("MM_FILESETTINGS_AMAZONS3BUCKET", "b"), value("MM_FILESETTINGS_AMAZONS3ENDPOINT", "s3.amazonaws.com"),
				value("MM_FILESETTINGS_AMAZONS3SSL", "true"),
			},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			f := factstest.Given{Spec: factstest.Claiming, Secrets: factstest.Secrets(), Composed: tc.observed}.Facts(t)
			if diff := cmp.Diff(tc.database, database.Feature.Server(f).Env); diff != "" {
				t.Errorf("%s\n-want, +got database:\n%s", tc.reason, diff)
			}
			if diff := cmp.Diff(tc.files, filestore.Feature.Server(f).Env); diff != "" {
				t.Errorf("%s\n-want, +got file store:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestPending(t *testing.T) {
	const (
		connected          = "{status: {connection: {secretName: db, keys: {url: DB_CONNECTION_STRING}}}}"
		waitingForDatabase = `waiting for MattermostDatabase "chat": see its conditions`
		waitingForBoth     = `waiting for MattermostDatabase and MattermostBucket "chat": see their conditions`

		refused = "{status: {conditions: [{type: Synced, status: 'True'}, {type: Accepted, status: 'False', message: no such thing}]}}"
	)
	bucket := factstest.AnsweredBucket("files", "{accessKey: accesskey, secretKey: secretkey}")
	cases := map[string]struct {
		reason   string
		observed map[string]string
		want     bool
		message  string
	}{
		"Nothing":   {reason: "Nothing answered.", want: true, message: waitingForBoth},
		"Refused":   {reason: "Why nothing answers is repeated.", observed: map[string]string{composed.Database: refused, composed.Bucket: bucket}, want: true, message: `waiting for MattermostDatabase "chat": no such thing`},
		"Connected": {reason: "The first server waits until the database works.", observed: map[string]string{composed.Database: connected, composed.Bucket: bucket}, want: true, message: waitingForBoth},
		"Ready":     {reason: "Both work.", observed: map[string]string{composed.Database: factstest.AnsweredDatabase("db", "{url: DB_CONNECTION_STRING}"), composed.Bucket: bucket}},
		"Away": {
			reason:   "A server that runs is not held because its database is away.",
			observed: map[string]string{composed.Database: connected, composed.Bucket: bucket, composed.Deployment: factstest.Deployment(factstest.WantedImage, 2)}, message: waitingForDatabase,
		},
		"Forgotten": {
			reason:   "A server that runs is held when nobody knows its database any more.",
			observed: map[string]string{composed.Database: "{}", composed.Bucket: bucket, composed.Deployment: factstest.Deployment(factstest.WantedImage, 2)}, want: true, message: waitingForDatabase,
		},
		"NoBucket": {reason: "One of two is not enough, and they become ready together.", observed: map[string]string{composed.Database: factstest.AnsweredDatabase("db", "{url: DB_CONNECTION_STRING}")}, want: true, message: waitingForBoth},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			f := factstest.Given{Spec: factstest.Claiming, Secrets: factstest.Secrets(), Composed: tc.observed}.Facts(t)
			if got := stageOf(f) == decision.Waiting; got != tc.want {
				t.Errorf("%s\npending is %t", tc.reason, got)
			}
			c := database.Feature.Conditions(f, &decision.Decisions{})[0]
			if c.Message != tc.message || (c.Status == compose.True) != (tc.message == "") {
				t.Errorf("%s\nDatabaseReady is %s: %s", tc.reason, c.Status, c.Message)
			}
		})
	}
}
