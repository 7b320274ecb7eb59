// Package backends runs what an installation needs and does not bring: a
// PostgreSQL server and an S3 gateway, as pods of the cluster, with credentials
// made on the spot.
package backends

import (
	"context"
	"crypto/rand"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"

	appsv1 "k8s.io/api/apps/v1"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/test/kube"
)

// startLimit is generous: an image may have to be unpacked first.
const startLimit = 5 * time.Minute

// server is one pod behind a Service.
type server struct {
	namespace, name string
	image           string
	args            []string
	env             []corev1.EnvVar
	port            int32
	// cpu is requested. The kernel gives a busy node's pods time by their requests, and next to none
	// to those without.
	cpu     string
	started corev1.ProbeHandler
	volumes []corev1.Volume
	mounts  []corev1.VolumeMount
}

// run a server and wait until it is ready. The returned address is its Service's.
func (s server) run(ctx context.Context, c client.Client) (clusterIP string, err error) {
	service := &corev1.Service{
		ObjectMeta: metav1.ObjectMeta{Namespace: s.namespace, Name: s.name},
		Spec: corev1.ServiceSpec{
			Selector: map[string]string{"app": s.name},
			Ports:    []corev1.ServicePort{{Port: s.port, TargetPort: intstr.FromInt32(s.port)}},
		},
	}
	if err := kube.Apply(ctx, c, service); err != nil {
		return "", err
	}
	if err := kube.Apply(ctx, c, s.statefulSet()); err != nil {
		return "", err
	}
	set := &appsv1.StatefulSet{}
	if err := kube.Until(ctx, startLimit, func(ctx context.Context) error {
		if err := c.Get(ctx, client.ObjectKey{Namespace: s.namespace, Name: s.name}, set); err != nil {
			return errors.Wrapf(err, "cannot read StatefulSet %s", s.name)
		}
		if set.Status.ObservedGeneration < set.Generation || set.Status.ReadyReplicas != 1 || set.Status.UpdatedReplicas != 1 {
			return errors.Errorf("StatefulSet %s is not ready", s.name)
		}
		return nil
	}); err != nil {
		return "", err
	}
	err = c.Get(ctx, client.ObjectKeyFromObject(service), service)
	return service.Spec.ClusterIP, errors.Wrapf(err, "cannot read Service %s", s.name)
}

func (s server) statefulSet() *appsv1.StatefulSet {
	labels := map[string]string{"app": s.name}
	return &appsv1.StatefulSet{
		ObjectMeta: metav1.ObjectMeta{Namespace: s.namespace, Name: s.name},
		Spec: appsv1.StatefulSetSpec{
			ServiceName: s.name,
			Selector:    &metav1.LabelSelector{MatchLabels: labels},
			Template: corev1.PodTemplateSpec{
				ObjectMeta: metav1.ObjectMeta{Labels: labels},
				Spec: corev1.PodSpec{
					SecurityContext: &corev1.PodSecurityContext{
						RunAsNonRoot:   ptr.To(true),
						FSGroup:        ptr.To[int64](65532),
						SeccompProfile: &corev1.SeccompProfile{Type: corev1.SeccompProfileTypeRuntimeDefault},
					},
					TerminationGracePeriodSeconds: ptr.To[int64](5),
					Containers: []corev1.Container{{
						Name:      s.name,
						Image:     s.image,
						Args:      s.args,
						Env:       s.env,
						Resources: corev1.ResourceRequirements{Requests: corev1.ResourceList{corev1.ResourceCPU: resource.MustParse(s.cpu)}},
						// A command in a container is expensive: it runs until the server has started.
						StartupProbe: &corev1.Probe{ProbeHandler: s.started, PeriodSeconds: 1, FailureThreshold: 300, TimeoutSeconds: 5},
						ReadinessProbe: &corev1.Probe{
							ProbeHandler:     corev1.ProbeHandler{TCPSocket: &corev1.TCPSocketAction{Port: intstr.FromInt32(s.port)}},
							FailureThreshold: 6, TimeoutSeconds: 5,
						},
						SecurityContext: &corev1.SecurityContext{
							AllowPrivilegeEscalation: ptr.To(false),
							Capabilities:             &corev1.Capabilities{Drop: []corev1.Capability{"ALL"}},
						},
						VolumeMounts: append([]corev1.VolumeMount{{Name: "data", MountPath: "/data"}}, s.mounts...),
					}},
					Volumes: append([]corev1.Volume{{Name: "data", VolumeSource: corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{}}}}, s.volumes...),
				},
			},
		},
	}
}

// credential makes a password of 26 letters and digits.
func credential() string { return rand.Text() }

// kept makes a Secret of credentials the first time, and reads it ever after, so
// that a server that runs already is met with its own.
func kept(ctx context.Context, c client.Client, namespace, name string, keys ...string) (map[string]string, error) {
	secret := &corev1.Secret{}
	err := c.Get(ctx, client.ObjectKey{Namespace: namespace, Name: name}, secret)
	if client.IgnoreNotFound(err) != nil {
		return nil, errors.Wrapf(err, "cannot read Secret %s", name)
	}
	values := map[string]string{}
	for _, k := range keys {
		values[k] = string(secret.Data[k])
		if values[k] == "" {
			values[k] = credential()
		}
	}
	return values, kube.Secret(ctx, c, namespace, name, values)
}

func fromSecret(variable, secret, key string) corev1.EnvVar {
	return corev1.EnvVar{Name: variable, ValueFrom: &corev1.EnvVarSource{SecretKeyRef: &corev1.SecretKeySelector{
		LocalObjectReference: corev1.LocalObjectReference{Name: secret}, Key: key,
	}}}
}
