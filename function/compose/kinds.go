package compose

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"
)

// Kinds are the groups and kinds of composed objects, such as "Service" and
// "Bucket.s3.aws.m.upbound.io", by the names that they are composed under. A name that ends
// with a dash begins the names of several objects.
type Kinds map[string]string

// Check that every observed object is of the kind that is composed under its name.
//
// Crossplane observes what spec.crossplane.resourceRefs of the composite and an annotation of
// the object say, and whoever may edit a composite may write both. An object of another kind
// would be read as if Crossplane had composed it: the name of a bucket, and the account that
// it is in, would be those that somebody wrote into an object of a kind that they may create.
func (k Kinds) Check(s State) error {
	for _, name := range s.ObservedNames("") {
		observed := s.Observed(name)
		want, known := k.of(name)
		if got := groupKind(observed); known && got != want {
			return errors.Errorf("cannot read what is composed as %q: spec.crossplane.resourceRefs names %s %q, and a %s is composed under that name: remove the reference", name, got, observed.Name(), want)
		}
	}
	return nil
}

// CheckComposed that every object is of the kind that Check expects. Objects that an earlier
// version composed may stay as they are.
func (k Kinds) CheckComposed(s State, composed map[string]*fnv1.Resource) error {
	for _, name := range slices.Sorted(maps.Keys(composed)) {
		got := groupKind(NewResource(composed[name].GetResource()))
		if want, known := k.of(name); got != want && (known || !s.Observed(name).Exists()) {
			return errors.Errorf("cannot compose %q: it is a %s, want %s", name, got, cmp.Or(want, "no object of that name"))
		}
	}
	return nil
}

// of the object that is composed under a name. Of several beginnings, the longest counts.
func (k Kinds) of(name string) (kind string, known bool) {
	if kind, known = k[name]; known {
		return kind, true
	}
	for _, prefix := range slices.Backward(slices.Sorted(maps.Keys(k))) {
		if strings.HasSuffix(prefix, "-") && strings.HasPrefix(name, prefix) {
			return k[prefix], true
		}
	}
	return "", false
}

// Merged with those of others.
func (k Kinds) Merged(others ...Kinds) Kinds {
	out := maps.Clone(k)
	for _, other := range others {
		maps.Copy(out, other)
	}
	return out
}

func groupKind(o Resource) string {
	return Of(o.String("apiVersion"), o.String("kind"))
}

// Of is the group and kind of objects of an API version and a kind, for Kinds.
func Of(apiVersion, kind string) string {
	return schema.FromAPIVersionAndKind(apiVersion, kind).GroupKind().String()
}
