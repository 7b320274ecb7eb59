package installation

import (
	"maps"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/utils/ptr"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/mattermost/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/objects"
)

// annotationSecrets of the server's pods changes when a Secret that they read at
// start does, so that they are replaced.
const annotationSecrets = "mattermost.crossplane.io/secrets"

// server is the decided server, with an image.
func server(g gathered, d decision, image string) objects.Server {
	return objects.Server{
		Name:        g.name,
		Labels:      serverLabels(g),
		Selector:    selector(g),
		Image:       image,
		PullPolicy:  pullPolicy(g),
		PullSecrets: pullSecrets(g),
		Resources:   requirements(d.sizing),
		Env:         serverEnv(g),
		Volumes:     volumes(g),
		Mounts:      mounts(g),
	}
}

// migrator is the server as a migration to its wanted image runs it.
func migrator(g gathered, d decision) objects.Server {
	s := server(g, d, g.image)
	s.Labels = migrationLabels(g)
	return s
}

// replication of the server.
func replication(g gathered, r rollout) objects.Replication {
	return objects.Replication{Replicas: r.replicas, Recreate: recreates(g), PodAnnotations: podAnnotations(g), Annotations: marked(map[string]string{
		annotationStopped: r.stopped, annotationRestored: g.data, annotationMigrated: r.migrated,
		annotationSizing: decideReplicas(g).String(), annotationClaims: servedClaims(g),
	})}
}

func podAnnotations(g gathered) map[string]string {
	out := map[string]string{annotationSecrets: secretsChecksum(g)}
	maps.Copy(out, metricsAnnotations(g))
	return out
}

// volumes of the server: the user's, its files, its licence.
func volumes(g gathered) []corev1.Volume {
	var out []corev1.Volume
	for _, v := range g.spec.Volumes {
		out = append(out, volume(v))
	}
	if name := claimName(g); name != "" {
		out = append(out, corev1.Volume{Name: volumeData, VolumeSource: corev1.VolumeSource{
			PersistentVolumeClaim: &corev1.PersistentVolumeClaimVolumeSource{ClaimName: name},
		}})
	}
	if g.spec.LicenseSecret != "" {
		out = append(out, corev1.Volume{Name: volumeLicense, VolumeSource: corev1.VolumeSource{
			Secret: &corev1.SecretVolumeSource{
				SecretName: g.spec.LicenseSecret,
				// The Secret may hold more, such as the database's credentials.
				Items:       []corev1.KeyToPath{{Key: keyLicense, Path: keyLicense}},
				DefaultMode: ptr.To[int32](0o440),
			},
		}})
	}
	return out
}

func mounts(g gathered) []corev1.VolumeMount {
	out := append([]corev1.VolumeMount(nil), g.spec.VolumeMounts...)
	if claimName(g) != "" {
		out = append(out, corev1.VolumeMount{Name: volumeData, MountPath: mountData})
	}
	if g.spec.LicenseSecret != "" {
		out = append(out, corev1.VolumeMount{Name: volumeLicense, MountPath: mountLicense, ReadOnly: true})
	}
	return out
}

func volume(v v1alpha1.Volume) corev1.Volume {
	return corev1.Volume{Name: v.Name, VolumeSource: corev1.VolumeSource{
		ConfigMap:             v.ConfigMap,
		Secret:                v.Secret,
		EmptyDir:              v.EmptyDir,
		PersistentVolumeClaim: v.PersistentVolumeClaim,
		Projected:             v.Projected,
		DownwardAPI:           v.DownwardAPI,
		CSI:                   v.CSI,
	}}
}

func exposure(g gathered) objects.Exposure {
	return objects.Exposure{
		Hosts:       ingressHosts(g),
		Class:       ingressClass(g),
		TLSSecret:   g.spec.Ingress.TLSSecret,
		Annotations: ingressAnnotations(g),
	}
}
