package database

import (
	"fmt"
	"strings"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/mattermost/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/provision"
)

const (
	backendAzure      = "Azure"
	nameAzureServer   = "azure-server"
	nameAzureReader   = "azure-reader"
	nameAzureDatabase = "azure-database"

	apiAzure      = "dbforpostgresql.azure.m.upbound.io/v1beta1"
	kindAzure     = "FlexibleServer"
	resourceAzure = "flexibleserver.dbforpostgresql.azure.m.upbound.io"

	azureStorage = 32
	mebibytes    = 1024
	// burstable machines, by the beginning of their names, have no standby.
	burstable = "B_"
)

// azureClasses of machines, with 8, 16 and 64 GiB of memory.
//
//nolint:gochecknoglobals // A table.
var azureClasses = [3]string{small: "GP_Standard_D2ds_v5", medium: "GP_Standard_D4ds_v5", large: "MO_Standard_E8ds_v5"}

// azureSizes of disks, in GiB.
//
//nolint:gochecknoglobals // A table.
var azureSizes = []int64{32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768}

type azureServer struct {
	Location          string `json:"location"`
	ResourceGroupName string `json:"resourceGroupName"`

	CreateMode        string     `json:"createMode"`
	SourceServerIDRef *reference `json:"sourceServerIdRef,omitempty"`
	Version           string     `json:"version,omitempty"`
	SKUName           string     `json:"skuName"`
	StorageMB         int64      `json:"storageMb"`

	AdministratorLogin             string        `json:"administratorLogin,omitempty"`
	AutoGeneratePassword           bool          `json:"autoGeneratePassword,omitempty"`
	AdministratorPasswordSecretRef *keyReference `json:"administratorPasswordSecretRef,omitempty"`

	BackupRetentionDays int32              `json:"backupRetentionDays,omitempty"`
	HighAvailability    *azureAvailability `json:"highAvailability,omitempty"`

	DelegatedSubnetID          string `json:"delegatedSubnetId,omitempty"`
	PrivateDNSZoneID           string `json:"privateDnsZoneId,omitempty"`
	PublicNetworkAccessEnabled bool   `json:"publicNetworkAccessEnabled"`
}

type azureAvailability struct {
	Mode string `json:"mode"`
}

type azureDatabase struct {
	ServerIDRef reference `json:"serverIdRef"`
	Charset     string    `json:"charset"`
	Collation   string    `json:"collation"`
}

// azure is a flexible server, with a standby in another zone.
func azure() backend {
	return backend{
		Name: backendAzure,
		Gates: []compose.Gate[gathered]{
			noParameters, twoInstances, oneReadReplica, retentionBetween(7, 35), standbyNotBurstable, regionKnown(azureLocation),
			azureVersionStays, azureStorageExists, azureStorageGrows,
		},
		Build:   buildAzure,
		Connect: connectAzure,
	}
}

func azureLocation(g gathered) string {
	return regionOf(g, g.policy.Database.Azure.CloudDatabase, nameAzureServer, "location")
}

func azureClass(g gathered) string {
	return classOf(g, g.policy.Database.Azure.CloudDatabase, azureClasses)
}

// azureName of a server, which it keeps.
func azureName(g gathered) string {
	return g.stays(externalName(g, g.policy.Database.Azure.ManagedDatabase), nameAzureServer, "metadata", "annotations", provision.AnnotationExternalName)
}

// azureGroup of a server, which it keeps: in another one it would be another server.
func azureGroup(g gathered) string {
	return g.stays(g.policy.Database.Azure.ResourceGroup, nameAzureServer, "spec", "forProvider", "resourceGroupName")
}

func azureReaderName(g gathered) string { return g.name + suffixReader }

// azureStandby is in another zone. Burstable machines, which the platform may choose
// for the small, have none.
func azureStandby(g gathered) bool {
	return instancesOf(g, g.policy.Database.Azure.Instances, defaultInstances) > 1 && !strings.HasPrefix(azureClass(g), burstable)
}

func standbyNotBurstable(g gathered) compose.Verdict {
	if g.spec.Instances == nil || *g.spec.Instances < 2 || !strings.HasPrefix(azureClass(g), burstable) {
		return compose.Passed
	}
	return compose.Refuse("NotOffered", fmt.Sprintf("spec.instances: this platform serves spec.size %q with %s, which has no standby: use 1, or ask for a larger size", g.spec.Size, azureClass(g)))
}

// azureVersionStays refuses another major version: the provider would make another
// server for it.
func azureVersionStays(g gathered) compose.Verdict {
	was := madeWith(g, nameAzureServer)
	if was == "" || g.spec.Version == "" || g.spec.Version == was {
		return compose.Passed
	}
	return compose.Refuse("VersionCannotChange", fmt.Sprintf("spec.version: this database runs PostgreSQL %s, and this platform's backend does not upgrade it: set it back, or move the data into a new database", was))
}

func azureStorageWas(g gathered) int64 {
	return g.state.Observed(nameAzureServer).Int("spec", "forProvider", "storageMb") / mebibytes
}

// azureStorageOf a server in GiB, which is a size that Azure has. It is zero when there
// is none that is large enough.
func azureStorageOf(g gathered) int64 {
	want := gibibytes(g, azureStorageWas(g), g.policy.Database.Azure.StorageSize, azureStorage)
	for _, size := range azureSizes {
		if size >= want {
			return size
		}
	}
	return 0
}

func azureStorageExists(g gathered) compose.Verdict {
	return provision.Lacks("storageSize", func(g gathered) bool { return azureStorageOf(g) == 0 }, fmt.Sprintf("use %dGi at most", azureSizes[len(azureSizes)-1]))(g)
}

func azureStorageGrows(g gathered) compose.Verdict {
	if was := azureStorageWas(g); azureStorageOf(g) < was {
		return cannotShrink(fmt.Sprintf("%dGi", was))
	}
	return compose.Passed
}

// buildAzure composes a server with a database in it, which goes with the server.
func buildAzure(a *compose.Answer, g gathered) error {
	of := g.policy.Database.Azure
	version := versionOf(g, nameAzureServer, of.Version)
	server := g.resource(nameAzureServer, apiAzure, kindAzure, g.name, of.ManagedDatabase, azurePrimary(g, version)).
		Called(azureName(g)).Retain(retained(g)).Writing(connectionSecret(g)).HoldingData(version)
	db := g.resource(nameAzureServer, apiAzure, "FlexibleServerDatabase", g.name, of.ManagedDatabase, azureDatabase{
		ServerIDRef: reference{Name: g.name}, Charset: "UTF8", Collation: "en_US.utf8",
	}).Called(databaseName(g)).HoldingData("")
	return errors.Join(a.Desire(nameAzureServer, server), a.Desire(nameAzureDatabase, db), buildAzureReader(a, g))
}

func azurePrimary(g gathered, version string) azureServer {
	of := g.policy.Database.Azure
	out := azureServer{
		Location:                       azureLocation(g),
		ResourceGroupName:              azureGroup(g),
		CreateMode:                     "Default",
		Version:                        version,
		SKUName:                        azureClass(g),
		StorageMB:                      azureStorageOf(g) * mebibytes,
		AdministratorLogin:             databaseName(g),
		AutoGeneratePassword:           true,
		AdministratorPasswordSecretRef: &keyReference{Name: passwordSecret(g), Key: keyPassword},
		BackupRetentionDays:            max(retentionOf(g, of.RetentionDays, defaultRetention), 7),
		DelegatedSubnetID:              of.DelegatedSubnetID,
		PrivateDNSZoneID:               of.PrivateDNSZoneID,
		PublicNetworkAccessEnabled:     of.DelegatedSubnetID == "",
	}
	if azureStandby(g) {
		out.HighAvailability = &azureAvailability{Mode: "ZoneRedundant"}
	}
	return out
}

func buildAzureReader(a *compose.Answer, g gathered) error {
	if g.spec.ReadReplicas < 1 {
		return nil
	}
	// It is made of the first one.
	if g.state.Observed(nameAzureServer).String("status", "atProvider", "fqdn") == "" && !g.state.Observed(nameAzureReader).Exists() {
		a.Unready()
		return nil
	}
	of := g.policy.Database.Azure
	return a.Desire(nameAzureReader, g.resource(nameAzureServer, apiAzure, kindAzure, azureReaderName(g), of.ManagedDatabase, azureServer{
		Location:                   azureLocation(g),
		ResourceGroupName:          azureGroup(g),
		CreateMode:                 "Replica",
		SourceServerIDRef:          &reference{Name: g.name},
		SKUName:                    azureClass(g),
		StorageMB:                  azureStorageOf(g) * mebibytes,
		DelegatedSubnetID:          of.DelegatedSubnetID,
		PrivateDNSZoneID:           of.PrivateDNSZoneID,
		PublicNetworkAccessEnabled: of.DelegatedSubnetID == "",
	}).Called(azureName(g)+suffixReader).Retain(false))
}

// connectAzure by addresses of servers. The username is not the one that the provider
// writes, which has the server's name in it as only single servers want it.
func connectAzure(g gathered) (*v1alpha1.DatabaseConnection, string, error) {
	c := v1alpha1.DatabaseConnection{
		SecretName: connectionSecret(g),
		Keys:       v1alpha1.DatabaseKeys{Password: keyPassword},
		Values: v1alpha1.DatabaseValues{
			Host:     g.state.Observed(nameAzureServer).String("status", "atProvider", "fqdn"),
			Database: databaseName(g), Username: databaseName(g),
		},
	}
	parts := []provision.Part{
		{Composed: nameAzureServer, Resource: resourceAzure, Name: g.name},
		{Composed: nameAzureDatabase, Resource: "flexibleserverdatabase." + groupOf(apiAzure), Name: g.name},
	}
	if g.spec.ReadReplicas > 0 {
		c.Values.ReaderHost = g.state.Observed(nameAzureReader).String("status", "atProvider", "fqdn")
		parts = append(parts, provision.Part{Composed: nameAzureReader, Resource: resourceAzure, Name: azureReaderName(g)})
	}
	return connect(g, c, parts...)
}
