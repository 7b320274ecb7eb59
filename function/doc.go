// Package function answers Crossplane for every composite kind of the group
// mattermost.crossplane.io. It is pure: a response depends on its request only.
//
// # What is read of statuses
//
// A status is written by Crossplane for a composer, but also by anybody who may write the
// status subresource of the object, and whoever creates an object may bring a status along.
// So a status never names what is somebody else's: names of cloud resources, of Secrets, of
// policies and of hosts come from composed objects, or are derived from names and UIDs. What
// is read all the same is listed here, by the function that reads it. A test compares the
// list with the code. The claim of a composite is read of spec.claimRef in the group of
// legacy claims alone, whose composites have no namespace.
//
// Of the composite's own status, to compare it or to count. A forged value delays, announces
// or refuses something of the forger's own, and names nothing:
//
//	bucket.sameBucket: connection.values.bucket
//	compose.Condition: conditions
//	compose.Generation: observedGeneration
//	compose.Response: conditions
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
// Of the composite's own status, to tell again what was decided or seen before. Whoever may
// write it may edit the spec as well, with the same effect: change a version, without a
// backup too, name another Secret or bucket of this namespace, create a restore of one of
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
// Of objects of the same namespace: an installation, a database, a bucket, a backup, a
// restore, or a CloudNativePG resource. What they name is of that namespace, and
// whoever may write their statuses could name it in the spec of an installation
// (database.external, fileStore.external), of a backup (store.external) or of a restore
// (from.name, from.archive). Names that become parts of paths are checked, and where an
// archive is, its ObjectStore's spec says:
//
//	backup.backend: backend
//	backup.environment: version
//	backup.installationKnown: replicas, version
//	backup.restoreOver: restore.name
//	backup.restoring: restore.phase
//	backup.saidOf: conditions
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
// Of composed objects, and of the Jobs, pods and volumes of this namespace. Their statuses
// are written by controllers, and whoever else may write them may also change the objects:
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
