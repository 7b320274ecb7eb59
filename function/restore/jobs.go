package restore

import (
	"slices"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/mattermost/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/provision"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/tool"
)

const keyPassword = "password"

// build the Jobs of the decision and the objects that they need.
func build(a *compose.Answer, g gathered, d decision) error {
	if err := keep(a, g, nameCheck, nameReplace, nameForget); err != nil {
		return err
	}
	for _, name := range d.starts {
		if err := a.Desire(name, builders[name](g)); err != nil {
			return err
		}
	}
	return errors.Join(buildScratch(a, g, d), buildPassword(a, g, d))
}

// keep existing objects as they are, since a Job is immutable. A Job that is being deleted
// is left out: if it were applied again, it would run again. Without names, all objects are
// kept.
func keep(a *compose.Answer, g gathered, names ...string) error {
	if len(names) == 0 {
		names = g.state.ObservedNames("")
	}
	for _, name := range names {
		of := g.state.Observed(name)
		if !of.Exists() || of.Has("metadata", "deletionTimestamp") {
			continue
		}
		if err := a.Keep(name); err != nil {
			return err
		}
	}
	return nil
}

//nolint:gochecknoglobals // A table.
var builders = map[string]func(gathered) *batchv1.Job{
	nameCheck: check, nameReplace: replace, nameForget: forget,
}

// check reads what is restored, and tries the way to the database. It mounts no volume:
// it must not wait for a node that has it.
func check(g gathered) *batchv1.Job {
	return tool.Job(g.policy, run(g, job.CommandCheck, slices.Concat(request(g), databaseEnv(g), sourceEnv(g), filesEnv(g), serverEnv(g))))
}

// replace the data. No server runs that would have a volume mounted.
func replace(g gathered) *batchv1.Job {
	r := run(g, job.CommandRestore, slices.Concat(request(g), databaseEnv(g), sourceEnv(g), filesEnv(g), serverEnv(g)))
	r.Volume = volume(g, nil)
	return tool.Job(g.policy, r)
}

// forget the data that was replaced, beside a server that runs.
func forget(g gathered) *batchv1.Job {
	r := run(g, job.CommandForget, slices.Concat(request(g), databaseEnv(g), filesEnv(g)))
	r.Volume = volume(g, tool.Server(g.spec.MattermostClusterName))
	return tool.Job(g.policy, r)
}

func run(g gathered, command string, env []corev1.EnvVar) tool.Run {
	return tool.Run{
		Name:           g.jobName(command),
		Labels:         g.labels(),
		ServiceAccount: g.spec.MattermostClusterName,
		Command:        command,
		Env:            env,
	}
}

// request is made once, ever.
func request(g gathered) []corev1.EnvVar {
	return []corev1.EnvVar{{Name: job.EnvRequest, Value: g.uid}}
}

// volume that files are restored to, nil when there is none, or they are left alone.
func volume(g gathered, beside map[string]string) *tool.Volume {
	if g.data.VolumeClaimName == "" || !restoresFiles(g) {
		return nil
	}
	return &tool.Volume{ClaimName: g.data.VolumeClaimName, Beside: beside}
}

// buildPassword keeps a password that the spec has out of Jobs, as long as any needs it.
func buildPassword(a *compose.Answer, g gathered, d decision) error {
	if g.spec.MattermostDBPassword == "" || d.step == v1alpha1.RestoreWaits || d.step == v1alpha1.RestoreDone {
		return nil
	}
	return a.Desire(namePassword, provision.Secret(passwordName(g), g.labels(), map[string][]byte{keyPassword: []byte(g.spec.MattermostDBPassword)}))
}

func passwordName(g gathered) string { return g.name + "-restore-password" }
