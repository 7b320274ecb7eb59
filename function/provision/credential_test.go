package provision

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/composetest"
)

func observed(t *testing.T, text string) compose.Resource {
	t.Helper()
	return compose.NewResource(composetest.Document(t, text))
}

var (
	none   = compose.Resource{}
	server = "{kind: StatefulSet, metadata: {name: chat-s3}}"
)

func TestCredentialsAreMadeOnce(t *testing.T) {
	first, err := Credentials(none, none, "id", "key")
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range []string{"id", "key"} {
		if len(first[k]) < 20 {
			t.Errorf("key %s has %d characters", k, len(first[k]))
		}
	}
	if string(first["id"]) == string(first["key"]) {
		t.Error("two keys have one value")
	}
	again, err := Credentials(none, none, "id", "key")
	if err != nil {
		t.Fatal(err)
	}
	if string(again["key"]) == string(first["key"]) {
		t.Error("two servers have the same credentials")
	}

	secret, err := compose.Struct(Secret("chat", nil, first))
	if err != nil {
		t.Fatal(err)
	}
	for name, server := range map[string]compose.Resource{"before": none, "after": observed(t, server)} {
		kept, err := Credentials(compose.NewResource(secret), server, "id", "key")
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(first, kept); diff != "" {
			t.Errorf("%s the server is there, the credentials changed", name)
		}
	}
}

func TestCredentialsFillInWhatIsMissing(t *testing.T) {
	secret := observed(t, "{kind: Secret, data: {id: "+base64.StdEncoding.EncodeToString([]byte(composetest.Canary))+", key: ''}}")
	got, err := Credentials(secret, observed(t, server), "id", "key", "more")
	if err != nil {
		t.Fatal(err)
	}
	if string(got["id"]) != composetest.Canary || len(got["key"]) == 0 || len(got["more"]) == 0 {
		t.Error("a value changed, or is still missing")
	}
}

// TestCredentialsFail rather than lock everybody out, and do not show what they read.
func TestCredentialsFail(t *testing.T) {
	for name, tc := range map[string]struct {
		secret compose.Resource
		want   string
	}{
		"NoSecret": {secret: none, want: `cannot find the credentials of StatefulSet "chat-s3": restore its Secret; or, with spec.deletionPolicy Retain, which keeps its volume, delete the StatefulSet, so that new ones are made`},
		"NoBase64": {secret: observed(t, "{metadata: {name: chat}, data: {id: "+composetest.Canary+"!}}"), want: `cannot read key "id" of Secret "chat"`},
	} {
		_, err := Credentials(tc.secret, observed(t, server), "id")
		if err == nil || err.Error() != tc.want || strings.Contains(err.Error(), composetest.Canary) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestDigest(t *testing.T) {
	values := map[string][]byte{"id": []byte("a"), "key": []byte(composetest.Canary), "other": []byte("x")}
	was := Digest(values, "id", "key")
	values["other"] = []byte("y")
	if Digest(values, "id", "key") != was {
		t.Error("a key that does not count changed the digest")
	}
	if strings.Contains(was, composetest.Canary) || len(was) != 16 {
		t.Errorf("the digest is %q", was)
	}
	for name, changed := range map[string]map[string][]byte{
		"a value":  {"id": []byte("a"), "key": []byte("b")},
		"absent":   {"id": []byte("a")},
		"shifted":  {"id": []byte("a" + composetest.Canary), "key": nil},
		"swapped":  {"id": []byte(composetest.Canary), "key": []byte("a")},
		"prefixed": {"id": []byte(""), "key": []byte("a" + composetest.Canary)},
	} {
		if Digest(changed, "id", "key") == was {
			t.Errorf("%s: the digest does not tell", name)
		}
	}
}
