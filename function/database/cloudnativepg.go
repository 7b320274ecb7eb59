package database

import (
	"cmp"
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/mattermost/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/provision"
	"github.com/crossplane-mattermost/crossplane-mattermost/input/v1beta1"
)

const (
	// BackendCloudNativePG is the name of this backend, as the status shows it.
	BackendCloudNativePG = "CloudNativePG"

	nameCNPGCluster = "cnpg-cluster"

	apiCNPG       = "postgresql.cnpg.io/v1"
	cnpgImage     = "ghcr.io/cloudnative-pg/postgresql"
	cnpgInstances = 3
	cnpgStorage   = "20Gi"
)

type cnpgCluster struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	Spec cnpgSpec `json:"spec"`
}

type cnpgSpec struct {
	Instances         int32                       `json:"instances"`
	ImageName         string                      `json:"imageName"`
	ImagePullSecrets  []reference                 `json:"imagePullSecrets,omitempty"`
	InheritedMetadata *cnpgMetadata               `json:"inheritedMetadata,omitempty"`
	Bootstrap         cnpgBootstrap               `json:"bootstrap"`
	ExternalClusters  []cnpgExternalCluster       `json:"externalClusters,omitempty"`
	PostgreSQL        cnpgPostgreSQL              `json:"postgresql"`
	Storage           cnpgStorageSpec             `json:"storage"`
	Resources         corev1.ResourceRequirements `json:"resources"`
	Affinity          cnpgAffinity                `json:"affinity"`
	Plugins           []cnpgPlugin                `json:"plugins,omitempty"`
	// SmartShutdownTimeout is for how many seconds a server that stops takes no new
	// connections and waits for those it has to end. The operator's default is 180.
	SmartShutdownTimeout int32 `json:"smartShutdownTimeout"`
}

type cnpgMetadata struct {
	Labels map[string]string `json:"labels,omitempty"`
}

type cnpgBootstrap struct {
	InitDB   *cnpgInitDB   `json:"initdb,omitempty"`
	Recovery *cnpgRecovery `json:"recovery,omitempty"`
}

type cnpgInitDB struct {
	Database string `json:"database"`
	Owner    string `json:"owner"`
}

type cnpgPostgreSQL struct {
	Parameters  map[string]string `json:"parameters"`
	Synchronous *cnpgSynchronous  `json:"synchronous,omitempty"`
}

type cnpgSynchronous struct {
	Method         string `json:"method"`
	Number         int32  `json:"number"`
	DataDurability string `json:"dataDurability"`
	FailoverQuorum bool   `json:"failoverQuorum,omitempty"`
}

type cnpgStorageSpec struct {
	Size         resource.Quantity `json:"size"`
	StorageClass string            `json:"storageClass,omitempty"`
}

type cnpgAffinity struct {
	EnablePodAntiAffinity bool   `json:"enablePodAntiAffinity"`
	PodAntiAffinityType   string `json:"podAntiAffinityType"`
	TopologyKey           string `json:"topologyKey"`
}

// cloudNativePG is a cluster of servers that the operator replicates and fails over.
func cloudNativePG() backend {
	return backend{
		Name: BackendCloudNativePG,
		Gates: []compose.Gate[gathered]{
			noRegion, versionGrows(nameCNPGCluster), cnpgStorageGrows, cnpgRetention, cnpgDeletion,
		},
		Build:   buildCNPG,
		Connect: connectCNPG,
		Besides: cnpgArchiveReady,
		Archive: cnpgArchive,
	}
}

// cnpgName is at most 50 characters, of which a database's name may have 45.
func cnpgName(g gathered) string { return CloudNativePGCluster(g.name) }

// CloudNativePGCluster is the name of the Cluster that answers a MattermostDatabase of a
// name.
func CloudNativePGCluster(name string) string { return name + "-pg" }

func cnpgStorageOf(g gathered) resource.Quantity {
	for _, size := range []*resource.Quantity{g.spec.StorageSize, cnpgStorageWas(g), g.policy.Database.CloudNativePG.StorageSize} {
		if size != nil {
			return *size
		}
	}
	return resource.MustParse(cnpgStorage)
}

func cnpgStorageWas(g gathered) *resource.Quantity {
	q, err := resource.ParseQuantity(g.state.Observed(nameCNPGCluster).String("spec", "storage", "size"))
	if err != nil {
		return nil
	}
	return &q
}

func cnpgStorageGrows(g gathered) compose.Verdict {
	was := cnpgStorageWas(g)
	if was == nil || g.spec.StorageSize == nil || g.spec.StorageSize.Cmp(*was) >= 0 {
		return compose.Passed
	}
	return cannotShrink(was.String())
}

// cnpgDeletion refuses to promise what the operator does not do: it deletes the volumes
// with the cluster. What is kept is then the backup, if there is one.
func cnpgDeletion(g gathered) compose.Verdict {
	if !retained(g) || g.policy.Database.CloudNativePG.Backup != nil {
		return compose.Passed
	}
	return compose.Refuse("NotOffered", "spec.deletionPolicy: this platform's backend deletes the volumes with the database, and has no backups that would be retained: "+
		"set spec.deletionPolicy: Delete to consent, or ask the platform team for backups or another class")
}

func cnpgInstancesOf(g gathered) int32 {
	return instancesOf(g, g.policy.Database.CloudNativePG.Instances, cnpgInstances)
}

// buildCNPG checks the names of what the operator creates for a Cluster, too: it would wait for
// ever for those that are taken.
func buildCNPG(a *compose.Answer, g gathered) error {
	name := cnpgName(g)
	ofCluster := func(o compose.Resource) bool {
		return slices.ContainsFunc(o.List("metadata", "ownerReferences"), func(owner compose.Resource) bool {
			return owner.String("kind") == "Cluster" && owner.String("name") == name
		})
	}
	a.WantFree(nameCNPGCluster, "v1", "ServiceAccount", name, ofCluster)
	a.WantFree(nameCNPGCluster, "v1", "PersistentVolumeClaim", name+"-1", ofCluster)
	for _, suffix := range []string{"-rw", "-ro", "-r"} {
		a.WantFree(nameCNPGCluster, "v1", "Service", name+suffix, ofCluster)
	}
	return errors.Join(a.Desire(nameCNPGCluster, cnpgClusterOf(g)), buildCNPGBackup(a, g))
}

func cnpgClusterOf(g gathered) cnpgCluster {
	of := g.policy.Database.CloudNativePG
	version := versionOf(g, nameCNPGCluster, of.Version)
	labels := provision.Labels(g.name, component, g.policy.Labels)
	for k, v := range provision.HoldsData(version) {
		labels[k] = v
	}
	out := cnpgCluster{
		TypeMeta:   metav1.TypeMeta{APIVersion: apiCNPG, Kind: "Cluster"},
		ObjectMeta: metav1.ObjectMeta{Name: cnpgName(g), Labels: labels},
		Spec: cnpgSpec{
			Instances:  cnpgInstancesOf(g) + g.spec.ReadReplicas,
			ImageName:  cnpgImageOf(g.policy, version),
			Bootstrap:  cnpgBootstrap{InitDB: &cnpgInitDB{Database: databaseName(g), Owner: databaseName(g)}},
			PostgreSQL: cnpgPostgreSQL{Parameters: settings(g), Synchronous: cnpgSynchronousOf(g)},
			Storage:    cnpgStorageSpec{Size: cnpgStorageOf(g), StorageClass: g.policy.StorageClass},
			Resources:  serverResources(g),
			Affinity:   cnpgSpread(),
			Plugins:    cnpgPlugins(g),
			// Mattermost keeps its connections: there is nothing to wait for, and nobody
			// could write meanwhile.
			SmartShutdownTimeout: 0,
		},
	}
	follow(&out.Spec, g.policy)
	return out
}

// follow the platform's policy of pods.
func follow(spec *cnpgSpec, policy v1beta1.Input) {
	for _, name := range policy.ImagePullSecrets {
		spec.ImagePullSecrets = append(spec.ImagePullSecrets, reference{Name: name})
	}
	if len(policy.Labels) > 0 {
		spec.InheritedMetadata = &cnpgMetadata{Labels: policy.Labels}
	}
}

// cnpgImageOf a major version.
func cnpgImageOf(policy v1beta1.Input, version string) string {
	return provision.Mirrored(policy.Registry, cmp.Or(cnpgPolicy(policy).Image, cnpgImage)+":"+version)
}

// cnpgPolicy of a platform, which may have another backend, or none.
func cnpgPolicy(policy v1beta1.Input) v1beta1.CloudNativePGDatabase {
	if policy.Database == nil || policy.Database.CloudNativePG == nil {
		return v1beta1.CloudNativePGDatabase{}
	}
	return *policy.Database.CloudNativePG
}

func cnpgSpread() cnpgAffinity {
	return cnpgAffinity{EnablePodAntiAffinity: true, PodAntiAffinityType: "preferred", TopologyKey: corev1.LabelHostname}
}

// cnpgSynchronousOf a cluster: what is committed is on two servers, and no server takes
// over while the one that has it might be another that is away, so that a failover loses
// nothing. Where one instance was asked for, replicas for reads do not keep it
// from writing when they are away.
func cnpgSynchronousOf(g gathered) *cnpgSynchronous {
	switch instances := cnpgInstancesOf(g); {
	case instances > 1:
		return &cnpgSynchronous{Method: "any", Number: 1, DataDurability: "required", FailoverQuorum: true}
	case instances+g.spec.ReadReplicas > 1:
		return &cnpgSynchronous{Method: "any", Number: 1, DataDurability: "preferred"}
	}
	return nil
}

// connectCNPG by the Secret that the operator makes for the owner of the database.
func connectCNPG(g gathered) (*v1alpha1.DatabaseConnection, string, error) {
	name := cnpgName(g)
	c := v1alpha1.DatabaseConnection{
		SecretName: name + "-app",
		Keys:       v1alpha1.DatabaseKeys{Host: "host", Port: "port", Database: "dbname", Username: "username", Password: keyPassword},
	}
	if g.spec.ReadReplicas > 0 {
		c.Values.ReaderHost = fmt.Sprintf("%s-ro.%s.svc", name, g.namespace)
	}
	return connect(g, c, provision.Part{Composed: nameCNPGCluster, Resource: "cluster." + groupOf(apiCNPG), Name: name})
}

func cnpgBackupOf(g gathered) *v1beta1.CloudNativePGBackup {
	return g.policy.Database.CloudNativePG.Backup
}
