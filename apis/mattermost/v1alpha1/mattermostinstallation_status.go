package v1alpha1

import corev1 "k8s.io/api/core/v1"

// State of an installation in one word.
type State string

// States of an installation.
const (
	// StateRefused means that the spec, or something it names, cannot be used.
	// Nothing that runs was touched. A condition says which field and what to do.
	StateRefused State = "refused"
	// StateReconciling means that no server answers yet, or that what the spec
	// wants is not rolled out to any replica yet.
	StateReconciling State = "reconciling"
	// StateUpgrading means that the server is on its way from one version to another.
	// The version before serves until the new one does.
	StateUpgrading State = "upgrading"
	// StateRestoring means that no server runs, because its data is being replaced.
	StateRestoring State = "restoring"
	// StateReady means that at least one replica runs what the spec wants.
	StateReady State = "ready"
	// StateStable means that every replica runs what the spec wants, and with
	// spec.bootstrap also that the server says that it is healthy.
	StateStable State = "stable"
)

// MattermostInstallationStatus is the observed state of a Mattermost server. Crossplane
// adds the conditions. Ready and Synced are its own. Accepted, DatabaseReady,
// FileStoreReady, MigrationComplete, RolloutComplete, ReplicasClustered, ZeroDowntime and
// VersionCurrent are ours, as are UpgradeBackedUp if spec.upgrade.backup is Required, and
// ServerHealthy if there is spec.bootstrap.
type MattermostInstallationStatus struct {
	// State in one word: refused, reconciling, upgrading, restoring, ready or stable.
	// +optional
	State State `json:"state,omitempty"`

	// Version that at least one available replica runs.
	// +optional
	Version string `json:"version,omitempty"`

	// Image repository that at least one available replica runs.
	// +optional
	Image string `json:"image,omitempty"`

	// Served is what was served last. It is kept while no replica serves, also when the
	// Deployment is gone.
	// +optional
	Served *ServedStatus `json:"served,omitempty"`

	// Endpoint is the Ingress host, else the Service's address in the cluster.
	// +optional
	Endpoint string `json:"endpoint,omitempty"`

	// Replicas that exist, old and new. Zero until the first one has served.
	Replicas int32 `json:"replicas"`

	// UpdatedReplicas run what the spec wants.
	UpdatedReplicas int32 `json:"updatedReplicas"`

	// ObservedGeneration of the spec that this status speaks of.
	// +optional
	ObservedGeneration int64 `json:"observedGeneration,omitempty"`

	// Nudges counts changes to this status while condition Responsive is False.
	// Crossplane's circuit breaker closes only when something changes. Absent otherwise.
	// +optional
	Nudges int64 `json:"nudges,omitempty"`

	// Selector of the server pods, for the scale subresource.
	// +optional
	Selector string `json:"selector,omitempty"`

	// Sizing that is in effect.
	// +optional
	Sizing *SizingStatus `json:"sizing,omitempty"`

	// Upgrade is the change of version that is under way, or else the last one.
	// +optional
	Upgrade *UpgradeStatus `json:"upgrade,omitempty"`

	// Administrator is who spec.bootstrap made.
	// +optional
	Administrator *AdministratorStatus `json:"administrator,omitempty"`

	// DataSource says where the data is, once that is known.
	// +optional
	DataSource *DataSource `json:"dataSource,omitempty"`

	// Restore is this installation's part in the restore that is under way, or else in
	// the last one.
	// +optional
	Restore *RestoreParticipation `json:"restore,omitempty"`
}

// ServedStatus is what a server last served with. A change of version or of the database, and a
// claim that is gone, are judged by it where the Deployment is gone too.
type ServedStatus struct {
	// Version of the server.
	// +optional
	Version string `json:"version,omitempty"`

	// Claims that its data was in: bucket, database.
	// +optional
	// +listType=atomic
	Claims []string `json:"claims,omitempty"`

	// Database is a digest of host, port and name of the database that its data was in.
	// +optional
	Database string `json:"database,omitempty"`
}

// SizingStatus is the sizing in effect.
type SizingStatus struct {
	// Size is the row of the sizing table that is used.
	// +optional
	Size string `json:"size,omitempty"`

	// Replicas of the server: spec.replicas, or else the size's number if there is a
	// license for high availability, or else 1.
	Replicas int32 `json:"replicas"`

	// SizeReplicas is the number that the size gives to a server with a license for high
	// availability.
	SizeReplicas int32 `json:"sizeReplicas"`

	// Requests of each server container.
	// +optional
	Requests corev1.ResourceList `json:"requests,omitempty"`

	// Limits of each server container.
	// +optional
	Limits corev1.ResourceList `json:"limits,omitempty"`

	// Nodes recommended for this size, where Mattermost publishes a
	// recommendation.
	// +optional
	// +listType=map
	// +listMapKey=role
	Nodes []RecommendedNodes `json:"nodes,omitempty"`
}

// RecommendedNodes are nodes that Mattermost recommends for a size.
type RecommendedNodes struct {
	// Role of the nodes: all (every component together), app, databaseWriter,
	// databaseReader, search, proxy or redis.
	Role string `json:"role"`

	// Count of nodes.
	Count int32 `json:"count"`

	// VCPU of each node.
	VCPU int32 `json:"vCPU"`

	// MemoryGB of each node, in the unit of Mattermost's tables.
	MemoryGB int32 `json:"memoryGB"`
}
