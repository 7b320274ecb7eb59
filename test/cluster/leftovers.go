package main

import (
	"context"
	"fmt"
)

// leftovers names everything on this machine that the cluster made and that
// still is: processes, mounts (network namespaces are among them), interfaces,
// routes and packet filter rules.
func leftovers(ctx context.Context, p paths, s *state) ([]string, error) {
	var left []string

	for _, recorded := range s.all() {
		if recorded.alive() {
			left = append(left, fmt.Sprintf("process %d (%s)", recorded.PID, recorded.Name))
		}
	}

	running, err := shims(p)
	if err != nil {
		return nil, err
	}

	for _, shim := range running {
		left = append(left, fmt.Sprintf("process %d (%s)", shim.PID, shim.Name))
	}

	pids, err := cgroupProcesses()
	if err != nil {
		return nil, err
	}

	for _, pid := range pids {
		left = append(left, fmt.Sprintf("process %d (of a pod)", pid))
	}

	mounts, err := mountsBelow(string(p))
	if err != nil {
		return nil, err
	}

	for _, mount := range mounts {
		left = append(left, "mount "+mount)
	}

	network, err := networkLeftovers()
	if err != nil {
		return nil, err
	}

	rules, err := proxyRules(ctx)

	return append(append(left, network...), rules...), err
}
