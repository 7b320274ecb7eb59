package database

import (
	"maps"
	"slices"
	"strings"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/mattermost/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/provision"
)

const (
	backendCloudSQL      = "CloudSQL"
	nameCloudSQLInstance = "cloudsql-instance"
	nameCloudSQLReader   = "cloudsql-reader"
	nameCloudSQLDatabase = "cloudsql-database"
	nameCloudSQLUser     = "cloudsql-user"

	apiCloudSQL      = "sql.gcp.m.upbound.io/v1beta1"
	kindCloudSQL     = "DatabaseInstance"
	resourceCloudSQL = "databaseinstance.sql.gcp.m.upbound.io"

	// maxLogDays is for how long logs are kept, from which any moment can be restored.
	maxLogDays = 7

	editionEnterprise     = "ENTERPRISE"
	editionEnterprisePlus = "ENTERPRISE_PLUS"
	// plusTiers begin the names of tiers that only Enterprise Plus has.
	plusTiers = "db-perf-optimized"
)

// cloudSQLClasses of machines, with 4, 16 and 52 GiB of memory.
//
//nolint:gochecknoglobals // A table.
var cloudSQLClasses = [3]string{small: "db-custom-1-3840", medium: "db-custom-4-15360", large: "db-custom-8-53248"}

type cloudSQLInstance struct {
	Region             string           `json:"region"`
	DatabaseVersion    string           `json:"databaseVersion"`
	MasterInstanceName string           `json:"masterInstanceName,omitempty"`
	DeletionProtection bool             `json:"deletionProtection"`
	Settings           cloudSQLSettings `json:"settings"`
}

type cloudSQLSettings struct {
	Tier                      string          `json:"tier"`
	Edition                   string          `json:"edition"`
	AvailabilityType          string          `json:"availabilityType"`
	DiskType                  string          `json:"diskType"`
	DiskSize                  int64           `json:"diskSize,omitempty"`
	DiskAutoresize            bool            `json:"diskAutoresize"`
	DatabaseFlags             []cloudSQLFlag  `json:"databaseFlags"`
	IPConfiguration           cloudSQLNetwork `json:"ipConfiguration"`
	BackupConfiguration       *cloudSQLBackup `json:"backupConfiguration,omitempty"`
	DeletionProtectionEnabled bool            `json:"deletionProtectionEnabled"`
	RetainBackupsOnDelete     bool            `json:"retainBackupsOnDelete"`
}

type cloudSQLFlag struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

type cloudSQLNetwork struct {
	IPv4Enabled        bool                   `json:"ipv4Enabled"`
	PrivateNetwork     string                 `json:"privateNetwork,omitempty"`
	AuthorizedNetworks []cloudSQLAuthorizedIP `json:"authorizedNetworks,omitempty"`
	SSLMode            string                 `json:"sslMode"`
}

type cloudSQLAuthorizedIP struct {
	Value string `json:"value"`
}

type cloudSQLBackup struct {
	Enabled                     bool                `json:"enabled"`
	PointInTimeRecoveryEnabled  bool                `json:"pointInTimeRecoveryEnabled"`
	TransactionLogRetentionDays int32               `json:"transactionLogRetentionDays,omitempty"`
	BackupRetentionSettings     *cloudSQLBackupKept `json:"backupRetentionSettings,omitempty"`
}

type cloudSQLBackupKept struct {
	RetainedBackups int32  `json:"retainedBackups"`
	RetentionUnit   string `json:"retentionUnit"`
}

type cloudSQLDatabase struct {
	InstanceRef reference `json:"instanceRef"`
}

type cloudSQLUser struct {
	InstanceRef       reference    `json:"instanceRef"`
	PasswordSecretRef keyReference `json:"passwordSecretRef"`
}

// cloudSQL is an instance of Google Cloud SQL, with a standby in another zone.
func cloudSQL() backend {
	return backend{
		Name: backendCloudSQL,
		Gates: []compose.Gate[gathered]{
			twoInstances, oneReadReplica, replicaNeedsBackups(cloudSQLRetention), standbyNeedsBackups,
			regionKnown(cloudSQLRegion), versionGrows(nameCloudSQLInstance), storageGrows(nameCloudSQLInstance, "spec", "forProvider", "settings", "diskSize"),
		},
		Build:   buildCloudSQL,
		Connect: connectCloudSQL,
	}
}

func cloudSQLRegion(g gathered) string {
	return regionOf(g, g.policy.Database.CloudSQL.CloudDatabase, nameCloudSQLInstance, "region")
}

func cloudSQLRetention(g gathered) int32 {
	return retentionOf(g, g.policy.Database.CloudSQL.RetentionDays, defaultRetention)
}

func cloudSQLInstances(g gathered) int32 {
	return instancesOf(g, g.policy.Database.CloudSQL.Instances, defaultInstances)
}

func cloudSQLReaderName(g gathered) string { return g.name + suffixReader }

// cloudSQLName of an instance, which it keeps.
func cloudSQLName(g gathered) string {
	return g.stays(externalName(g, g.policy.Database.CloudSQL.ManagedDatabase), nameCloudSQLInstance, "metadata", "annotations", provision.AnnotationExternalName)
}

// standbyNeedsBackups, which Cloud SQL makes it from.
func standbyNeedsBackups(g gathered) compose.Verdict {
	return provision.Lacks("retentionDays", func(g gathered) bool { return cloudSQLInstances(g) > 1 && cloudSQLRetention(g) == 0 }, "use 1 or more, or set spec.instances: 1")(g)
}

// buildCloudSQL composes an instance with a database and a user in it, which go with
// the instance and not one by one: a user who owns tables cannot be deleted.
func buildCloudSQL(a *compose.Answer, g gathered) error {
	values, err := ownPassword(g, nameCloudSQLUser, connectionSecret(g))
	if err != nil {
		return err
	}
	of := g.policy.Database.CloudSQL
	version := versionOf(g, nameCloudSQLInstance, of.Version)
	instance := g.resource(nameCloudSQLInstance, apiCloudSQL, kindCloudSQL, g.name, of.ManagedDatabase, cloudSQLPrimary(g, version)).
		Called(cloudSQLName(g)).Retain(retained(g)).HoldingData(version)
	db := g.resource(nameCloudSQLInstance, apiCloudSQL, "Database", g.name, of.ManagedDatabase, cloudSQLDatabase{InstanceRef: reference{Name: g.name}}).
		Called(databaseName(g)).HoldingData("")
	user := g.resource(nameCloudSQLInstance, apiCloudSQL, "User", g.name, of.ManagedDatabase, cloudSQLUser{
		InstanceRef: reference{Name: g.name}, PasswordSecretRef: keyReference{Name: connectionSecret(g), Key: keyPassword},
	}).Called(databaseName(g))
	return errors.Join(
		a.Desire(provision.NameCredentials, provision.Secret(connectionSecret(g), provision.Labels(g.name, component, g.policy.Labels), values)),
		a.Desire(nameCloudSQLInstance, instance),
		a.Desire(nameCloudSQLDatabase, db),
		a.Desire(nameCloudSQLUser, user),
		buildCloudSQLReader(a, g, version),
	)
}

func buildCloudSQLReader(a *compose.Answer, g gathered, version string) error {
	if g.spec.ReadReplicas < 1 {
		return nil
	}
	// It is made of the first one.
	if cloudSQLHost(g, nameCloudSQLInstance) == "" && !g.state.Observed(nameCloudSQLReader).Exists() {
		a.Unready()
		return nil
	}
	of := g.policy.Database.CloudSQL
	reader := cloudSQLPrimary(g, version)
	reader.MasterInstanceName = cloudSQLName(g)
	reader.DeletionProtection = false
	reader.Settings.AvailabilityType = "ZONAL"
	reader.Settings.BackupConfiguration = nil
	reader.Settings.DeletionProtectionEnabled = false
	reader.Settings.RetainBackupsOnDelete = false
	return a.Desire(nameCloudSQLReader, g.resource(nameCloudSQLInstance, apiCloudSQL, kindCloudSQL, cloudSQLReaderName(g), of.ManagedDatabase, reader).
		Called(cloudSQLName(g)+suffixReader).Retain(false))
}

func cloudSQLPrimary(g gathered, version string) cloudSQLInstance {
	of := g.policy.Database.CloudSQL
	was := g.state.Observed(nameCloudSQLInstance).Int("spec", "forProvider", "settings", "diskSize")
	out := cloudSQLInstance{
		Region:             cloudSQLRegion(g),
		DatabaseVersion:    "POSTGRES_" + version,
		DeletionProtection: retained(g),
		Settings: cloudSQLSettings{
			Tier:             classOf(g, of.CloudDatabase, cloudSQLClasses),
			Edition:          editionEnterprise,
			AvailabilityType: "ZONAL",
			DiskType:         "PD_SSD",
			DiskSize:         max(gibibytes(g, was, of.StorageSize, defaultStorage), 10),
			// A disk that grew by itself would be larger than what is asked for, which no
			// disk can be brought back to.
			DiskAutoresize:            false,
			IPConfiguration:           cloudSQLNetwork{IPv4Enabled: of.PrivateNetwork == "", PrivateNetwork: of.PrivateNetwork, SSLMode: "ENCRYPTED_ONLY"},
			BackupConfiguration:       cloudSQLBackupOf(cloudSQLRetention(g)),
			DeletionProtectionEnabled: retained(g),
			RetainBackupsOnDelete:     retained(g),
		},
	}
	if strings.HasPrefix(out.Settings.Tier, plusTiers) {
		out.Settings.Edition = editionEnterprisePlus
	}
	if cloudSQLInstances(g) > 1 {
		out.Settings.AvailabilityType = "REGIONAL"
	}
	for _, cidr := range of.AuthorizedNetworks {
		out.Settings.IPConfiguration.AuthorizedNetworks = append(out.Settings.IPConfiguration.AuthorizedNetworks, cloudSQLAuthorizedIP{Value: cidr})
	}
	flags := settings(g)
	for _, name := range slices.Sorted(maps.Keys(flags)) {
		out.Settings.DatabaseFlags = append(out.Settings.DatabaseFlags, cloudSQLFlag{Name: name, Value: flags[name]})
	}
	return out
}

// cloudSQLBackupOf days: one is made every day.
func cloudSQLBackupOf(days int32) *cloudSQLBackup {
	if days == 0 {
		return &cloudSQLBackup{}
	}
	return &cloudSQLBackup{
		Enabled: true, PointInTimeRecoveryEnabled: true, TransactionLogRetentionDays: min(days, maxLogDays),
		BackupRetentionSettings: &cloudSQLBackupKept{RetainedBackups: days, RetentionUnit: "COUNT"},
	}
}

func cloudSQLHost(g gathered, composed string) string {
	field := "publicIpAddress"
	if g.policy.Database.CloudSQL.PrivateNetwork != "" {
		field = "privateIpAddress"
	}
	return g.state.Observed(composed).String("status", "atProvider", field)
}

// connectCloudSQL by addresses of instances, and the user's password, which is ours.
func connectCloudSQL(g gathered) (*v1alpha1.DatabaseConnection, string, error) {
	c := v1alpha1.DatabaseConnection{
		SecretName: connectionSecret(g),
		Keys:       v1alpha1.DatabaseKeys{Password: keyPassword},
		Values:     v1alpha1.DatabaseValues{Host: cloudSQLHost(g, nameCloudSQLInstance), Database: databaseName(g), Username: databaseName(g)},
	}
	parts := []provision.Part{
		{Composed: nameCloudSQLInstance, Resource: resourceCloudSQL, Name: g.name},
		{Composed: nameCloudSQLDatabase, Resource: "database." + groupOf(apiCloudSQL), Name: g.name},
		{Composed: nameCloudSQLUser, Resource: "user." + groupOf(apiCloudSQL), Name: g.name},
	}
	if g.spec.ReadReplicas > 0 {
		c.Values.ReaderHost = cloudSQLHost(g, nameCloudSQLReader)
		parts = append(parts, provision.Part{Composed: nameCloudSQLReader, Resource: resourceCloudSQL, Name: cloudSQLReaderName(g)})
	}
	return connect(g, c, parts...)
}
