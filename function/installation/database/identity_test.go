package database

import (
	"strings"
	"testing"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/composed"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/decision"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/facts"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/factstest"
)

const external = "database: {external: {secret: db}}"

// connected is an installation whose database Secret has some values.
func connected(t *testing.T, values map[string]string, composed map[string]string, spec, status string) *facts.Facts {
	t.Helper()
	return factstest.Given{Spec: spec, Secrets: map[string]map[string]string{"db": values}, Composed: composed, Status: status}.Facts(t)
}

func identityOf(t *testing.T, url string) string {
	t.Helper()
	return identity(connected(t, map[string]string{"DB_CONNECTION_STRING": url}, nil, external, ""))
}

func TestIdentity(t *testing.T) {
	same := map[string][]string{
		"PostgreSQL": {"postgres://u:p@h:5432/d", "postgresql://u:p@h:5432/d", "postgres://u:p@h/d", "postgres://other:pa@ss@H/d?sslmode=require", "postgres://h/d"},
		"Port":       {"postgres://u:p@h:6432/d"},
		"Host":       {"postgres://i/d"},
		"Name":       {"postgres://u:p@h/e"},
		"IPv6":       {"postgres://u:p@[fd00::1]/d", "postgres://u:p@[fd00::1]:5432/d"},
		"MySQL":      {"mysql://u:p@tcp(h:3306)/d", "mysql://v:q@tcp(h:3306)/d?charset=utf8mb4"},
		"MySQLURL":   {"mysql://u:p@h/d", "mysql://v@h/d"},
		"Question":   {"mysql://u:pa?ss@tcp(i:3306)/d", "mysql://u:p@tcp(i:3306)/d"},
		"Schema":     {"postgres://u:p@h/d?search_path=other", "postgres://v:q@h/d?sslmode=require&search_path=other"},
		"Socket":     {"postgres:///d?host=%2Frun", "postgres://u:p@/d?host=%2Frun&sslmode=disable"},
		"Keywords":   {"host=h user=u password=p dbname=d", "dbname=d host=h password=q"},
	}
	seen := map[string]string{}
	for name, urls := range same {
		want := identityOf(t, urls[0])
		if was, taken := seen[want]; taken || want == identityUnreadable {
			t.Errorf("%s has the identity %q of %s", name, want, was)
		}
		seen[want] = name
		for _, url := range urls {
			if got := identityOf(t, url); got != want {
				t.Errorf("%s: %q has another identity than %q", name, url, urls[0])
			}
		}
	}
	for _, unknown := range []string{"", "postgres://", "postgres:///d", "postgres://u:p%@h/d", "host='h' password=p", "nonsense"} {
		if got := identityOf(t, unknown); got != identityUnreadable {
			t.Errorf("%q has the identity %q", unknown, got)
		}
	}
	if got := identity(factstest.Given{Spec: "database: {claim: {}}"}.Facts(t)); got != identityClaimed {
		t.Errorf("a claim has the identity %q", got)
	}
}

// TestIdentityOfWhatLeadsTheServer: the data may be in one database, and the configuration in another.
func TestIdentityOfWhatLeadsTheServer(t *testing.T) {
	const url, elsewhere = "postgres://h/d", "postgres://i/d"
	at := func(spec string, values map[string]string) string {
		return identity(connected(t, values, nil, spec, ""))
	}
	same := at(external, map[string]string{"DB_CONNECTION_STRING": url})
	for reason, got := range map[string]string{
		"the data source is the same": at(external, map[string]string{"DB_CONNECTION_STRING": url, "MM_SQLSETTINGS_DATASOURCE": url + "?sslmode=require"}),
		"a variable says the same":    at(external+"\nmattermostEnv: [{name: MM_CONFIG, value: "+url+"}]", map[string]string{"DB_CONNECTION_STRING": url}),
	} {
		if got != same {
			t.Errorf("%s, and the identity is another one", reason)
		}
	}
	for reason, got := range map[string]string{
		"the configuration is elsewhere":               at(external, map[string]string{"DB_CONNECTION_STRING": elsewhere, "MM_SQLSETTINGS_DATASOURCE": url}),
		"a variable leads to other data":               at(external+"\nmattermostEnv: [{name: MM_SQLSETTINGS_DATASOURCE, value: "+elsewhere+"}]", map[string]string{"DB_CONNECTION_STRING": url}),
		"a variable from a Secret leads to other data": at(external+"\nmattermostEnv: [{name: MM_SQLSETTINGS_DATASOURCE, valueFrom: {secretKeyRef: {name: db, key: other}}}]", map[string]string{"DB_CONNECTION_STRING": url, "other": elsewhere}),
		"a variable leads away from the claim":         at("database: {claim: {}}\nmattermostEnv: [{name: MM_CONFIG, value: "+elsewhere+"}, {name: MM_SQLSETTINGS_DATASOURCE, value: "+elsewhere+"}]", nil),
	} {
		if got == same || got == identityUnreadable || got == identityClaimed {
			t.Errorf("%s, and the identity is %q", reason, got)
		}
	}
}

// TestMoveThatIsNotMade: backups and restores read the Secret, and must not take the other database for
// the one that is served.
func TestMoveThatIsNotMade(t *testing.T) {
	id := identityOf(t, "postgres://h/d")
	made := map[string]string{composed.Deployment: "{metadata: {name: chat, annotations: {mattermost.crossplane.io/database: '" + id + "'}}, spec: {replicas: 2}, status: {availableReplicas: 2}}"}
	f := connected(t, map[string]string{"DB_CONNECTION_STRING": "postgres://i/d"}, made, "database: {external: {secret: db}, allowChange: moved}", "")
	for stage, want := range map[decision.Stage]string{decision.Refused: "DatabaseChanged", decision.Waiting: "DatabaseChanged", decision.Accepted: "SecretComplete"} {
		if got := conditions(f, &decision.Decisions{Stage: stage})[0].Reason; got != want {
			t.Errorf("at stage %v the reason is %s, want %s", stage, got, want)
		}
	}
}

// TestMoveToNothing: a database that is not named any more is another one, too.
func TestMoveToNothing(t *testing.T) {
	made := map[string]string{composed.Deployment: "{metadata: {name: chat, annotations: {mattermost.crossplane.io/database: x}}, spec: {replicas: 2}, status: {availableReplicas: 2}}"}
	for _, spec := range []string{"{}", "database: {}", "database: {external: {}}"} {
		c := conditions(connected(t, nil, made, spec, ""), &decision.Decisions{Stage: decision.Refused})[0]
		if c.Status != compose.False || !strings.HasPrefix(c.Message, "spec.database") {
			t.Errorf("%s: condition %+v", spec, c)
		}
	}
}

// TestAnotherDatabase: replicas would be rolled from one to the other, and write to both.
func TestAnotherDatabase(t *testing.T) {
	const url = "postgres://h/d"
	id := identityOf(t, url)
	on := func(id, more string) map[string]string {
		return map[string]string{composed.Deployment: "{metadata: {name: chat, annotations: {mattermost.crossplane.io/database: '" + id + "'}}, spec: {replicas: 2" + more + ", template: {spec: {containers: [{name: mattermost, image: m}]}}}, status: {availableReplicas: 2}}"}
	}
	starting := func(made map[string]string) map[string]string {
		made[composed.Deployment] = strings.Replace(made[composed.Deployment], "availableReplicas: 2", "", 1)
		return made
	}
	migrating := func(made map[string]string) map[string]string {
		made["migration-observed"] = factstest.Job(factstest.WantedImage, "", "")
		return made
	}
	cases := map[string]struct {
		reason  string
		spec    string
		url     string
		made    map[string]string
		status  string
		turn    decision.Turn
		refused bool
		atOnce  bool
	}{
		"New":         {reason: "There is no server yet.", url: url},
		"Adopted":     {reason: "An earlier release did not record it.", url: url, made: on("", "")},
		"Same":        {reason: "Nothing changes.", url: url, made: on(id, "")},
		"Credentials": {reason: "New credentials are no other database.", url: "postgres://v@h/d", made: on(id, "")},
		"Another":     {reason: "The servers would serve other data.", url: "postgres://i/d", made: on(id, ""), refused: true, atOnce: true},
		"Allowed":     {reason: "The user moved the data.", spec: "database: {external: {secret: db}, allowChange: moved}", url: "postgres://i/d", made: on(id, ""), atOnce: true},
		"Migrating":   {reason: "The migration would count for the other database.", spec: "database: {external: {secret: db}, allowChange: moved}", url: "postgres://i/d", made: migrating(on(id, "")), refused: true, atOnce: true},
		"Unreadable":  {reason: "It may be another one.", url: "postgres:///d", made: on(id, ""), refused: true, atOnce: true},
		"Readable":    {reason: "Nobody knows which one it was.", url: url, made: on(identityUnreadable, "")},
		"Restoring":   {reason: "The data is being restored.", spec: "database: {external: {secret: db}, allowChange: moved}", url: "postgres://i/d", made: on(id, ""), turn: decision.Turn{Active: true}, refused: true, atOnce: true},
		"Resuming":    {reason: "What became of the data is known, and the user leaves it.", spec: "database: {external: {secret: db}, allowChange: the old host died}", url: "postgres://i/d", made: on(id, ""), turn: decision.Turn{Active: true, Resumes: true}, atOnce: true},
		"ToAClaim":    {reason: "A new claim is empty.", spec: "database: {claim: {}}", made: on(id, ""), refused: true, atOnce: true},
		"Endpoint":    {reason: "A claim may get another endpoint.", spec: "database: {claim: {}}", made: on(identityClaimed, "")},
		"FromAClaim":  {reason: "The user consented to leaving the claim.", spec: "database: {external: {secret: db}, discardClaim: true}", url: url, made: on(identityClaimed, ""), atOnce: true},
		"NeverServed": {reason: "The name of the first host had a typo.", url: "postgres://i/d", made: starting(on(id, "")), atOnce: true},
		"NoReplicas":  {reason: "No server ran, since none was wanted.", url: "postgres://i/d", made: starting(on(id, "")), status: "served: {version: 11.4.0}", atOnce: true},
		"Restored":    {reason: "The data of a restore is in it.", url: "postgres://i/d", made: starting(on(id, "")), turn: decision.Turn{Data: "uid-a"}, refused: true, atOnce: true},
		"Unavailable": {reason: "Servers have served with it before.", url: "postgres://i/d", made: starting(on(id, "")), status: "served: {version: 11.4.0, database: " + id + "}", refused: true, atOnce: true},
		"Deleted":     {reason: "The deletion of the Deployment permits no other database.", url: "postgres://i/d", status: "served: {version: 11.4.0, database: " + id + "}", refused: true, atOnce: true},
		"DeletedSame": {reason: "The database is the same.", url: url, status: "served: {version: 11.4.0, database: " + id + "}"},
		"UnderWay":    {reason: "The change goes on in the same way.", url: url, made: on(id, ", strategy: {type: Recreate}"), atOnce: true},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if tc.spec == "" {
				tc.spec = external
			}
			f := connected(t, map[string]string{"DB_CONNECTION_STRING": tc.url}, tc.made, tc.spec, tc.status)
			if v := same(f, &decision.Decisions{Turn: tc.turn}); v.Pass == tc.refused {
				t.Errorf("%s\nrefused is %t: %s", tc.reason, !v.Pass, v.Message)
			}
			if got := part(f).AtOnce; got != tc.atOnce {
				t.Errorf("%s\nreplicas are replaced at once: %t", tc.reason, got)
			}
		})
	}
}
