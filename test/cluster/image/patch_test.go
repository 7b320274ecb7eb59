package image

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-containerregistry/pkg/v1/remote"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
)

func TestPatch(t *testing.T) {
	upper := func(content []byte) ([]byte, error) { return bytes.ToUpper(content), nil }
	cases := map[string]struct {
		reason  string
		from    string
		program string
		change  func([]byte) ([]byte, error)
		want    string
		refused bool
	}{
		"Changed": {
			reason: "The program is changed in the image of the other name.", from: "test/sample:1", program: "greeting", change: upper, want: "MOIN",
		},
		"NoProgram": {
			reason: "A program that the image does not have cannot be changed.", from: "test/sample:1", program: "absent", change: upper, refused: true,
		},
		"NoImage": {
			reason: "There has to be an image.", from: "test/absent:1", program: "greeting", change: upper, refused: true,
		},
		"NoChange": {
			reason: "A change that cannot be made makes no image.", from: "test/sample:1", program: "greeting", refused: true,
			change: func([]byte) ([]byte, error) { return nil, errors.New("boom") },
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			b, _ := builder(t)
			built, _, _ := build(t, b, sample("moin"))
			address, _ := registryAt(t, t.TempDir())
			if err := Publish(t.Context(), address, built); err != nil {
				t.Fatal(err)
			}
			err := Patch(t.Context(), address, tc.from, "test/patched:1", tc.program, tc.change)
			if (err != nil) != tc.refused {
				t.Fatalf("%s\nPatch: %v", tc.reason, err)
			}
			ref, err := reference(address, "test/patched:1")
			if err != nil {
				t.Fatal(err)
			}
			i, err := remote.Image(ref)
			if (err != nil) != tc.refused {
				t.Fatalf("%s\nthe image: %v", tc.reason, err)
			}
			if tc.refused {
				return
			}
			got, err := contentOf(i, tc.program)
			if diff := cmp.Diff(tc.want, string(got)); err != nil || diff != "" {
				t.Errorf("%s\n%v: -want, +got:\n%s", tc.reason, err, diff)
			}
		})
	}
}
