package provision

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
)

func TestComplete(t *testing.T) {
	cases := map[string]struct {
		reason string
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
			want:   compose.Refuse("SecretNotFound", `Secret "chat" does not exist in namespace "ns": create it with keys id, key`),
		},
		"MissingOne": {
			reason: "One key is not several.",
			keys:   []string{"id"},
			want:   compose.Refuse("SecretNotFound", `Secret "chat" does not exist in namespace "ns": create it with key id`),
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
			secret := none
			if tc.object != "" {
				secret = observed(t, tc.object)
			}
			if diff := cmp.Diff(tc.want, Complete(secret, "chat", "ns", tc.keys...)); diff != "" {
				t.Errorf("%s\n-want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestExpanded(t *testing.T) {
	for secret, want := range map[string]string{"$(name)": "chat", "$(name)-files": "chat-files", "shared": "shared", "$(name)-$(name)": "chat-chat"} {
		if got := Expanded(secret, "chat"); got != want {
			t.Errorf("%s is %q, not %q", secret, got, want)
		}
	}
}
