package artifact

// The versions that are compiled. The go.mod of each folder says the same; the
// ones here are linked into binaries that cannot know them otherwise, and name
// images.
const (
	KubernetesVersion = "v1.36.3"
	CrossplaneVersion = "v2.4.0"
	VersityGWVersion  = "1.0.14"

	PatchAndTransformVersion = "v0.5.0"
	ProviderSQLVersion       = "v0.16.0"
	CloudNativePGVersion     = "1.30.0"
)

// Versions of the Mattermost server that can be compiled: the current one, and
// those that upgrades to it are tried from: one of the same major version, and
// one with Extended Support Releases in between.
const (
	Mattermost11        = "11.4.0"
	Mattermost11Earlier = "11.1.0"
	Mattermost9         = "9.10.0"
)

const mattermostModule = "github.com/mattermost/mattermost/server/v8"

// unsummed is the pattern of modules that the checksum database does not serve;
// the committed go.sum vouches for them.
const unsummed = mattermostModule

// Kubernetes is the control plane, the node agents and kubectl.
func Kubernetes() GoBuild {
	const pkg = "k8s.io/kubernetes/cmd/"
	b := GoBuild{
		Name: "kubernetes",
		Variables: []string{
			"k8s.io/component-base/version.gitVersion=" + KubernetesVersion,
			"k8s.io/component-base/version.gitMajor=1",
			"k8s.io/component-base/version.gitMinor=36",
			"k8s.io/client-go/pkg/version.gitVersion=" + KubernetesVersion,
		},
		Binaries: []string{"kube-apiserver", "kube-controller-manager", "kube-scheduler", "kube-proxy", "kubelet", "kubectl"},
	}
	for _, name := range b.Binaries {
		b.Packages = append(b.Packages, pkg+name)
	}
	return b
}

// Etcd is the API server's database.
func Etcd() GoBuild {
	return GoBuild{
		Name:     "etcd",
		Packages: []string{"go.etcd.io/etcd/server/v3"},
		Binaries: []string{"etcd"},
	}
}

// CoreDNS is the cluster's name server with few plugins.
func CoreDNS() GoBuild {
	return GoBuild{Name: "coredns", Packages: []string{"."}, Binaries: []string{"coredns"}}
}

// Pause is the process that keeps a pod's namespaces.
func Pause() GoBuild {
	return GoBuild{Name: "pause", Packages: []string{"."}, Binaries: []string{"pause"}}
}

// Crossplane is Crossplane's core. Its version is linked in because packages
// constrain it.
func Crossplane() GoBuild {
	return GoBuild{
		Name:      "crossplane",
		Packages:  []string{"github.com/crossplane/crossplane/v2/cmd/crossplane"},
		Variables: []string{"github.com/crossplane/crossplane-runtime/v2/pkg/version.version=" + CrossplaneVersion},
		Binaries:  []string{"crossplane"},
	}
}

// VersityGW is an S3 server over a directory.
func VersityGW() GoBuild {
	return GoBuild{
		Name:     "versitygw",
		Packages: []string{"github.com/versity/versitygw/cmd/versitygw"},
		Binaries: []string{"versitygw"},
	}
}

// FunctionPatchAndTransform is a composition function that is not this project's.
func FunctionPatchAndTransform() GoBuild {
	return GoBuild{
		Name:     "function-patch-and-transform",
		Packages: []string{"github.com/crossplane-contrib/function-patch-and-transform"},
		Binaries: []string{"function-patch-and-transform"},
	}
}

// ProviderSQL is a provider of databases on servers that exist.
func ProviderSQL() GoBuild {
	return GoBuild{
		Name:     "provider-sql",
		Packages: []string{"github.com/crossplane-contrib/provider-sql/cmd/provider"},
		Binaries: []string{"provider"},
	}
}

// CloudNativePG is the operator of replicated PostgreSQL servers. The same program runs
// beside each server.
func CloudNativePG() GoBuild {
	return GoBuild{
		Name:     "cloudnative-pg",
		Packages: []string{"github.com/cloudnative-pg/cloudnative-pg/cmd/manager"},
		Binaries: []string{"manager"},
	}
}

// BarmanCloud is the plugin of CloudNativePG that makes backups. The same program runs
// beside the operator, beside each server and in Jobs that recover one.
func BarmanCloud() GoBuild {
	return GoBuild{
		Name:     "plugin-barman-cloud",
		Packages: []string{"github.com/cloudnative-pg/plugin-barman-cloud/cmd/manager"},
		Binaries: []string{"manager"},
	}
}

// MattermostOperator is the Kubernetes operator for Mattermost, which measures
// compare this project with.
func MattermostOperator() GoBuild {
	return GoBuild{
		Name:     "mattermost-operator",
		Packages: []string{"github.com/mattermost/mattermost-operator"},
		Binaries: []string{"mattermost-operator"},
	}
}

// Mattermost is the server in one of the versions named above.
func Mattermost(version string) GoBuild {
	return GoBuild{
		Name:      "mattermost-" + version,
		Packages:  []string{mattermostModule + "/cmd/mattermost"},
		Variables: []string{"github.com/mattermost/mattermost/server/public/model.BuildNumber=" + version},
		Binaries:  []string{"mattermost"},
	}
}
