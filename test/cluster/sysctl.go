package main

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
)

// kernelSettings maps kernel settings that the cluster needs to the value it
// needs. An empty value is changed by the kubelet and only has to be restored.
func kernelSettings() map[string]string {
	return map[string]string{
		"net/ipv4/ip_forward": "1",
		// Replies between two pods on the bridge then pass the translation of
		// Service addresses too.
		"net/bridge/bridge-nf-call-iptables": "1",
		"vm/overcommit_memory":               "",
		"vm/panic_on_oom":                    "",
		"kernel/panic":                       "",
		"kernel/panic_on_oops":               "",
		"kernel/keys/root_maxkeys":           "",
		"kernel/keys/root_maxbytes":          "",
	}
}

// setKernel records and then changes the kernel settings.
func setKernel(s *state) error {
	for name, wanted := range kernelSettings() {
		path := filepath.Join("/proc/sys", name)

		before, err := os.ReadFile(path) //nolint:gosec // Reads /proc/sys.
		if err != nil {
			return errors.Wrapf(err, "cannot read kernel setting %s (is its module loaded?)", name)
		}

		// An earlier, killed run knew the value from before any cluster.
		if err := s.change(func() {
			if _, known := s.Sysctls[name]; !known {
				s.Sysctls[name] = strings.TrimSpace(string(before))
			}
		}); err != nil {
			return err
		}

		if wanted == "" {
			continue
		}

		if err := os.WriteFile(path, []byte(wanted), 0o600); err != nil {
			return errors.Wrapf(err, "cannot change kernel setting %s", name)
		}
	}

	return nil
}

// restoreKernel gives every changed kernel setting its earlier value.
func restoreKernel(s *state) error {
	for name, before := range s.Sysctls {
		if err := os.WriteFile(filepath.Join("/proc/sys", name), []byte(before), 0o600); err != nil {
			return errors.Wrapf(err, "cannot restore kernel setting %s", name)
		}
	}

	return s.change(func() { clear(s.Sysctls) })
}
