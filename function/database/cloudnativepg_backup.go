package database

import (
	"cmp"
	"fmt"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/mattermost/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/provision"
)

const (
	nameCNPGStore    = "cnpg-object-store"
	nameCNPGSchedule = "cnpg-scheduled-backup"

	// PluginBarman of CloudNativePG makes backups.
	PluginBarman = "barman-cloud.cloudnative-pg.io"

	apiBarman     = "barmancloud.cnpg.io/v1"
	cnpgSchedule  = "0 0 2 * * *"
	cnpgRetained  = 30
	compression   = "gzip"
	keyS3ID       = "ACCESS_KEY_ID"
	keyS3Key      = "ACCESS_SECRET_KEY"
	ownUIDLetters = 8
)

type cnpgPlugin struct {
	Name          string            `json:"name"`
	IsWALArchiver bool              `json:"isWALArchiver"`
	Parameters    map[string]string `json:"parameters"`
}

type cnpgStore struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	Spec cnpgStoreSpec `json:"spec"`
}

type cnpgStoreSpec struct {
	Configuration   cnpgStoreConfiguration `json:"configuration"`
	RetentionPolicy string                 `json:"retentionPolicy"`
}

type cnpgStoreConfiguration struct {
	DestinationPath string            `json:"destinationPath"`
	EndpointURL     string            `json:"endpointURL,omitempty"`
	S3Credentials   cnpgS3Credentials `json:"s3Credentials"`
	WAL             cnpgCompression   `json:"wal"`
	Data            cnpgCompression   `json:"data"`
}

type cnpgS3Credentials struct {
	AccessKeyID        *keyReference `json:"accessKeyId,omitempty"`
	SecretAccessKey    *keyReference `json:"secretAccessKey,omitempty"`
	InheritFromIAMRole bool          `json:"inheritFromIAMRole,omitempty"`
}

type cnpgCompression struct {
	Compression string `json:"compression"`
}

type cnpgScheduledBackup struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	Spec cnpgScheduledBackupSpec `json:"spec"`
}

type cnpgScheduledBackupSpec struct {
	Schedule             string    `json:"schedule"`
	Immediate            bool      `json:"immediate"`
	BackupOwnerReference string    `json:"backupOwnerReference"`
	Cluster              reference `json:"cluster"`
	Method               string    `json:"method"`
	PluginConfiguration  reference `json:"pluginConfiguration"`
}

// cnpgRetention refuses to keep what is not made, and to make what is not kept.
func cnpgRetention(g gathered) compose.Verdict {
	if cnpgBackupOf(g) == nil {
		return noRetention(g)
	}
	return atLeastADay(g)
}

// cnpgServerName is a folder of backups. Another database of the same name has another:
// the plugin refuses to write to one that has something in it.
func cnpgServerName(g gathered) string {
	uid := g.state.Composite().String("metadata", "uid")
	return cnpgName(g) + "-" + uid[:min(len(uid), ownUIDLetters)]
}

func cnpgPlugins(g gathered) []cnpgPlugin {
	if cnpgBackupOf(g) == nil {
		return nil
	}
	return []cnpgPlugin{{Name: PluginBarman, IsWALArchiver: true, Parameters: map[string]string{
		"barmanObjectName": cnpgName(g), "serverName": cnpgServerName(g),
	}}}
}

// cnpgDestination is a folder for each namespace.
func cnpgDestination(g gathered) string {
	return strings.TrimSuffix(cnpgBackupOf(g).DestinationPath, "/") + "/" + g.namespace
}

// cnpgArchive of the database, if the platform says where it goes.
func cnpgArchive(g gathered) *v1alpha1.DatabaseArchive {
	if cnpgBackupOf(g) == nil {
		return nil
	}
	return &v1alpha1.DatabaseArchive{
		ObjectStore:     cnpgName(g),
		ServerName:      cnpgServerName(g),
		DestinationPath: cnpgDestination(g),
		DatabaseName:    databaseName(g),
		Version:         versionOf(g, nameCNPGCluster, g.policy.Database.CloudNativePG.Version),
	}
}

// buildCNPGBackup composes where backups go, and when, if the platform says where.
func buildCNPGBackup(a *compose.Answer, g gathered) error {
	of := cnpgBackupOf(g)
	if of == nil {
		return nil
	}
	if _, path, _ := strings.Cut(of.DestinationPath, "://"); job.CheckPath(path) != nil {
		return errors.Wrapf(job.CheckPath(path), "cannot use database.cloudNativePG.backup.destinationPath of the function's input, %q", of.DestinationPath)
	}
	metadata := metav1.ObjectMeta{Name: cnpgName(g), Labels: provision.Labels(g.name, component, g.policy.Labels)}
	store := cnpgStore{
		TypeMeta:   metav1.TypeMeta{APIVersion: apiBarman, Kind: "ObjectStore"},
		ObjectMeta: metadata,
		Spec: cnpgStoreSpec{
			Configuration: cnpgStoreConfiguration{
				DestinationPath: cnpgDestination(g),
				EndpointURL:     of.EndpointURL,
				S3Credentials:   cnpgCredentials(g),
				WAL:             cnpgCompression{Compression: compression},
				Data:            cnpgCompression{Compression: compression},
			},
			RetentionPolicy: fmt.Sprintf("%dd", retentionOf(g, of.RetentionDays, cnpgRetained)),
		},
	}
	schedule := cnpgScheduledBackup{
		TypeMeta:   metav1.TypeMeta{APIVersion: apiCNPG, Kind: "ScheduledBackup"},
		ObjectMeta: metadata,
		Spec: cnpgScheduledBackupSpec{
			Schedule:             cnpgScheduleOf(g),
			Immediate:            true,
			BackupOwnerReference: "self",
			Cluster:              reference{Name: cnpgName(g)},
			Method:               "plugin",
			PluginConfiguration:  reference{Name: PluginBarman},
		},
	}
	return errors.Join(a.Desire(nameCNPGStore, store), a.Desire(nameCNPGSchedule, schedule))
}

func cnpgScheduleOf(g gathered) string {
	return cmp.Or(cnpgBackupOf(g).Schedule, cnpgSchedule)
}

func cnpgCredentials(g gathered) cnpgS3Credentials {
	name := cnpgBackupOf(g).SecretName
	if name == "" {
		return cnpgS3Credentials{InheritFromIAMRole: true}
	}
	name = provision.Expanded(name, g.name)
	return cnpgS3Credentials{
		AccessKeyID:     &keyReference{Name: name, Key: keyS3ID},
		SecretAccessKey: &keyReference{Name: name, Key: keyS3Key},
	}
}
