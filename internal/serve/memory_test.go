package serve

import (
	"math"
	"os"
	"runtime/debug"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestLimitMemory(t *testing.T) {
	cases := map[string]struct {
		reason   string
		explicit bool
		want     int64
	}{
		"Default":  {reason: "without a limit from outside the process keeps to a small container", want: 32 << 20},
		"Explicit": {reason: "whoever runs the process may know better", explicit: true, want: math.MaxInt64},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			before := debug.SetMemoryLimit(math.MaxInt64)
			t.Cleanup(func() { debug.SetMemoryLimit(before) })

			// Setenv restores the variable at the end of the test.
			t.Setenv("GOMEMLIMIT", "1GiB")

			if !tc.explicit {
				if err := os.Unsetenv("GOMEMLIMIT"); err != nil {
					t.Fatal(err)
				}
			}

			LimitMemory()

			if diff := cmp.Diff(tc.want, debug.SetMemoryLimit(-1)); diff != "" {
				t.Errorf("\n%s\nlimit in bytes: -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}
