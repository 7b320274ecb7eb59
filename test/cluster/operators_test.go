package main

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/crossplane-mattermost/crossplane-mattermost/test/cluster/image"
)

func TestChosenOperators(t *testing.T) {
	known := []image.Operator{{Name: "operator"}, {Name: "other"}, {Name: "plugin", Needs: "operator"}}

	cases := map[string]struct {
		reason string
		names  []string
		want   []string
		err    bool
	}{
		"None":    {reason: "Nothing runs that was not asked for."},
		"Alone":   {reason: "An operator does not bring what needs it.", names: []string{"operator"}, want: []string{"operator"}},
		"Needed":  {reason: "What an operator needs is brought with it, and runs first.", names: []string{"plugin"}, want: []string{"operator", "plugin"}},
		"Order":   {reason: "The order of the names does not matter.", names: []string{"plugin", "operator"}, want: []string{"operator", "plugin"}},
		"Unknown": {reason: "A name that nobody knows is an error.", names: []string{"operator", "nobody"}, err: true},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			chosen, err := chosenOperators(known, tc.names)
			if diff := cmp.Diff(tc.err, err != nil); diff != "" {
				t.Errorf("%s\nchosenOperators(...): -want, +got (%v):\n%s", tc.reason, err, diff)
			}

			if diff := cmp.Diff(tc.want, operatorNames(chosen)); diff != "" {
				t.Errorf("%s\nnames: -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}
