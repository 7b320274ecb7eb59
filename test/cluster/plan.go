package main

import (
	"context"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
)

// step is one part of bringing the cluster up.
type step struct {
	// name says what is the case once the step is done.
	name string
	// after names the steps that have to be done before this one starts.
	after []string
	run   func(context.Context) error
}

// plan is a list of steps. Each starts as soon as those it comes after are done.
type plan []step

// run carries the plan out and reports each step that is done. The first error
// stops everything.
func (p plan) run(ctx context.Context, report func(name string, took time.Duration)) error {
	done := map[string]chan struct{}{}
	for _, s := range p {
		done[s.name] = make(chan struct{})
	}

	for _, s := range p {
		for _, name := range s.after {
			if _, known := done[name]; !known {
				return errors.Errorf("cannot plan %q after the unknown step %q", s.name, name)
			}
		}
	}

	group, ctx := errgroup.WithContext(ctx)

	for _, s := range p {
		group.Go(func() error {
			for _, name := range s.after {
				select {
				case <-done[name]:
				case <-ctx.Done():
					return ctx.Err()
				}
			}

			started := time.Now()
			if err := s.run(ctx); err != nil {
				return errors.Wrapf(err, "not reached: %s", s.name)
			}

			report(s.name, time.Since(started))
			close(done[s.name])

			return nil
		})
	}

	return group.Wait()
}
