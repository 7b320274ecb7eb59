package backends

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"net/http"
	"strconv"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/test/kube"
)

const (
	s3Image = "test/versitygw:1.0.14"
	s3Port  = 7070
)

// S3 is an S3 gateway in the cluster.
type S3 struct {
	// Endpoint is the host and port that pods reach it by.
	Endpoint string
	// AccessKey and SecretKey of its one account.
	AccessKey, SecretKey string

	address string
	roots   *x509.CertPool
}

// S3Options say how a gateway serves.
type S3Options struct {
	// Name of the gateway's Service.
	Name string
	// TLSSecret of the gateway's namespace, with tls.crt and tls.key, makes it
	// serve over TLS.
	TLSSecret string
	// Roots that sign its certificate.
	Roots *x509.CertPool
}

// RunS3 runs an S3 gateway over a volume in a namespace, or finds the one that
// runs there.
func RunS3(ctx context.Context, c client.Client, namespace string, o S3Options) (*S3, error) {
	const accessKey, secretKey = "accesskey", "secretkey"
	secret := o.Name + "-root"
	values, err := kept(ctx, c, namespace, secret, accessKey, secretKey)
	if err != nil {
		return nil, err
	}
	s := server{
		namespace: namespace,
		name:      o.Name,
		image:     s3Image,
		args:      []string{"posix", "/data"},
		env: []corev1.EnvVar{
			fromSecret("ROOT_ACCESS_KEY", secret, accessKey),
			fromSecret("ROOT_SECRET_KEY", secret, secretKey),
			{Name: "VGW_PORT", Value: ":" + strconv.Itoa(s3Port)},
		},
		port:    s3Port,
		cpu:     "50m",
		started: corev1.ProbeHandler{TCPSocket: &corev1.TCPSocketAction{Port: intstr.FromInt32(s3Port)}},
	}
	if o.TLSSecret != "" {
		const mount = "/tls"
		s.env = append(s.env, corev1.EnvVar{Name: "VGW_CERT", Value: mount + "/tls.crt"}, corev1.EnvVar{Name: "VGW_KEY", Value: mount + "/tls.key"})
		s.volumes = []corev1.Volume{{Name: "tls", VolumeSource: corev1.VolumeSource{Secret: &corev1.SecretVolumeSource{SecretName: o.TLSSecret}}}}
		s.mounts = []corev1.VolumeMount{{Name: "tls", MountPath: mount, ReadOnly: true}}
	}
	address, err := s.run(ctx, c)
	if err != nil {
		return nil, errors.Wrap(err, "cannot run the S3 gateway")
	}
	port := strconv.Itoa(s3Port)
	return &S3{
		Endpoint:  net.JoinHostPort(fmt.Sprintf("%s.%s.svc", o.Name, namespace), port),
		AccessKey: values[accessKey],
		SecretKey: values[secretKey],
		address:   net.JoinHostPort(address, port),
		roots:     o.Roots,
	}, nil
}

// Client of the gateway, from outside the cluster's pods.
func (s *S3) Client() (*minio.Client, error) {
	host, _, err := net.SplitHostPort(s.Endpoint)
	if err != nil {
		return nil, errors.Wrap(err, "cannot read the S3 gateway's endpoint")
	}
	c, err := minio.New(s.address, &minio.Options{
		Creds:  credentials.NewStaticV4(s.AccessKey, s.SecretKey, ""),
		Secure: s.roots != nil,
		Region: "us-east-1",
		Transport: &http.Transport{TLSClientConfig: &tls.Config{
			RootCAs: s.roots, ServerName: host, MinVersion: tls.VersionTLS12,
		}},
	})
	return c, errors.Wrap(err, "cannot make a client of the S3 gateway")
}

// Bucket makes a bucket, unless there is one.
func (s *S3) Bucket(ctx context.Context, name string) error {
	c, err := s.Client()
	if err != nil {
		return err
	}
	// A Service takes connections a moment after its pod is ready.
	err = kube.Until(ctx, startLimit, func(ctx context.Context) error {
		exists, err := c.BucketExists(ctx, name)
		if err != nil || exists {
			return err
		}
		return c.MakeBucket(ctx, name, minio.MakeBucketOptions{})
	})
	return errors.Wrapf(err, "cannot make bucket %s", name)
}
