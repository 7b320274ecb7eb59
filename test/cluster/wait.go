package main

import (
	"context"
	"time"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
)

const waitInterval = 100 * time.Millisecond

// final marks an error that waiting any longer cannot cure.
type final struct{ error }

func (f final) Unwrap() error { return f.error }

// waitFor calls a condition until it returns no error or the limit has passed.
// It then returns the condition's last error.
func waitFor(ctx context.Context, limit time.Duration, condition func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()

	tick := time.NewTicker(waitInterval)
	defer tick.Stop()

	var last error

	for {
		err := condition(ctx)
		if err == nil {
			return nil
		}

		// An interrupted attempt says less than the one before it.
		if last == nil || ctx.Err() == nil {
			last = err
		}

		if errors.As(err, &final{}) {
			return err
		}

		select {
		case <-ctx.Done():
			return errors.Wrapf(last, "gave up after %s", limit)
		case <-tick.C:
		}
	}
}
