package bucket

import (
	"cmp"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/mattermost/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/provision"
)

const (
	backendGarage = "Garage"

	apiGarage = "garage.rajsingh.info/v1beta1"

	nameGarageBucket = "garage-bucket"
	nameGarageKey    = "garage-key"

	keyGarageAccessKey = "access-key-id"
	keyGarageSecretKey = "secret-access-key"
)

// garageDeletes refuses a deletion that the operator does not do.
var garageDeletes = provision.Lacks("deletionPolicy", func(g gathered) bool { return g.spec.DeletionPolicy == v1alpha1.DeletionDelete }, //nolint:gochecknoglobals // A gate.
	"use Retain: Garage's operator deletes no bucket that holds files, so empty it by hand")

// garage is a bucket of a Garage cluster, and a key that may use it and nothing else.
func garage() backend {
	allowed := func(g gathered) bool { return g.policy.Bucket.Garage.AllowBucketName }
	return backend{
		Name: backendGarage,
		Gates: []compose.Gate[gathered]{
			noRegion, noRetention, garageDeletes, sameBucket(garageAlias), nameOffered(allowed, garageAliasNow), stays("bucketName", askedName, garageAliasNow),
		},
		Build:   buildGarage,
		Connect: connectGarage,
	}
}

// garageAliasNow is the name of the bucket that is there, empty when there is none.
func garageAliasNow(g gathered) string {
	return g.state.Observed(nameGarageBucket).String("spec", "globalAlias")
}

// garageAlias is the bucket's name in all of the cluster, of which other namespaces may
// be using a part.
func garageAlias(g gathered) string {
	return cmp.Or(garageAliasNow(g), g.spec.BucketName, uniqueName(g, ""))
}

// garageCluster that the bucket is in. The operator refuses another.
func garageCluster(g gathered) map[string]any {
	of := g.policy.Bucket.Garage.ClusterRef
	name, namespace := of.Name, of.Namespace
	if was := g.state.Observed(nameGarageBucket).At("spec", "clusterRef"); was.Exists() {
		name, namespace = was.String("name"), was.String("namespace")
	}
	out := map[string]any{"name": name}
	if namespace != "" {
		out["namespace"] = namespace
	}
	return out
}

func buildGarage(a *compose.Answer, g gathered) error {
	bucket := map[string]any{"clusterRef": garageCluster(g), "globalAlias": garageAlias(g)}
	if g.spec.StorageSize != nil {
		bucket["quotas"] = map[string]any{"maxSize": g.spec.StorageSize.String()}
	}
	return errors.Join(
		a.Desire(nameGarageBucket, map[string]any{
			"apiVersion": apiGarage, "kind": "GarageBucket",
			"metadata": map[string]any{"name": objectName(g), "labels": labelsOf(g, true)},
			"spec":     bucket,
		}),
		a.Desire(nameGarageKey, map[string]any{
			"apiVersion": apiGarage, "kind": "GarageKey",
			"metadata": map[string]any{"name": objectName(g), "labels": labelsOf(g, false)},
			"spec": map[string]any{
				"clusterRef":        garageCluster(g),
				"neverExpires":      true,
				"bucketPermissions": []any{map[string]any{"bucketRef": map[string]any{"name": objectName(g)}, "read": true, "write": true}},
				"secretTemplate": map[string]any{
					"name": objectName(g), "includeEndpoint": true, "includeRegion": true,
					"accessKeyIdKey": keyGarageAccessKey, "secretAccessKeyKey": keyGarageSecretKey,
					"endpointKey": keyEndpoint, "regionKey": keyRegion,
				},
			},
		}),
	)
}

func connectGarage(g gathered) (*v1alpha1.BucketConnection, string, error) {
	waiting := provision.Awaited(g.state,
		g.part(nameGarageBucket, "garagebuckets.garage.rajsingh.info", ""),
		g.part(nameGarageKey, "garagekeys.garage.rajsingh.info", ""))
	return provision.Tell(g.told, &v1alpha1.BucketConnection{
		SecretName: objectName(g),
		Keys:       v1alpha1.BucketKeys{Endpoint: keyEndpoint, Region: keyRegion, AccessKey: keyGarageAccessKey, SecretKey: keyGarageSecretKey},
		Values:     v1alpha1.BucketValues{Bucket: garageAlias(g)},
	}, waiting)
}
