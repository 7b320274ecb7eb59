package artifact

import (
	"os"
	"path/filepath"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
)

// policyHook is the program that Debian's packages ask, while they are being
// installed, whether they may start their services.
const policyHook = "/usr/sbin/policy-rc.d"

// denyServices answers 101, "action forbidden by policy", to every question.
const denyServices = "#!/bin/sh\n# Temporary, of crossplane-mattermost: no service starts while packages are installed.\nexit 101\n"

// withoutServices calls install while hook forbids starting services, and then
// restores the hook that was there. It also restores it when an earlier
// installation was interrupted before it could.
func withoutServices(hook string, install func() error) error {
	saved := hook + ".before-crossplane-mattermost"
	if err := putAside(hook, saved); err != nil {
		return errors.Wrap(err, "cannot put aside the service policy")
	}
	if err := os.WriteFile(hook, []byte(denyServices), 0o700); err != nil { //nolint:gosec // It has to be executable.
		return errors.Join(errors.Wrap(err, "cannot forbid starting services"), restore(hook, saved))
	}
	return errors.Join(install(), restore(hook, saved))
}

// putAside leaves nothing at hook, and at saved the hook of the machine.
func putAside(hook, saved string) error {
	present, err := os.ReadFile(filepath.Clean(hook))
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if string(present) == denyServices {
		return os.Remove(hook)
	}
	return os.Rename(hook, saved)
}

func restore(hook, saved string) error {
	if err := os.RemoveAll(hook); err != nil {
		return errors.Wrap(err, "cannot remove the temporary service policy")
	}
	if !exists(saved) {
		return nil
	}
	return errors.Wrap(os.Rename(saved, hook), "cannot restore the service policy")
}
