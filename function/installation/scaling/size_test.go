package scaling

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/mattermost/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/factstest"
	"github.com/crossplane-mattermost/crossplane-mattermost/input/v1beta1"
)

func TestSizes(t *testing.T) {
	// Replicas, requests, limits and recommended nodes, as the operator's behaviour
	// and the server's documentation have them.
	want := map[string]string{
		"miniSingleton": "1 10m/150Mi 2/4Gi []",
		"miniHA":        "2 10m/150Mi 2/4Gi []",
		"cloud10users":  "2 10m/150Mi 2/4Gi []",
		"cloud100users": "2 50m/256Mi 2/4Gi []",
		"100users":      "1 100m/256Mi 2/4Gi []",
		"1000users":     "2 150m/256Mi 2/4Gi []",
		"5000users":     "2 500m/500Mi 4/8Gi [{all 6 4 8}]",
		"10000users":    "2 500m/500Mi 4/8Gi [{all 8 4 16}]",
		"25000users":    "2 1/4Gi 4/16Gi [{all 14 4 16}]",
		"200users":      "1 2/4Gi 2/4Gi [{app 1 2 4} {databaseWriter 1 2 16} {proxy 1 16 64}]",
		"2000users":     "2 2/4Gi 2/4Gi [{app 2 2 4} {databaseWriter 1 2 16} {databaseReader 1 2 16} {search 2 4 32} {proxy 1 16 64}]",
		"15000users":    "2 4/8Gi 4/8Gi [{app 2 4 8} {databaseWriter 1 4 32} {databaseReader 1 4 32} {search 2 4 32} {proxy 1 16 64}]",
		"30000users":    "2 8/16Gi 8/16Gi [{app 2 8 16} {databaseWriter 1 8 64} {databaseReader 1 8 64} {search 4 8 64} {proxy 1 16 64}]",
		"50000users":    "5 8/16Gi 8/16Gi [{app 5 8 16} {databaseWriter 1 8 64} {databaseReader 4 8 64} {search 4 8 64} {proxy 1 16 64}]",
		"80000users":    "4 16/32Gi 16/32Gi [{app 4 16 32} {databaseWriter 1 16 128} {databaseReader 3 16 128} {search 4 8 64} {proxy 1 16 64}]",
		"90000users":    "5 16/32Gi 16/32Gi [{app 5 16 32} {databaseWriter 1 16 128} {databaseReader 4 16 128} {search 4 8 64} {proxy 1 16 64}]",
		"100000users":   "6 16/32Gi 16/32Gi [{app 6 16 32} {databaseWriter 1 16 128} {databaseReader 5 16 128} {search 4 8 64} {proxy 1 16 64}]",
		"200000users":   "14 16/32Gi 16/32Gi [{app 14 16 32} {databaseWriter 1 16 128} {databaseReader 6 16 128} {search 4 8 64} {proxy 4 32 128} {redis 1 8 32}]",
	}
	got := map[string]string{}
	for name := range sizes {
		f := factstest.Given{Spec: "{size: " + name + ", licenseSecret: license}"}.Facts(t)
		s := Decide(f)
		got[name] = fmt.Sprintf("%d %s/%s %s/%s %v", s.Replicas, s.Requests.Cpu(), s.Requests.Memory(), s.Limits.Cpu(), s.Limits.Memory(), s.Nodes)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want, +got sizes:\n%s", diff)
	}
}

func TestDecideSize(t *testing.T) {
	cases := map[string]struct {
		reason string
		given  factstest.Given
		want   v1alpha1.SizingStatus
	}{
		"Default": {
			reason: "Without any size the default is used.",
			want:   v1alpha1.SizingStatus{Size: "5000users", Replicas: 1, SizeReplicas: 2, Requests: sizes["5000users"].requests, Limits: sizes["5000users"].limits, Nodes: sizes["5000users"].nodes},
		},
		"PlatformDefault": {
			reason: "The platform names the size of those who name none.",
			given:  factstest.Given{Policy: v1beta1.Input{Size: "100users"}},
			want:   v1alpha1.SizingStatus{Size: "100users", Replicas: 1, SizeReplicas: 1, Requests: sizes["100users"].requests, Limits: sizes["100users"].limits},
		},
		"UserOverPlatform": {
			reason: "The user's size wins over the platform's default.",
			given:  factstest.Given{Policy: v1beta1.Input{Size: "100users"}, Spec: "size: miniHA"},
			want:   v1alpha1.SizingStatus{Size: "miniHA", Replicas: 1, SizeReplicas: 2, Requests: sizes["miniHA"].requests, Limits: sizes["miniHA"].limits},
		},
		"EmptyResources": {
			reason: "Resources without any are none, as in the Mattermost operator.",
			given:  factstest.Given{Spec: "{size: 100users, scheduling: {resources: {}}}"},
			want:   v1alpha1.SizingStatus{Size: "100users", Replicas: 1, SizeReplicas: 1, Requests: sizes["100users"].requests, Limits: sizes["100users"].limits},
		},
		"ExplicitWins": {
			reason: "Replicas and resources of the user win over the size's.",
			given:  factstest.Given{Spec: "{size: 100users, replicas: 7, scheduling: {resources: {requests: {cpu: 3}}}}"},
			want:   v1alpha1.SizingStatus{Size: "100users", Replicas: 7, SizeReplicas: 1, Requests: corev1.ResourceList{corev1.ResourceCPU: resource.MustParse("3")}},
		},
		"ZeroReplicas": {
			reason: "Zero is a number of replicas.",
			given:  factstest.Given{Spec: "{size: 100users, replicas: 0}"},
			want:   v1alpha1.SizingStatus{Size: "100users", SizeReplicas: 1, Requests: sizes["100users"].requests, Limits: sizes["100users"].limits},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, Decide(tc.given.Facts(t)).SizingStatus); diff != "" {
				t.Errorf("%s\n-want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}
