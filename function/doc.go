// Package function answers Crossplane for every composite kind of the group
// mattermost.crossplane.io. It is pure: a response depends on its request only.
//
// # Rooms
//
// A composer answers for one kind: installation, database, bucket, backup and restore. They
// share a vocabulary, compose, and what pods, backends and Jobs of the tool look like: pod,
// provision and tool. They also share admission, which refuses what the API server would refuse in
// composed objects.
//
// An installation has many concerns. Its composer reads the facts, makes the decisions that do
// not need an accepted spec, asks the rules of all features, and then lets the features compose
// objects and report conditions:
//
//	request ──▶ facts ──▶ version, scaling, restores, rollout: decisions
//	                                          │
//	             features: rules, parts of the server's pods, objects, conditions
//	                                          │
//	                                      response
//
// Each feature is a package below installation, with one value of type feature.Feature:
//
//	database     the database that is claimed or exists
//	filestore    the bucket that is claimed or exists, or the volume
//	search       Elasticsearch or OpenSearch
//	scaling      the size, the number of replicas, the disruption budget
//	version      the wanted version: spec, channel and window
//	rollout      rules for changes, required backups, migrations, the Deployment
//	restores     the part in restores: stopping, and starting again
//	exposure     the Ingress and the site URL
//	license      the license of the servers
//	environment  variables and volumes of the user
//	bootstrap    the administrator, the first team, and the server's health
//	protection   the Usage that refuses the deletion
//	network      the Services
//
// A feature imports facts, decisions and the vocabulary, and never another feature.
//
// # Reads of statuses
//
// Crossplane writes the status of a composite for a composer, but so can every user who may
// write the status subresource, and a user can create an object with a status. Therefore a
// status must never name an object of another owner: names of cloud resources, of Secrets,
// of policies and of hosts come from composed objects, or are derived from names and UIDs.
// The other reads of statuses are listed here, by the function that reads. A test compares
// the list with the code. A composite's claim is read from spec.claimRef only in the API
// group of legacy claims, whose composites have no namespace.
//
// From the composite's own status, to compare or to count. A forged value delays, announces
// or refuses something of the forger's own, and names nothing:
//
//	bucket.sameBucket: connection.values.bucket
//	compose.Condition: conditions
//	compose.Generation: observedGeneration
//	compose.Response: conditions
//	compose.Unapplied: conditions
//	compose.kept: conditions
//	compose.later: all, conditions
//	compose.nudges: nudges
//	compose.passedOver: conditions
//	compose.progress: conditions
//	compose.saysMore: conditions
//	compose.transition: conditions
//	installation/bootstrap.DecideHealth: conditions
//	installation/claim.Readiness: conditions
//	installation/facts.Condition: conditions
//	installation/rollout.another: conditions
//	installation/rollout.backedUp: conditions
//	installation/rollout.firstSeen: conditions
//	provision.Told: backend, connection
//	provision.refuse: archive
//	restore.failedMessage: conditions
//	restore.failedReason: conditions
//	restore.judge: conditions
//	restore.rejection: conditions
//
// From the composite's own status, to report again what was decided or observed before.
// Users who may write it may also edit the spec, with the same effect: change the version,
// also without a backup, name another Secret or bucket of this namespace, or restore one of
// its backups:
//
//	backup.gather: all, connection, dataSource
//	installation.runningImage: all
//	installation.statusOf: dataSource, sizing, version
//	installation/facts.readStatus: restore, upgrade
//	installation/facts.served: served, version
//	restore.gather: all, archive, connection, dataSource, restore
//
// From objects of the same namespace: an installation, a database, a bucket, a backup, a
// restore, or a CloudNativePG resource. They name objects of that namespace, and users who
// may write their statuses could name these objects in the spec of an installation
// (database.external, fileStore.external), of a backup (store.external) or of a restore
// (from.name, from.archive). Names that become parts of paths are checked. The location of
// an archive comes from the spec of its ObjectStore:
//
//	backup.backend: backend
//	backup.installationKnown: replicas
//	backup.restoreOver: restore.name
//	backup.restoring: restore.phase
//	backup.saidOf: conditions
//	backup.servedVersion: served.version, version
//	installation/facts.readConnections: connection
//	installation/facts.restore: restoredAt, step, version
//	installation/rollout.backupSince: backups
//	restore.backupID: backupId
//	restore.databaseArchived: backend
//	restore.firstMoment: serverRecoveryWindow.firstRecoverabilityPoint
//	restore.installationKnown: conditions, replicas, version
//	restore.quiescing: conditions
//	restore.serverEnv: version
//	tool.Diverged: conditions
//
// From composed objects, and from the Jobs, pods and volumes of this namespace. Controllers
// write their statuses, and other users who may write them may also change the objects:
//
//	backup.jobAttempts: completionTime, startTime
//	backup.nativeAttempts: startedAt, stoppedAt
//	backup.nativeOutcome: error, phase
//	bucket.connectGCS: atProvider.accessId
//	bucket.grantGCS: atProvider.member
//	compose.RolledOut: availableReplicas, observedGeneration, replicas, updatedReplicas
//	compose.claimReady: phase
//	compose.jobReady: conditions
//	compose.readiness: accessGranted, bucketReady, phase
//	compose.reportsReady: conditions
//	compose.statefulSetReady: observedGeneration, readyReplicas, updatedReplicas
//	database.buildAzureReader: atProvider.fqdn
//	database.buildRDS: atProvider.address
//	database.cloudSQLHost: atProvider
//	database.cnpgArchiveReady: conditions, serverRecoveryWindow.firstRecoverabilityPoint
//	database.connectAurora: atProvider.endpoint, atProvider.readerEndpoint
//	database.connectAzure: atProvider.fqdn
//	database.connectRDS: atProvider.address
//	installation/bootstrap.conditions: conditions
//	installation/bootstrap.unhealthy: conditions
//	installation/claim.Possible: conditions
//	installation/claim.Waits: conditions
//	installation/claim.used: terminatingReplicas
//	installation/facts.Attempts: failed
//	installation/facts.Available: availableReplicas
//	installation/facts.Complete: conditions
//	installation/facts.Failed: conditions
//	installation/facts.NewReplicaAvailable: observedGeneration
//	installation/facts.Replicas: replicas
//	installation/facts.Updated: updatedReplicas
//	installation/filestore.conditions: phase
//	installation/filestore.externalVolumeUsable: phase
//	installation/restores.quiet: observedGeneration, terminatingReplicas
//	installation/rollout.migration: failed
//	installation/rollout.rolledOut: conditions
//	installation/rollout.schemaImage: completionTime
//	installation/rollout.upgrade: completionTime
//	installation/scaling.licenseReportedBy: atProvider
//	installation/version.windowOpen: lastScheduleTime
//	provision.RealStorageSize: capacity.storage
//	provision.Waiting: readyReplicas
//	restore.recovery: phase, phaseReason
//	restore.replacedAt: completionTime
//	restore.underWay: all
//	tool.ReadOf: conditions
//	tool.Unfinished: conditions, phase
//	tool.failure: phase
//	tool.failureOf: message, reason
//	tool.pendingBefore: initContainerStatuses
//	tool.state: containerStatuses
//	tool.waiting: conditions, phase
package function
