package store

import (
	"net/url"
	"os"
	"strings"

	"github.com/minio/minio-go/v7/pkg/credentials"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/failure"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
)

// Environment that a cloud gives a pod with an identity of its own.
const (
	envWebIdentity       = "AWS_WEB_IDENTITY_TOKEN_FILE"
	envContainerFull     = "AWS_CONTAINER_CREDENTIALS_FULL_URI"
	envContainerRelative = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"
)

// metadataHosts answer for the node: its role is that of everybody who runs there.
//
//nolint:gochecknoglobals // A table.
var metadataHosts = []string{"169.254.169.254", "fd00:ec2::254"}

// identity by which a bucket is opened: keys, or without any the pod's own identity, by a
// web identity token or by credentials of the container. The node's is never used: the
// client would ask the metadata service for it where the pod has none.
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

// hasIdentity says whether the pod has an identity of its own. The client decides in the
// same order.
func hasIdentity() bool {
	switch relative, full := os.Getenv(envContainerRelative), os.Getenv(envContainerFull); {
	case os.Getenv(envWebIdentity) != "":
		return true
	case relative != "":
		// What follows the host must not become another one.
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
