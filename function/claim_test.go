package function_test

import (
	"encoding/base64"
	"encoding/json"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/types/known/structpb"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/preview"
)

// reserved is a password with whatever a provider may make up, and a URL, a shell or a
// server would read as something else.
const reserved = "a/b:c@d?e#f%g+h&i=j k\"l'm\\n$(o)é"

// settledStatus is that of every object of a backend when all is well.
const settledStatus = "{conditions: [{type: Ready, status: 'True'}], phase: Bound, bucketReady: true, accessGranted: true, " +
	"atProvider: {address: host, endpoint: host, fqdn: host, publicIpAddress: host, accessId: id, member: 'serviceAccount:a'}}"

// claimAnswer is how a backend answers a claim.
type claimAnswer struct {
	policy, spec string
	// secret that the connection names, as who writes it writes it; nil where it is
	// composed.
	secret map[string]string
	// others that are looked up, by kind and name.
	others map[string]*structpb.Struct
}

// connect an installation to what answered its claim of a kind, and return the cluster
// that it settles in.
func (answer claimAnswer) connect(t *testing.T, kind, spec string) *preview.Cluster {
	t.Helper()
	backend := &preview.Cluster{
		Composite: document(t, "{apiVersion: mattermost.crossplane.io/v1alpha1, kind: "+kind+", metadata: {name: chat, namespace: ns, uid: u}, spec: "+answer.spec+"}"),
		Input:     document(t, "{apiVersion: mattermost.fn.crossplane.io/v1beta1, kind: Input, "+answer.policy+"}"),
		Objects:   answer.others,
		Progress:  func(o *structpb.Struct) { o.Fields["status"] = structpb.NewStructValue(document(t, settledStatus)) },
	}
	settle(t, backend)
	connection := compose.NewResource(backend.Composite).At("status", "connection")
	if !connection.Exists() {
		t.Fatalf("the claim is not answered: %v", backend.Composite.GetFields()["status"])
	}
	c := cluster(t)
	c.Composite.Fields["spec"] = structpb.NewStructValue(document(t, "version: 11.4.0\n"+spec))
	for _, o := range backend.Composed {
		c.Objects[preview.Key(compose.NewResource(o).String("kind"), compose.NewResource(o).Name())] = o
	}
	if answer.secret != nil {
		c.Objects[preview.Key("Secret", connection.String("secretName"))] = secret(t, answer.secret)
	}
	c.Progress = func(o *structpb.Struct) {
		preview.Succeed(o)
		if compose.NewResource(o).String("kind") == kind {
			o.Fields["status"] = structpb.NewStructValue(document(t, "conditions: [{type: Ready, status: 'True'}]"))
			o.GetFields()["status"].GetStructValue().Fields["connection"] = structpb.NewStructValue(connection.Struct())
		}
	}
	settle(t, c)
	return c
}

// TestPasswordsReachTheServer follows what providers write of a database to the URL that
// the server is given.
func TestPasswordsReachTheServer(t *testing.T) {
	const own = "mm_ns_chat_030b5362fa25474c"
	cases := map[string]struct {
		claimAnswer

		database, username string
	}{
		"ProviderSQL": {claimAnswer{policy: "database: {providerSQL: {}}", spec: "{}", secret: map[string]string{
			"username": own, "password": reserved, "endpoint": "host", "port": "5432",
		}}, own, own},
		"CloudNativePG": {claimAnswer{policy: "database: {cloudNativePG: {}}", spec: "{deletionPolicy: Delete}", secret: map[string]string{
			"username": "mattermost", "user": "mattermost", "password": reserved, "dbname": "mattermost", "host": "host", "port": "5432", "uri": "postgresql://other",
		}}, "mattermost", "mattermost"},
		"RDS": {claimAnswer{policy: "database: {rds: {region: eu}}", spec: "{}", secret: map[string]string{
			"endpoint": "host:5432", "address": "host", "host": "host", "username": "mattermost", "port": "5432", "password": reserved, "attribute.password": reserved,
		}}, "mattermost", "mattermost"},
		"Aurora": {claimAnswer{policy: "database: {aurora: {region: eu}}", spec: "{}", secret: map[string]string{
			"endpoint": "host", "reader_endpoint": "reader", "master_username": "mattermost", "port": "5432", "attribute.master_password": reserved,
		}}, "mattermost", "mattermost"},
		"CloudSQL": {claimAnswer{policy: "database: {cloudSQL: {region: eu}}", spec: "{databaseName: talk}", secret: map[string]string{
			"password": reserved,
		}}, "talk", "talk"},
		"Azure": {claimAnswer{policy: "database: {azure: {region: eu, resourceGroup: g}}", spec: "{}", secret: map[string]string{
			"endpoint": "host", "port": "5432", "username": "mattermost@server", "password": reserved, "attribute.administrator_password": reserved,
		}}, "mattermost", "mattermost"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			c := tc.connect(t, "MattermostDatabase", "database: {claim: {}}\nfileStore: {external: {url: s3, bucket: b, secret: files}}")
			u, err := url.Parse(decoded(t, c.Composed["connection"], "DB_CONNECTION_STRING"))
			if err != nil {
				t.Fatal("the server cannot read its database's URL")
			}
			password, _ := u.User.Password()
			want := []string{"host:5432", "/" + tc.database, tc.username, reserved}
			if diff := cmp.Diff(want, []string{u.Host, u.Path, u.User.Username(), password}); diff != "" {
				t.Errorf("-want, +got of the server's database:\n%s", diff)
			}
		})
	}
}

// TestKeysReachTheServer follows what providers write of a bucket to the variables that
// the server is given.
func TestKeysReachTheServer(t *testing.T) {
	info, err := json.Marshal(map[string]any{"spec": map[string]any{"bucketName": "b", "secretS3": map[string]any{
		"endpoint": "https://host", "accessKeyID": "id", "accessSecretKey": reserved,
	}}})
	if err != nil {
		t.Fatal(err)
	}
	cases := map[string]claimAnswer{
		"AWSS3": {policy: "bucket: {awsS3: {region: eu-central-1}}", spec: "{}", secret: map[string]string{
			"username": "id", "password": reserved, "attribute.secret": reserved, "attribute.ses_smtp_password_v4": "other",
		}},
		"GCS": {policy: "bucket: {gcs: {location: EU}}", spec: "{}", secret: map[string]string{"attribute.secret": reserved}},
		"ObjectBucketClaim": {
			policy: "bucket: {objectBucketClaim: {storageClassName: c}}", spec: "{deletionPolicy: Delete}",
			secret: map[string]string{"AWS_ACCESS_KEY_ID": "id", "AWS_SECRET_ACCESS_KEY": reserved},
			others: map[string]*structpb.Struct{"ConfigMap/chat-bucket": document(t, "{kind: ConfigMap, data: {BUCKET_NAME: b, BUCKET_HOST: host, BUCKET_PORT: '443'}}")},
		},
		"COSI": {
			policy: "bucket: {cosi: {bucketClassName: c, bucketAccessClassName: k}}", spec: "{deletionPolicy: Delete}",
			others: map[string]*structpb.Struct{"Secret/chat-cosi": secret(t, map[string]string{"BucketInfo": string(info)})},
		},
		"Garage": {policy: "bucket: {garage: {clusterRef: {name: g}}}", spec: "{}", secret: map[string]string{
			"access-key-id": "id", "secret-access-key": reserved, "endpoint": "http://host:3900", "region": "garage",
		}},
		"Existing": {
			policy: "bucket: {existing: {}}", spec: "{}",
			secret: map[string]string{"endpoint": "host", "bucket": "b", "accesskey": "id", "secretkey": reserved},
			others: map[string]*structpb.Struct{"Secret/chat": secret(t, map[string]string{"endpoint": "host", "bucket": "b", "accesskey": "id", "secretkey": reserved})},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			c := tc.connect(t, "MattermostBucket", "database: {external: {secret: db}}\nfileStore: {claim: {}}")
			const files = "MM_FILESETTINGS_AMAZONS3"
			got := map[string]string{}
			for _, e := range compose.NewResource(c.Composed["deployment"]).At("spec", "template", "spec").List("containers")[0].List("env") {
				variable, isOfFiles := strings.CutPrefix(e.String("name"), files)
				if !isOfFiles {
					continue
				}
				got[variable] = e.String("value")
				if ref := e.At("valueFrom", "secretKeyRef"); ref.Exists() {
					got[variable] = decoded(t, c.Objects[preview.Key("Secret", ref.String("name"))], ref.String("key"))
				}
			}
			if got["ENDPOINT"] == "" || got["BUCKET"] == "" {
				t.Errorf("the server is told of bucket %q at %q", got["BUCKET"], got["ENDPOINT"])
			}
			if diff := cmp.Diff([]string{"id", reserved}, []string{got["ACCESSKEYID"], got["SECRETACCESSKEY"]}); diff != "" {
				t.Errorf("-want, +got of the server's key:\n%s", diff)
			}
		})
	}
}

// decoded value of a Secret's key. The test fails when there is none.
func decoded(t *testing.T, of *structpb.Struct, key string) string {
	t.Helper()
	value, err := base64.StdEncoding.DecodeString(compose.NewResource(of).String("data", key))
	if err != nil || len(value) == 0 {
		t.Fatalf("there is nothing under key %q", key)
	}
	return string(value)
}
