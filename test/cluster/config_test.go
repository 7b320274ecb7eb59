package main

import (
	"encoding/json"
	"path/filepath"
	"testing"

	"github.com/BurntSushi/toml"
	"github.com/google/go-cmp/cmp"
	"k8s.io/apiserver/pkg/apis/audit"
	"k8s.io/apiserver/pkg/audit/policy"
	"k8s.io/apiserver/pkg/authentication/user"
	"k8s.io/apiserver/pkg/authorization/authorizer"
	"sigs.k8s.io/yaml"
)

// TestWriteConfig proves that each file has the syntax its reader expects and
// that what must agree between components does.
func TestWriteConfig(t *testing.T) {
	p := written(t)

	cases := map[string]struct {
		reason string
		path   string
		parse  func(content []byte, into any) error
		at     []string
		want   any
	}{
		"KubeletSocket": {
			reason: "The kubelet talks to the cluster's own containerd.",
			path:   filepath.Join(p.config(), "kubelet.yaml"),
			parse:  func(c []byte, into any) error { return yaml.Unmarshal(c, into) },
			at:     []string{"containerRuntimeEndpoint"},
			want:   "unix://" + p.containerdSocket(),
		},
		"KubeletCgroup": {
			reason: "Pods are found by their control group when the cluster is taken down.",
			path:   filepath.Join(p.config(), "kubelet.yaml"),
			parse:  func(c []byte, into any) error { return yaml.Unmarshal(c, into) },
			at:     []string{"cgroupRoot"},
			want:   cgroupRoot,
		},
		"ContainerdSocket": {
			reason: "containerd listens where the kubelet looks for it.",
			path:   filepath.Join(p.config(), "containerd.toml"),
			parse:  toml.Unmarshal,
			at:     []string{"grpc", "address"},
			want:   p.containerdSocket(),
		},
		"ContainerdNetwork": {
			reason: "containerd finds the network that the bridge is made for.",
			path:   filepath.Join(p.config(), "containerd.toml"),
			parse:  toml.Unmarshal,
			at:     []string{"plugins", "io.containerd.grpc.v1.cri", "cni", "conf_dir"},
			want:   p.cni(),
		},
		"Registries": {
			reason: "No image is ever looked up outside of the machine.",
			path:   filepath.Join(p.registryHosts(), "_default", "hosts.toml"),
			parse:  toml.Unmarshal,
			at:     []string{"server"},
			want:   "http://127.0.0.1:5000",
		},
		"Network": {
			reason: "The network plugin is a list of one.",
			path:   filepath.Join(p.cni(), "10-bridge.conflist"),
			parse:  json.Unmarshal,
			at:     []string{"name"},
			want:   "crossplane-mattermost",
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			content := map[string]any{}
			if err := tc.parse(read(t, tc.path), &content); err != nil {
				t.Fatalf("%s\ncannot parse %s: %v", tc.reason, tc.path, err)
			}

			var got any = content
			for _, key := range tc.at {
				got = got.(map[string]any)[key] //nolint:forcetypeassert // A panic is as good as a failure here.
			}

			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s\n%v: -want, +got:\n%s", tc.reason, tc.at, diff)
			}
		})
	}
}

// TestAuditPolicy proves with the API server's own code what is logged.
func TestAuditPolicy(t *testing.T) {
	rules, err := policy.LoadPolicyFromFile(filepath.Join(written(t).config(), "audit-policy.yaml"))
	if err != nil {
		t.Fatalf("LoadPolicyFromFile(...): %v", err)
	}

	evaluator := policy.NewPolicyRuleEvaluator(rules)

	cases := map[string]struct {
		reason string
		user   string
		verb   string
		want   audit.Level
	}{
		"Write":     {"Those who count writes see every kind of them.", "somebody", "create", audit.LevelMetadata},
		"Apply":     {"Server-side apply is a patch.", "system:serviceaccount:crossplane-system:crossplane", "patch", audit.LevelMetadata},
		"Component": {"Nobody is left out, not even Kubernetes itself.", "system:node:localhost", "update", audit.LevelMetadata},
		"All":       {"Deleting many at once is a write.", "somebody", "deletecollection", audit.LevelMetadata},
		"Read":      {"What only reads is not logged.", "somebody", "list", audit.LevelNone},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			request := authorizer.AttributesRecord{
				User: &user.DefaultInfo{Name: tc.user}, Verb: tc.verb, Resource: "secrets", Namespace: "default", ResourceRequest: true,
			}

			if diff := cmp.Diff(tc.want, evaluator.EvaluatePolicyRule(request).Level); diff != "" {
				t.Errorf("%s\nEvaluatePolicyRule(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func written(t *testing.T) paths {
	t.Helper()

	p := paths(t.TempDir())
	if err := writeConfig(p, "127.0.0.1:5000/test/pause:1"); err != nil {
		t.Fatalf("writeConfig(...): %v", err)
	}

	return p
}
