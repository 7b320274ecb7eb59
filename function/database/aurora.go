package database

import (
	"fmt"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/mattermost/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/provision"
)

const (
	backendAurora      = "Aurora"
	nameAuroraCluster  = "aurora-cluster"
	nameAuroraInstance = "aurora-instance-"

	resourceAurora         = "cluster.rds.aws.m.upbound.io"
	resourceAuroraInstance = "clusterinstance.rds.aws.m.upbound.io"
	auroraEngine           = "aurora-postgresql"
	// maxAuroraInstances of a cluster, of which one writes.
	maxAuroraInstances = 16

	// Instances that were asked for take over before read replicas do.
	promotedFirst, promotedLast = 1, 15

	keyAuroraPassword = "attribute.master_password"
)

// auroraClasses of machines, with 4, 16 and 64 GiB of memory.
//
//nolint:gochecknoglobals // A table.
var auroraClasses = [3]string{small: "db.t4g.medium", medium: "db.r7g.large", large: "db.r7g.2xlarge"}

type auroraCluster struct {
	Region string `json:"region"`

	Engine                   string `json:"engine"`
	EngineVersion            string `json:"engineVersion"`
	AllowMajorVersionUpgrade bool   `json:"allowMajorVersionUpgrade"`
	ApplyImmediately         bool   `json:"applyImmediately"`

	DatabaseName            string       `json:"databaseName"`
	MasterUsername          string       `json:"masterUsername"`
	AutoGeneratePassword    bool         `json:"autoGeneratePassword"`
	MasterPasswordSecretRef keyReference `json:"masterPasswordSecretRef"`

	StorageEncrypted            bool     `json:"storageEncrypted"`
	DBClusterParameterGroupName string   `json:"dbClusterParameterGroupName,omitempty"`
	DBSubnetGroupName           string   `json:"dbSubnetGroupName,omitempty"`
	VPCSecurityGroupIDs         []string `json:"vpcSecurityGroupIds,omitempty"`

	BackupRetentionPeriod   int32  `json:"backupRetentionPeriod"`
	CopyTagsToSnapshot      bool   `json:"copyTagsToSnapshot"`
	DeletionProtection      bool   `json:"deletionProtection"`
	DeleteAutomatedBackups  bool   `json:"deleteAutomatedBackups"`
	SkipFinalSnapshot       bool   `json:"skipFinalSnapshot"`
	FinalSnapshotIdentifier string `json:"finalSnapshotIdentifier,omitempty"`
}

type auroraInstance struct {
	Region                  string    `json:"region"`
	ClusterIdentifierRef    reference `json:"clusterIdentifierRef"`
	Engine                  string    `json:"engine"`
	InstanceClass           string    `json:"instanceClass"`
	PromotionTier           int       `json:"promotionTier"`
	DBSubnetGroupName       string    `json:"dbSubnetGroupName,omitempty"`
	PubliclyAccessible      bool      `json:"publiclyAccessible"`
	ApplyImmediately        bool      `json:"applyImmediately"`
	AutoMinorVersionUpgrade bool      `json:"autoMinorVersionUpgrade"`
}

// aurora is a cluster of Amazon Aurora: data on one volume, and instances that serve it.
func aurora() backend {
	return backend{
		Name: backendAurora,
		Gates: []compose.Gate[gathered]{
			noParameters, volumeGrows, auroraInstancesFit, retentionBetween(1, 35), regionKnown(auroraRegion), versionGrows(nameAuroraCluster),
		},
		Build:   buildAurora,
		Connect: connectAurora,
	}
}

func auroraRegion(g gathered) string {
	return regionOf(g, g.policy.Database.Aurora.CloudDatabase, nameAuroraCluster, "region")
}

// auroraName of a cluster, which it keeps.
func auroraName(g gathered) string {
	return g.stays(externalName(g, g.policy.Database.Aurora.ManagedDatabase), nameAuroraCluster, "metadata", "annotations", provision.AnnotationExternalName)
}

func auroraInstances(g gathered) (instances, all int32) {
	instances = instancesOf(g, g.policy.Database.Aurora.Instances, defaultInstances)
	return instances, instances + g.spec.ReadReplicas
}

func auroraInstancesFit(g gathered) compose.Verdict {
	if _, all := auroraInstances(g); all <= maxAuroraInstances {
		return compose.Passed
	}
	return compose.Refuse("NotOffered", fmt.Sprintf("spec.readReplicas: with spec.instances there are more than the %d that this platform's backend offers: ask for fewer", maxAuroraInstances))
}

func auroraInstanceName(g gathered, i int32) string { return fmt.Sprintf("%s-%d", g.name, i) }

// buildAurora composes the volume, which may be retained, and the instances, which hold
// nothing: a retained volume has none, and the next database of the same name gives it
// its own.
func buildAurora(a *compose.Answer, g gathered) error {
	of := g.policy.Database.Aurora
	version := versionOf(g, nameAuroraCluster, of.Version)
	cluster := g.resource(nameAuroraCluster, apiRDS, "Cluster", g.name, of.ManagedDatabase, auroraVolume(g, version)).
		Called(auroraName(g)).Retain(retained(g)).Writing(connectionSecret(g)).HoldingData(version)
	if err := a.Desire(nameAuroraCluster, cluster); err != nil {
		return err
	}
	instances, all := auroraInstances(g)
	for i := range all {
		promotion := promotedFirst
		if i >= instances {
			promotion = promotedLast
		}
		instance := g.resource(nameAuroraCluster, apiRDS, "ClusterInstance", auroraInstanceName(g, i), of.ManagedDatabase, auroraInstance{
			Region:                  auroraRegion(g),
			ClusterIdentifierRef:    reference{Name: g.name},
			Engine:                  auroraEngine,
			InstanceClass:           classOf(g, of.CloudDatabase, auroraClasses),
			PromotionTier:           promotion,
			DBSubnetGroupName:       of.SubnetGroup,
			PubliclyAccessible:      of.PubliclyAccessible,
			ApplyImmediately:        true,
			AutoMinorVersionUpgrade: true,
		}).Called(fmt.Sprintf("%s-%d", auroraName(g), i)).Retain(false)
		if err := a.Desire(fmt.Sprintf("%s%d", nameAuroraInstance, i), instance); err != nil {
			return err
		}
	}
	return nil
}

func auroraVolume(g gathered, version string) auroraCluster {
	of := g.policy.Database.Aurora
	out := auroraCluster{
		Region:                      auroraRegion(g),
		Engine:                      auroraEngine,
		EngineVersion:               version,
		AllowMajorVersionUpgrade:    true,
		ApplyImmediately:            true,
		DatabaseName:                databaseName(g),
		MasterUsername:              databaseName(g),
		AutoGeneratePassword:        true,
		MasterPasswordSecretRef:     keyReference{Name: passwordSecret(g), Key: keyPassword},
		StorageEncrypted:            true,
		DBClusterParameterGroupName: of.ParameterGroup,
		DBSubnetGroupName:           of.SubnetGroup,
		VPCSecurityGroupIDs:         of.SecurityGroups,
		BackupRetentionPeriod:       max(retentionOf(g, of.RetentionDays, defaultRetention), 1),
		CopyTagsToSnapshot:          true,
		DeletionProtection:          retained(g),
		DeleteAutomatedBackups:      !retained(g),
		SkipFinalSnapshot:           !retained(g),
	}
	if retained(g) {
		out.FinalSnapshotIdentifier = auroraName(g) + suffixFinal
	}
	return out
}

// connectAurora by the addresses of the cluster, which lead to whichever instance
// writes, and to those that do not.
func connectAurora(g gathered) (*v1alpha1.DatabaseConnection, string, error) {
	cluster := g.state.Observed(nameAuroraCluster)
	c := v1alpha1.DatabaseConnection{
		SecretName: connectionSecret(g),
		Keys:       v1alpha1.DatabaseKeys{Password: keyAuroraPassword},
		Values: v1alpha1.DatabaseValues{
			Host: cluster.String("status", "atProvider", "endpoint"), Port: portRDS,
			Database: databaseName(g), Username: databaseName(g),
		},
	}
	if g.spec.ReadReplicas > 0 {
		c.Values.ReaderHost = cluster.String("status", "atProvider", "readerEndpoint")
	}
	parts := []provision.Part{{Composed: nameAuroraCluster, Resource: resourceAurora, Name: g.name}}
	_, all := auroraInstances(g)
	for i := range all {
		parts = append(parts, provision.Part{Composed: fmt.Sprintf("%s%d", nameAuroraInstance, i), Resource: resourceAuroraInstance, Name: auroraInstanceName(g, i)})
	}
	return connect(g, c, parts...)
}
