package main

import (
	"context"
	"fmt"
	"os"
	"text/tabwriter"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/test/cluster/location"
)

type statusCommand struct{}

// Run prints each daemon with its log, and where the kubeconfig is. It returns
// an error when there is no running cluster.
func (*statusCommand) Run(ctx context.Context) error {
	p := paths(location.Dir())

	s, err := loadState(p.state())
	if err != nil {
		return err
	}

	recorded := s.all()
	if len(recorded) == 0 {
		return errors.Errorf("no cluster runs in %s", p)
	}

	dead := 0
	table := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)

	for _, daemon := range recorded {
		condition := "runs"
		if !daemon.alive() {
			condition = "has ended"
			dead++
		}

		_, _ = fmt.Fprintf(table, "%s\t%s\t%d\t%s\n", daemon.Name, condition, daemon.PID, daemon.Log)
	}

	_, _ = fmt.Fprintf(table, "kubeconfig\t\t\t%s\n", p.kubeconfig())
	_, _ = fmt.Fprintf(table, "audit log\t\t\t%s\n", p.auditLog())

	if err := table.Flush(); err != nil {
		return err
	}

	if dead > 0 {
		return errors.Errorf("%d of %d processes have ended: \"up\" brings the cluster up anew", dead, len(recorded))
	}

	api, err := newClient(p)
	if err != nil {
		return err
	}

	return nodeReady(ctx, api)
}
