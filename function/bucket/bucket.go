// Package bucket composes a MattermostBucket: whatever the platform chose to answer
// it, with a connection in its status that does not tell which. A backend is one file.
package bucket

import (
	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/mattermost/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/provision"
	"github.com/crossplane-mattermost/crossplane-mattermost/input/v1beta1"
)

// gathered is everything that decisions about one bucket rest on.
type gathered struct {
	state           compose.State
	name, namespace string
	spec            v1alpha1.MattermostBucketSpec
	policy          v1beta1.Input
	// told says whether the status already has a connection of this backend.
	told bool
}

type (
	backend   = provision.Backend[gathered, v1alpha1.BucketConnection]
	candidate = provision.Candidate[gathered, v1alpha1.BucketConnection]
)

// Compose answers for one MattermostBucket. It fails only where no answer would be
// safe.
func Compose(s compose.State, policy *v1beta1.Input) (*fnv1.RunFunctionResponse, error) {
	composite := s.Composite()
	g := gathered{state: s, name: s.Name(), namespace: s.Namespace(), policy: *policy}
	if err := composite.Decode(&g.spec, "spec"); err != nil {
		return nil, errors.Wrap(err, "cannot read spec")
	}
	b, err := chosen(policy.Bucket)
	if err != nil {
		return nil, err
	}
	g.told = provision.Told(s, b.Name)
	return provision.Compose(s, g, b)
}

// chosen backend of the platform.
func chosen(policy *v1beta1.BucketBackend) (backend, error) {
	if policy == nil {
		policy = &v1beta1.BucketBackend{}
	}
	return provision.Choose("bucket",
		candidate{Named: policy.Standalone != nil, Make: standalone},
		candidate{Named: policy.Existing != nil, Make: existing},
		candidate{Named: policy.AWSS3 != nil, Make: awsS3},
		candidate{Named: policy.ObjectBucketClaim != nil, Make: objectBucketClaim},
		candidate{Named: policy.COSI != nil, Make: cosi},
		candidate{Named: policy.GCS != nil, Make: gcs},
		candidate{Named: policy.Garage != nil, Make: garage},
	)
}

// bucketName is the user's, or the asking object's.
func bucketName(g gathered) string {
	if g.spec.BucketName != "" {
		return g.spec.BucketName
	}
	return g.name
}
