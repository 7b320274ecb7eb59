package local

import (
	"context"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"github.com/crossplane-mattermost/crossplane-mattermost/test/cluster/artifact"
	"github.com/crossplane-mattermost/crossplane-mattermost/test/cluster/location"
)

// StartGateway to S3, of the cluster's own build. Its buckets are in Dir.
func (s *Servers) StartGateway(ctx context.Context, step artifact.Step) error {
	store, err := artifact.Open("")
	if err != nil {
		return err
	}
	root, err := location.Repository()
	if err != nil {
		return err
	}
	builds, err := artifact.FindBuilds(root)
	if err != nil {
		return err
	}
	tools := artifact.Toolchain{Store: store, Builds: builds, Step: step}
	binaries, err := tools.Build(ctx, artifact.VersityGW())
	if err != nil {
		return err
	}
	data := filepath.Join(s.Dir, "s3")
	if err := os.Mkdir(data, 0o700); err != nil {
		return err
	}
	port, err := FreePort(ctx)
	if err != nil {
		return err
	}
	s.Gateway = net.JoinHostPort("127.0.0.1", port)
	server := exec.Command(binaries["versitygw"], "--port", s.Gateway, "posix", data) //nolint:gosec,noctx // It is stopped below.
	server.Env = append(os.Environ(), "ROOT_ACCESS_KEY="+AccessKey, "ROOT_SECRET_KEY="+SecretKey)
	server.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := server.Start(); err != nil {
		return err
	}
	s.AtStop(func() {
		_ = server.Process.Kill()
		_ = server.Wait()
	})
	s.Buckets, err = minio.New(s.Gateway, &minio.Options{Creds: credentials.NewStaticV4(AccessKey, SecretKey, ""), Region: "us-east-1"})
	if err != nil {
		return err
	}
	return Await(ctx, func() error {
		_, err := s.Buckets.ListBuckets(ctx)
		return err
	})
}
