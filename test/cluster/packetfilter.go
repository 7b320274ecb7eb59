package main

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"slices"
	"strings"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
)

// chainPrefix begins the name of every chain that kube-proxy makes.
const chainPrefix = "KUBE-"

// packetFilters are the commands of the two families: one prints the rules, the
// other changes them.
func packetFilters() map[string]string {
	return map[string]string{"iptables-save": "iptables-restore", "ip6tables-save": "ip6tables-restore"}
}

// proxyRules lists the chains of kube-proxy in the packet filter.
func proxyRules(ctx context.Context) ([]string, error) {
	var found []string

	for save := range packetFilters() {
		saved, err := savedRules(ctx, save)
		if err != nil {
			return nil, err
		}

		for line := range strings.Lines(saved) {
			if name, ok := chain(line); ok {
				found = append(found, fmt.Sprintf("chain %s (%s)", name, save))
			}
		}
	}

	return found, nil
}

// removeProxyRules removes every chain of kube-proxy and every rule that leads
// there. It does not need kube-proxy, which may be what was lost.
func removeProxyRules(ctx context.Context) error {
	for save, restore := range packetFilters() {
		saved, err := savedRules(ctx, save)
		if err != nil {
			return err
		}

		changes := removal(saved)
		if changes == "" {
			continue
		}

		cmd := exec.CommandContext(ctx, restore, "--noflush") //nolint:gosec // One of two constants.
		cmd.Stdin = strings.NewReader(changes)

		if out, err := cmd.CombinedOutput(); err != nil {
			return errors.Wrapf(err, "cannot remove kube-proxy's rules: %s", bytes.TrimSpace(out))
		}
	}

	return nil
}

func savedRules(ctx context.Context, save string) (string, error) {
	out, err := exec.CommandContext(ctx, save).Output()
	if errors.Is(err, exec.ErrNotFound) {
		return "", nil // A machine without the command has no rules of kube-proxy.
	}

	return string(out), errors.Wrapf(err, "cannot run %s", save)
}

// removal turns what iptables-save printed into what iptables-restore --noflush
// has to read so that kube-proxy's chains vanish and everything else stays. It
// is empty when there are none.
func removal(saved string) string {
	var (
		changes strings.Builder
		table   string
		chains  []string
		jumps   []string
	)

	for line := range strings.Lines(saved) {
		line = strings.TrimSpace(line)

		switch name, isChain := chain(line); {
		case strings.HasPrefix(line, "*"):
			table, chains, jumps = line, nil, nil
		case isChain:
			chains = append(chains, name)
		case leads(line):
			jumps = append(jumps, "-D"+strings.TrimPrefix(line, "-A"))
		case line == "COMMIT" && len(chains) > 0:
			changes.WriteString(table + "\n")

			// Declaring a chain empties it, so that none refers to another
			// when they are removed.
			for _, c := range chains {
				changes.WriteString(":" + c + " - [0:0]\n")
			}

			for _, j := range jumps {
				changes.WriteString(j + "\n")
			}

			for _, c := range chains {
				changes.WriteString("-X " + c + "\n")
			}

			changes.WriteString("COMMIT\n")
		}
	}

	return changes.String()
}

// chain reads the name from a declaration such as ":KUBE-SERVICES - [0:0]".
func chain(line string) (name string, ok bool) {
	name, ok = strings.CutPrefix(line, ":"+chainPrefix)
	if !ok {
		return "", false
	}

	name, _, _ = strings.Cut(name, " ")

	return chainPrefix + name, true
}

// leads reports whether a rule of somebody else's chain jumps to one of
// kube-proxy's.
func leads(rule string) bool {
	fields := strings.Fields(rule)
	if len(fields) < 2 || fields[0] != "-A" || strings.HasPrefix(fields[1], chainPrefix) {
		return false
	}

	i := slices.Index(fields, "-j")

	return i >= 0 && i+1 < len(fields) && strings.HasPrefix(fields[i+1], chainPrefix)
}
