package store

import (
	"net/url"
	"os"
	"strings"

	"github.com/minio/minio-go/v7/pkg/credentials"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/failure"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
)

// Environment variables that a cloud sets in a pod with an identity of its own.
const (
	envWebIdentity       = "AWS_WEB_IDENTITY_TOKEN_FILE"
	envContainerFull     = "AWS_CONTAINER_CREDENTIALS_FULL_URI"
	envContainerRelative = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"
)

// metadataHosts serve the role of the node, which every pod on the node shares.
//
//nolint:gochecknoglobals // A table.
var metadataHosts = []string{"169.254.169.254", "fd00:ec2::254"}

// identity that opens a bucket: keys, or without keys the pod's own identity, from a web
// identity token or from the container's credentials. The node's role is never used,
// although the client would ask the metadata service for it.
func identity(o Options) (*credentials.Credentials, error) {
	if o.AccessKey != "" || o.SecretKey != "" {
		return credentials.NewStaticV4(o.AccessKey, o.SecretKey, ""), nil
	}
	if !hasIdentity() {
		return nil, failure.New(job.ReasonAccessDenied,
			"there are no keys, and the pod has no identity in the cloud: give keys, or bind a role to its ServiceAccount, so that "+envWebIdentity+" or "+envContainerFull+" is set; the node's role is not used")
	}
	return credentials.New(&credentials.IAM{}), nil
}

// hasIdentity says whether the pod has an identity of its own. The client uses the same
// order.
func hasIdentity() bool {
	switch relative, full := os.Getenv(envContainerRelative), os.Getenv(envContainerFull); {
	case os.Getenv(envWebIdentity) != "":
		return true
	case relative != "":
		// A relative URI must not be able to change the host.
		return strings.HasPrefix(relative, "/")
	default:
		u, err := url.Parse(full)
		return full != "" && err == nil && !isMetadata(u.Hostname())
	}
}

func isMetadata(host string) bool {
	for _, h := range metadataHosts {
		if strings.EqualFold(host, h) {
			return true
		}
	}
	return false
}
