package bucket

import (
	"fmt"
	"strconv"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/mattermost/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/pod"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/provision"
)

// Defaults of a standalone gateway.
const (
	standaloneImage   = "docker.io/versity/versitygw:v1.0.14"
	standaloneUser    = 65532
	standaloneStorage = "50Gi"
	standalonePort    = 7070

	component = "s3"
)

// standalone is one S3 gateway on a volume. The server that uses it makes the bucket.
func standalone() backend {
	return backend{
		Name:    "Standalone",
		Gates:   []compose.Gate[gathered]{noRegion, noRetention, storageStays},
		Require: func(a *compose.Answer, g gathered) { provision.RequireStorage(a, g.state, serverName(g)) },
		Build:   buildStandalone,
		Connect: connectStandalone,
		Storage: func(g gathered) *resource.Quantity { return provision.RealStorageSize(g.state) },
	}
}

func storageStays(g gathered) compose.Verdict {
	return provision.StorageStays(g.state, g.spec.StorageSize)
}

func serverName(g gathered) string { return provision.ServerName(g.name, component) }

func buildStandalone(a *compose.Answer, g gathered) error {
	values, err := provision.Credentials(g.state.Observed(provision.NameCredentials), g.state.Observed(provision.NameServer), keyAccessKey, keySecretKey)
	if err != nil {
		return err
	}
	return provision.Build(a, standaloneServer(g, provision.Digest(values, keyAccessKey, keySecretKey)), values)
}

func standaloneServer(g gathered, credentials string) provision.Server {
	image := g.policy.Bucket.Standalone.Image
	if image == "" {
		image = standaloneImage
	}
	name := serverName(g)
	return provision.Server{
		Name:        name,
		Labels:      provision.Labels(g.name, component, g.policy.Labels),
		Selector:    provision.Selector(g.name, component),
		Image:       provision.Mirrored(g.policy.Registry, image),
		PullSecrets: g.policy.ImagePullSecrets,
		Args:        []string{"posix", provision.MountData},
		Env: []corev1.EnvVar{
			pod.FromSecret("ROOT_ACCESS_KEY", name, keyAccessKey),
			pod.FromSecret("ROOT_SECRET_KEY", name, keySecretKey),
			{Name: "VGW_PORT", Value: ":" + strconv.Itoa(standalonePort)},
		},
		Port:  standalonePort,
		User:  standaloneUser,
		Ready: corev1.ProbeHandler{TCPSocket: &corev1.TCPSocketAction{Port: intstr.FromInt32(standalonePort)}},
		Resources: corev1.ResourceRequirements{Requests: corev1.ResourceList{
			corev1.ResourceCPU: resource.MustParse("50m"), corev1.ResourceMemory: resource.MustParse("128Mi"),
		}},
		Volume:         standaloneVolume(g),
		DeletionPolicy: g.spec.DeletionPolicy,
		Credentials:    credentials,
	}
}

// standaloneVolume of a gateway that runs stays, also when the platform's defaults change.
func standaloneVolume(g gathered) provision.Volume {
	v := provision.Volume{Labels: provision.Selector(g.name, component), Size: standaloneStorageOf(g), Class: g.policy.StorageClass}
	return v.Stays(g.state.Observed(provision.NameServer))
}

func standaloneStorageOf(g gathered) resource.Quantity {
	for _, size := range []*resource.Quantity{g.spec.StorageSize, g.policy.Bucket.Standalone.StorageSize} {
		if size != nil {
			return *size
		}
	}
	return resource.MustParse(standaloneStorage)
}

func connectStandalone(g gathered) (*v1alpha1.BucketConnection, string, error) {
	name := serverName(g)
	connection := &v1alpha1.BucketConnection{
		SecretName: name,
		Keys:       v1alpha1.BucketKeys{AccessKey: keyAccessKey, SecretKey: keySecretKey},
		Values: v1alpha1.BucketValues{
			Endpoint: fmt.Sprintf("http://%s.%s.svc:%d", name, g.namespace, standalonePort),
			Bucket:   bucketName(g), Region: "us-east-1",
		},
	}
	return connection, provision.Waiting(g.state.Observed(provision.NameServer), name), nil
}
