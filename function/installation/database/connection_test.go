package database

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/composed"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/factstest"
)

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
			f := factstest.Given{Spec: factstest.Claiming, Secrets: map[string]map[string]string{"s": tc.secret}, Composed: map[string]string{
				composed.Database: "{status: {connection: {secretName: s, " + tc.connection + "}}}",
			}}.Facts(t)
			if diff := cmp.Diff(tc.url, connectionURL(f, f.Database.Keys.Host, f.Database.Values.Host)); diff != "" {
				t.Errorf("%s\n-want, +got:\n%s", tc.reason, diff)
			}
			if tc.reader == "" {
				return
			}
			if diff := cmp.Diff(tc.reader, connectionURL(f, f.Database.Keys.ReaderHost, f.Database.Values.ReaderHost)); diff != "" {
				t.Errorf("%s\n-want, +got of the reader:\n%s", tc.reason, diff)
			}
		})
	}
}
