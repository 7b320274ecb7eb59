package environment

import (
	"slices"
	"testing"
)

func TestLeadingVariablesAreSorted(t *testing.T) {
	if !slices.IsSorted(leading) {
		t.Errorf("%v are searched by halves", leading)
	}
}
