package compose

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
)

func TestResourceReads(t *testing.T) {
	r := NewResource(read(t, `{
		"metadata": {"name": "chat", "generation": 7},
		"spec": {"replicas": 0, "paused": false, "empty": {}, "hosts": [{"name": "a"}, "b", {"name": "c"}], "resources": {"limits": {"cpu": "2"}}},
		"status": {"conditions": [{"type": "A", "status": "True"}, {"type": "B", "status": "False", "reason": "R", "message": "M"}]}
	}`))
	hosts := make([]string, 0, 3)
	for _, h := range r.List("spec", "hosts") {
		hosts = append(hosts, h.String("name"))
	}
	got := map[string]any{
		"name":              r.Name(),
		"generation":        r.Int("metadata", "generation"),
		"absent string":     r.String("spec", "absent", "below"),
		"absent int":        r.Int("spec", "absent"),
		"string of an int":  r.String("spec", "replicas"),
		"int of an object":  r.Int("spec", "empty"),
		"has zero":          r.Has("spec", "replicas"),
		"has false":         r.Has("spec", "paused"),
		"has empty":         r.Has("spec", "empty"),
		"has absent":        r.Has("spec", "absent"),
		"at absent exists":  r.At("spec", "absent").Exists(),
		"at empty exists":   r.At("spec", "empty").Exists(),
		"hosts":             hosts,
		"list of no list":   len(r.List("spec", "replicas")),
		"condition":         r.Condition("B"),
		"absent condition":  r.Condition("C"),
		"zero value exists": Resource{}.Exists(),
		"zero value name":   Resource{}.Name(),
	}
	want := map[string]any{
		"name":              "chat",
		"generation":        int64(7),
		"absent string":     "",
		"absent int":        int64(0),
		"string of an int":  "",
		"int of an object":  int64(0),
		"has zero":          true,
		"has false":         true,
		"has empty":         true,
		"has absent":        false,
		"at absent exists":  false,
		"at empty exists":   true,
		"hosts":             []string{"a", "", "c"},
		"list of no list":   0,
		"condition":         Condition{Type: "B", Status: False, Reason: "R", Message: "M"},
		"absent condition":  Condition{Type: "C"},
		"zero value exists": false,
		"zero value name":   "",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want, +got:\n%s", diff)
	}
}

func TestDecode(t *testing.T) {
	r := NewResource(read(t, `{"resources": {"limits": {"cpu": "2"}}, "number": 7, "quantity": {"limits": {"cpu": "a lot"}}}`))

	kept := corev1.ResourceRequirements{Claims: []corev1.ResourceClaim{{Name: "kept"}}}
	if err := r.Decode(&kept, "absent"); err != nil || len(kept.Claims) != 1 {
		t.Errorf("an absent path made %v of the value, error %v", kept, err)
	}
	found := corev1.ResourceRequirements{}
	if err := r.Decode(&found, "resources"); err != nil || found.Limits.Cpu().String() != "2" {
		t.Errorf("decoded %v, error %v", found, err)
	}
	for _, path := range []string{"number", "quantity"} {
		if err := r.Decode(&corev1.ResourceRequirements{}, path); err == nil {
			t.Errorf("%s was decoded, though it is of another type", path)
		}
	}
}
