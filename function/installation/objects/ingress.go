package objects

import (
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"
)

// Exposure is how a server is reached from outside, decided.
type Exposure struct {
	// Hosts, the primary one first.
	Hosts []string
	// Class of the Ingress, nil for the cluster's default.
	Class *string
	// TLSSecret for all hosts, empty for none.
	TLSSecret string
	// Annotations of the Ingress.
	Annotations map[string]string
}

// Ingress makes the server reachable from outside.
func Ingress(s Server, e Exposure) *networkingv1.Ingress {
	meta := objectMeta(s.Name, s.Labels)
	meta.Annotations = e.Annotations
	out := &networkingv1.Ingress{
		TypeMeta:   metav1.TypeMeta{APIVersion: "networking.k8s.io/v1", Kind: "Ingress"},
		ObjectMeta: meta,
		Spec:       networkingv1.IngressSpec{IngressClassName: e.Class},
	}
	for _, host := range e.Hosts {
		out.Spec.Rules = append(out.Spec.Rules, rule(s, host))
	}
	if e.TLSSecret != "" {
		out.Spec.TLS = []networkingv1.IngressTLS{{Hosts: e.Hosts, SecretName: e.TLSSecret}}
	}
	return out
}

func rule(s Server, host string) networkingv1.IngressRule {
	return networkingv1.IngressRule{
		Host: host,
		IngressRuleValue: networkingv1.IngressRuleValue{HTTP: &networkingv1.HTTPIngressRuleValue{
			Paths: []networkingv1.HTTPIngressPath{{
				Path:     "/",
				PathType: ptr.To(networkingv1.PathTypeImplementationSpecific),
				Backend: networkingv1.IngressBackend{Service: &networkingv1.IngressServiceBackend{
					Name: s.Name,
					Port: networkingv1.ServiceBackendPort{Number: PortApp},
				}},
			}},
		}},
	}
}
