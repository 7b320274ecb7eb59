package compose

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	"google.golang.org/protobuf/types/known/structpb"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
)

// Struct turns a typed object into what is sent to Crossplane. What the typed
// object does not set is not in the result, and what it sets to an empty object
// (emptyDir: {}) is: Crossplane applies the result server-side and would own, or
// lose, the difference.
func Struct(object any) (*structpb.Struct, error) {
	b, err := json.Marshal(object)
	if err != nil {
		return nil, errors.Wrap(err, "cannot encode object")
	}
	m := map[string]any{}
	if err := json.Unmarshal(b, &m); err != nil {
		return nil, errors.Wrap(err, "cannot decode object")
	}
	pruneInvented(m)
	s, err := structpb.NewStruct(m)
	return s, errors.Wrap(err, "cannot convert object")
}

// pruneInvented removes what Kubernetes' Go types write though nobody set it:
// they hold these fields by value, so that encoding cannot tell unset from empty.
// None of them means anything when empty.
func pruneInvented(m map[string]any) {
	delete(m, "status")
	walk(m, func(o map[string]any) {
		for _, field := range []string{"creationTimestamp", "resources", "strategy", "updateStrategy", "metadata"} {
			if v, ok := o[field]; ok && isEmpty(v) {
				delete(o, field)
			}
		}
	})
}

func isEmpty(v any) bool {
	if v == nil {
		return true
	}
	m, ok := v.(map[string]any)
	return ok && len(m) == 0
}

// walk visits every object below v, children first.
func walk(v any, visit func(map[string]any)) {
	switch t := v.(type) {
	case map[string]any:
		for _, child := range t {
			walk(child, visit)
		}
		visit(t)
	case []any:
		for _, child := range t {
			walk(child, visit)
		}
	}
}

// Digest of a typed object: equal for equal objects, whatever the order of their
// maps.
func Digest(object any) (string, error) {
	b, err := json.Marshal(object)
	if err != nil {
		return "", errors.Wrap(err, "cannot encode object")
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])[:32], nil
}
