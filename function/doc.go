// Package function answers Crossplane for every composite kind of the group
// mattermost.crossplane.io. It is pure: a response depends on its request only.
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
//	compose.kept: conditions
//	compose.later: all, conditions
//	compose.nudges: nudges
//	compose.passedOver: conditions
//	compose.saysMore: conditions
//	compose.transition: conditions
//	installation.anotherWish: conditions
//	installation.answered: conditions
//	installation.backedUpCondition: conditions
//	installation.firstSeen: conditions
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
//	installation.lastParticipation: restore
//	installation.lastUpgrade: upgrade
//	installation.observedStatus: replicas, updatedReplicas, version
//	installation.recallServed: served, version
//	installation.refuse: dataSource, sizing, upgrade
//	installation.reportPending: dataSource
//	installation.runningImage: all, availableReplicas
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
//	installation.backupSince: backups
//	installation.gatherConnections: connection
//	installation.viewRestore: restoredAt, step, version
//	restore.backupID: backupId
//	restore.databaseArchived: backend
//	restore.firstMoment: serverRecoveryWindow.firstRecoverabilityPoint
//	restore.installationKnown: conditions, replicas, version
//	restore.quiescing: conditions
//	restore.serverEnv: version
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
//	installation.attempts: failed
//	installation.buildBudget: availableReplicas
//	installation.claimCondition: conditions
//	installation.claimWaits: conditions
//	installation.complete: conditions
//	installation.externalVolumeUsable: phase
//	installation.failed: conditions
//	installation.fileStoreCondition: phase
//	installation.healthConditions: conditions
//	installation.licenseReportedBy: atProvider
//	installation.migrationCondition: failed
//	installation.neverServed: availableReplicas
//	installation.quiesced: observedGeneration, replicas, terminatingReplicas
//	installation.rolloutCondition: conditions
//	installation.schemaImage: completionTime
//	installation.updatedAvailable: availableReplicas, observedGeneration, replicas, updatedReplicas
//	installation.upgradeStatus: completionTime
//	installation.windowOpen: lastScheduleTime
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
