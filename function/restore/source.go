package restore

import (
	"cmp"
	"path"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/pod"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/tool"
)

// chosen is the name of the backup that is restored: the user's, or else the one that was
// the newest when the restore began, which its Jobs tell, or its status; empty while there
// is none, and where no MattermostBackup is named.
func chosen(g gathered) string {
	from := g.spec.From
	if from == nil {
		return ""
	}
	if from.Name != "" {
		return from.Name
	}
	for _, name := range []string{nameCheck, nameReplace} {
		if key := jobEnv(g, name, job.EnvSource); key != "" {
			return path.Base(key)
		}
	}
	if g.was.Source != "" && !recovers(g) {
		return path.Base(g.was.Source)
	}
	if len(g.backupStatus.Backups) > 0 {
		return g.backupStatus.Backups[0].Name
	}
	return ""
}

// jobEnv is what a Job that exists was given, empty for nothing.
func jobEnv(g gathered, name, variable string) string {
	for _, c := range g.state.Observed(name).List("spec", "template", "spec", "containers") {
		for _, e := range c.List("env") {
			if c.String("name") == tool.Container && e.String("name") == variable {
				return e.String("value")
			}
		}
	}
	return ""
}

// location of what is restored, as a URL; empty while that is not known. It stays what it
// was when the restore began.
func location(g gathered) string {
	out := ""
	switch {
	case g.spec.From == nil:
		return g.spec.InitBucketURL
	case recovers(g):
		out = archiveLocation(g)
	case g.backupSpec.Store != nil && chosen(g) != "":
		if out = tool.Location(*g.backupSpec.Store, g.connection, g.namespace, g.spec.From.Backup); out != "" {
			out += "/" + chosen(g)
		}
	}
	// The source may be gone by now.
	return cmp.Or(out, g.was.Source)
}

// splitURL is the bucket and the key of s3://bucket/key.
func splitURL(url string) (bucket, key string) {
	bucket, key, _ = strings.Cut(strings.TrimPrefix(url, "s3://"), "/")
	return bucket, key
}

// sourceEnv says what is restored.
func sourceEnv(g gathered) []corev1.EnvVar {
	if recovers(g) {
		return scratchEnv(g)
	}
	if from := g.spec.From; from != nil {
		return append(tool.Store(*g.backupSpec.Store, g.connection, g.namespace, from.Backup),
			corev1.EnvVar{Name: job.EnvSource, Value: path.Join(tool.Prefix(*g.backupSpec.Store, g.namespace, from.Backup), chosen(g))})
	}
	bucket, key := splitURL(g.spec.InitBucketURL)
	return append(tool.StoreOfRestoreSecret(g.spec.RestoreSecret, bucket), corev1.EnvVar{Name: job.EnvSource, Value: key})
}

// databaseEnv is the installation's database, and who loads the data.
func databaseEnv(g gathered) []corev1.EnvVar {
	out := tool.Database(*g.data)
	out = append(out, valued(
		corev1.EnvVar{Name: job.EnvDatabaseName, Value: g.spec.MattermostDBName},
		corev1.EnvVar{Name: job.EnvDatabaseUser, Value: g.spec.MattermostDBUser},
	)...)
	switch of := g.spec.MattermostDBPasswordSecret; {
	case of != nil:
		out = append(out, pod.FromSecret(job.EnvDatabasePassword, of.Name, of.Key))
	case g.spec.MattermostDBPassword != "":
		out = append(out, pod.FromSecret(job.EnvDatabasePassword, passwordName(g), keyPassword))
	}
	return out
}

// filesEnv says where files are restored to, if they are.
func filesEnv(g gathered) []corev1.EnvVar {
	if !restoresFiles(g) {
		return nil
	}
	return tool.Files(*g.data)
}

// restoresFiles says whether files may be restored: an archive has none.
func restoresFiles(g gathered) bool { return !recovers(g) && (g.spec.Files == nil || *g.spec.Files) }

// serverEnv tells of the server that will run on the data. The address that the restored
// configuration says may be another installation's.
func serverEnv(g gathered) []corev1.EnvVar {
	site := ""
	if host := g.installation.String("spec", "ingress", "host"); host != "" {
		site = "https://" + host
	}
	return valued(
		corev1.EnvVar{Name: job.EnvServerVersion, Value: g.installation.String("status", "version")},
		corev1.EnvVar{Name: job.EnvSiteURL, Value: site},
	)
}

// valued variables: those that have a value.
func valued(env ...corev1.EnvVar) []corev1.EnvVar {
	return slices.DeleteFunc(env, func(e corev1.EnvVar) bool { return e.Value == "" })
}
