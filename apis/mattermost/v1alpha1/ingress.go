package v1alpha1

// Ingress makes the server reachable from outside the cluster.
//
// +kubebuilder:validation:XValidation:rule="!self.enabled || (has(self.host) && self.host.size() > 0)",message="spec.ingress.host is required when spec.ingress.enabled is true"
type Ingress struct {
	// Enabled makes an Ingress of the installation's name.
	Enabled bool `json:"enabled"`

	// Host is the primary host, and the host of the server's site URL, which is
	// https:// and this host also when enabled is false.
	// +optional
	// +kubebuilder:validation:MaxLength=253
	// +kubebuilder:validation:XValidation:rule="self == '' || self.matches('^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?([.][a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)*$') && !self.matches('^[0-9.]+$')",message="spec.ingress.host must be a DNS name such as chat.example.com, with at most 63 characters between dots, no IP address, and without scheme, port or path"
	Host string `json:"host,omitempty"`

	// Hosts are further hosts of the Ingress.
	// +optional
	// +listType=map
	// +listMapKey=hostName
	// +kubebuilder:validation:MaxItems=32
	Hosts []IngressHost `json:"hosts,omitempty"`

	// TLSSecret names a Secret of this namespace with tls.crt and tls.key for
	// all hosts.
	// +optional
	// +kubebuilder:validation:MaxLength=253
	// +kubebuilder:validation:XValidation:rule="self.matches('^([a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*)?$')",message="spec.ingress.tlsSecret must be the name of a Secret: lower case letters, digits, '-' and '.', with a letter or digit at both ends of each part"
	TLSSecret string `json:"tlsSecret,omitempty"`

	// Annotations of the Ingress. nginx.ingress.kubernetes.io/proxy-body-size
	// also sets the server's largest file.
	// +optional
	// +kubebuilder:validation:MaxProperties=32
	// +kubebuilder:validation:XValidation:rule="self.all(k, !k.lowerAscii().contains('snippet'))",message="spec.ingress.annotations: snippet annotations inject configuration into a shared ingress controller and are not allowed"
	Annotations map[string]AnnotationValue `json:"annotations,omitempty"`

	// IngressClass names the class. Default: the platform's, else the cluster's
	// default class.
	// +optional
	// +kubebuilder:validation:MaxLength=253
	// +kubebuilder:validation:XValidation:rule="self.matches('^([a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*)?$')",message="spec.ingress.ingressClass must be the name of an IngressClass: lower case letters, digits, '-' and '.', with a letter or digit at both ends of each part"
	IngressClass *string `json:"ingressClass,omitempty"`
}

// IngressHost is a further host of an Ingress.
type IngressHost struct {
	// HostName is a DNS name, such as chat.example.com.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	// +kubebuilder:validation:XValidation:rule="self.matches('^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?([.][a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)*$') && !self.matches('^[0-9.]+$')",message="spec.ingress.hosts[].hostName must be a DNS name such as chat.example.com, with at most 63 characters between dots, no IP address, and without scheme, port or path"
	HostName string `json:"hostName"`
}

// AnnotationValue is the value of an annotation: one line.
// +kubebuilder:validation:MaxLength=4096
// +kubebuilder:validation:XValidation:rule="!self.contains('\\n') && !self.contains('\\r')",message="the value of an annotation must be one line"
type AnnotationValue string
