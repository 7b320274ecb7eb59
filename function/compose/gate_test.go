package compose

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestRefusals(t *testing.T) {
	var asked []string
	gate := func(name string, pass bool) Gate[string] {
		return func(gathered string) Verdict {
			asked = append(asked, name)
			if pass {
				return Passed
			}
			return Refuse(name, gathered)
		}
	}
	got := Refusals("gathered", []Chapter[string]{
		{Condition: "First", Gates: []Gate[string]{gate("a", true), gate("b", false), gate("c", false)}},
		{Condition: "Second", Gates: []Gate[string]{gate("d", true)}},
		{Condition: "Third", Gates: []Gate[string]{gate("e", false)}},
		{Condition: "Fourth"},
	})
	want := []Condition{
		{Type: "First", Status: False, Reason: "b", Message: "gathered"},
		{Type: "Third", Status: False, Reason: "e", Message: "gathered"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("every chapter is asked, up to its first refusal, -want, +got:\n%s", diff)
	}
	if diff := cmp.Diff([]string{"a", "b", "d", "e"}, asked); diff != "" {
		t.Errorf("-want, +got asked:\n%s", diff)
	}
}
