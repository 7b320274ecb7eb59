package main

import "path/filepath"

func containerdArgs(p paths) []string {
	return []string{"--config", filepath.Join(p.config(), "containerd.toml")}
}

func kubeletArgs(p paths) []string {
	return []string{
		"--config=" + filepath.Join(p.config(), "kubelet.yaml"),
		"--kubeconfig=" + p.identity("kubelet"),
		// The name resolves to loopback, so the API server reaches the kubelet
		// there for logs, exec and port-forward.
		"--hostname-override=" + nodeName,
		"--root-dir=" + p.kubelet(),
		"--v=1",
	}
}

func proxyArgs(p paths) []string {
	return []string{
		"--kubeconfig=" + p.identity("kube-proxy"),
		"--hostname-override=" + nodeName,
		"--proxy-mode=iptables",
		"--cluster-cidr=" + podRange,
		"--healthz-bind-address=" + loopback + ":10256",
		"--metrics-bind-address=" + loopback + ":10249",
		// It would need a kernel setting that opens loopback to other machines.
		"--iptables-localhost-nodeports=false",
		// The machine's connection tracking stays as its owner set it.
		"--conntrack-max-per-core=0",
		"--conntrack-tcp-timeout-established=0",
		"--conntrack-tcp-timeout-close-wait=0",
	}
}

func corednsArgs(p paths) []string {
	return []string{"-conf", filepath.Join(p.config(), "Corefile")}
}
