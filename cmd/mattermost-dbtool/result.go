package main

import (
	"os"
	"time"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
)

// leave a result where Kubernetes looks for it. Outside of a pod there is no such file,
// and nobody who looks for it.
func leave(path string, result job.Result) error {
	if _, err := os.Stat(path); os.IsNotExist(err) && path == defaultTerminationLog {
		return nil
	}
	if result.FinishedAt.IsZero() {
		result.FinishedAt = time.Now()
	}
	result.FinishedAt = result.FinishedAt.UTC().Truncate(time.Second)
	encoded, err := result.Encode()
	if err != nil {
		return err
	}
	return errors.Wrap(os.WriteFile(path, encoded, 0o600), "cannot leave the result")
}

// defaultTerminationLog is where Kubernetes looks by default.
const defaultTerminationLog = "/dev/termination-log"
