package restore

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strings"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/mattermost/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/tool"
)

// Keys of the Secrets that users make.
const (
	keyAWSID       = "AWS_ACCESS_KEY_ID"
	keyAWSKey      = "AWS_SECRET_ACCESS_KEY"
	keyAWSProvider = "S3_PROVIDER"
	keyAWSEndpoint = "AWS_ENDPOINT_URL"
	keyAccessKey   = "accesskey"
	keySecretKey   = "secretkey"

	provider = "AWS"
)

// sourceNamed refuses a restore of nothing. The API refuses it first.
func sourceNamed(g gathered) compose.Verdict {
	named := sources(g.spec.From)
	if bucket, key := splitURL(g.spec.InitBucketURL); bucket != "" && key != "" {
		named++
	}
	if named == 1 {
		return compose.Passed
	}
	return compose.Refuse("SourceMissing",
		"spec: set exactly one of initBucketURL (an object of a bucket, such as s3://my-backups/mattermost.sql.gz) or from (a MattermostBackup, a MattermostDatabase or an archive of this namespace)")
}

func restoreSecretComplete(g gathered) compose.Verdict {
	if g.spec.RestoreSecret == "" {
		return compose.Passed
	}
	return secretComplete(g, "spec.restoreSecret", g.spec.RestoreSecret, keyAWSID, keyAWSKey)
}

// providerKnown refuses a provider that the Secret names and that is not spoken to.
func providerKnown(g gathered) compose.Verdict {
	encoded := g.secret(g.spec.RestoreSecret).String("data", keyAWSProvider)
	named, err := base64.StdEncoding.DecodeString(encoded)
	if err == nil && (len(named) == 0 || strings.EqualFold(strings.TrimSpace(string(named)), provider)) {
		return compose.Passed
	}
	return compose.Refuse("ProviderUnknown", fmt.Sprintf(
		"spec.restoreSecret: key %q of Secret %q must say %s, or be left out; any other service that speaks S3 is named by key %s", keyAWSProvider, g.spec.RestoreSecret, provider, keyAWSEndpoint))
}

func passwordSecretComplete(g gathered) compose.Verdict {
	of := g.spec.MattermostDBPasswordSecret
	if of == nil {
		return compose.Passed
	}
	return secretComplete(g, "spec.mattermostDBPasswordSecret", of.Name, of.Key)
}

func storeSecretComplete(g gathered) compose.Verdict {
	name := storeSecret(g)
	if name == "" {
		return compose.Passed
	}
	return secretComplete(g, fmt.Sprintf("MattermostBackup %q: spec.store.external.secret", g.spec.From.Backup), name, keyAccessKey, keySecretKey)
}

func secretComplete(g gathered, field, name string, keys ...string) compose.Verdict {
	return compose.SecretComplete(g.secret(name), field, name, g.namespace, keys...)
}

// installationKnown waits for an installation that says where its data is.
func installationKnown(g gathered) compose.Verdict {
	switch {
	case !g.installation.Exists():
		return compose.Refuse("InstallationPending", fmt.Sprintf(
			"waiting for MattermostInstallation %q, which does not exist in namespace %q: spec.mattermostClusterName names it; those of legacy claims cannot be restored", g.spec.MattermostClusterName, g.namespace))
	case g.data == nil:
		return compose.Refuse("InstallationPending", fmt.Sprintf(
			"waiting for MattermostInstallation %q to say in status.dataSource where its data is: its conditions say what it waits for; it never says so while spec.mattermostEnv leads its server to another database or file store", g.spec.MattermostClusterName))
	case g.installation.String("status", "version") == "" && g.installation.Int("status", "replicas") == 0 &&
		g.installation.Condition("MigrationComplete").Reason != "Failed":
		return compose.Refuse("InstallationPending", fmt.Sprintf(
			"waiting for the first server of MattermostInstallation %q: what it makes of an empty database is compared with the source", g.spec.MattermostClusterName))
	}
	return compose.Passed
}

// databaseServed waits while the Secret of the installation leads to another database: the data there is
// not what is to be replaced.
func databaseServed(g gathered) compose.Verdict { return tool.DatabaseServed(g.installation) }

// backupKnown waits for a backup to restore.
func backupKnown(g gathered) compose.Verdict {
	switch {
	case g.spec.From == nil || g.spec.From.Backup == "" || chosen(g) != "" && g.backup.Exists():
		return compose.Passed
	case native(g) && g.spec.From.PointInTime != "":
		return compose.Passed
	case !g.backup.Exists():
		return compose.Refuse("BackupPending", fmt.Sprintf(
			"waiting for MattermostBackup %q, which does not exist in namespace %q: spec.from.backup names it; what a MattermostBackup stored that is gone, or is of another namespace, is restored by spec.initBucketURL", g.spec.From.Backup, g.namespace))
	}
	return compose.Refuse("BackupPending", fmt.Sprintf(
		"waiting for the first backup of MattermostBackup %q, which is %s: its conditions say more", g.spec.From.Backup, g.backupStatus.State))
}

// storeKnown waits for the bucket that backups are in, and for the way to it.
func storeKnown(g gathered) compose.Verdict {
	if g.spec.From == nil || g.backupSpec.Store == nil || g.backupSpec.Store.Bucket == "" || g.connection != nil {
		return compose.Passed
	}
	return compose.Refuse("BucketPending", fmt.Sprintf(
		"waiting for MattermostBucket %q of MattermostBackup %q to say how it is reached: its conditions say more", g.backupSpec.Store.Bucket, g.spec.From.Backup))
}

// turnOf another restore, empty when none has it.
func turnOf(g gathered) string {
	if g.part == nil || g.mine() || !slices.Contains([]v1alpha1.ParticipationPhase{
		v1alpha1.ParticipationStopping, v1alpha1.ParticipationQuiesced, v1alpha1.ParticipationResuming,
	}, g.part.Phase) {
		return ""
	}
	return g.part.Name
}
