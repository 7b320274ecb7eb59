package installation

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/utils/ptr"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/objects"
	"github.com/crossplane-mattermost/crossplane-mattermost/input/v1beta1"
)

func TestExposure(t *testing.T) {
	const bodySize = "nginx.ingress.kubernetes.io/proxy-body-size"
	cases := map[string]struct {
		reason string
		given  given
		want   objects.Exposure
	}{
		"Host": {
			reason: "Large files pass unless somebody says otherwise.",
			given:  given{spec: "ingress: {enabled: true, host: a}"},
			want:   objects.Exposure{Hosts: []string{"a"}, Annotations: map[string]string{bodySize: "1000M"}},
		},
		"Hosts": {
			reason: "The primary host is first, and not repeated.",
			given:  given{spec: "ingress: {enabled: true, host: b, hosts: [{hostName: a}, {hostName: b}, {hostName: c}], tlsSecret: cert}"},
			want:   objects.Exposure{Hosts: []string{"b", "a", "c"}, TLSSecret: "cert", Annotations: map[string]string{bodySize: "1000M"}},
		},
		"Annotations": {
			reason: "The user's win.",
			given:  given{spec: "ingress: {enabled: true, host: a, annotations: {" + bodySize + ": 50m, x: z}}"},
			want:   objects.Exposure{Hosts: []string{"a"}, Annotations: map[string]string{bodySize: "50m", "x": "z"}},
		},
		"PlatformClass": {
			reason: "The platform names a class for those who name none.",
			given:  given{spec: "ingress: {enabled: true, host: a}", policy: v1beta1.Input{IngressClass: "platform"}},
			want:   objects.Exposure{Hosts: []string{"a"}, Class: ptr.To("platform"), Annotations: map[string]string{bodySize: "1000M"}},
		},
		"UserClass": {
			reason: "The user's class wins.",
			given:  given{spec: "ingress: {enabled: true, host: a, ingressClass: mine}", policy: v1beta1.Input{IngressClass: "platform"}},
			want:   objects.Exposure{Hosts: []string{"a"}, Class: ptr.To("mine"), Annotations: map[string]string{bodySize: "1000M"}},
		},
		"EmptyClass": {
			reason: "The API server refuses an Ingress whose class is empty.",
			given:  given{spec: "ingress: {enabled: true, host: a, ingressClass: ''}"},
			want:   objects.Exposure{Hosts: []string{"a"}, Annotations: map[string]string{bodySize: "1000M"}},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, exposure(tc.given.gather(t))); diff != "" {
				t.Errorf("%s\n-want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}
