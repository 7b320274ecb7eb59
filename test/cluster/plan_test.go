package main

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
)

func TestPlanRun(t *testing.T) {
	errBroken := errors.New("broken")

	cases := map[string]struct {
		reason string
		plan   func(log func(string) func(context.Context) error) plan
		want   []string
		err    bool
	}{
		"Order": {
			reason: "A step starts after those it depends on, whatever their place in the list.",
			plan: func(log func(string) func(context.Context) error) plan {
				return plan{
					{"third", []string{"second"}, log("third")},
					{"second", []string{"first"}, log("second")},
					{"first", nil, log("first")},
				}
			},
			want: []string{"first", "second", "third"},
		},
		"Failure": {
			reason: "Nothing starts after a step that failed.",
			plan: func(log func(string) func(context.Context) error) plan {
				return plan{
					{"first", nil, func(context.Context) error { return errBroken }},
					{"second", []string{"first"}, log("second")},
				}
			},
			err: true,
		},
		"Unknown": {
			reason: "A dependency on nothing would wait for ever.",
			plan: func(log func(string) func(context.Context) error) plan {
				return plan{{"first", []string{"zeroth"}, log("first")}}
			},
			err: true,
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			var (
				mu  sync.Mutex
				got []string
			)

			log := func(name string) func(context.Context) error {
				return func(context.Context) error {
					mu.Lock()
					defer mu.Unlock()

					got = append(got, name)

					return nil
				}
			}

			err := tc.plan(log).run(t.Context(), func(string, time.Duration) {})
			if diff := cmp.Diff(tc.err, err != nil); diff != "" {
				t.Errorf("%s\nrun(...): -want, +got (%v):\n%s", tc.reason, err, diff)
			}

			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s\nsteps: -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

// TestPlanOfUp proves that the plan can end: every step comes after steps that
// exist, and none after itself.
func TestPlanOfUp(t *testing.T) {
	steps := (&bringUp{}).plan()
	for i := range steps {
		steps[i].run = func(context.Context) error { return nil }
	}

	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()

	if err := steps.run(ctx, func(string, time.Duration) {}); err != nil {
		t.Errorf("run(...): %v", err)
	}
}

// TestWhatNeedsTheNodeWaitsForIt proves that no daemon is given up because images
// are built for longer than a daemon may take to start: kube-proxy is ready only
// when its node exists, and the kubelet that makes it waits for the images.
func TestWhatNeedsTheNodeWaitsForIt(t *testing.T) {
	after := map[string][]string{}
	for _, s := range (&bringUp{cluster: &cluster{}, artifacts: &artifacts{}}).plan() {
		after[s.name] = s.after
	}

	if !slices.Contains(after[kubeletReady], imagesPublished) {
		t.Error("the kubelet does not wait for the images: there is nothing to prove")
	}

	for _, name := range []string{proxyReady, nodeIsReady} {
		if !slices.Contains(after[name], kubeletReady) {
			t.Errorf("%q comes after %q and not after the kubelet", name, after[name])
		}
	}
}
