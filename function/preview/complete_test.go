package preview_test

import (
	"maps"
	"slices"
	"testing"

	"google.golang.org/protobuf/types/known/structpb"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/preview"
)

func TestCompleteObjectsHaveTheKeysThatASpecNames(t *testing.T) {
	composite, err := structpb.NewStruct(map[string]any{"spec": map[string]any{
		"mattermostEnv": []any{
			map[string]any{"name": "A", "valueFrom": map[string]any{"secretKeyRef": map[string]any{"name": "mail", "key": "smtp-password"}}},
			map[string]any{"name": "B", "valueFrom": map[string]any{"secretKeyRef": map[string]any{"name": "mail", "key": "password"}}},
		},
		"mattermostDBPasswordSecret": map[string]any{"name": "db", "key": "pw"},
	}})
	if err != nil {
		t.Fatal(err)
	}
	lookup := preview.CompleteObjects(composite)
	for name, want := range map[string][]string{"mail": {"password", "smtp-password"}, "db": {"DB_CONNECTION_STRING", "pw"}, "other": {"license"}} {
		got := slices.Collect(maps.Keys(lookup("Secret", name).GetFields()["data"].GetStructValue().GetFields()))
		for _, key := range want {
			if !slices.Contains(got, key) {
				t.Errorf("Secret %s has keys %v, and not %s", name, got, key)
			}
		}
	}
	if lookup("ConfigMap", "mail") != nil {
		t.Error("a ConfigMap is imagined, which nothing needs")
	}
}
