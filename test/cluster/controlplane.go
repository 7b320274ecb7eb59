package main

import "path/filepath"

// etcdArgs make an etcd on loopback whose data need not survive the machine.
func etcdArgs(p paths) []string {
	return []string{
		"--name=cluster",
		"--data-dir=" + p.etcd(),
		"--listen-client-urls=http://" + etcdAddress,
		"--advertise-client-urls=http://" + etcdAddress,
		"--listen-peer-urls=http://" + etcdPeerAddress,
		"--initial-advertise-peer-urls=http://" + etcdPeerAddress,
		"--initial-cluster=cluster=http://" + etcdPeerAddress,
		"--unsafe-no-fsync",
		"--log-level=warn",
	}
}

// apiserverArgs make an API server on loopback. Pods reach it through the
// EndpointSlice that this program makes, so it must not reconcile one itself:
// it would advertise its loopback address, or refuse to start.
func apiserverArgs(p paths) []string {
	pki := func(file string) string { return filepath.Join(p.pki(), file) }

	return []string{
		"--etcd-servers=http://" + etcdAddress,
		"--bind-address=" + loopback,
		"--secure-port=" + apiserverPort,
		"--endpoint-reconciler-type=none",
		"--tls-cert-file=" + pki("apiserver.crt"),
		"--tls-private-key-file=" + pki("apiserver.key"),
		"--client-ca-file=" + pki("ca.crt"),
		"--kubelet-client-certificate=" + pki("apiserver-kubelet-client.crt"),
		"--kubelet-client-key=" + pki("apiserver-kubelet-client.key"),
		"--kubelet-certificate-authority=" + pki("ca.crt"),
		"--service-account-key-file=" + pki("sa.pub"),
		"--service-account-signing-key-file=" + pki("sa.key"),
		"--service-account-issuer=https://kubernetes.default.svc",
		"--service-cluster-ip-range=" + serviceRange,
		"--authorization-mode=Node,RBAC",
		"--enable-admission-plugins=NodeRestriction",
		"--allow-privileged=true",
		"--audit-policy-file=" + filepath.Join(p.config(), "audit-policy.yaml"),
		"--audit-log-path=" + p.auditLog(),
		// One file in practice: those who count writes read a single one.
		"--audit-log-maxsize=4096",
		"--audit-log-maxbackup=1",
	}
}

func controllerManagerArgs(p paths) []string {
	identity := p.identity("kube-controller-manager")

	return []string{
		"--kubeconfig=" + identity,
		"--authentication-kubeconfig=" + identity,
		"--authorization-kubeconfig=" + identity,
		"--bind-address=" + loopback,
		"--leader-elect=false",
		"--root-ca-file=" + filepath.Join(p.pki(), "ca.crt"),
		"--service-account-private-key-file=" + filepath.Join(p.pki(), "sa.key"),
		"--use-service-account-credentials=true",
		"--cluster-signing-cert-file=" + filepath.Join(p.pki(), "ca.crt"),
		"--cluster-signing-key-file=" + filepath.Join(p.pki(), "ca.key"),
		"--kube-api-qps=200",
		"--kube-api-burst=400",
	}
}

func schedulerArgs(p paths) []string {
	identity := p.identity("kube-scheduler")

	return []string{
		"--kubeconfig=" + identity,
		"--authentication-kubeconfig=" + identity,
		"--authorization-kubeconfig=" + identity,
		"--bind-address=" + loopback,
		"--leader-elect=false",
	}
}
