package database

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/composetest"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/provision"
)

// answering is how a backend's objects are when all is well.
type answering struct {
	given given
	// status of what is composed.
	status map[string]string
	// secret that the connection names, as who writes it writes it; the password is the
	// canary.
	secret map[string]string
	// waiting is in what is said before anything is there.
	waiting string
	// want is the connection's parts, by their names.
	want map[string]string
}

// written by provider-sql for a role, by CloudNativePG for an owner, and by the
// providers of clouds for servers.
var (
	writtenSQL    = map[string]string{"username": "mm_ns_chat_030b5362fa25474c", "password": composetest.Canary, "endpoint": "pg.example.com", "port": "6432"}
	writtenCNPG   = map[string]string{"username": "mattermost", "user": "mattermost", "password": composetest.Canary, "dbname": "mattermost", "host": "chat-pg-rw", "port": "5432", "pgpass": composetest.Canary, "uri": composetest.Canary, "jdbc-uri": composetest.Canary, "fqdn-uri": composetest.Canary}
	writtenRDS    = map[string]string{"endpoint": "a.example.com:5432", "address": "a.example.com", "host": "a.example.com", "username": "mattermost", "port": "5432", "password": composetest.Canary, "attribute.password": composetest.Canary}
	writtenAurora = map[string]string{"endpoint": "c.example.com", "reader_endpoint": "c-ro.example.com", "master_username": "mattermost", "port": "5432", "attribute.master_password": composetest.Canary}
	writtenAzure  = map[string]string{"endpoint": "s.example.com", "port": "5432", "username": "mattermost@mm-ns-chat-030b5362", "password": composetest.Canary, "attribute.administrator_password": composetest.Canary}
	// writtenByUs, since Cloud SQL's provider writes no Secret that has it all.
	writtenByUs = map[string]string{"password": composetest.Canary}
)

const readyAt = "{" + composetest.Ready + ", atProvider: "

var answers = map[string]answering{
	"ProviderSQL": {
		given:  given{policy: "{providerSQL: {}}", spec: "{}"},
		status: map[string]string{nameSQLRole: composetest.Ready, nameSQLDatabase: composetest.Ready, nameSQLGrant: composetest.Ready}, secret: writtenSQL,
		waiting: `waiting for role.postgresql.sql.m.crossplane.io "chat" to be ready`,
		want:    map[string]string{"host": "pg.example.com", "port": "6432", "database": "mm_ns_chat_030b5362fa25474c", "username": "mm_ns_chat_030b5362fa25474c"},
	},
	"CloudNativePG": {
		given:  given{policy: "{cloudNativePG: {}}", spec: "{deletionPolicy: Delete}"},
		status: map[string]string{nameCNPGCluster: composetest.Ready}, secret: writtenCNPG,
		waiting: `waiting for cluster.postgresql.cnpg.io "chat-pg" to be ready`,
		want:    map[string]string{"host": "chat-pg-rw", "port": "5432", "database": "mattermost", "username": "mattermost"},
	},
	"CloudNativePGReader": {
		given:  given{policy: "{cloudNativePG: {instances: 1}}", spec: "{deletionPolicy: Delete, readReplicas: 1}"},
		status: map[string]string{nameCNPGCluster: composetest.Ready}, secret: writtenCNPG,
		waiting: `waiting for cluster.postgresql.cnpg.io "chat-pg" to be ready`,
		want:    map[string]string{"host": "chat-pg-rw", "port": "5432", "database": "mattermost", "username": "mattermost", "readerHost": "chat-pg-ro.ns.svc"},
	},
	"RDS": {
		given:  given{policy: "{rds: {region: eu}}", spec: "{readReplicas: 1}"},
		status: map[string]string{nameRDSInstance: readyAt + "{address: a.example.com}}", nameRDSReader: readyAt + "{address: r.example.com}}"}, secret: writtenRDS,
		waiting: `waiting for instance.rds.aws.m.upbound.io "chat" to be ready`,
		want:    map[string]string{"host": "a.example.com", "port": "5432", "database": "mattermost", "username": "mattermost", "readerHost": "r.example.com"},
	},
	"Aurora": {
		given: given{policy: "{aurora: {region: eu}}", spec: "{readReplicas: 1}"},
		status: map[string]string{nameAuroraCluster: readyAt + "{endpoint: c.example.com, readerEndpoint: c-ro.example.com}}",
			nameAuroraInstance + "0": composetest.Ready, nameAuroraInstance + "1": composetest.Ready, nameAuroraInstance + "2": composetest.Ready}, secret: writtenAurora,
		waiting: `waiting for cluster.rds.aws.m.upbound.io "chat" to be ready`,
		want:    map[string]string{"host": "c.example.com", "port": "5432", "database": "mattermost", "username": "mattermost", "readerHost": "c-ro.example.com"},
	},
	"CloudSQL": {
		given: given{policy: "{cloudSQL: {region: eu, privateNetwork: n}}", spec: "{readReplicas: 1}"},
		status: map[string]string{nameCloudSQLInstance: readyAt + "{privateIpAddress: 10.0.0.2, publicIpAddress: 198.51.100.2}}", nameCloudSQLReader: readyAt + "{privateIpAddress: 10.0.0.3}}",
			nameCloudSQLDatabase: composetest.Ready, nameCloudSQLUser: composetest.Ready}, secret: writtenByUs,
		waiting: `waiting for databaseinstance.sql.gcp.m.upbound.io "chat" to be ready`,
		want:    map[string]string{"host": "10.0.0.2", "database": "mattermost", "username": "mattermost", "readerHost": "10.0.0.3"},
	},
	"CloudSQLPublic": {
		given:  given{policy: "{cloudSQL: {region: eu}}", spec: "{}"},
		status: map[string]string{nameCloudSQLInstance: readyAt + "{publicIpAddress: 198.51.100.2}}", nameCloudSQLDatabase: composetest.Ready, nameCloudSQLUser: composetest.Ready}, secret: writtenByUs,
		waiting: `waiting for databaseinstance.sql.gcp.m.upbound.io "chat" to be ready`,
		want:    map[string]string{"host": "198.51.100.2", "database": "mattermost", "username": "mattermost"},
	},
	"Azure": {
		given:  given{policy: "{azure: {region: eu, resourceGroup: g}}", spec: "{readReplicas: 1}"},
		status: map[string]string{nameAzureServer: readyAt + "{fqdn: s.example.com}}", nameAzureReader: readyAt + "{fqdn: r.example.com}}", nameAzureDatabase: composetest.Ready}, secret: writtenAzure,
		waiting: `waiting for flexibleserver.dbforpostgresql.azure.m.upbound.io "chat" to be ready`,
		want:    map[string]string{"host": "s.example.com", "database": "mattermost", "username": "mattermost", "readerHost": "r.example.com"},
	},
}

// TestConnections follows each backend from nothing to a connection, whose parts are
// what a server needs, and away again.
func TestConnections(t *testing.T) {
	for name, tc := range answers {
		t.Run(name, func(t *testing.T) {
			in := tc.given
			rsp := in.accepted(t)
			if c := composetest.Condition(rsp, "BackendReady"); c.GetStatus() != fnv1.Status_STATUS_CONDITION_FALSE || !strings.Contains(c.GetMessage(), tc.waiting) {
				t.Errorf("it waits with %q", c.GetMessage())
			}
			if rsp.GetDesired().GetComposite().GetReady() != fnv1.Ready_READY_FALSE || composetest.Connection(rsp) != nil {
				t.Errorf("it is ready before it is, with %v", composetest.Connection(rsp))
			}
			// Read replicas come second.
			for range 2 {
				in.observed = composetest.Settled(t, rsp, tc.status)
				rsp = in.accepted(t)
			}
			if c := composetest.Condition(rsp, "BackendReady"); c.GetStatus() != fnv1.Status_STATUS_CONDITION_TRUE {
				t.Errorf("it waits with %q", c.GetMessage())
			}
			want := map[string]string{"password": composetest.Canary}
			for k, v := range tc.want {
				want[k] = v
			}
			if diff := cmp.Diff(want, resolved(t, composetest.Connection(rsp), tc.secret)); diff != "" {
				t.Errorf("-want, +got connection:\n%s", diff)
			}
			in.status = statusOf(t, rsp)
			outlasts(t, in, rsp, tc.status)
		})
	}
}

// outlasts asserts that the status keeps a connection while its objects are not ready or
// not observed. A host that only a provider reports is unknown then.
func outlasts(t *testing.T, in given, told *fnv1.RunFunctionResponse, statuses map[string]string) {
	t.Helper()
	unready, byProvider := map[string]string{}, false
	for name, status := range statuses {
		byProvider = byProvider || strings.Contains(status, "atProvider")
		unready[name] = strings.Replace(status, "type: Ready, status: 'True'", "type: Ready, status: 'False'", 1)
	}
	in.observed = composetest.Settled(t, told, unready)
	away := in.accepted(t)
	if c := composetest.Condition(away, "BackendReady"); c.GetStatus() != fnv1.Status_STATUS_CONDITION_FALSE {
		t.Error("it is ready without being so")
	}
	// Ours are the passwords that nobody else could tell.
	in.observed = map[string]string{}
	if secret, ours := composetest.Settled(t, told, nil)[provision.NameCredentials]; ours {
		in.observed[provision.NameCredentials] = secret
	}
	if diff := cmp.Diff(composetest.Connection(told), composetest.Connection(away)); diff != "" {
		t.Errorf("servers that run lose the connection, -told, +got:\n%s", diff)
	}
	unseen := composetest.Connection(in.accepted(t))
	want := composetest.Connection(told)
	if byProvider {
		want = nil
	}
	if diff := cmp.Diff(want, unseen); diff != "" {
		t.Errorf("nothing is seen, -want, +got connection:\n%s", diff)
	}
}

// resolved parts of a connection: a key wins, and must be in the Secret.
func resolved(t *testing.T, c map[string]any, secret map[string]string) map[string]string {
	t.Helper()
	b, err := yaml.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	parts := struct {
		Keys   map[string]string `json:"keys"`
		Values map[string]any    `json:"values"`
	}{}
	if err := yaml.Unmarshal(b, &parts); err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for k, v := range parts.Values {
		text, err := yaml.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		out[k] = strings.Trim(strings.TrimSpace(string(text)), `"`)
	}
	for part, key := range parts.Keys {
		value, ok := secret[key]
		if !ok {
			t.Errorf("nobody writes key %q", key)
		}
		out[part] = value
	}
	return out
}

// statusOf the composite resource after an answer.
func statusOf(t *testing.T, rsp *fnv1.RunFunctionResponse) string {
	t.Helper()
	b, err := yaml.Marshal(rsp.GetDesired().GetComposite().GetResource().GetFields()["status"].GetStructValue().AsMap())
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// TestAnotherBackendsConnectionIsNotKept when the platform changed its mind.
func TestAnotherBackendsConnectionIsNotKept(t *testing.T) {
	rsp := given{policy: "{rds: {region: eu}}", spec: "{}", status: "{backend: Aurora, connection: {secretName: x, values: {host: other}}}"}.accepted(t)
	if c := composetest.Connection(rsp); c != nil {
		t.Errorf("the connection is %v", c)
	}
}

// TestUsersWithoutTheirSecretAreFatal: the password would change under all servers.
func TestUsersWithoutTheirSecretAreFatal(t *testing.T) {
	for backend, secret := range map[string]string{"ProviderSQL": "chat-database-password-ffcc741c", "CloudSQL": "chat-database"} {
		t.Run(backend, func(t *testing.T) {
			in := answers[backend].given
			in.observed = composetest.Settled(t, in.accepted(t), nil)
			delete(in.observed, provision.NameCredentials)
			for range 2 {
				if _, err := in.answer(t); err == nil || err.Error() != `cannot find the password of the database's user: restore Secret "`+secret+`"` {
					t.Errorf("the answer is %v", err)
				}
				// Nor is the user seen, of which a connection was told.
				in.observed, in.status = nil, "{backend: "+backend+", connection: {secretName: x}}"
			}
		})
	}
}
