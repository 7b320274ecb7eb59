package installation

import (
	"maps"
	"slices"
	"strconv"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/decision"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/environment"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/facts"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/feature"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/objects"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/pod"
)

// annotationSecrets of the server's pods changes when a Secret that they read at start does, so that
// they are replaced.
const annotationSecrets = "mattermost.crossplane.io/secrets"

// server is what every server's environment begins with, whatever its features.
//
//nolint:gochecknoglobals // A table.
var server = feature.Feature{
	Server: func(*facts.Facts) decision.Part {
		return decision.Part{Env: []corev1.EnvVar{
			{Name: "MM_PLUGINSETTINGS_ENABLEUPLOADS", Value: "true"},
			{Name: "MM_METRICSSETTINGS_ENABLE", Value: "true"},
			{Name: "MM_METRICSSETTINGS_LISTENADDRESS", Value: ":8067"},
			{Name: "MM_CLUSTERSETTINGS_ENABLE", Value: "true"},
			{Name: "MM_CLUSTERSETTINGS_CLUSTERNAME", Value: "production"},
			{Name: "MM_INSTALL_TYPE", Value: "kubernetes-operator"},
		}}
	},
}

// assemble the server from what the features add to it. It has no image yet.
func assemble(f *facts.Facts, s decision.Sizing) decision.Server {
	users := environment.Part(f)
	out := decision.Server{Server: objects.Server{
		Name:        f.Name,
		Labels:      f.ServerLabels(),
		Selector:    f.Selector(),
		PullPolicy:  pullPolicy(f),
		PullSecrets: pod.PullSecrets(f.Policy.ImagePullSecrets),
		Resources:   corev1.ResourceRequirements{Requests: s.Requests, Limits: s.Limits},
		Volumes:     users.Volumes,
		Mounts:      users.Mounts,
	}, Secrets: secretsChecksum(f)}
	out.PodAnnotations, out.DeploymentAnnotations = map[string]string{annotationSecrets: out.Secrets}, map[string]string{}
	for _, of := range features {
		if of.Server == nil {
			continue
		}
		part := of.Server(f)
		out.Env = append(out.Env, part.Env...)
		out.Volumes = append(out.Volumes, part.Volumes...)
		out.Mounts = append(out.Mounts, part.Mounts...)
		maps.Copy(out.PodAnnotations, part.Annotations)
		maps.Copy(out.DeploymentAnnotations, part.DeploymentAnnotations)
		out.AtOnce = out.AtOnce || part.AtOnce
		if part.SingleNodeVolume != "" {
			out.SingleNodeVolume = part.SingleNodeVolume
		}
	}
	out.Overridden = overridden(out.Env, users.Env)
	out.Env = merge(out.Env, users.Env)
	return out
}

// overridden are the names of users' variables that change something.
func overridden(generated, users []corev1.EnvVar) []string {
	var out []string
	for _, u := range users {
		same := slices.ContainsFunc(generated, func(e corev1.EnvVar) bool { return equality.Semantic.DeepEqual(e, u) })
		if !same {
			out = append(out, u.Name)
		}
	}
	slices.Sort(out)
	return out
}

// merge replaces generated variables in place and appends the others.
func merge(generated, users []corev1.EnvVar) []corev1.EnvVar {
	out := slices.Clone(generated)
	for _, u := range users {
		i := slices.IndexFunc(out, func(e corev1.EnvVar) bool { return e.Name == u.Name })
		if i < 0 {
			out = append(out, u)
			continue
		}
		out[i] = u
	}
	return out
}

func pullPolicy(f *facts.Facts) corev1.PullPolicy {
	if f.Spec.ImagePullPolicy != "" {
		return f.Spec.ImagePullPolicy
	}
	return corev1.PullIfNotPresent
}

// secretNames are the Secrets that the server reads at start, sorted.
func secretNames(f *facts.Facts) []string {
	var out []string
	for _, of := range features {
		if of.Secrets != nil {
			out = append(out, of.Secrets(f)...)
		}
	}
	slices.Sort(out)
	return slices.DeleteFunc(slices.Compact(out), func(name string) bool { return name == "" })
}

// secretsChecksum changes when a value that the server reads from a Secret at start changes. It is
// one digest over all of them, so that it cannot be used to guess one that is short.
func secretsChecksum(f *facts.Facts) string {
	var text []byte
	for _, name := range secretNames(f) {
		data := f.Secret(name).At("data").Struct().GetFields()
		for _, key := range slices.Sorted(maps.Keys(data)) {
			for _, part := range []string{name, key, data[key].GetStringValue()} {
				text = strconv.AppendQuote(text, part)
			}
		}
	}
	return compose.Hash(string(text), 32)
}
