package drift

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func ptr[T any](v T) *T { return &v }

func TestDrift(t *testing.T) {
	cases := map[string]struct {
		reason  string
		compare func(d *Drift)
		want    Drift
	}{
		"Undeclared": {
			reason: "what is not declared is not managed",
			compare: func(d *Drift) {
				Field(d, "header", nil, "theirs")
				Optional(d, "schemeId", nil, ptr("theirs"))
				Set(d, "roles", nil, []string{"theirs"})
			},
		},
		"Equal": {
			reason: "what is as declared does not differ, and order is of no meaning",
			compare: func(d *Drift) {
				Field(d, "header", ptr("same"), "same")
				Optional(d, "schemeId", ptr("same"), ptr("same"))
				Set(d, "roles", []string{"a", "b"}, []string{"b", "a"})
			},
		},
		"NothingIsZero": {
			reason: "a server that has no value has the zero value",
			compare: func(d *Drift) {
				Optional(d, "groupConstrained", ptr(false), nil)
			},
		},
		"Different": {
			reason: "each field that differs is named, also one that is declared empty",
			compare: func(d *Drift) {
				Field(d, "header", ptr(""), "theirs")
				Optional(d, "schemeId", ptr("ours"), nil)
				Set(d, "roles", []string{"a"}, []string{"a", "b"})
			},
			want: Drift{"header", "schemeId", "roles"},
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			var got Drift

			tc.compare(&got)

			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("\n%s\n-want, +got:\n%s", tc.reason, diff)
			}

			if diff := cmp.Diff(len(tc.want) == 0, got.None()); diff != "" {
				t.Errorf("\n%s\nNone(): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestHas(t *testing.T) {
	d := Drift{"type", "header"}

	if d.Has("purpose", "name") {
		t.Error("Has(purpose, name) of a drift of type and header")
	}

	if !d.Has("purpose", "header") {
		t.Error("not Has(purpose, header) of a drift of type and header")
	}
}

func TestParts(t *testing.T) {
	d := Drift{"name", "roles", "email"}

	if diff := cmp.Diff(Drift{"name", "email"}, d.Without("roles", "other")); diff != "" {
		t.Errorf("Without(...): -want, +got:\n%s", diff)
	}

	if diff := cmp.Diff(Drift{"roles"}, d.Only("roles", "other")); diff != "" {
		t.Errorf("Only(...): -want, +got:\n%s", diff)
	}

	if diff := cmp.Diff(Drift{"name", "roles", "email"}, d); diff != "" {
		t.Errorf("what it was taken from: -want, +got:\n%s", diff)
	}
}
