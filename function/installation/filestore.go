package installation

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
)

const (
	keyAccessKey = "accesskey"
	keySecretKey = "secretkey"

	volumeData       = "mattermost-data"
	mountData        = "/mattermost/data"
	defaultClaimSize = "50Gi"
)

// fileStoreNamed refuses an installation without a file store, or with several.
// The API refuses both first.
func fileStoreNamed(g gathered) compose.Verdict {
	n := 0
	if fs := g.spec.FileStore; fs != nil {
		for _, chosen := range []bool{fs.Claim != nil, fs.External != nil, fs.ExternalVolume != nil, fs.Local != nil && fs.Local.Enabled} {
			if chosen {
				n++
			}
		}
	}
	if n == 1 {
		return compose.Passed
	}
	return compose.Refuse("FileStoreMissing", fmt.Sprintf(
		"spec.fileStore names %d file stores: set exactly one of claim, external, externalVolume or local with enabled: true", n))
}

func fileStoreSecretComplete(g gathered) compose.Verdict {
	s3 := g.spec.FileStore.External
	if s3 == nil || s3.UseServiceAccount {
		return compose.Passed
	}
	return secretHasKeys(g, "spec.fileStore.external.secret", s3.Secret, keyAccessKey, keySecretKey)
}

// externalVolumeUsable refuses a claim that does not exist or lost its volume.
func externalVolumeUsable(g gathered) compose.Verdict {
	volume := g.spec.FileStore.ExternalVolume
	if volume == nil {
		return compose.Passed
	}
	claim, _ := g.state.Required(requirementClaim)
	if !claim.Exists() {
		return compose.Refuse("ClaimNotFound", fmt.Sprintf(
			"spec.fileStore.externalVolume.volumeClaimName: PersistentVolumeClaim %q does not exist in namespace %q: create it, or use spec.fileStore.local", volume.VolumeClaimName, g.namespace))
	}
	if phase := claim.String("status", "phase"); phase == string(corev1.ClaimLost) {
		return compose.Refuse("ClaimLost", fmt.Sprintf(
			"spec.fileStore.externalVolume.volumeClaimName: PersistentVolumeClaim %q lost its volume: bind it to a volume again", volume.VolumeClaimName))
	}
	return compose.Passed
}

// localVolumeKept refuses to leave the volume that was made, unless the user
// consents to its deletion.
func localVolumeKept(g gathered) compose.Verdict {
	if localChosen(g) || g.spec.FileStore.DiscardLocal || !g.state.Observed(nameClaim).Exists() {
		return compose.Passed
	}
	return compose.Refuse("LocalVolumeInUse", fmt.Sprintf(
		"spec.fileStore: PersistentVolumeClaim %q holds this installation's files and would be deleted: copy them to the new store, then set spec.fileStore.discardLocal: true, or go back to spec.fileStore.local", g.name))
}

func localChosen(g gathered) bool {
	return g.spec.FileStore.Local != nil && g.spec.FileStore.Local.Enabled
}

// claimName is the claim that is mounted, empty when files are in a bucket.
func claimName(g gathered) string {
	switch fs := g.spec.FileStore; {
	case fs.ExternalVolume != nil:
		return fs.ExternalVolume.VolumeClaimName
	case localChosen(g):
		return g.name
	}
	return ""
}

// recreates says whether the server's replicas cannot be replaced one by one: a
// volume that one node alone can mount might hold a new replica back for ever.
func recreates(g gathered) bool {
	var modes []string
	switch fs := g.spec.FileStore; {
	case localChosen(g):
		for _, m := range claimModes(g) {
			modes = append(modes, string(m))
		}
	case fs.ExternalVolume != nil:
		claim, _ := g.state.Required(requirementClaim)
		for _, m := range claim.Value("spec", "accessModes").GetListValue().GetValues() {
			modes = append(modes, m.GetStringValue())
		}
	default:
		return false
	}
	return len(modes) > 0 && !slices.Contains(modes, string(corev1.ReadWriteMany))
}

func claimModes(g gathered) []corev1.PersistentVolumeAccessMode {
	if modes := g.spec.FileStore.Local.AccessModes; len(modes) > 0 {
		return modes
	}
	return []corev1.PersistentVolumeAccessMode{corev1.ReadWriteMany}
}

// claimSpec of the volume that is made for the installation.
func claimSpec(g gathered) corev1.PersistentVolumeClaimSpec {
	local := g.spec.FileStore.Local
	size := resource.MustParse(defaultClaimSize)
	if local.StorageSize != nil {
		size = *local.StorageSize
	}
	out := corev1.PersistentVolumeClaimSpec{
		AccessModes: claimModes(g),
		Resources:   corev1.VolumeResourceRequirements{Requests: corev1.ResourceList{corev1.ResourceStorage: size}},
	}
	// A claim keeps its class for life: the platform's choice is for new ones.
	class := g.policy.StorageClass
	if claim := g.state.Observed(nameClaim); claim.Exists() {
		class = claim.String("spec", "storageClassName")
	}
	if class != "" {
		out.StorageClassName = &class
	}
	return out
}

func fileStoreEnv(g gathered) []corev1.EnvVar {
	if g.spec.FileStore.External == nil && !bucketClaimed(g) {
		return []corev1.EnvVar{
			{Name: "MM_FILESETTINGS_DRIVERNAME", Value: "local"},
			{Name: "MM_FILESETTINGS_DIRECTORY", Value: mountData},
		}
	}
	s3 := s3Of(g)
	endpoint, insecure := strings.CutPrefix(s3.endpoint, "http://")
	endpoint = strings.TrimSuffix(strings.TrimPrefix(endpoint, "https://"), "/")
	env := []corev1.EnvVar{
		{Name: "MM_FILESETTINGS_DRIVERNAME", Value: "amazons3"},
		{Name: "MM_FILESETTINGS_AMAZONS3BUCKET", Value: s3.bucket},
		{Name: "MM_FILESETTINGS_AMAZONS3ENDPOINT", Value: endpoint},
		{Name: "MM_FILESETTINGS_AMAZONS3SSL", Value: strconv.FormatBool(!insecure)},
	}
	if s3.region != "" {
		env = append(env, corev1.EnvVar{Name: "MM_FILESETTINGS_AMAZONS3REGION", Value: s3.region})
	}
	return append(env, s3.keys...)
}

// s3 is a bucket, and how the server is let in.
type s3 struct {
	endpoint, bucket, region string
	keys                     []corev1.EnvVar
}

func s3Of(g gathered) s3 {
	const idVariable, keyVariable = "MM_FILESETTINGS_AMAZONS3ACCESSKEYID", "MM_FILESETTINGS_AMAZONS3SECRETACCESSKEY"
	if e := g.spec.FileStore.External; e != nil {
		out := s3{endpoint: e.URL, bucket: e.Bucket}
		if !e.UseServiceAccount {
			out.keys = []corev1.EnvVar{fromSecret(idVariable, e.Secret, keyAccessKey), fromSecret(keyVariable, e.Secret, keySecretKey)}
		}
		return out
	}
	c := g.bucket
	if c == nil {
		// It is claimed, and not there yet.
		return s3{}
	}
	part := func(key, value string) string {
		if key == "" {
			return value
		}
		return g.secretValue(c.SecretName, key)
	}
	out := s3{endpoint: part(c.Keys.Endpoint, c.Values.Endpoint), bucket: part(c.Keys.Bucket, c.Values.Bucket), region: part(c.Keys.Region, c.Values.Region)}
	if c.Values.UseServiceAccount {
		return out
	}
	id := corev1.EnvVar{Name: idVariable, Value: c.Values.AccessKey}
	if c.Keys.AccessKey != "" {
		id = fromSecret(idVariable, c.SecretName, c.Keys.AccessKey)
	}
	out.keys = []corev1.EnvVar{id, fromSecret(keyVariable, c.SecretName, c.Keys.SecretKey)}
	return out
}
