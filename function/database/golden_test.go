package database

import (
	"testing"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/composetest"
)

// variants of each backend: little asked, and much.
var variants = map[string]given{
	"standalone":      {policy: "{standalone: {}}", spec: "{}"},
	"standalone-full": {policy: "{standalone: {image: registry.example.com/postgres, runAsUser: 26}}", spec: "{size: 25000users, version: '16', storageSize: 80Gi, databaseName: talk, parameters: {work_mem: 32MB}, deletionPolicy: Delete}"},
	"providersql":     {policy: "{providerSQL: {}}", spec: "{}"},
	"providersql-full": {
		policy: "{providerSQL: {providerConfigRef: {name: shared, kind: ProviderConfig}, namePrefix: east-1, sslMode: prefer}}", spec: "{size: 5000users, deletionPolicy: Delete}",
	},
	"cloudnativepg": {policy: "{cloudNativePG: {}}", spec: "{deletionPolicy: Delete}"},
	"cloudnativepg-full": {
		policy: "{cloudNativePG: {image: registry.example.com/pg, version: '16', backup: {destinationPath: 's3://backups/mm/', endpointURL: 'https://s3.example.com', secretName: $(name)-backup, schedule: '0 30 1 * * *'}}}",
		spec:   "{size: 25000users, version: '18', storageSize: 80Gi, instances: 1, readReplicas: 2, retentionDays: 14, databaseName: talk, parameters: {work_mem: 32MB, max_connections: '900'}}",
	},
	"cloudnativepg-single": {policy: "{cloudNativePG: {instances: 1, storageSize: 5Gi, backup: {destinationPath: 's3://backups'}}}", spec: "{}"},
	"rds":                  {policy: "{rds: {region: eu-central-1}}", spec: "{}"},
	"rds-full": {
		policy: "{rds: {providerConfigRef: {name: prod}, namePrefix: east, classes: {25000users: db.r7g.4xlarge}, subnetGroup: private, securityGroups: [sg-1], parameterGroup: mattermost}}",
		spec:   "{size: 25000users, region: us-east-1, version: '16', storageSize: 100500Mi, instances: 1, readReplicas: 1, retentionDays: 14, databaseName: talk, deletionPolicy: Delete}",
		observed: map[string]string{nameRDSInstance: "{apiVersion: rds.aws.m.upbound.io/v1beta1, kind: Instance, metadata: {name: chat}, spec: {providerConfigRef: {name: before, kind: ProviderConfig}, " +
			"forProvider: {identifier: of-before, region: us-east-2}}, status: {atProvider: {address: a.example.com}}}"},
	},
	"aurora": {policy: "{aurora: {region: eu-central-1}}", spec: "{}"},
	"aurora-full": {
		policy: "{aurora: {providerConfigRef: {name: prod}, classes: {default: db.r8g.large}, subnetGroup: private, securityGroups: [sg-1], parameterGroup: mattermost, version: '16'}}",
		spec:   "{size: 5000users, region: us-east-1, instances: 1, readReplicas: 2, retentionDays: 35, databaseName: talk, deletionPolicy: Delete}",
	},
	"cloudsql": {policy: "{cloudSQL: {region: europe-west3}}", spec: "{}"},
	"cloudsql-full": {
		policy:   "{cloudSQL: {providerConfigRef: {name: prod}, privateNetwork: projects/p/global/networks/n, classes: {25000users: db-perf-optimized-N-8}}}",
		spec:     "{size: 25000users, region: us-east1, version: '16', storageSize: 100Gi, instances: 1, readReplicas: 1, retentionDays: 14, databaseName: talk, parameters: {work_mem: '32768'}, deletionPolicy: Delete}",
		observed: map[string]string{nameCloudSQLReader: "{apiVersion: sql.gcp.m.upbound.io/v1beta1, kind: DatabaseInstance, metadata: {name: chat-r}}"},
	},
	"cloudsql-public": {policy: "{cloudSQL: {region: europe-west3, instances: 1, retentionDays: 0, authorizedNetworks: [198.51.100.0/24]}}", spec: "{}"},
	"azure":           {policy: "{azure: {region: germanywestcentral, resourceGroup: chat}}", spec: "{}"},
	"azure-full": {
		policy:   "{azure: {providerConfigRef: {name: prod}, resourceGroup: chat, delegatedSubnetID: /subscriptions/s/subnets/n, privateDNSZoneID: /subscriptions/s/zones/z, classes: {100users: B_Standard_B2s}}}",
		spec:     "{size: 100users, region: westeurope, version: '16', storageSize: 100Gi, readReplicas: 1, retentionDays: 14, databaseName: talk, deletionPolicy: Delete}",
		observed: map[string]string{nameAzureReader: "{apiVersion: dbforpostgresql.azure.m.upbound.io/v1beta1, kind: FlexibleServer, metadata: {name: chat-r}}"},
	},
}

// TestGolden compares every object of every backend with what was reviewed.
func TestGolden(t *testing.T) {
	answers := map[string]*fnv1.RunFunctionResponse{}
	for name, in := range variants {
		answers[name] = in.accepted(t)
	}
	composetest.GoldenAnswers(t, answers, redacted)
}

// redacted is an object without what is random, or depends on it.
func redacted(o *structpb.Struct) *structpb.Struct {
	out := proto.CloneOf(o)
	for k := range out.GetFields()["data"].GetStructValue().GetFields() {
		out.GetFields()["data"].GetStructValue().Fields[k] = structpb.NewStringValue("cmFuZG9t") // "random", as Secrets have it.
	}
	at := out
	for _, field := range []string{"spec", "template", "metadata", "annotations"} {
		at = at.GetFields()[field].GetStructValue()
	}
	if at.GetFields()["mattermost.crossplane.io/credentials"] != nil {
		at.Fields["mattermost.crossplane.io/credentials"] = structpb.NewStringValue("digest of random")
	}
	return out
}
