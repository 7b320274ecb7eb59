package database

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/composetest"
)

// refused is a spec that a backend refuses, and what it says.
type refused struct {
	given given
	want  string
}

const notOffered = ": this platform's backend does not offer it: "

const anotherClass = "leave it out, or ask the platform team for another class"

// refusals of each backend, by its name and what is wrong.
var refusals = map[string]refused{
	"StandaloneReadReplicas": {given{policy: standalonePolicyText, spec: "{readReplicas: 1}"}, "spec.readReplicas" + notOffered + anotherClass},
	"StandaloneInstances":    {given{policy: standalonePolicyText, spec: "{instances: 2}"}, "spec.instances" + notOffered + "use 1, or ask the platform team for another class"},
	"StandaloneRegion":       {given{policy: standalonePolicyText, spec: "{region: eu}"}, "spec.region" + notOffered + anotherClass},
	"StandaloneRetention":    {given{policy: standalonePolicyText, spec: "{retentionDays: 1}"}, "spec.retentionDays" + notOffered + anotherClass},
	"StandaloneVersion": {given{policy: standalonePolicyText, spec: "{version: '17'}", observed: served()},
		"spec.version: PersistentVolumeClaim \"data-chat-postgres-0\" has files of PostgreSQL 16, which 17 cannot read: set it to \"16\", or restore a backup into a new database"},
	"StandaloneStorage": {given{policy: standalonePolicyText, spec: "{storageSize: 40Gi}", observed: served()},
		`spec.storageSize: the volume was created with 30Gi, and its StatefulSet cannot change it: set it to 30Gi. If the storage class allows it, grow the volume itself, and spec.storageSize may then be its size: kubectl -n ns patch pvc data-chat-postgres-0 --type=merge -p '{"spec":{"resources":{"requests":{"storage":"40Gi"}}}}'`},
	"ExistingSecret":       {given{policy: "{existing: {}}", spec: "{}"}, `Secret "chat" does not exist in namespace "ns": create it with key DB_CONNECTION_STRING`},
	"ExistingKey":          {given{policy: "{existing: {}}", spec: "{}", secret: map[string]string{"other": composetest.Canary}}, `Secret "chat" has no value under key "DB_CONNECTION_STRING": add it`},
	"ExistingReadReplicas": {given{policy: "{existing: {}}", spec: "{readReplicas: 1}"}, "spec.readReplicas" + notOffered + anotherClass},
	"ExistingInstances":    {given{policy: "{existing: {}}", spec: "{instances: 3}"}, "spec.instances" + notOffered + "use 1, or ask the platform team for another class"},
	"ExistingRegion":       {given{policy: "{existing: {}}", spec: "{region: eu}"}, "spec.region" + notOffered + anotherClass},
	"ExistingRetention":    {given{policy: "{existing: {}}", spec: "{retentionDays: 7}"}, "spec.retentionDays" + notOffered + anotherClass},
	"ExistingParameters":   {given{policy: "{existing: {}}", spec: "{parameters: {a: b}}"}, "spec.parameters" + notOffered + anotherClass},
	"ExistingVersion":      {given{policy: "{existing: {}}", spec: "{version: '17'}"}, "spec.version" + notOffered + anotherClass},
	"ExistingStorage":      {given{policy: "{existing: {}}", spec: "{storageSize: 1Gi}"}, "spec.storageSize" + notOffered + anotherClass},
	"ExistingName":         {given{policy: "{existing: {}}", spec: "{databaseName: a}"}, "spec.databaseName" + notOffered + anotherClass},
	"ExistingDeletion":     {given{policy: "{existing: {}}", spec: "{deletionPolicy: Delete}"}, "spec.deletionPolicy" + notOffered + "use Retain: the database was there before"},
	"SQLReadReplicas":      {given{policy: "{providerSQL: {}}", spec: "{readReplicas: 1}"}, "spec.readReplicas" + notOffered + anotherClass},
	"SQLInstances":         {given{policy: "{providerSQL: {}}", spec: "{instances: 2}"}, "spec.instances" + notOffered + "use 1, or ask the platform team for another class"},
	"SQLRegion":            {given{policy: "{providerSQL: {}}", spec: "{region: eu}"}, "spec.region" + notOffered + anotherClass},
	"SQLRetention":         {given{policy: "{providerSQL: {}}", spec: "{retentionDays: 7}"}, "spec.retentionDays" + notOffered + anotherClass},
	"SQLParameters":        {given{policy: "{providerSQL: {}}", spec: "{parameters: {a: b}}"}, "spec.parameters" + notOffered + anotherClass},
	"SQLVersion":           {given{policy: "{providerSQL: {}}", spec: "{version: '17'}"}, "spec.version" + notOffered + anotherClass},
	"SQLStorage":           {given{policy: "{providerSQL: {}}", spec: "{storageSize: 1Gi}"}, "spec.storageSize" + notOffered + anotherClass},
	"SQLName":              {given{policy: "{providerSQL: {}}", spec: "{databaseName: a}"}, "spec.databaseName" + notOffered + anotherClass},

	"CNPGRegion":        {given{policy: "{cloudNativePG: {}}", spec: "{region: eu}"}, "spec.region" + notOffered + anotherClass},
	"CNPGRetention":     {given{policy: "{cloudNativePG: {}}", spec: "{deletionPolicy: Delete, retentionDays: 7}"}, "spec.retentionDays" + notOffered + anotherClass},
	"CNPGZeroRetention": {given{policy: "{cloudNativePG: {backup: {destinationPath: 's3://b'}}}", spec: "{retentionDays: 0}"}, "spec.retentionDays" + notOffered + "use 1 or more: backups cannot be turned off"},
	"CNPGRetain": {given{policy: "{cloudNativePG: {}}", spec: "{}"}, "spec.deletionPolicy: this platform's backend deletes the volumes with the database, and has no backups that would be retained: " +
		"set spec.deletionPolicy: Delete to consent, or ask the platform team for backups or another class"},
	"CNPGVersion": {given{policy: "{cloudNativePG: {}}", spec: "{deletionPolicy: Delete, version: '16'}", observed: map[string]string{nameCNPGCluster: made("{storage: {size: 30Gi}}")}}, olderVersion},
	"CNPGStorage": {given{policy: "{cloudNativePG: {}}", spec: "{deletionPolicy: Delete, storageSize: 29Gi}", observed: map[string]string{nameCNPGCluster: made("{storage: {size: 30Gi}}")}}, lessStorage},

	"RDSParameters": {given{policy: "{rds: {region: eu}}", spec: "{parameters: {a: b}}"}, "spec.parameters" + notOffered + anotherClass},
	"RDSInstances":  {given{policy: "{rds: {region: eu}}", spec: "{instances: 3}"}, "spec.instances" + notOffered + "use 2 at most"},
	"RDSReaders":    {given{policy: "{rds: {region: eu}}", spec: "{readReplicas: 2}"}, "spec.readReplicas" + notOffered + oneReader},
	"RDSRetention":  {given{policy: "{rds: {region: eu}}", spec: "{retentionDays: 36}"}, "spec.retentionDays" + notOffered + "use 0 to 35"},
	"RDSNoBackups":  {given{policy: "{rds: {region: eu}}", spec: "{retentionDays: 0, readReplicas: 1}"}, "spec.readReplicas" + notOffered + "it makes them from backups: set spec.retentionDays to 1 or more"},
	"RDSRegion":     {given{policy: "{rds: {}}", spec: "{}"}, "spec.region is required: this platform has no default"},
	"RDSVersion":    {given{policy: "{rds: {region: eu}}", spec: "{version: '16'}", observed: map[string]string{nameRDSInstance: made("{forProvider: {allocatedStorage: 30}}")}}, olderVersion},
	"RDSStorage":    {given{policy: "{rds: {region: eu}}", spec: "{storageSize: 29Gi}", observed: map[string]string{nameRDSInstance: made("{forProvider: {allocatedStorage: 30}}")}}, lessStorage},

	"AuroraParameters": {given{policy: "{aurora: {region: eu}}", spec: "{parameters: {a: b}}"}, "spec.parameters" + notOffered + anotherClass},
	"AuroraStorage":    {given{policy: "{aurora: {region: eu}}", spec: "{storageSize: 1Gi}"}, "spec.storageSize" + notOffered + "leave it out: storage grows by itself"},
	"AuroraInstances":  {given{policy: "{aurora: {region: eu}}", spec: "{instances: 2, readReplicas: 15}"}, "spec.readReplicas: with spec.instances there are more than the 16 that this platform's backend offers: ask for fewer"},
	"AuroraRetention":  {given{policy: "{aurora: {region: eu}}", spec: "{retentionDays: 0}"}, "spec.retentionDays" + notOffered + "use 1 to 35"},
	"AuroraRegion":     {given{policy: "{aurora: {}}", spec: "{}"}, "spec.region is required: this platform has no default"},
	"AuroraVersion":    {given{policy: "{aurora: {region: eu}}", spec: "{version: '16'}", observed: map[string]string{nameAuroraCluster: made("{}")}}, olderVersion},

	"CloudSQLInstances": {given{policy: "{cloudSQL: {region: eu}}", spec: "{instances: 3}"}, "spec.instances" + notOffered + "use 2 at most"},
	"CloudSQLReaders":   {given{policy: "{cloudSQL: {region: eu}}", spec: "{readReplicas: 2}"}, "spec.readReplicas" + notOffered + oneReader},
	"CloudSQLNoBackups": {given{policy: "{cloudSQL: {region: eu}}", spec: "{instances: 1, retentionDays: 0, readReplicas: 1}"}, "spec.readReplicas" + notOffered + "it makes them from backups: set spec.retentionDays to 1 or more"},
	"CloudSQLStandby":   {given{policy: "{cloudSQL: {region: eu}}", spec: "{retentionDays: 0}"}, "spec.retentionDays" + notOffered + "use 1 or more, or set spec.instances: 1"},
	"CloudSQLRegion":    {given{policy: "{cloudSQL: {}}", spec: "{}"}, "spec.region is required: this platform has no default"},
	"CloudSQLVersion":   {given{policy: "{cloudSQL: {region: eu}}", spec: "{version: '16'}", observed: map[string]string{nameCloudSQLInstance: made("{}")}}, olderVersion},
	"CloudSQLStorage":   {given{policy: "{cloudSQL: {region: eu}}", spec: "{storageSize: 29Gi}", observed: map[string]string{nameCloudSQLInstance: made("{forProvider: {settings: {diskSize: 30}}}")}}, lessStorage},

	"AzureParameters": {given{policy: azurePolicy, spec: "{parameters: {a: b}}"}, "spec.parameters" + notOffered + anotherClass},
	"AzureInstances":  {given{policy: azurePolicy, spec: "{instances: 3}"}, "spec.instances" + notOffered + "use 2 at most"},
	"AzureReaders":    {given{policy: azurePolicy, spec: "{readReplicas: 2}"}, "spec.readReplicas" + notOffered + oneReader},
	"AzureRetention":  {given{policy: azurePolicy, spec: "{retentionDays: 6}"}, "spec.retentionDays" + notOffered + "use 7 to 35"},
	"AzureRegion":     {given{policy: "{azure: {resourceGroup: g}}", spec: "{}"}, "spec.region is required: this platform has no default"},
	"AzureBurstable": {given{policy: "{azure: {region: eu, resourceGroup: g, classes: {100users: B_Standard_B2s}}}", spec: "{size: 100users, instances: 2}"},
		`spec.instances: this platform serves spec.size "100users" with B_Standard_B2s, which has no standby: use 1, or ask for a larger size`},
	"AzureVersion": {given{policy: azurePolicy, spec: "{version: '18'}", observed: map[string]string{nameAzureServer: made("{}")}},
		"spec.version: this database runs PostgreSQL 17, and this platform's backend does not upgrade it: set it back, or move the data into a new database"},
	"AzureStorage": {given{policy: azurePolicy, spec: "{storageSize: 32Gi}", observed: map[string]string{nameAzureServer: made("{forProvider: {storageMb: 65536}}")}},
		"spec.storageSize: this database has 64Gi, and storage only grows: ask for that or more"},
	"AzureStorageMost": {given{policy: azurePolicy, spec: "{storageSize: 33Ti}"}, "spec.storageSize" + notOffered + "use 32768Gi at most"},
}

const (
	azurePolicy  = "{azure: {region: eu, resourceGroup: g}}"
	olderVersion = "spec.version: this database runs PostgreSQL 17, whose data 16 cannot read: set it back, or restore a backup into a new database"
	lessStorage  = "spec.storageSize: this database has 30Gi, and storage only grows: ask for that or more"
	oneReader    = "use 1 at most, or ask the platform team for a class whose read replicas share an address"
)

// made is an object that was made with version 17.
func made(spec string) string {
	return "{apiVersion: v1, kind: Any, metadata: {name: any, labels: {app.kubernetes.io/version: '17', mattermost.crossplane.io/holds-data: 'true'}}, spec: " + spec + "}"
}

// TestRefusals says why, and keeps everything as it was applied.
func TestRefusals(t *testing.T) {
	for name, tc := range refusals {
		t.Run(name, func(t *testing.T) {
			rsp, err := tc.given.answer(t)
			if err != nil {
				t.Fatal(err)
			}
			c := composetest.Condition(rsp, "Accepted")
			if c.GetStatus() != fnv1.Status_STATUS_CONDITION_FALSE {
				t.Fatal("it is accepted")
			}
			if diff := cmp.Diff(tc.want, c.GetMessage()); diff != "" {
				t.Errorf("-want, +got message:\n%s", diff)
			}
			if got, want := len(rsp.GetDesired().GetResources()), len(tc.given.observed); got != want {
				t.Errorf("%d objects are kept of %d", got, want)
			}
		})
	}
}
