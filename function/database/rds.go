package database

import (
	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/mattermost/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/provision"
)

const (
	backendRDS      = "RDS"
	nameRDSInstance = "rds-instance"
	nameRDSReader   = "rds-reader"

	apiRDS         = "rds.aws.m.upbound.io/v1beta1"
	kindInstance   = "Instance"
	resourceRDS    = "instance.rds.aws.m.upbound.io"
	rdsEngine      = "postgres"
	rdsStorageType = "gp3"
	// portRDS is also what the engine listens at by default.
	portRDS = 5432

	// suffixFinal is of the snapshot that is made if a database is deleted in spite of
	// everything.
	suffixFinal = "-final"
)

// rdsClasses of machines, with 4, 16 and 64 GiB of memory.
//
//nolint:gochecknoglobals // A table.
var rdsClasses = [3]string{small: "db.t4g.medium", medium: "db.m7g.xlarge", large: "db.r7g.2xlarge"}

// rdsInstance is forProvider of an Instance. Its identifier is a field: in the
// annotation of the external name the provider keeps the ID that AWS gives.
type rdsInstance struct {
	Region     string `json:"region"`
	Identifier string `json:"identifier"`

	Engine                   string `json:"engine,omitempty"`
	EngineVersion            string `json:"engineVersion,omitempty"`
	AllowMajorVersionUpgrade bool   `json:"allowMajorVersionUpgrade,omitempty"`
	AutoMinorVersionUpgrade  bool   `json:"autoMinorVersionUpgrade"`
	ApplyImmediately         bool   `json:"applyImmediately"`

	InstanceClass      string `json:"instanceClass"`
	MultiAZ            bool   `json:"multiAz"`
	AllocatedStorage   int64  `json:"allocatedStorage,omitempty"`
	StorageType        string `json:"storageType"`
	StorageEncrypted   bool   `json:"storageEncrypted"`
	ParameterGroupName string `json:"parameterGroupName,omitempty"`
	ReplicateSourceDB  string `json:"replicateSourceDb,omitempty"`

	DBName               string        `json:"dbName,omitempty"`
	Username             string        `json:"username,omitempty"`
	AutoGeneratePassword bool          `json:"autoGeneratePassword,omitempty"`
	PasswordSecretRef    *keyReference `json:"passwordSecretRef,omitempty"`

	DBSubnetGroupName   string   `json:"dbSubnetGroupName,omitempty"`
	VPCSecurityGroupIDs []string `json:"vpcSecurityGroupIds,omitempty"`
	PubliclyAccessible  bool     `json:"publiclyAccessible"`

	BackupRetentionPeriod   *int32 `json:"backupRetentionPeriod,omitempty"`
	CopyTagsToSnapshot      bool   `json:"copyTagsToSnapshot"`
	DeletionProtection      bool   `json:"deletionProtection"`
	DeleteAutomatedBackups  bool   `json:"deleteAutomatedBackups"`
	SkipFinalSnapshot       bool   `json:"skipFinalSnapshot"`
	FinalSnapshotIdentifier string `json:"finalSnapshotIdentifier,omitempty"`
}

// rds is an instance of Amazon RDS, with a standby in another zone.
func rds() backend {
	return backend{
		Name: backendRDS,
		Gates: []compose.Gate[gathered]{
			noParameters, twoInstances, oneReadReplica, retentionBetween(0, 35), replicaNeedsBackups(rdsRetention),
			regionKnown(rdsRegion), versionGrows(nameRDSInstance), storageGrows(nameRDSInstance, "spec", "forProvider", "allocatedStorage"),
		},
		Build:   buildRDS,
		Connect: connectRDS,
	}
}

func rdsRegion(g gathered) string {
	return regionOf(g, g.policy.Database.RDS.CloudDatabase, nameRDSInstance, "region")
}

func rdsRetention(g gathered) int32 {
	return retentionOf(g, g.policy.Database.RDS.RetentionDays, defaultRetention)
}

func rdsReaderName(g gathered) string { return g.name + suffixReader }

// rdsIdentifier of an instance, which it keeps.
func rdsIdentifier(g gathered) string {
	return g.stays(externalName(g, g.policy.Database.RDS.ManagedDatabase), nameRDSInstance, "spec", "forProvider", "identifier")
}

func buildRDS(a *compose.Answer, g gathered) error {
	of := g.policy.Database.RDS
	version := versionOf(g, nameRDSInstance, of.Version)
	instance := g.resource(nameRDSInstance, apiRDS, kindInstance, g.name, of.ManagedDatabase, rdsPrimary(g, version)).
		Retain(retained(g)).Writing(connectionSecret(g)).HoldingData(version)
	if err := a.Desire(nameRDSInstance, instance); err != nil {
		return err
	}
	if g.spec.ReadReplicas < 1 {
		return nil
	}
	// It is made of the first one, and without a server to read from there is none.
	if g.state.Observed(nameRDSInstance).String("status", "atProvider", "address") == "" && !g.state.Observed(nameRDSReader).Exists() {
		a.Unready()
		return nil
	}
	reader := g.resource(nameRDSInstance, apiRDS, kindInstance, rdsReaderName(g), of.ManagedDatabase, rdsReader(g)).Retain(false)
	return errors.Wrap(a.Desire(nameRDSReader, reader), "cannot add a read replica")
}

func rdsPrimary(g gathered, version string) rdsInstance {
	of := g.policy.Database.RDS
	retention := rdsRetention(g)
	out := rdsInstance{
		Region:                   rdsRegion(g),
		Identifier:               rdsIdentifier(g),
		Engine:                   rdsEngine,
		EngineVersion:            version,
		AllowMajorVersionUpgrade: true,
		// Only then a major version is enough.
		AutoMinorVersionUpgrade: true,
		ApplyImmediately:        true,
		InstanceClass:           classOf(g, of.CloudDatabase, rdsClasses),
		MultiAZ:                 instancesOf(g, of.Instances, defaultInstances) > 1,
		AllocatedStorage:        gibibytes(g, g.state.Observed(nameRDSInstance).Int("spec", "forProvider", "allocatedStorage"), of.StorageSize, defaultStorage),
		StorageType:             rdsStorageType,
		StorageEncrypted:        true,
		ParameterGroupName:      of.ParameterGroup,
		DBName:                  databaseName(g),
		Username:                databaseName(g),
		AutoGeneratePassword:    true,
		PasswordSecretRef:       &keyReference{Name: passwordSecret(g), Key: keyPassword},
		DBSubnetGroupName:       of.SubnetGroup,
		VPCSecurityGroupIDs:     of.SecurityGroups,
		PubliclyAccessible:      of.PubliclyAccessible,
		BackupRetentionPeriod:   &retention,
		CopyTagsToSnapshot:      true,
		DeletionProtection:      retained(g),
		DeleteAutomatedBackups:  !retained(g),
		SkipFinalSnapshot:       !retained(g),
	}
	if retained(g) {
		out.FinalSnapshotIdentifier = out.Identifier + suffixFinal
	}
	return out
}

// rdsReader takes what it does not say from the instance that it replicates.
func rdsReader(g gathered) rdsInstance {
	of := g.policy.Database.RDS
	return rdsInstance{
		Region:                  rdsRegion(g),
		Identifier:              rdsIdentifier(g) + suffixReader,
		ReplicateSourceDB:       rdsIdentifier(g),
		AutoMinorVersionUpgrade: true,
		ApplyImmediately:        true,
		InstanceClass:           classOf(g, of.CloudDatabase, rdsClasses),
		StorageType:             rdsStorageType,
		StorageEncrypted:        true,
		ParameterGroupName:      of.ParameterGroup,
		VPCSecurityGroupIDs:     of.SecurityGroups,
		PubliclyAccessible:      of.PubliclyAccessible,
		CopyTagsToSnapshot:      true,
		DeleteAutomatedBackups:  true,
		SkipFinalSnapshot:       true,
	}
}

// connectRDS by the instance's address. What the provider calls its endpoint has the
// port in it.
func connectRDS(g gathered) (*v1alpha1.DatabaseConnection, string, error) {
	c := v1alpha1.DatabaseConnection{
		SecretName: connectionSecret(g),
		Keys:       v1alpha1.DatabaseKeys{Password: keyPassword},
		Values: v1alpha1.DatabaseValues{
			Host: g.state.Observed(nameRDSInstance).String("status", "atProvider", "address"), Port: portRDS,
			Database: databaseName(g), Username: databaseName(g),
		},
	}
	parts := []provision.Part{{Composed: nameRDSInstance, Resource: resourceRDS, Name: g.name}}
	if g.spec.ReadReplicas > 0 {
		c.Values.ReaderHost = g.state.Observed(nameRDSReader).String("status", "atProvider", "address")
		parts = append(parts, provision.Part{Composed: nameRDSReader, Resource: resourceRDS, Name: rdsReaderName(g)})
	}
	return connect(g, c, parts...)
}
