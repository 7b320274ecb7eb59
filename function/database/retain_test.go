package database

import (
	"regexp"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/composetest"
)

// TestDeletionPolicy says what becomes of each object's other half when the object is
// deleted.
func TestDeletionPolicy(t *testing.T) {
	const keeps, deletes = "keeps", "deletes"
	cases := map[string]struct {
		policy, spec string
		retain, gone map[string]string
	}{
		"ProviderSQL": {
			"{providerSQL: {}}", "{}",
			map[string]string{nameSQLDatabase: keeps, nameSQLRole: keeps, nameSQLGrant: keeps},
			map[string]string{nameSQLDatabase: deletes, nameSQLRole: deletes, nameSQLGrant: keeps},
		},
		"RDS": {
			"{rds: {region: eu}}", "{readReplicas: 1}",
			map[string]string{nameRDSInstance: keeps, nameRDSReader: deletes},
			map[string]string{nameRDSInstance: deletes, nameRDSReader: deletes},
		},
		"Aurora": {
			"{aurora: {region: eu, instances: 1}}", "{}",
			map[string]string{nameAuroraCluster: keeps, nameAuroraInstance + "0": deletes},
			map[string]string{nameAuroraCluster: deletes, nameAuroraInstance + "0": deletes},
		},
		"CloudSQL": {
			"{cloudSQL: {region: eu}}", "{readReplicas: 1}",
			map[string]string{nameCloudSQLInstance: keeps, nameCloudSQLReader: deletes, nameCloudSQLDatabase: keeps, nameCloudSQLUser: keeps},
			map[string]string{nameCloudSQLInstance: deletes, nameCloudSQLReader: deletes, nameCloudSQLDatabase: keeps, nameCloudSQLUser: keeps},
		},
		"Azure": {
			"{azure: {region: eu, resourceGroup: g}}", "{readReplicas: 1}",
			map[string]string{nameAzureServer: keeps, nameAzureReader: deletes, nameAzureDatabase: keeps},
			map[string]string{nameAzureServer: deletes, nameAzureReader: deletes, nameAzureDatabase: keeps},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tc.retain, fates(t, given{policy: tc.policy, spec: tc.spec})); diff != "" {
				t.Errorf("-want, +got by default:\n%s", diff)
			}
			consent := tc.spec[:len(tc.spec)-1] + ", deletionPolicy: Delete}"
			if tc.spec == "{}" {
				consent = "{deletionPolicy: Delete}"
			}
			if diff := cmp.Diff(tc.gone, fates(t, given{policy: tc.policy, spec: consent})); diff != "" {
				t.Errorf("-want, +got of Delete:\n%s", diff)
			}
		})
	}
}

// fates of managed resources, once all of them are there.
func fates(t *testing.T, in given) map[string]string {
	t.Helper()
	status := readyAt + "{address: a, endpoint: a, fqdn: a, publicIpAddress: a}}"
	in.observed = composetest.Settled(t, in.accepted(t), map[string]string{nameRDSInstance: status, nameCloudSQLInstance: status, nameAzureServer: status})
	out := map[string]string{}
	rsp := in.accepted(t)
	for name := range rsp.GetDesired().GetResources() {
		o := composetest.Desired(rsp, name)
		if !o.Has("spec", "managementPolicies") {
			continue
		}
		out[name] = "keeps"
		for _, p := range o.Value("spec", "managementPolicies").GetListValue().GetValues() {
			if p.GetStringValue() == "*" || p.GetStringValue() == "Delete" {
				out[name] = "deletes"
			}
		}
		protected := o.Value("spec", "forProvider", "deletionProtection").GetBoolValue()
		if o.Has("metadata", "labels", compose.LabelHoldsData) && o.Has("spec", "forProvider", "deletionProtection") && protected != (out[name] == "keeps") {
			t.Errorf("%s %s what it stands for, and deletionProtection is %v", name, out[name], protected)
		}
	}
	return out
}

// TestWhatIsThereStays however the platform's policy changes.
func TestWhatIsThereStays(t *testing.T) {
	cases := map[string]struct {
		before, after, spec string
		composed            []string
	}{
		"ProviderSQL":   {"{providerSQL: {}}", "{providerSQL: {namePrefix: other, providerConfigRef: {name: other, kind: ProviderConfig}}}", "{}", []string{nameSQLRole, nameSQLDatabase, nameSQLGrant}},
		"CloudNativePG": {"{cloudNativePG: {}}", "{cloudNativePG: {version: '18', storageSize: 99Gi}}", "{deletionPolicy: Delete}", []string{nameCNPGCluster}},
		"RDS":           {"{rds: {region: eu}}", "{rds: {region: us, version: '18', storageSize: 99Gi, namePrefix: other, providerConfigRef: {name: other}}}", "{}", []string{nameRDSInstance}},
		"Aurora":        {"{aurora: {region: eu}}", "{aurora: {region: us, version: '18', namePrefix: other, providerConfigRef: {name: other}}}", "{}", []string{nameAuroraCluster, nameAuroraInstance + "0"}},
		"CloudSQL":      {"{cloudSQL: {region: eu}}", "{cloudSQL: {region: us, version: '18', storageSize: 99Gi, namePrefix: other, providerConfigRef: {name: other}}}", "{}", []string{nameCloudSQLInstance, nameCloudSQLDatabase}},
		"Azure":         {"{azure: {region: eu, resourceGroup: g}}", "{azure: {region: us, resourceGroup: other, version: '18', storageSize: 99Gi, namePrefix: other, providerConfigRef: {name: other}}}", "{}", []string{nameAzureServer, nameAzureDatabase}},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			before := given{policy: tc.before, spec: tc.spec}.accepted(t)
			after := given{policy: tc.after, spec: tc.spec, observed: composetest.Settled(t, before, nil)}.accepted(t)
			for _, composed := range tc.composed {
				if diff := cmp.Diff(composetest.Desired(before, composed).Struct().AsMap(), composetest.Desired(after, composed).Struct().AsMap()); diff != "" {
					t.Errorf("%s changes, -before, +after:\n%s", composed, diff)
				}
			}
		})
	}
}

var validName = regexp.MustCompile("^[a-z][-a-z0-9]*[a-z0-9]$")

// TestExternalNames are unique, stable and as clouds allow.
func TestExternalNames(t *testing.T) {
	name := func(namespace, of, prefix string) string {
		in := given{policy: "{rds: {region: eu, namePrefix: " + prefix + "}}", spec: "{}"}
		return externalName(gathered{namespace: namespace, name: of}, policyOf(t, in.policy).Database.RDS.ManagedDatabase)
	}
	seen := map[string]bool{}
	long := "abcdefghijklmnopqrstuvwxyz-abcdefghijklmno"
	for _, n := range []string{
		name("a", "b-c", ""), name("a-b", "c", ""), name("a--b", "c", ""), name("a", "b", "east"), name(long, long, ""), name(long, long+"x", ""), name("1st", "x", ""),
		// The same when they are cut, with hashes that begin alike.
		name("acme-customers", "production-mattermost-chat-of-allwygbaa", ""), name("acme-customers-production", "mattermost-chat-of-allkwdaaa", ""),
	} {
		if seen[n] {
			t.Errorf("two databases have the name %q", n)
		}
		seen[n] = true
		if len(n) > maxExternalName || !validName.MatchString(n) || dashes.MatchString(n) {
			t.Errorf("a cloud refuses %q", n)
		}
	}
}
