package objects

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// Usage makes Crossplane refuse the deletion of an object while it exists.
type Usage struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	Spec UsageSpec `json:"spec"`
}

// UsageSpec says what is not to be deleted, and why.
type UsageSpec struct {
	Of     UsageResource `json:"of"`
	Reason string        `json:"reason"`
}

// UsageResource is an object of the Usage's namespace.
type UsageResource struct {
	APIVersion  string    `json:"apiVersion"`
	Kind        string    `json:"kind"`
	ResourceRef UsageName `json:"resourceRef"`
}

// UsageName of an object.
type UsageName struct {
	Name string `json:"name"`
}

// Protection refuses the deletion of an object, for a reason that names the remedy.
func Protection(name string, labels map[string]string, of UsageResource, reason string) *Usage {
	return &Usage{
		TypeMeta:   metav1.TypeMeta{APIVersion: "protection.crossplane.io/v1beta1", Kind: "Usage"},
		ObjectMeta: objectMeta(name, labels),
		Spec:       UsageSpec{Of: of, Reason: reason},
	}
}
