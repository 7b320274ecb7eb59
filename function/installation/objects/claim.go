package objects

import (
	"maps"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/mattermost/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
)

// LabelClass of a Composition is what claims choose it by.
const LabelClass = "mattermost.crossplane.io/class"

// Database is a claim of a database.
type Database struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	Spec DatabaseSpec `json:"spec"`
}

// DatabaseSpec is what is claimed, and how Crossplane is to choose what answers.
type DatabaseSpec struct {
	v1alpha1.MattermostDatabaseSpec `json:",inline"`

	Crossplane *Choice `json:"crossplane,omitempty"`
}

// Bucket is a claim of a bucket.
type Bucket struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	Spec BucketSpec `json:"spec"`
}

// BucketSpec is what is claimed, and how Crossplane is to choose what answers.
type BucketSpec struct {
	v1alpha1.MattermostBucketSpec `json:",inline"`

	Crossplane *Choice `json:"crossplane,omitempty"`
}

// Choice of a Composition.
type Choice struct {
	CompositionSelector metav1.LabelSelector `json:"compositionSelector"`
}

// DatabaseClaim claims a database of a class, empty for the platform's default.
func DatabaseClaim(s Server, spec v1alpha1.MattermostDatabaseSpec, class string) *Database {
	return &Database{
		TypeMeta:   metav1.TypeMeta{APIVersion: v1alpha1.GroupVersion.String(), Kind: v1alpha1.MattermostDatabaseKind},
		ObjectMeta: objectMeta(s.Name, holdingData(s.Labels)),
		Spec:       DatabaseSpec{MattermostDatabaseSpec: spec, Crossplane: choose(class)},
	}
}

// BucketClaim claims a bucket of a class, empty for the platform's default.
func BucketClaim(s Server, spec v1alpha1.MattermostBucketSpec, class string) *Bucket {
	return &Bucket{
		TypeMeta:   metav1.TypeMeta{APIVersion: v1alpha1.GroupVersion.String(), Kind: v1alpha1.MattermostBucketKind},
		ObjectMeta: objectMeta(s.Name, holdingData(s.Labels)),
		Spec:       BucketSpec{MattermostBucketSpec: spec, Crossplane: choose(class)},
	}
}

func choose(class string) *Choice {
	if class == "" {
		return nil
	}
	return &Choice{CompositionSelector: metav1.LabelSelector{MatchLabels: map[string]string{LabelClass: class}}}
}

func holdingData(labels map[string]string) map[string]string {
	out := maps.Clone(labels)
	if out == nil {
		out = map[string]string{}
	}
	out[compose.LabelHoldsData] = "true"
	return out
}
