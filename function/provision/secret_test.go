package provision

import "testing"

func TestExpanded(t *testing.T) {
	for secret, want := range map[string]string{"$(name)": "chat", "$(name)-files": "chat-files", "shared": "shared", "$(name)-$(name)": "chat-chat"} {
		if got := Expanded(secret, "chat"); got != want {
			t.Errorf("%s is %q, not %q", secret, got, want)
		}
	}
}
