package artifact

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
)

// open returns a Store in a directory of its own.
func open(t *testing.T) *Store {
	t.Helper()
	s, err := Open(filepath.Join(t.TempDir(), "store"))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// writes returns a build that leaves one file, and counts its calls.
func writes(content string, calls *int) func(context.Context, string) error {
	return func(_ context.Context, dir string) error {
		*calls++
		return os.WriteFile(filepath.Join(dir, "result"), []byte(content), 0o600)
	}
}

// visible lists the finished results in s.
func visible(t *testing.T, s *Store) []string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(s.root, "[^.]*"))
	if err != nil {
		t.Fatal(err)
	}
	return paths
}

func TestEnsure(t *testing.T) {
	errBoom := errors.New("boom")
	type want struct {
		calls   int
		content string
		results int
		err     error
	}
	cases := map[string]struct {
		reason string
		run    func(ctx context.Context, s *Store, calls *int) (string, error)
		want   want
	}{
		"Built": {
			reason: "What the build wrote is found under the returned path.",
			run: func(ctx context.Context, s *Store, calls *int) (string, error) {
				return s.Ensure(ctx, "a", nil, writes("one", calls))
			},
			want: want{calls: 1, content: "one", results: 1},
		},
		"BuiltOnce": {
			reason: "The same inputs are not built twice.",
			run: func(ctx context.Context, s *Store, calls *int) (string, error) {
				if _, err := s.Ensure(ctx, "a", []Input{Text("v", "1")}, writes("one", calls)); err != nil {
					return "", err
				}
				return s.Ensure(ctx, "a", []Input{Text("v", "1")}, writes("two", calls))
			},
			want: want{calls: 1, content: "one", results: 1},
		},
		"Replaced": {
			reason: "Other inputs are built, and the older result of the same name is pruned.",
			run: func(ctx context.Context, s *Store, calls *int) (string, error) {
				if _, err := s.Ensure(ctx, "a", []Input{Text("v", "1")}, writes("one", calls)); err != nil {
					return "", err
				}
				return s.Ensure(ctx, "a", []Input{Text("v", "2")}, writes("two", calls))
			},
			want: want{calls: 2, content: "two", results: 1},
		},
		"LongerNameKept": {
			reason: "Pruning a name leaves results alone whose name only begins like it.",
			run: func(ctx context.Context, s *Store, calls *int) (string, error) {
				if _, err := s.Ensure(ctx, "a-b", []Input{Text("v", "1")}, writes("one", calls)); err != nil {
					return "", err
				}
				return s.Ensure(ctx, "a", []Input{Text("v", "2")}, writes("two", calls))
			},
			want: want{calls: 2, content: "two", results: 2},
		},
		"FailedLeavesNothing": {
			reason: "A failed build leaves no result, and its error is returned.",
			run: func(ctx context.Context, s *Store, calls *int) (string, error) {
				return s.Ensure(ctx, "a", nil, func(ctx context.Context, dir string) error {
					return errors.Join(writes("half", calls)(ctx, dir), errBoom)
				})
			},
			want: want{calls: 1, err: errBoom},
		},
		"FailedKeepsOlder": {
			reason: "A failed build does not cost the older result.",
			run: func(ctx context.Context, s *Store, calls *int) (string, error) {
				if _, err := s.Ensure(ctx, "a", []Input{Text("v", "1")}, writes("one", calls)); err != nil {
					return "", err
				}
				return s.Ensure(ctx, "a", []Input{Text("v", "2")}, func(context.Context, string) error { return errBoom })
			},
			want: want{calls: 1, results: 1, err: errBoom},
		},
		"InterruptedIsCleared": {
			reason: "A build starts in an empty directory although an earlier one was killed half-way.",
			run: func(ctx context.Context, s *Store, calls *int) (string, error) {
				path, err := s.Ensure(ctx, "a", nil, writes("one", calls))
				if err != nil {
					return "", err
				}
				half := filepath.Join(s.root, "."+filepath.Base(path))
				if err := os.Rename(path, half); err != nil {
					return "", err
				}
				return s.Ensure(ctx, "a", nil, func(ctx context.Context, dir string) error {
					if exists(filepath.Join(dir, "result")) {
						return errors.New("found what was left over")
					}
					return writes("two", calls)(ctx, dir)
				})
			},
			want: want{calls: 2, content: "two", results: 1},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			s := open(t)
			calls := 0
			path, err := tc.run(t.Context(), s, &calls)
			if !errors.Is(err, tc.want.err) {
				t.Fatalf("%s\nEnsure(...): want error %v, got %v", tc.reason, tc.want.err, err)
			}
			if calls != tc.want.calls {
				t.Errorf("%s\nEnsure(...): want %d builds, got %d", tc.reason, tc.want.calls, calls)
			}
			if got := len(visible(t, s)); got != tc.want.results {
				t.Errorf("%s\nEnsure(...): want %d results, got %d", tc.reason, tc.want.results, got)
			}
			if tc.want.content == "" {
				return
			}
			content, err := os.ReadFile(filepath.Join(path, "result")) //nolint:gosec // A test's own file.
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tc.want.content, string(content)); diff != "" {
				t.Errorf("%s\nEnsure(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestEnsureConcurrently(t *testing.T) {
	s := open(t)
	entered, release := make(chan struct{}), make(chan struct{})
	type result struct {
		path string
		err  error
	}
	first, second := make(chan result, 1), make(chan result, 1)
	go func() {
		path, err := s.Ensure(t.Context(), "a", nil, func(context.Context, string) error {
			close(entered)
			<-release
			return nil
		})
		first <- result{path, err}
	}()
	<-entered
	go func() {
		path, err := s.Ensure(t.Context(), "a", nil, func(context.Context, string) error {
			return errors.New("built although another one was at it")
		})
		second <- result{path, err}
	}()
	close(release)

	a, b := <-first, <-second
	if err := errors.Join(a.err, b.err); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(a.path, b.path); diff != "" {
		t.Errorf("Ensure(...) twice at once: -first, +second:\n%s", diff)
	}
}

func TestEnsureGivesUpWaiting(t *testing.T) {
	s := open(t)
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := s.Ensure(t.Context(), "a", nil, func(context.Context, string) error {
		_, err := s.Ensure(ended, "a", nil, func(context.Context, string) error { return nil })
		return err
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("Ensure(...) while locked, with a context that ended: want %v, got %v", context.Canceled, err)
	}
}

func TestIdentify(t *testing.T) {
	s := open(t)
	cases := map[string]struct {
		reason string
		path   string
		ok     bool
	}{
		"Inside":  {reason: "A result's file is identified by its path.", path: filepath.Join(s.root, "a-0123456789abcdef", "b"), ok: true},
		"Outside": {reason: "A path elsewhere says nothing about content.", path: filepath.Join(s.root, "..", "b")},
		"Parent":  {reason: "The directory above is elsewhere, too.", path: filepath.Dir(s.root)},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := s.Identify(tc.path)
			if diff := cmp.Diff(tc.ok, err == nil); diff != "" {
				t.Errorf("%s\nIdentify(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}
