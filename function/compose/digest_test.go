package compose_test

import (
	"testing"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
)

func TestHash(t *testing.T) {
	if got := compose.Hash("a", 16); got != "ca978112ca1bbdca" {
		t.Errorf("the hash is %q", got)
	}
}

func TestHashOfTexts(t *testing.T) {
	if got := compose.HashOf(8, "a", "b"); len(got) != 8 || got != compose.HashOf(8, "a", "b") {
		t.Errorf("the hash is %q", got)
	}
	for _, texts := range [][]string{{"ab"}, {"a", "", "b"}, {"b", "a"}, {`a"`, `"b`}} {
		if compose.HashOf(8, "a", "b") == compose.HashOf(8, texts...) {
			t.Errorf("%q and a, b have the same hash", texts)
		}
	}
}
