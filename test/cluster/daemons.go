package main

import (
	"context"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/test/cluster/artifact"
)

// containerdName is the daemon that is stopped after all others, since it takes
// the pods down.
const containerdName = "containerd"

// selfName is the file name of the copy of this program that its own daemons
// run from: the original may be a temporary file of "go run".
const selfName = "cluster"

// daemons are all processes of the cluster, by name.
func daemons(p paths, binaries artifact.Binaries, containerd string) map[string]daemon {
	self := filepath.Join(p.bin(), selfName)

	all := []daemon{
		{name: "etcd", executable: binaries["etcd"], args: etcdArgs(p), ready: answers("http://" + etcdAddress + "/health")},
		{name: "kube-apiserver", executable: binaries["kube-apiserver"], args: apiserverArgs(p), ready: apiserverReady(p)},
		{name: "kube-controller-manager", executable: binaries["kube-controller-manager"], args: controllerManagerArgs(p), ready: listens(loopback + ":10257")},
		{name: "kube-scheduler", executable: binaries["kube-scheduler"], args: schedulerArgs(p), ready: listens(loopback + ":10259")},
		{name: containerdName, executable: containerd, args: containerdArgs(p), ready: containerdReady(p)},
		{name: "kubelet", executable: binaries["kubelet"], args: kubeletArgs(p), ready: answers("http://" + loopback + ":10248/healthz")},
		{name: "kube-proxy", executable: binaries["kube-proxy"], args: proxyArgs(p), ready: answers("http://" + loopback + ":10256/healthz")},
		{name: "coredns", executable: binaries["coredns"], args: corednsArgs(p), ready: resolves("kubernetes.default.svc.cluster.local.", serviceAddress)},
		{name: "registry", executable: self, args: []string{"registry", registryAddress, p.registry()}, ready: answers("http://" + registryAddress + "/v2/")},
		{name: "forward", executable: self, args: forwardArgs(), ready: listens(net.JoinHostPort(bridgeAddress, apiserverPort))},
	}

	byName := make(map[string]daemon, len(all))
	for _, d := range all {
		byName[d.name] = d
	}

	return byName
}

func forwardArgs() []string {
	args := []string{"forward"}
	for _, port := range []string{registryPort, apiserverPort} {
		args = append(args, net.JoinHostPort(bridgeAddress, port)+"="+net.JoinHostPort(loopback, port))
	}

	return args
}

// copySelf puts this program where its daemons run it from.
func copySelf(p paths) error {
	self, err := os.Executable()
	if err != nil {
		return errors.Wrap(err, "cannot find this program")
	}

	target := filepath.Join(p.bin(), selfName)
	if self == target {
		return nil
	}

	if err := os.MkdirAll(p.bin(), 0o750); err != nil {
		return errors.Wrap(err, "cannot copy this program")
	}

	return errors.Wrap(copyExecutable(target, self), "cannot copy this program")
}

// copyExecutable replaces a program, which may be running, by another one.
func copyExecutable(target, source string) error {
	from, err := os.Open(source) //nolint:gosec // This program itself.
	if err != nil {
		return err
	}
	defer from.Close() //nolint:errcheck // Only read from.

	next := target + ".next"

	to, err := os.OpenFile(next, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o700) //nolint:gosec // It has to be executable.
	if err != nil {
		return err
	}

	if _, err := io.Copy(to, from); err != nil {
		return errors.Join(err, to.Close())
	}

	if err := to.Close(); err != nil {
		return err
	}

	return os.Rename(next, target)
}

// answers is the condition that a URL is answered with status 200.
func answers(url string) func(context.Context) error {
	return func(ctx context.Context) error {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
		if err != nil {
			return err
		}

		response, err := http.DefaultClient.Do(request)
		if err != nil {
			return err
		}
		defer response.Body.Close() //nolint:errcheck // Not read from.

		if response.StatusCode != http.StatusOK {
			return errors.Errorf("%s answers %s", url, response.Status)
		}

		return nil
	}
}

// listens is the condition that a TCP address accepts connections.
func listens(address string) func(context.Context) error {
	return func(ctx context.Context) error {
		conn, err := new(net.Dialer).DialContext(ctx, "tcp", address)
		if err != nil {
			return err
		}

		return conn.Close()
	}
}

// resolves is the condition that the cluster's name server gives a name that
// address.
func resolves(name, address string) func(context.Context) error {
	resolver := &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, net.JoinHostPort(bridgeAddress, "53"))
	}}

	return func(ctx context.Context) error {
		found, err := resolver.LookupHost(ctx, name)
		if err != nil {
			return err
		}

		if len(found) != 1 || found[0] != address {
			return errors.Errorf("%s resolves to %v", name, found)
		}

		return nil
	}
}
