package artifact

import (
	"bufio"
	"context"
	"slices"
	"strings"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
)

// HostPackages are the Debian packages the machine itself needs to run the
// cluster and to make the artifacts.
func HostPackages() []string {
	return []string{
		"ca-certificates",
		"containerd",
		"containernetworking-plugins",
		"debootstrap",
		"iproute2",
		"iptables",
		"runc",
	}
}

// InstallPackages installs those Debian packages that are missing on this
// machine, without what they merely recommend and without starting any service
// they bring. Nothing but dpkg is asked when all are there, and then nothing is
// announced either.
func InstallPackages(ctx context.Context, step Step, packages ...string) error {
	missing, err := missingPackages(ctx, packages)
	if err != nil {
		return err
	}
	if len(missing) == 0 {
		return nil
	}
	err = step("install "+strings.Join(missing, " "), func(ctx context.Context) error {
		return withoutServices(policyHook, func() error { return aptInstall(ctx, missing) })
	})
	return errors.Wrap(err, "cannot install Debian packages")
}

func missingPackages(ctx context.Context, packages []string) ([]string, error) {
	args := append([]string{"--show", "--showformat", "${Package} ${db:Status-Status}\n"}, packages...)
	// dpkg-query fails when it has never heard of a package, which is one that
	// is missing; what it does know is still in the output.
	out, err := command{}.run(ctx, "dpkg-query", args...)
	if err != nil && exitCode(err) != 1 {
		return nil, errors.Wrap(err, "cannot list installed Debian packages")
	}
	return notInstalled(out, packages), nil
}

// notInstalled returns the packages, in their order, that the output of
// dpkg-query does not call installed.
func notInstalled(status string, packages []string) []string {
	installed := map[string]bool{}
	lines := bufio.NewScanner(strings.NewReader(status))
	for lines.Scan() {
		name, state, _ := strings.Cut(lines.Text(), " ")
		installed[name] = state == "installed"
	}
	return slices.DeleteFunc(slices.Clone(packages), func(p string) bool { return installed[p] })
}

func aptInstall(ctx context.Context, packages []string) error {
	apt := command{env: []string{"DEBIAN_FRONTEND=noninteractive"}}
	// One unreachable source makes the update fail although the packages may
	// come from another: only the installation decides.
	_, stale := apt.run(ctx, "apt-get", "update", "--quiet")

	args := append([]string{"install", "--quiet", "--yes", "--no-install-recommends"}, packages...)
	if _, err := apt.run(ctx, "apt-get", args...); err != nil {
		return errors.Join(err, stale)
	}
	return nil
}
