package exposure

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/utils/ptr"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/mattermost/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/facts"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/factstest"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/objects"
	"github.com/crossplane-mattermost/crossplane-mattermost/input/v1beta1"
)

func TestExposure(t *testing.T) {
	const bodySize = "nginx.ingress.kubernetes.io/proxy-body-size"
	cases := map[string]struct {
		reason string
		given  factstest.Given
		want   objects.Exposure
	}{
		"Host": {
			reason: "Large files pass unless somebody says otherwise.",
			given:  factstest.Given{Spec: "ingress: {enabled: true, host: a}"},
			want:   objects.Exposure{Hosts: []string{"a"}, Annotations: map[string]string{bodySize: "1000M"}},
		},
		"Hosts": {
			reason: "The primary host is first, and not repeated.",
			given:  factstest.Given{Spec: "ingress: {enabled: true, host: b, hosts: [{hostName: a}, {hostName: b}, {hostName: c}], tlsSecret: cert}"},
			want:   objects.Exposure{Hosts: []string{"b", "a", "c"}, TLSSecret: "cert", Annotations: map[string]string{bodySize: "1000M"}},
		},
		"Annotations": {
			reason: "The user's win.",
			given:  factstest.Given{Spec: "ingress: {enabled: true, host: a, annotations: {" + bodySize + ": 50m, x: z}}"},
			want:   objects.Exposure{Hosts: []string{"a"}, Annotations: map[string]string{bodySize: "50m", "x": "z"}},
		},
		"PlatformClass": {
			reason: "The platform names a class for those who name none.",
			given:  factstest.Given{Spec: "ingress: {enabled: true, host: a}", Policy: v1beta1.Input{IngressClass: "platform"}},
			want:   objects.Exposure{Hosts: []string{"a"}, Class: ptr.To("platform"), Annotations: map[string]string{bodySize: "1000M"}},
		},
		"UserClass": {
			reason: "The user's class wins.",
			given:  factstest.Given{Spec: "ingress: {enabled: true, host: a, ingressClass: mine}", Policy: v1beta1.Input{IngressClass: "platform"}},
			want:   objects.Exposure{Hosts: []string{"a"}, Class: ptr.To("mine"), Annotations: map[string]string{bodySize: "1000M"}},
		},
		"AnnotatedClass": {
			reason: "The API server refuses an Ingress with both: the user's annotation wins over the platform's class.",
			given:  factstest.Given{Spec: "ingress: {enabled: true, host: a, annotations: {kubernetes.io/ingress.class: mine}}", Policy: v1beta1.Input{IngressClass: "platform"}},
			want:   objects.Exposure{Hosts: []string{"a"}, Annotations: map[string]string{bodySize: "1000M", "kubernetes.io/ingress.class": "mine"}},
		},
		"EmptyClass": {
			reason: "The API server refuses an Ingress whose class is empty.",
			given:  factstest.Given{Spec: "ingress: {enabled: true, host: a, ingressClass: ''}"},
			want:   objects.Exposure{Hosts: []string{"a"}, Annotations: map[string]string{bodySize: "1000M"}},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, exposure(tc.given.Facts(t))); diff != "" {
				t.Errorf("%s\n-want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestSiteURL(t *testing.T) {
	for spec, want := range map[string]string{
		"{}":                        "",
		"ingress: {enabled: false}": "",
		"ingress: {enabled: true, host: chat.example.com}":  "https://chat.example.com",
		"ingress: {enabled: false, host: chat.example.com}": "https://chat.example.com",
	} {
		got := ""
		for _, e := range env(factstest.Given{Spec: spec}.Facts(t)) {
			if e.Name == "MM_SERVICESETTINGS_SITEURL" {
				got = e.Value
			}
		}
		if got != want {
			t.Errorf("%s: site URL %q, want %q", spec, got, want)
		}
	}
}

func TestMaxFileSize(t *testing.T) {
	for size, want := range map[v1alpha1.AnnotationValue]int64{
		"50m": 50 << 20, "50M": 50 << 20, "1G": 1048576000, "2g": 2097152000,
		"": 1048576000, "0": 1048576000, "10k": 1048576000, "12345": 1048576000, "junk": 1048576000, "99999999999999999G": 1048576000,
	} {
		f := &facts.Facts{Spec: v1alpha1.MattermostInstallationSpec{Ingress: &v1alpha1.Ingress{
			Annotations: map[string]v1alpha1.AnnotationValue{annotationBodySize: size},
		}}}
		if got := maxFileSize(f); got != want {
			t.Errorf("body size %q: largest file %d, want %d", size, got, want)
		}
	}
	if got := maxFileSize(&facts.Facts{}); got != 1048576000 {
		t.Errorf("without Ingress: largest file %d, want 1048576000", got)
	}
}

func TestClassIsNamedOnce(t *testing.T) {
	for spec, want := range map[string]bool{
		"{enabled: true, host: a, ingressClass: b}":                                                 true,
		"{enabled: true, host: a, annotations: {kubernetes.io/ingress.class: b}}":                   true,
		"{enabled: true, host: a, ingressClass: '', annotations: {kubernetes.io/ingress.class: b}}": true,
		"{enabled: true, host: a, ingressClass: b, annotations: {kubernetes.io/ingress.class: b}}":  true,
		"{enabled: true, host: a, ingressClass: b, annotations: {kubernetes.io/ingress.class: c}}":  false,
		"{enabled: false, host: a, ingressClass: b, annotations: {kubernetes.io/ingress.class: b}}": true,
	} {
		if v := oneClass(factstest.Given{Spec: "ingress: " + spec}.Facts(t), nil); v.Pass != want {
			t.Errorf("%s: passed is %t: %s", spec, v.Pass, v.Message)
		}
	}
}
