package bucket

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"fmt"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/mattermost/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/provision"
)

const (
	backendCOSI = "COSI"

	apiCOSI      = "objectstorage.k8s.io/v1alpha1"
	protocolCOSI = "S3"

	nameCOSIClaim  = "cosi-claim"
	nameCOSIAccess = "cosi-access"
	nameCOSISecret = "cosi-secret"

	// keyCOSIInfo of the Secret that the driver's sidecar writes holds everything.
	keyCOSIInfo = "BucketInfo"
	keyRegion   = "region"
)

// cosi is a bucket of a driver of the Container Object Storage Interface. All that is
// known of it is JSON under one key of a Secret, which no pod could use: a Secret of
// ours has a key for each part.
func cosi() backend {
	return backend{
		Name:  backendCOSI,
		Gates: []compose.Gate[gathered]{noRegion, noRetention, noStorage, noName, deletionAsOf("bucket class", cosiClass), cosiInfoReadable},
		Require: func(a *compose.Answer, g gathered) {
			a.Require(requirementSecret, "v1", "Secret", cosiSecretName(g))
		},
		Build:   buildCOSI,
		Connect: connectCOSI,
	}
}

func cosiSecretName(g gathered) string { return g.name + "-cosi" }

// cosiClass that the bucket was made with, or that new ones are made with.
func cosiClass(g gathered) (name, policy string) {
	of := g.policy.Bucket.COSI
	return cmp.Or(g.state.Observed(nameCOSIClaim).String("spec", "bucketClassName"), of.BucketClassName), of.DeletionPolicy
}

// cosiInfo is what the driver says of a bucket.
type cosiInfo struct {
	Spec struct {
		BucketName string `json:"bucketName"`
		S3         *struct {
			Endpoint  string `json:"endpoint"`
			Region    string `json:"region"`
			AccessKey string `json:"accessKeyID"`
			SecretKey string `json:"accessSecretKey"`
		} `json:"secretS3"`
	} `json:"spec"`
}

// cosiInfoReadable refuses what a driver says that cannot be used. No error of JSON is
// shown: it may quote the text.
func cosiInfoReadable(g gathered) compose.Verdict {
	values, known := cosiValues(g)
	if !known {
		return compose.Passed
	}
	for _, k := range []string{keyBucket, keyEndpoint, keyAccessKey, keySecretKey} {
		if len(values[k]) == 0 {
			return compose.Refuse("SecretUnreadable", fmt.Sprintf(
				"Secret %q: its key %s has no %s of a bucket that speaks S3: see that the platform's bucket access class has authenticationType KEY and a driver for S3", cosiSecretName(g), keyCOSIInfo, k))
		}
	}
	return compose.Passed
}

// cosiValues are the parts of the Secret that the driver's sidecar writes, by the keys
// of ours. Known is false while there is none.
func cosiValues(g gathered) (values map[string][]byte, known bool) {
	secret, _ := g.state.Required(requirementSecret)
	if !secret.Exists() {
		return nil, false
	}
	text, err := base64.StdEncoding.DecodeString(secret.String("data", keyCOSIInfo))
	info := cosiInfo{}
	if err != nil || json.Unmarshal(text, &info) != nil || info.Spec.S3 == nil {
		return nil, true
	}
	values = map[string][]byte{
		keyBucket:    []byte(info.Spec.BucketName),
		keyEndpoint:  []byte(info.Spec.S3.Endpoint),
		keyAccessKey: []byte(info.Spec.S3.AccessKey),
		keySecretKey: []byte(info.Spec.S3.SecretKey),
	}
	if info.Spec.S3.Region != "" {
		values[keyRegion] = []byte(info.Spec.S3.Region)
	}
	return values, true
}

func buildCOSI(a *compose.Answer, g gathered) error {
	class, _ := cosiClass(g)
	err := errors.Join(
		a.Desire(nameCOSIClaim, map[string]any{
			"apiVersion": apiCOSI, "kind": "BucketClaim",
			"metadata": map[string]any{"name": objectName(g), "labels": labelsOf(g, true)},
			"spec":     map[string]any{"bucketClassName": class, "protocols": []string{protocolCOSI}},
		}),
		a.Desire(nameCOSIAccess, map[string]any{
			"apiVersion": apiCOSI, "kind": "BucketAccess",
			"metadata": map[string]any{"name": objectName(g), "labels": labelsOf(g, false)},
			"spec": map[string]any{
				"bucketClaimName": objectName(g), "credentialsSecretName": cosiSecretName(g), "protocol": protocolCOSI,
				"bucketAccessClassName": cmp.Or(g.state.Observed(nameCOSIAccess).String("spec", "bucketAccessClassName"), g.policy.Bucket.COSI.BucketAccessClassName),
			},
		}),
	)
	if err != nil {
		return err
	}
	if values, known := cosiValues(g); known {
		return a.Desire(nameCOSISecret, provision.Secret(objectName(g), labelsOf(g, false), values))
	}
	return keepCOSISecret(a, g)
}

// keepCOSISecret as it is while the driver's is out of sight: servers run with it.
func keepCOSISecret(a *compose.Answer, g gathered) error {
	secret := g.state.Observed(nameCOSISecret)
	if !secret.Exists() {
		return nil
	}
	values := map[string][]byte{}
	for k, v := range secret.At("data").Struct().GetFields() {
		value, err := base64.StdEncoding.DecodeString(v.GetStringValue())
		if err != nil {
			return errors.Errorf("cannot read key %q of Secret %q", k, secret.Name())
		}
		values[k] = value
	}
	return a.Desire(nameCOSISecret, provision.Secret(objectName(g), labelsOf(g, false), values))
}

func connectCOSI(g gathered) (*v1alpha1.BucketConnection, string, error) {
	waiting := provision.Awaited(g.state,
		g.part(nameCOSIClaim, "bucketclaims.objectstorage.k8s.io", ""),
		g.part(nameCOSIAccess, "bucketaccesses.objectstorage.k8s.io", ""))
	values, known := cosiValues(g)
	if waiting == "" && !known {
		waiting = fmt.Sprintf("waiting for Secret %q, which the driver of BucketAccess %q writes", cosiSecretName(g), objectName(g))
	}
	ours := g.state.Observed(nameCOSISecret)
	if !known && !ours.Exists() {
		return nil, waiting, nil
	}
	out := &v1alpha1.BucketConnection{
		SecretName: objectName(g),
		Keys:       v1alpha1.BucketKeys{Endpoint: keyEndpoint, Bucket: keyBucket, AccessKey: keyAccessKey, SecretKey: keySecretKey},
	}
	if len(values[keyRegion]) > 0 || !known && ours.Has("data", keyRegion) {
		out.Keys.Region = keyRegion
	}
	return provision.Tell(g.told, out, waiting)
}
