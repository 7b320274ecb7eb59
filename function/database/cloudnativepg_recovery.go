package database

import (
	"cmp"
	"strings"

	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/mattermost/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/provision"
	"github.com/crossplane-mattermost/crossplane-mattermost/input/v1beta1"
)

const (
	// KeyRecoveredURL of the Secret of a recovered Cluster is the URL of its database.
	KeyRecoveredURL = "uri"

	// origin of what is recovered, as the Cluster itself calls it.
	origin = "origin"
)

type cnpgRecovery struct {
	Source         string      `json:"source"`
	Database       string      `json:"database"`
	Owner          string      `json:"owner"`
	RecoveryTarget *cnpgTarget `json:"recoveryTarget,omitempty"`
}

type cnpgTarget struct {
	BackupID        string `json:"backupID,omitempty"`
	TargetImmediate bool   `json:"targetImmediate,omitempty"`
	TargetTime      string `json:"targetTime,omitempty"`
}

type cnpgExternalCluster struct {
	Name   string     `json:"name"`
	Plugin cnpgOrigin `json:"plugin"`
}

type cnpgOrigin struct {
	Name       string            `json:"name"`
	Parameters map[string]string `json:"parameters"`
}

// Recovery of a database from its archive, into a Cluster of its own that archives
// nothing.
type Recovery struct {
	// Name of the Cluster, at most 47 characters: its Job has 16 more.
	Name string
	// Labels of the Cluster.
	Labels map[string]string
	// Archive that is read. Its version is empty for that of Like.
	Archive v1alpha1.DatabaseArchive
	// BackupID is the backup at whose end the database is recovered; empty for another
	// moment.
	BackupID string
	// PointInTime that the database is recovered to, as RFC 3339; empty for the end of the
	// backup, or else of the archive.
	PointInTime string
	// Like is a Cluster that what is recovered fits in: that of the database itself, or the
	// one that it is restored to. It may not exist.
	Like compose.Resource
}

// RecoveredSecret names the Secret that the operator makes for a recovered Cluster.
func RecoveredSecret(cluster string) string { return cluster + "-app" }

// RecoveryJob names the operator's Job that recovers a Cluster.
func RecoveryJob(cluster string) string { return cluster + "-1-full-recovery" }

// RecoveryPods are the labels of the pods of the Job that recovers a Cluster.
func RecoveryPods(cluster string) map[string]string {
	return map[string]string{"cnpg.io/cluster": cluster, "cnpg.io/jobRole": RecoveryContainer}
}

// RecoveryContainer of those pods recovers.
const RecoveryContainer = "full-recovery"

// Recovered spells the Cluster of a recovery out. It holds nothing but a copy.
func Recovered(policy v1beta1.Input, r Recovery) (any, error) {
	out := cnpgCluster{
		TypeMeta:   metav1.TypeMeta{APIVersion: apiCNPG, Kind: "Cluster"},
		ObjectMeta: metav1.ObjectMeta{Name: r.Name, Labels: r.Labels},
		Spec: cnpgSpec{
			Instances: 1,
			ImageName: recoveryImage(policy, r),
			Bootstrap: cnpgBootstrap{Recovery: &cnpgRecovery{
				Source: origin, Database: r.Archive.DatabaseName, Owner: r.Archive.DatabaseName, RecoveryTarget: targetOf(r),
			}},
			ExternalClusters: []cnpgExternalCluster{{Name: origin, Plugin: cnpgOrigin{Name: PluginBarman, Parameters: map[string]string{
				"barmanObjectName": r.Archive.ObjectStore, "serverName": r.Archive.ServerName,
			}}}},
			Affinity: cnpgSpread(),
		},
	}
	follow(&out.Spec, policy)
	return out, fit(&out.Spec, policy, r.Like)
}

func targetOf(r Recovery) *cnpgTarget {
	switch {
	case r.PointInTime != "":
		return &cnpgTarget{TargetTime: r.PointInTime}
	case r.BackupID != "":
		return &cnpgTarget{BackupID: r.BackupID, TargetImmediate: true}
	}
	return nil
}

// fit a Cluster to what another one has: as much room, as much memory, and the settings
// that this is used by.
func fit(spec *cnpgSpec, policy v1beta1.Input, like compose.Resource) error {
	spec.Storage = cnpgStorageSpec{Size: resource.MustParse(cnpgStorage), StorageClass: policy.StorageClass}
	if size := cnpgPolicy(policy).StorageSize; size != nil {
		spec.Storage.Size = *size
	}
	spec.PostgreSQL.Parameters = map[string]string{}
	if !like.Exists() {
		return nil
	}
	if size, err := resource.ParseQuantity(like.String("spec", "storage", "size")); err == nil {
		spec.Storage.Size = size
	}
	spec.Storage.StorageClass = cmp.Or(like.String("spec", "storage", "storageClass"), spec.Storage.StorageClass)
	for name, value := range like.At("spec", "postgresql", "parameters").Struct().GetFields() {
		spec.PostgreSQL.Parameters[name] = value.GetStringValue()
	}
	return errors.Wrapf(like.Decode(&spec.Resources, "spec", "resources"), "cannot read the resources of Cluster %q", like.Name())
}

// recoveryImage is that of the Cluster that is like it, in the version that the archive is
// of.
func recoveryImage(policy v1beta1.Input, r Recovery) string {
	image, version := r.Like.String("spec", "imageName"), r.Archive.Version
	if image == "" {
		return cnpgImageOf(policy, cmp.Or(version, cnpgPolicy(policy).Version, defaultVersion))
	}
	if version == "" || version == r.Like.String("metadata", "labels", provision.LabelVersion) {
		return image
	}
	image, _, _ = strings.Cut(image, "@")
	if tag := strings.LastIndex(image, ":"); tag > strings.LastIndex(image, "/") {
		image = image[:tag]
	}
	return image + ":" + version
}
