package main

import (
	"path/filepath"

	"github.com/crossplane-mattermost/crossplane-mattermost/test/cluster/location"
)

// Addresses of the cluster. All of them are private to this machine: ports on
// loopback, or on a bridge that nothing but pods is attached to.
const (
	bridge        = "mmbr0"
	bridgeAddress = location.Bridge
	bridgePrefix  = bridgeAddress + "/24"
	podRange      = "10.245.0.0/24"
	// unroutedRange is larger than the pod range so that no address that looks
	// like a pod's ever leaves the machine.
	unroutedRange       = "10.245.0.0/16"
	serviceRange        = "10.96.0.0/16"
	serviceAddress      = "10.96.0.1"
	loopback            = "127.0.0.1"
	apiserverPort       = "16443"
	apiserverPortNumber = 16443
	apiserverAddress    = loopback + ":" + apiserverPort
	registryPort        = location.RegistryPort
	registryAddress     = location.Registry
	etcdAddress         = loopback + ":12379"
	etcdPeerAddress     = loopback + ":12380"
	nodeName            = "localhost"
	cgroupRoot          = "/crossplane-mattermost-cluster"
	cniPlugins          = "/usr/lib/cni"
)

// paths are the files and directories of one cluster below its directory.
type paths string

func (p paths) join(elem ...string) string {
	return filepath.Join(append([]string{string(p)}, elem...)...)
}

func (p paths) state() string            { return p.join("state.json") }
func (p paths) lock() string             { return p.join("lock") }
func (p paths) kubeconfig() string       { return p.join("kubeconfig") }
func (p paths) bin() string              { return p.join("bin") }
func (p paths) pki() string              { return p.join("pki") }
func (p paths) config() string           { return p.join("config") }
func (p paths) cni() string              { return p.join("config", "cni") }
func (p paths) registryHosts() string    { return p.join("config", "registries") }
func (p paths) auditLog() string         { return p.join("audit", "audit.log") }
func (p paths) etcd() string             { return p.join("etcd") }
func (p paths) kubelet() string          { return p.join("kubelet") }
func (p paths) ipam() string             { return p.join("ipam") }
func (p paths) containerdRoot() string   { return p.join("containerd") }
func (p paths) containerdState() string  { return p.join("run") }
func (p paths) containerdSocket() string { return p.join("run", "containerd.sock") }
func (p paths) registry() string         { return p.join("registry") }
func (p paths) volumes() string          { return p.join("volumes") }

func (p paths) log(process string) string { return p.join("log", process+".log") }

// identity is the kubeconfig file of a component of the cluster.
func (p paths) identity(component string) string { return p.join("pki", component+".kubeconfig") }
