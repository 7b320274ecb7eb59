package installation

import (
	"strings"
	"testing"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/input/v1beta1"
)

func TestCheckPolicy(t *testing.T) {
	cases := map[string]struct {
		reason string
		policy v1beta1.Input
		want   []string
	}{
		"Empty": {reason: "A platform need not have a policy."},
		"Good":  {reason: "A policy that can be obeyed.", policy: v1beta1.Input{Versions: []string{">=11.7 <11.8", "10.11.x"}, Sizes: []string{"100users"}, Size: "100users"}},
		"ConstraintWithTypo": {
			reason: "A constraint that is skipped would forbid what the platform meant to allow.",
			policy: v1beta1.Input{Versions: []string{"10.11.x", "newer than 11"}},
			want:   []string{"versions[1]", `"newer than 11"`, ">=11.7 <11.8"},
		},
		"SizeUnknown": {
			reason: "A size that is in no table would never be matched.",
			policy: v1beta1.Input{Sizes: []string{"100users", "100user"}},
			want:   []string{"sizes[1]", `"100user"`, "100users"},
		},
		"DefaultSizeUnknown": {
			reason: "The user named no size and could not mend it.",
			policy: v1beta1.Input{Size: "huge"},
			want:   []string{"size of the function's input", `"huge"`, "100users"},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := Compose(compose.NewState(&fnv1.RunFunctionRequest{}), &tc.policy)
			if (err != nil) != (tc.want != nil) {
				t.Fatalf("%s: %v", tc.reason, err)
			}
			for _, w := range tc.want {
				if !strings.Contains(err.Error(), w) {
					t.Errorf("%s: %q does not say %q", tc.reason, err, w)
				}
			}
		})
	}
}
