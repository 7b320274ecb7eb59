package compose_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/composetest"
)

func TestSecretComplete(t *testing.T) {
	cases := map[string]struct {
		reason string
		field  string
		object string
		keys   []string
		want   compose.Verdict
	}{
		"Complete": {
			reason: "Each key has a value.",
			object: "{kind: Secret, data: {id: eA==, key: eA==}}", keys: []string{"id", "key"},
			want: compose.Passed,
		},
		"Missing": {
			reason: "There is no Secret.",
			keys:   []string{"id", "key"},
			want:   compose.Refuse("SecretNotFound", `Secret "chat" does not exist in namespace "ns": create it with keys id and key`),
		},
		"MissingOne": {
			reason: "One key is not several.",
			keys:   []string{"id"},
			want:   compose.Refuse("SecretNotFound", `Secret "chat" does not exist in namespace "ns": create it with key id`),
		},
		"Field": {
			reason: "The field that names the Secret comes first, and keys are a list.",
			field:  "spec.a", keys: []string{"id", "key", "url"},
			want: compose.Refuse("SecretNotFound", `spec.a: Secret "chat" does not exist in namespace "ns": create it with keys id, key and url`),
		},
		"KeyMissing": {
			reason: "One key is not there.",
			object: "{kind: Secret, data: {id: eA==}}", keys: []string{"id", "key"},
			want: compose.Refuse("SecretKeyMissing", `Secret "chat" has no value under key "key": add it`),
		},
		"KeyEmpty": {
			reason: "One key has nothing.",
			object: "{kind: Secret, data: {id: '', key: eA==}}", keys: []string{"id", "key"},
			want: compose.Refuse("SecretKeyMissing", `Secret "chat" has no value under key "id": add it`),
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			secret := compose.Resource{}
			if tc.object != "" {
				secret = compose.NewResource(composetest.Document(t, tc.object))
			}
			if diff := cmp.Diff(tc.want, compose.SecretComplete(secret, tc.field, "chat", "ns", tc.keys...)); diff != "" {
				t.Errorf("%s\n-want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}
