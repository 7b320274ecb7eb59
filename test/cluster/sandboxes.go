package main

import (
	"context"
	"time"

	"golang.org/x/sync/errgroup"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	cri "k8s.io/cri-api/pkg/apis/runtime/v1"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
)

const (
	containerdStartLimit = 20 * time.Second
	sandboxRemovalLimit  = 60 * time.Second
)

// dialContainerd connects to the cluster's own containerd, as the kubelet does.
func dialContainerd(p paths) (*grpc.ClientConn, error) {
	conn, err := grpc.NewClient("unix://"+p.containerdSocket(), grpc.WithTransportCredentials(insecure.NewCredentials()))

	return conn, errors.Wrap(err, "cannot connect to containerd")
}

// containerdReady reports, as an error, that containerd does not answer yet.
func containerdReady(p paths) func(context.Context) error {
	return func(ctx context.Context) error {
		conn, err := dialContainerd(p)
		if err != nil {
			return err
		}
		defer conn.Close() //nolint:errcheck // Nothing is pending on this connection.

		_, err = cri.NewRuntimeServiceClient(conn).Version(ctx, &cri.VersionRequest{})

		return errors.Wrap(err, "containerd does not answer")
	}
}

// removeSandboxes stops and removes every pod that containerd knows, which
// also gives back its addresses, interfaces, mounts and network namespace. It
// needs no API server.
func removeSandboxes(ctx context.Context, p paths) error {
	conn, err := dialContainerd(p)
	if err != nil {
		return err
	}
	defer conn.Close() //nolint:errcheck // Nothing is pending on this connection.

	ctx, cancel := context.WithTimeout(ctx, sandboxRemovalLimit)
	defer cancel()

	runtime := cri.NewRuntimeServiceClient(conn)

	list, err := runtime.ListPodSandbox(ctx, &cri.ListPodSandboxRequest{})
	if err != nil {
		return errors.Wrap(err, "cannot list pods in containerd")
	}

	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(8)

	for _, sandbox := range list.GetItems() {
		group.Go(func() error {
			name := sandbox.GetMetadata().GetNamespace() + "/" + sandbox.GetMetadata().GetName()

			if _, err := runtime.StopPodSandbox(ctx, &cri.StopPodSandboxRequest{PodSandboxId: sandbox.GetId()}); err != nil {
				return errors.Wrapf(err, "cannot stop pod %s", name)
			}

			_, err := runtime.RemovePodSandbox(ctx, &cri.RemovePodSandboxRequest{PodSandboxId: sandbox.GetId()})

			return errors.Wrapf(err, "cannot remove pod %s", name)
		})
	}

	return group.Wait()
}
