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
	// answered is what the status says of before: by which backend, and with what.
	answered v1alpha1.MattermostBucketStatus
}

type backend = provision.Backend[gathered, v1alpha1.BucketConnection]

// Compose answers for one MattermostBucket. It fails only where no answer would be
// safe.
func Compose(s compose.State, policy *v1beta1.Input) (*fnv1.RunFunctionResponse, error) {
	composite := s.Composite()
	g := gathered{state: s, name: s.Name(), namespace: s.Namespace(), policy: *policy}
	if err := composite.Decode(&g.spec, "spec"); err != nil {
		return nil, errors.Wrap(err, "cannot read spec")
	}
	g.answered.Backend = composite.String("status", "backend")
	if err := composite.Decode(&g.answered.Connection, "status", "connection"); err != nil {
		return nil, errors.Wrap(err, "cannot read status.connection")
	}
	b, err := chosen(policy.Bucket)
	if err != nil {
		return nil, err
	}
	return provision.Compose(s, g, b)
}

// chosen backend of the platform. It fails unless there is exactly one, since no user
// could mend that.
func chosen(policy *v1beta1.BucketBackend) (backend, error) {
	if policy == nil {
		policy = &v1beta1.BucketBackend{}
	}
	var out []backend
	for _, of := range []struct {
		named bool
		make  func() backend
	}{
		{policy.Standalone != nil, standalone},
		{policy.Existing != nil, existing},
		{policy.AWSS3 != nil, awsS3},
		{policy.ObjectBucketClaim != nil, objectBucketClaim},
		{policy.COSI != nil, cosi},
		{policy.GCS != nil, gcs},
		{policy.Garage != nil, garage},
	} {
		if of.named {
			out = append(out, of.make())
		}
	}
	if len(out) != 1 {
		return backend{}, errors.Errorf("cannot choose a backend: bucket of the function's input names %d and must name exactly one, such as standalone: {}", len(out))
	}
	return out[0], nil
}

// bucketName is the user's, or the asking object's.
func bucketName(g gathered) string {
	if g.spec.BucketName != "" {
		return g.spec.BucketName
	}
	return g.name
}

// before is the connection that a backend gave until now, nil when it gave none. What
// it is made of may be out of sight for a moment, and servers go on using it.
func (g gathered) before(backend string) *v1alpha1.BucketConnection {
	if g.answered.Backend != backend {
		return nil
	}
	return g.answered.Connection
}
