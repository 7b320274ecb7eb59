package main

import (
	"context"
	"net"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
)

// loopbackPorts are the fixed ports that the cluster's daemons listen on.
func loopbackPorts() []string {
	return []string{
		"12379", "12380", // etcd
		apiserverPort,
		"10257",          // kube-controller-manager
		"10259",          // kube-scheduler
		"10248", "10250", // kubelet
		"10249", "10256", // kube-proxy
		registryPort,
	}
}

// portsFree returns an error that names a port which somebody else uses.
func portsFree(ctx context.Context) error {
	for _, port := range loopbackPorts() {
		listener, err := new(net.ListenConfig).Listen(ctx, "tcp", net.JoinHostPort(loopback, port))
		if err != nil {
			return errors.Wrap(err, "cannot bring the cluster up: a program that is not part of it uses one of its ports")
		}

		if err := listener.Close(); err != nil {
			return errors.Wrapf(err, "cannot free port %s", port)
		}
	}

	return nil
}
