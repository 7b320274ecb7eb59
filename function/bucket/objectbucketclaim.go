package bucket

import (
	"cmp"
	"fmt"
	"net"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/mattermost/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/provision"
)

const (
	backendOBC = "ObjectBucketClaim"

	apiOBC               = "objectbucket.io/v1alpha1"
	nameOBC              = "obc-claim"
	requirementConfigMap = "configmap"

	// Keys of the ConfigMap and of the Secret that the provisioner writes.
	keyOBCName      = "BUCKET_NAME"
	keyOBCHost      = "BUCKET_HOST"
	keyOBCPort      = "BUCKET_PORT"
	keyOBCRegion    = "BUCKET_REGION"
	keyOBCAccessKey = "AWS_ACCESS_KEY_ID"
	keyOBCSecretKey = "AWS_SECRET_ACCESS_KEY" //nolint:gosec // A name, not a value.

	portHTTPS = "443"
	portHTTP  = "80"
)

// objectBucketClaim is a bucket of Rook or NooBaa. Whatever answers the claim writes a
// ConfigMap and a Secret of the claim's name.
func objectBucketClaim() backend {
	return backend{
		Name:  backendOBC,
		Gates: []compose.Gate[gathered]{noRegion, noRetention, deletionAsOf("storage class", obcClass), stays("bucketName", askedName, obcNameNow)},
		Require: func(a *compose.Answer, g gathered) {
			a.Require(requirementConfigMap, "v1", "ConfigMap", objectName(g))
		},
		Build:   buildOBC,
		Connect: connectOBC,
	}
}

// obcClass that the bucket was made with, or that new ones are made with.
func obcClass(g gathered) (name, policy string) {
	of := g.policy.Bucket.ObjectBucketClaim
	return cmp.Or(g.state.Observed(nameOBC).String("spec", "storageClassName"), of.StorageClassName), of.DeletionPolicy
}

// obcNameNow is the bucket's name, which the provisioner writes to the claim when it
// made one up.
func obcNameNow(g gathered) string { return g.state.Observed(nameOBC).String("spec", "bucketName") }

func buildOBC(a *compose.Answer, g gathered) error {
	class, _ := obcClass(g)
	spec := map[string]any{"storageClassName": class}
	was := g.state.Observed(nameOBC)
	name, generate := g.spec.BucketName, was.String("spec", "generateBucketName")
	if was.Exists() && generate == "" {
		name = obcNameNow(g)
	}
	if name != "" && generate == "" {
		spec["bucketName"] = name
	} else {
		// The provisioner makes up what follows, and writes the name next to this.
		spec["generateBucketName"] = cmp.Or(generate, g.namespace+"-"+g.name)
	}
	if g.spec.StorageSize != nil {
		spec["additionalConfig"] = map[string]any{"maxSize": g.spec.StorageSize.String()}
	}
	return a.Desire(nameOBC, map[string]any{
		"apiVersion": apiOBC, "kind": "ObjectBucketClaim",
		"metadata": map[string]any{"name": objectName(g), "labels": labelsOf(g, true)},
		"spec":     spec,
	})
}

func connectOBC(g gathered) (*v1alpha1.BucketConnection, string, error) {
	waiting := provision.Awaited(g.state, g.part(nameOBC, "objectbucketclaims.objectbucket.io", ""))
	config, _ := g.state.Required(requirementConfigMap)
	for _, key := range []string{keyOBCHost, keyOBCName} {
		if config.String("data", key) == "" {
			return nil, cmp.Or(waiting, fmt.Sprintf("waiting for key %s of ConfigMap %q, which the provisioner of ObjectBucketClaim %q writes", key, objectName(g), objectName(g))), nil
		}
	}
	return provision.Tell(g.told, &v1alpha1.BucketConnection{
		SecretName: objectName(g),
		Keys:       v1alpha1.BucketKeys{AccessKey: keyOBCAccessKey, SecretKey: keyOBCSecretKey},
		Values: v1alpha1.BucketValues{
			Endpoint: obcEndpoint(config.String("data", keyOBCHost), config.String("data", keyOBCPort)),
			Bucket:   config.String("data", keyOBCName),
			Region:   config.String("data", keyOBCRegion),
		},
	}, waiting)
}

// obcEndpoint with a scheme. Only the port tells whether TLS is spoken.
func obcEndpoint(host, port string) string {
	switch port {
	case portHTTPS:
		return "https://" + host
	case portHTTP, "":
		return "http://" + host
	}
	return "http://" + net.JoinHostPort(host, port)
}
