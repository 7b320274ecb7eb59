package installation

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
)

// claiming is a spec that leaves database and bucket to the platform.
const claiming = "database: {claim: {}}\nfileStore: {claim: {}}\n"

// answeredDatabase is a claim of a database that something answered.
func answeredDatabase(secret, keys string) string {
	return fmt.Sprintf("{kind: MattermostDatabase, metadata: {name: chat}, status: {conditions: [{type: Ready, status: 'True'}], "+
		"connection: {secretName: %s, keys: %s, values: {host: pg.ns.svc, database: mattermost, username: matter, sslMode: disable}}}}", secret, keys)
}

func answeredBucket(secret, keys string) string {
	return fmt.Sprintf("{kind: MattermostBucket, metadata: {name: chat}, status: {conditions: [{type: Ready, status: 'True'}], "+
		"connection: {secretName: %s, keys: %s, values: {endpoint: 'http://s3.ns.svc:7070', bucket: chat, region: us-east-1}}}}", secret, keys)
}

func TestConnectionURL(t *testing.T) {
	const values = "values: {host: h, port: 6432, database: d, username: u, readerHost: r}"
	cases := map[string]struct {
		reason     string
		connection string
		secret     map[string]string
		url        string
		reader     string
	}{
		"Values": { //nolint:gosec // They open nothing.
			reason:     "Only the password is a secret; TLS is used unless something else is said.",
			connection: "keys: {password: p}, " + values, secret: map[string]string{"p": "plain"},
			url: "postgres://u:plain@h:6432/d?sslmode=require&connect_timeout=10", reader: "postgres://u:plain@r:6432/d?sslmode=require&connect_timeout=10",
		},
		"Reserved": { //nolint:gosec // They open nothing.
			reason:     "Whatever a provider makes up must survive in a URL.",
			connection: "keys: {password: p}, " + values, secret: map[string]string{"p": "a/b:c@d?e#f%g h+\"'é"},
			url: "postgres://u:a%2Fb%3Ac%40d%3Fe%23f%25g%20h+%22%27%C3%A9@h:6432/d?sslmode=require&connect_timeout=10",
		},
		"Keys": {
			reason:     "A key wins over a value.",
			connection: "keys: {host: h, port: number, database: d, username: u, password: p}, values: {host: not, port: 1, database: not, username: not, sslMode: disable}",
			secret:     map[string]string{"h": "db.example.com", "number": "5433", "d": "mm", "u": "us/er", "p": "pw"},
			url:        "postgres://us%2Fer:pw@db.example.com:5433/mm?sslmode=disable&connect_timeout=10",
		},
		"Port":   {reason: "PostgreSQL has a port.", connection: "keys: {password: p}, values: {host: h, database: d, username: u}", secret: map[string]string{"p": "pw"}, url: "postgres://u:pw@h:5432/d?sslmode=require&connect_timeout=10"}, //nolint:gosec // It opens nothing.
		"Number": {reason: "An address may be one of IPv6.", connection: "keys: {password: p}, values: {host: 'fd00::1', database: d, username: u}", secret: map[string]string{"p": "pw"}, url: "postgres://u:pw@[fd00::1]:5432/d?sslmode=require&connect_timeout=10"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			g := given{spec: claiming, secrets: map[string]map[string]string{"s": tc.secret}, composed: map[string]string{
				nameDatabase: "{status: {connection: {secretName: s, " + tc.connection + "}}}",
			}}.gather(t)
			if diff := cmp.Diff(tc.url, connectionURL(g, g.database.Keys.Host, g.database.Values.Host)); diff != "" {
				t.Errorf("%s\n-want, +got:\n%s", tc.reason, diff)
			}
			if tc.reader == "" {
				return
			}
			if diff := cmp.Diff(tc.reader, connectionURL(g, g.database.Keys.ReaderHost, g.database.Values.ReaderHost)); diff != "" {
				t.Errorf("%s\n-want, +got of the reader:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestClaimedEnvironment(t *testing.T) {
	value := func(name, value string) corev1.EnvVar { return corev1.EnvVar{Name: name, Value: value} }
	cases := map[string]struct {
		reason   string
		composed map[string]string
		database []corev1.EnvVar
		files    []corev1.EnvVar
	}{
		"Parts": {
			reason:   "What is given in parts is put together in a Secret of ours.",
			composed: map[string]string{nameDatabase: answeredDatabase("parts", "{password: pass}"), nameBucket: answeredBucket("files", "{accessKey: accesskey, secretKey: secretkey}")},
			database: []corev1.EnvVar{
				fromSecret("MM_CONFIG", "chat-connection", "DB_CONNECTION_STRING"),
				fromSecret("MM_SQLSETTINGS_DATASOURCE", "chat-connection", "DB_CONNECTION_STRING"),
			},
			files: []corev1.EnvVar{
				value("MM_FILESETTINGS_DRIVERNAME", "amazons3"), value("MM_FILESETTINGS_AMAZONS3BUCKET", "chat"), value("MM_FILESETTINGS_AMAZONS3ENDPOINT", "s3.ns.svc:7070"),
				value("MM_FILESETTINGS_AMAZONS3SSL", "false"), value("MM_FILESETTINGS_AMAZONS3REGION", "us-east-1"),
				fromSecret("MM_FILESETTINGS_AMAZONS3ACCESSKEYID", "files", "accesskey"), fromSecret("MM_FILESETTINGS_AMAZONS3SECRETACCESSKEY", "files", "secretkey"),
			},
		},
		"URL": {
			reason: "What is given as a whole is used as it is.",
			composed: map[string]string{
				nameDatabase: answeredDatabase("db", "{url: DB_CONNECTION_STRING}"),
				nameBucket:   "{status: {connection: {values: {endpoint: s3.amazonaws.com, bucket: b, useServiceAccount: true}}}}",
			},
			database: []corev1.EnvVar{
				fromSecret("MM_CONFIG", "db", "DB_CONNECTION_STRING"),
				fromSecret("MM_SQLSETTINGS_DATASOURCE", "db", "DB_CONNECTION_STRING"),
			},
			files: []corev1.EnvVar{
				value("MM_FILESETTINGS_DRIVERNAME", "amazons3"), value("MM_FILESETTINGS_AMAZONS3BUCKET", "b"), value("MM_FILESETTINGS_AMAZONS3ENDPOINT", "s3.amazonaws.com"),
				value("MM_FILESETTINGS_AMAZONS3SSL", "true"),
			},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			g := given{spec: claiming, secrets: secrets, composed: tc.composed}.gather(t)
			if diff := cmp.Diff(tc.database, databaseEnv(g)); diff != "" {
				t.Errorf("%s\n-want, +got database:\n%s", tc.reason, diff)
			}
			if diff := cmp.Diff(tc.files, fileStoreEnv(g)); diff != "" {
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
	bucket := answeredBucket("files", "{accessKey: accesskey, secretKey: secretkey}")
	cases := map[string]struct {
		reason   string
		composed map[string]string
		want     bool
		message  string
	}{
		"Nothing":   {reason: "Nothing answered.", want: true, message: waitingForBoth},
		"Refused":   {reason: "Why nothing answers is repeated.", composed: map[string]string{nameDatabase: refused, nameBucket: bucket}, want: true, message: `waiting for MattermostDatabase "chat": no such thing`},
		"Connected": {reason: "The first server waits until the database works.", composed: map[string]string{nameDatabase: connected, nameBucket: bucket}, want: true, message: waitingForBoth},
		"Ready":     {reason: "Both work.", composed: map[string]string{nameDatabase: answeredDatabase("db", "{url: DB_CONNECTION_STRING}"), nameBucket: bucket}},
		"Away": {
			reason:   "A server that runs is not held because its database is away.",
			composed: map[string]string{nameDatabase: connected, nameBucket: bucket, nameDeployment: observedDeployment(wantedImage, 2)}, message: waitingForDatabase,
		},
		"Forgotten": {
			reason:   "A server that runs is held when nobody knows its database any more.",
			composed: map[string]string{nameDatabase: "{}", nameBucket: bucket, nameDeployment: observedDeployment(wantedImage, 2)}, want: true, message: waitingForDatabase,
		},
		"NoBucket": {reason: "One of two is not enough, and they become ready together.", composed: map[string]string{nameDatabase: answeredDatabase("db", "{url: DB_CONNECTION_STRING}")}, want: true, message: waitingForBoth},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			g := given{spec: claiming, secrets: secrets, composed: tc.composed}.gather(t)
			if got := pending(g); got != tc.want {
				t.Errorf("%s\npending is %t", tc.reason, got)
			}
			c := databaseCondition(g)
			if c.Message != tc.message || (c.Status == compose.True) != (tc.message == "") {
				t.Errorf("%s\nDatabaseReady is %s: %s", tc.reason, c.Status, c.Message)
			}
		})
	}
}

func TestProtected(t *testing.T) {
	for spec, want := range map[string]bool{"": true, "deletionProtection: true": true, "deletionProtection: false": false} {
		if got := protected(given{spec: accepted + spec}.gather(t)); got != want {
			t.Errorf("%q: protected is %t", spec, got)
		}
	}
}
