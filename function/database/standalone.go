package database

import (
	"cmp"
	_ "embed" // The script.
	"fmt"
	"maps"
	"regexp"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/mattermost/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/pod"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/provision"
	"github.com/crossplane-mattermost/crossplane-mattermost/input/v1beta1"
)

// Defaults of a standalone server.
const (
	standaloneImage   = "docker.io/library/postgres"
	standaloneUser    = 999
	standaloneStorage = "20Gi"
	standalonePort    = 5432

	keyPassword = "password"
	component   = "postgres"
)

// startScript initialises the volume when it is empty and starts the server.
//
//go:embed standalone.sh
var startScript string

// standalone is one PostgreSQL server on a volume.
func standalone() backend {
	return backend{
		Name:    "Standalone",
		Gates:   []compose.Gate[gathered]{noReadReplicas, noInstances, noRegion, noRetention, versionStays, storageStays},
		Require: func(a *compose.Answer, g gathered) { provision.RequireStorage(a, g.state, serverName(g)) },
		Build:   buildStandalone,
		Connect: connectStandalone,
		Storage: func(g gathered) *resource.Quantity { return provision.RealStorageSize(g.state) },
	}
}

func standalonePolicy(g gathered) v1beta1.StandaloneDatabase {
	p := *g.policy.Database.Standalone
	if p.Image == "" {
		p.Image = standaloneImage
	}
	if p.RunAsUser == 0 {
		p.RunAsUser = standaloneUser
	}
	return p
}

// versionStays refuses another major version: its server cannot read the files of the
// one before.
func versionStays(g gathered) compose.Verdict {
	was, is := standaloneMadeWith(g), g.spec.Version
	if was == "" || was == is || is == "" {
		return compose.Passed
	}
	return compose.Refuse("VersionCannotChange", fmt.Sprintf(
		"spec.version: PersistentVolumeClaim %q has files of PostgreSQL %s, which %s cannot read: set it to %q, or restore a backup into a new database", provision.VolumeClaim(serverName(g)), was, is, was))
}

func storageStays(g gathered) compose.Verdict {
	return provision.StorageStays(g.state, g.spec.StorageSize)
}

func standaloneVersionOf(g gathered) string {
	return cmp.Or(g.spec.Version, standaloneMadeWith(g), g.policy.Database.Standalone.Version, defaultVersion)
}

// majorVersion of PostgreSQL, as spec.version has it.
var majorVersion = regexp.MustCompile(`^[0-9]{2}$`)

// standaloneMadeWith is the version that the server was made with or, before there is one, that of
// a volume that was retained; empty if there is neither.
func standaloneMadeWith(g gathered) string {
	retained, _ := g.state.Required(provision.RequirementVolume(serverName(g)))
	label := retained.String("metadata", "labels", provision.LabelVersion)
	if !majorVersion.MatchString(label) {
		// A user who creates such a volume must not choose another image by its label.
		label = ""
	}
	return cmp.Or(madeWith(g, provision.NameServer), label)
}

// standaloneVolume of a new server is labeled with its version: another one cannot read it.
func standaloneVolume(g gathered) provision.Volume {
	labels := provision.Selector(g.name, component)
	labels[provision.LabelVersion] = standaloneVersionOf(g)
	v := provision.Volume{Labels: labels, Size: standaloneStorageOf(g), Class: g.policy.StorageClass}
	return v.Stays(g.state.Observed(provision.NameServer))
}

func standaloneStorageOf(g gathered) resource.Quantity {
	for _, size := range []*resource.Quantity{g.spec.StorageSize, g.policy.Database.Standalone.StorageSize} {
		if size != nil {
			return *size
		}
	}
	return resource.MustParse(standaloneStorage)
}

func serverName(g gathered) string { return provision.ServerName(g.name, component) }

func buildStandalone(a *compose.Answer, g gathered) error {
	values, err := provision.Credentials(g.state.Observed(provision.NameCredentials), g.state.Observed(provision.NameServer), keyPassword)
	if err != nil {
		return err
	}
	return provision.Build(a, standaloneServer(g, provision.Digest(values, keyPassword)), values)
}

func standaloneServer(g gathered, credentials string) provision.Server {
	p := standalonePolicy(g)
	return provision.Server{
		Name:        serverName(g),
		Labels:      provision.Labels(g.name, component, g.policy.Labels),
		Selector:    provision.Selector(g.name, component),
		Image:       provision.Mirrored(g.policy.Registry, p.Image+":"+standaloneVersionOf(g)),
		Version:     standaloneVersionOf(g),
		PullSecrets: g.policy.ImagePullSecrets,
		Command:     append([]string{"bash", "-euo", "pipefail", "-c", startScript, "postgres"}, serverArgs(g)...),
		Env: []corev1.EnvVar{
			{Name: "PGDATA", Value: provision.MountData + "/pgdata"},
			{Name: "DATABASE", Value: databaseName(g)},
			pod.FromSecret("PASSWORD", serverName(g), keyPassword),
		},
		Port:           standalonePort,
		User:           p.RunAsUser,
		Ready:          corev1.ProbeHandler{Exec: &corev1.ExecAction{Command: []string{"pg_isready", "--host=127.0.0.1", "--quiet"}}},
		Resources:      serverResources(g),
		Volume:         standaloneVolume(g),
		DeletionPolicy: g.spec.DeletionPolicy,
		Credentials:    credentials,
	}
}

// serverResources grow with the installation that is served.
func serverResources(g gathered) corev1.ResourceRequirements {
	cpu, memory := "100m", "256Mi"
	switch tierOf(g) {
	case large:
		cpu, memory = "2", "4Gi"
	case medium:
		cpu, memory = "500m", "1Gi"
	case small:
	}
	return corev1.ResourceRequirements{Requests: corev1.ResourceList{
		corev1.ResourceCPU: resource.MustParse(cpu), corev1.ResourceMemory: resource.MustParse(memory),
	}}
}

// settings of the engine: ours, overruled by the user's.
func settings(g gathered) map[string]string {
	// Each replica of Mattermost may open a hundred connections.
	out := map[string]string{"max_connections": "500"}
	maps.Copy(out, g.spec.Parameters)
	return out
}

func serverArgs(g gathered) []string {
	var out []string
	of := settings(g)
	for _, name := range slices.Sorted(maps.Keys(of)) {
		out = append(out, "-c", name+"="+of[name])
	}
	return out
}

func connectStandalone(g gathered) (*v1alpha1.DatabaseConnection, string, error) {
	name := serverName(g)
	connection := &v1alpha1.DatabaseConnection{
		SecretName: name,
		Keys:       v1alpha1.DatabaseKeys{Password: keyPassword},
		Values: v1alpha1.DatabaseValues{
			Host: fmt.Sprintf("%s.%s.svc", name, g.namespace), Port: standalonePort,
			Database: databaseName(g), Username: databaseName(g), SSLMode: "disable",
		},
	}
	return connection, provision.Waiting(g.state.Observed(provision.NameServer), name), nil
}
