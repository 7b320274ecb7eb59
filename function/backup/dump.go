package backup

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/mattermost/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/tool"
)

const (
	nameJob     = "job"
	nameCronJob = "cron-job"

	requirementBucket    = "bucket"
	requirementSecret    = "secret"
	requirementPods      = "pods"
	requirementJobs      = "jobs"
	requirementNamespace = "namespace"

	keyAccessKey = "accesskey"
	keySecretKey = "secretkey"

	labelJobName    = "batch.kubernetes.io/job-name"
	defaultTimeZone = "Etc/UTC"

	// deadline of a backup: one that hangs would keep all that follow it from beginning.
	deadline = 24 * time.Hour
)

// dump reads the database with its own client programs, in a Job of mattermost-dbtool.
func dump() way {
	return way{
		once:           nameJob,
		scheduled:      nameCronJob,
		require:        requireDump,
		gates:          []compose.Gate[gathered]{scheduleAdmitted, storeNamed, prefixSafe, ownIdentity, storeSecretComplete},
		waits:          []compose.Gate[gathered]{installationKnown, bucketKnown, restoreOver, databaseServed},
		buildOnce:      buildJob,
		buildScheduled: buildCronJob,
		attempts:       jobAttempts,
	}
}

func requireDump(a *compose.Answer, g gathered) {
	if store := g.spec.Store; store != nil && store.Bucket != "" {
		a.Require(requirementBucket, v1alpha1.GroupVersion.String(), v1alpha1.MattermostBucketKind, store.Bucket)
	}
	if name := externalSecret(g); name != "" {
		a.Require(requirementSecret, "v1", "Secret", name)
	}
	a.RequireClusterScoped(requirementNamespace, "v1", "Namespace", g.namespace)
	tool.RequireIdentity(a, g.spec.Installation)
	own := map[string]string{tool.LabelBackup: g.name}
	a.RequireAll(requirementPods, "v1", "Pod", own)
	if g.scheduled() {
		a.RequireAll(requirementJobs, "batch/v1", "Job", own)
	}
}

// externalSecret opens a bucket that exists, empty where none is needed.
func externalSecret(g gathered) string {
	if store := g.spec.Store; store != nil && store.External != nil && !store.External.UseServiceAccount {
		return store.External.Secret
	}
	return ""
}

// storeNamed refuses a dump that has nowhere to go. The API refuses it first.
func storeNamed(g gathered) compose.Verdict {
	if store := g.spec.Store; store != nil && (store.Bucket != "") != (store.External != nil) {
		return compose.Passed
	}
	return compose.Refuse("StoreMissing",
		"spec.store is required: name in spec.store.bucket a MattermostBucket, or in spec.store.external a bucket that exists")
}

func ownIdentity(g gathered) compose.Verdict { return tool.OwnIdentity(g.state, g.installation) }

// prefixSafe refuses a prefix that could lead out of the backups' folder. The API refuses
// it first.
func prefixSafe(g gathered) compose.Verdict {
	if err := job.CheckPath(g.spec.Store.Prefix); err != nil {
		return compose.Refuse("PathInvalid", fmt.Sprintf("spec.store.prefix: %q cannot be used: %s", g.spec.Store.Prefix, err))
	}
	return compose.Passed
}

func storeSecretComplete(g gathered) compose.Verdict {
	name := externalSecret(g)
	if name == "" {
		return compose.Passed
	}
	secret, _ := g.state.Required(requirementSecret)
	return compose.SecretComplete(secret, "spec.store.external.secret", name, g.namespace, keyAccessKey, keySecretKey)
}

// bucketKnown waits for the bucket that the store names, and for the way to it.
func bucketKnown(g gathered) compose.Verdict {
	name := g.spec.Store.Bucket
	if name == "" || g.connection != nil {
		return compose.Passed
	}
	bucket, _ := g.state.Required(requirementBucket)
	if !bucket.Exists() {
		return compose.Refuse("BucketPending", fmt.Sprintf(
			"waiting for MattermostBucket %q, which does not exist in namespace %q: spec.store.bucket names it", name, g.namespace))
	}
	return compose.Refuse("BucketPending", fmt.Sprintf("waiting for MattermostBucket %q%s", name, saidOf(bucket)))
}

func buildJob(a *compose.Answer, g gathered) error {
	out := tool.Job(g.policy, run(g, g.onceName()))
	out.Annotations = map[string]string{annotationRequest: g.request}
	return a.Desire(nameJob, out)
}

// buildCronJob makes no backup by itself while the data is being replaced, or while the installation
// names another database than its servers use, and then the one that was due.
func buildCronJob(a *compose.Answer, g gathered) error {
	return a.Desire(nameCronJob, tool.CronJob(g.policy, run(g, g.scheduledName()), tool.Schedule{
		Cron:     g.spec.Schedule,
		TimeZone: cmp.Or(g.spec.TimeZone, defaultTimeZone),
		Suspend:  g.suspended() || g.restoring() || tool.Diverged(g.installation),
	}))
}

func run(g gathered, name string) tool.Run {
	return tool.Run{
		Name:           name,
		Labels:         g.labels(),
		ServiceAccount: g.spec.Installation,
		Command:        job.CommandBackup,
		Env:            environment(g),
		Volume:         volume(g),
		Deadline:       deadline,
	}
}

func environment(g gathered) []corev1.EnvVar {
	env := slices.Concat(
		[]corev1.EnvVar{
			{Name: job.EnvRequest, Value: g.uid},
			{Name: job.EnvBackupName, ValueFrom: &corev1.EnvVarSource{FieldRef: &corev1.ObjectFieldSelector{
				APIVersion: "v1", FieldPath: "metadata.labels['" + labelJobName + "']",
			}}},
		},
		tool.Database(*g.source),
		tool.Store(*g.spec.Store, g.connection, g.namespace, g.name),
		owner(g),
	)
	if g.spec.Store.Bucket != "" {
		// Not every backend makes its bucket before somebody uses it.
		env = append(env, corev1.EnvVar{Name: job.EnvStoreCreate, Value: "true"})
	}
	if g.copiesFiles() {
		env = append(env, tool.Files(*g.source)...)
	}
	if version := servedVersion(g); version != "" {
		env = append(env, corev1.EnvVar{Name: job.EnvServerVersion, Value: version})
	}
	return append(env, retention(g)...)
}

// owner of the backups: the namespace's UID. A namespace of the same name in another
// cluster has another UID. A MattermostBackup that is created again under its name finds
// its backups again.
func owner(g gathered) []corev1.EnvVar {
	namespace, _ := g.state.Required(requirementNamespace)
	uid := namespace.String("metadata", "uid")
	if uid == "" {
		return nil
	}
	return []corev1.EnvVar{{Name: job.EnvStoreOwner, Value: uid}}
}

func retention(g gathered) []corev1.EnvVar {
	if g.spec.Retention == nil {
		return nil
	}
	var out []corev1.EnvVar
	keep := func(variable string, n *int32) {
		if n != nil {
			out = append(out, corev1.EnvVar{Name: variable, Value: strconv.Itoa(int(*n))})
		}
	}
	keep(job.EnvKeepCount, g.spec.Retention.Count)
	keep(job.EnvKeepDays, g.spec.Retention.Days)
	return out
}

// volume that files are on, nil where they are not, or are left alone.
func volume(g gathered) *tool.Volume {
	if !g.copiesFiles() || g.source.VolumeClaimName == "" {
		return nil
	}
	return &tool.Volume{ClaimName: g.source.VolumeClaimName, ReadOnly: true, Beside: tool.Server(g.spec.Installation)}
}

// location that backups are below, empty where the bucket's name is in a Secret.
func location(g gathered) string {
	if g.spec.Store == nil {
		return ""
	}
	return tool.Location(*g.spec.Store, g.connection, g.namespace, g.name)
}

// jobAttempts are the Jobs that are seen: the one that is composed, or those of the
// schedule, among them those that somebody made of it by hand.
func jobAttempts(g gathered) []attempt {
	pods, _ := g.state.RequiredAll(requirementPods)
	var out []attempt
	for _, j := range jobs(g) {
		out = append(out, attempt{
			name:      j.Name(),
			began:     j.String("status", "startTime"),
			completed: j.String("status", "completionTime"),
			Outcome:   tool.Read(j, pods),
		})
	}
	return out
}

// jobs that make backups, oldest first.
func jobs(g gathered) []compose.Resource {
	if !g.scheduled() {
		if j := g.state.Observed(nameJob); j.Exists() {
			return []compose.Resource{j}
		}
		return nil
	}
	owner := g.state.Observed(nameCronJob)
	all, _ := g.state.RequiredAll(requirementJobs)
	out := slices.DeleteFunc(all, func(j compose.Resource) bool { return !ownedBy(j, owner) })
	slices.SortStableFunc(out, byCreation)
	return out
}

func ownedBy(r, owner compose.Resource) bool {
	return owner.Exists() && slices.ContainsFunc(r.List("metadata", "ownerReferences"), func(o compose.Resource) bool {
		return o.String("kind") == owner.String("kind") && o.String("name") == owner.Name() && o.String("uid") == owner.String("metadata", "uid")
	})
}

// byCreation compares times of Kubernetes, which compare as text.
func byCreation(a, b compose.Resource) int {
	return strings.Compare(a.String("metadata", "creationTimestamp"), b.String("metadata", "creationTimestamp"))
}
