package main

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/crossplane-mattermost/crossplane-mattermost/test/cluster/artifact"
)

// TestDaemonArguments proves of each daemon what the rest of the cluster, or of
// the machine, relies on.
func TestDaemonArguments(t *testing.T) {
	p := paths("/srv/cluster")
	all := daemons(p, artifact.Binaries{}, "/usr/bin/containerd")

	cases := map[string]struct {
		reason string
		daemon string
		wanted []string
	}{
		"AuditLog": {
			reason: "The audit log is where package location says, in one file.",
			daemon: "kube-apiserver",
			wanted: []string{"--audit-log-path=/srv/cluster/audit/audit.log", "--audit-log-maxsize=4096"},
		},
		"Loopback": {
			reason: "Nobody outside of the machine reaches the API server.",
			daemon: "kube-apiserver",
			wanted: []string{"--bind-address=127.0.0.1", "--secure-port=16443", "--endpoint-reconciler-type=none"},
		},
		"Authorization": {
			reason: "Permissions are those of a production cluster.",
			daemon: "kube-apiserver",
			wanted: []string{"--authorization-mode=Node,RBAC", "--enable-admission-plugins=NodeRestriction"},
		},
		"Forward": {
			reason: "Pods reach the API server and the registry through the bridge.",
			daemon: "forward",
			wanted: []string{"forward", "10.245.0.1:5000=127.0.0.1:5000", "10.245.0.1:16443=127.0.0.1:16443"},
		},
		"Conntrack": {
			reason: "The machine's connection tracking is left alone.",
			daemon: "kube-proxy",
			wanted: []string{"--conntrack-max-per-core=0", "--iptables-localhost-nodeports=false"},
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			var got []string

			for _, arg := range tc.wanted {
				if slices.Contains(all[tc.daemon].args, arg) {
					got = append(got, arg)
				}
			}

			if diff := cmp.Diff(tc.wanted, got); diff != "" {
				t.Errorf("%s\narguments of %s: -want, +got:\n%s", tc.reason, tc.daemon, diff)
			}
		})
	}
}
