package v1beta1

import "k8s.io/apimachinery/pkg/api/resource"

// DatabaseBackend answers a MattermostDatabase. Exactly one is set.
type DatabaseBackend struct {
	// Standalone is one PostgreSQL server on a volume.
	// +optional
	Standalone *StandaloneDatabase `json:"standalone,omitempty"`

	// Existing is a Secret that is there already.
	// +optional
	Existing *ExistingSecret `json:"existing,omitempty"`

	// ProviderSQL is a database on a server that is there already, made by Crossplane's
	// provider-sql.
	// +optional
	ProviderSQL *ProviderSQLDatabase `json:"providerSQL,omitempty"`

	// CloudNativePG is a PostgreSQL cluster of the CloudNativePG operator.
	// +optional
	CloudNativePG *CloudNativePGDatabase `json:"cloudNativePG,omitempty"`

	// RDS is an instance of Amazon RDS, made by Crossplane's provider for AWS.
	// +optional
	RDS *RDSDatabase `json:"rds,omitempty"`

	// Aurora is a cluster of Amazon Aurora, made by Crossplane's provider for AWS.
	// +optional
	Aurora *AuroraDatabase `json:"aurora,omitempty"`

	// CloudSQL is an instance of Google Cloud SQL, made by Crossplane's provider for GCP.
	// +optional
	CloudSQL *CloudSQLDatabase `json:"cloudSQL,omitempty"`

	// Azure is a flexible server of Azure Database for PostgreSQL, made by Crossplane's
	// provider for Azure.
	// +optional
	Azure *AzureDatabase `json:"azure,omitempty"`
}

// StandaloneDatabase is one PostgreSQL server on a volume, without a second one to
// take over.
type StandaloneDatabase struct {
	// Image repository. It needs bash, initdb and postgres on its PATH, and is run as
	// <image>:<version>. Default: docker.io/library/postgres.
	// +optional
	Image string `json:"image,omitempty"`

	// Version of those that ask for none. Default: 17.
	// +optional
	Version string `json:"version,omitempty"`

	// RunAsUser is the user and group of the image's postgres account. Default: 999.
	// +optional
	RunAsUser int64 `json:"runAsUser,omitempty"`

	// StorageSize of those that ask for none. Default: 20Gi.
	// +optional
	StorageSize *resource.Quantity `json:"storageSize,omitempty"`
}

// ManagedDatabase is what databases that a Crossplane provider makes have in common.
type ManagedDatabase struct {
	// ProviderConfigRef of the managed resources.
	// +optional
	ProviderConfigRef ProviderConfigReference `json:"providerConfigRef,omitempty"`

	// NamePrefix begins the names of what is made outside of this cluster. Clusters
	// that share an account, or a server, each need their own: what one made, another
	// with the same prefix, namespace and name would take for its own. What exists
	// keeps its name. Default: mm.
	// +optional
	// +kubebuilder:validation:MaxLength=16
	// +kubebuilder:validation:Pattern=`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`
	NamePrefix string `json:"namePrefix,omitempty"`
}

// CloudDatabase is what the databases of clouds have in common.
type CloudDatabase struct {
	ManagedDatabase `json:",inline"`

	// Region of those that ask for none. Without it each must ask for one.
	// +optional
	Region string `json:"region,omitempty"`

	// Classes of machines, in the cloud's terms, by the size of the installation that is
	// served; key "default" is for all other sizes. Default: a table of ours.
	// +optional
	Classes map[string]string `json:"classes,omitempty"`

	// Version of those that ask for none. Default: 17.
	// +optional
	Version string `json:"version,omitempty"`

	// Instances of those that ask for none. Default: 2, in two zones.
	// +optional
	Instances *int32 `json:"instances,omitempty"`

	// RetentionDays of the backups of those that ask for none. Default: 7.
	// +optional
	RetentionDays *int32 `json:"retentionDays,omitempty"`
}

// ProviderSQLDatabase is a database on a server that is there already.
type ProviderSQLDatabase struct {
	ManagedDatabase `json:",inline"`

	// SSLMode of connections to the server. Default: require.
	// +optional
	// +kubebuilder:validation:Enum=disable;allow;prefer;require
	SSLMode string `json:"sslMode,omitempty"`
}

// CloudNativePGDatabase is a PostgreSQL cluster of the CloudNativePG operator.
type CloudNativePGDatabase struct {
	// Image repository of the server, run as <image>:<version>. Default:
	// ghcr.io/cloudnative-pg/postgresql.
	// +optional
	Image string `json:"image,omitempty"`

	// Version of those that ask for none. Default: 17.
	// +optional
	Version string `json:"version,omitempty"`

	// Instances of those that ask for none. Default: 3.
	// +optional
	Instances *int32 `json:"instances,omitempty"`

	// StorageSize of those that ask for none. Default: 20Gi.
	// +optional
	StorageSize *resource.Quantity `json:"storageSize,omitempty"`

	// Backup by the operator's plugin Barman Cloud, which must be installed. Default:
	// none.
	// +optional
	Backup *CloudNativePGBackup `json:"backup,omitempty"`
}

// CloudNativePGBackup is where backups go, and when.
type CloudNativePGBackup struct {
	// DestinationPath such as s3://backups/mattermost. Each namespace gets a folder below
	// it, and each database a folder below that.
	// +kubebuilder:validation:XValidation:rule="!self.matches('^[a-z0-9]+://[^/]*/(.*/)?(/|[.][.]?(/|$))') && !self.matches('[[:cntrl:]]')",message="destinationPath must have no part '.' or '..', no '//' and no control characters"
	DestinationPath string `json:"destinationPath"`

	// EndpointURL of an S3 that is not Amazon's, such as https://s3.example.com.
	// +optional
	EndpointURL string `json:"endpointURL,omitempty"`

	// SecretName of a Secret with keys ACCESS_KEY_ID and ACCESS_SECRET_KEY, in the asking
	// object's namespace, in which $(name) stands for the asking object's name. Default:
	// none; the pods' identity is used.
	// +optional
	SecretName string `json:"secretName,omitempty"`

	// Schedule of base backups: cron with six fields, of which the first is the second.
	// Default: "0 0 2 * * *".
	// +optional
	Schedule string `json:"schedule,omitempty"`

	// RetentionDays of those that ask for none. Default: 30.
	// +optional
	RetentionDays *int32 `json:"retentionDays,omitempty"`
}

// AWSNetwork is where a database of AWS is reached.
type AWSNetwork struct {
	// SubnetGroup that exists. Default: the region's.
	// +optional
	SubnetGroup string `json:"subnetGroup,omitempty"`

	// SecurityGroups by their IDs. Default: the network's.
	// +optional
	SecurityGroups []string `json:"securityGroups,omitempty"`

	// PubliclyAccessible gives it an address on the internet. Default: false.
	// +optional
	PubliclyAccessible bool `json:"publiclyAccessible,omitempty"`
}

// RDSDatabase is an instance of Amazon RDS.
type RDSDatabase struct {
	CloudDatabase `json:",inline"`
	AWSNetwork    `json:",inline"`

	// StorageSize of those that ask for none, in whole GiB. Default: 20Gi.
	// +optional
	StorageSize *resource.Quantity `json:"storageSize,omitempty"`

	// ParameterGroup that exists. Default: the engine's.
	// +optional
	ParameterGroup string `json:"parameterGroup,omitempty"`
}

// AuroraDatabase is a cluster of Amazon Aurora.
type AuroraDatabase struct {
	CloudDatabase `json:",inline"`
	AWSNetwork    `json:",inline"`

	// ParameterGroup, of clusters, that exists. Default: the engine's.
	// +optional
	ParameterGroup string `json:"parameterGroup,omitempty"`
}

// CloudSQLDatabase is an instance of Google Cloud SQL.
type CloudSQLDatabase struct {
	CloudDatabase `json:",inline"`

	// StorageSize of those that ask for none, in whole GiB. Default: 20Gi.
	// +optional
	StorageSize *resource.Quantity `json:"storageSize,omitempty"`

	// PrivateNetwork, such as projects/p/global/networks/n, with private services
	// access. Instances then have no public address. Default: none; instances have a
	// public address.
	// +optional
	PrivateNetwork string `json:"privateNetwork,omitempty"`

	// AuthorizedNetworks, as CIDR, that may reach the public address. Default: none may.
	// +optional
	AuthorizedNetworks []string `json:"authorizedNetworks,omitempty"`
}

// AzureDatabase is a flexible server of Azure Database for PostgreSQL.
type AzureDatabase struct {
	CloudDatabase `json:",inline"`

	// ResourceGroup that exists.
	ResourceGroup string `json:"resourceGroup"`

	// StorageSize of those that ask for none, rounded up to a size that Azure has.
	// Default: 32Gi.
	// +optional
	StorageSize *resource.Quantity `json:"storageSize,omitempty"`

	// DelegatedSubnetID of a subnet for flexible servers. Default: none; servers have a
	// public address, for which firewall rules are the platform's.
	// +optional
	DelegatedSubnetID string `json:"delegatedSubnetID,omitempty"`

	// PrivateDNSZoneID that goes with the subnet.
	// +optional
	PrivateDNSZoneID string `json:"privateDNSZoneID,omitempty"`
}
