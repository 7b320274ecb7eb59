package main

import (
	"context"
	"fmt"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/test/cluster/artifact"
	"github.com/crossplane-mattermost/crossplane-mattermost/test/cluster/location"
	"github.com/crossplane-mattermost/crossplane-mattermost/test/installation"
	"github.com/crossplane-mattermost/crossplane-mattermost/test/kube"
)

const (
	demoNamespace = "demo"
	demoLimit     = 3 * time.Minute
)

type demoCommand struct{}

// Run brings the cluster up and the quickstart with it, shows both, and leaves
// them running.
func (*demoCommand) Run(ctx context.Context) error {
	if err := (&upCommand{WithImages: []string{artifact.ToolProgram}}).Run(ctx); err != nil {
		return err
	}
	c, err := kube.Connect(location.Kubeconfig())
	if err != nil {
		return err
	}
	xr, err := installation.Example("quickstart.yaml", demoNamespace)
	if err != nil {
		return err
	}
	if err := kube.Namespace(ctx, c, xr.GetNamespace()); err != nil {
		return err
	}
	if err := demoApply(ctx, c, xr); err != nil {
		return err
	}
	return demoShow(ctx, c, xr)
}

func demoApply(ctx context.Context, c client.Client, xr *unstructured.Unstructured) error {
	fmt.Println("kubectl apply -f examples/quickstart.yaml")
	start := time.Now()
	if err := kube.Apply(ctx, c, xr); err != nil {
		return err
	}
	if err := kube.ConditionIs(ctx, c, xr, demoLimit, "Ready", "True"); err != nil {
		return err
	}
	fmt.Printf("Ready after %.1f s\n\n", time.Since(start).Seconds())
	return nil
}

func demoShow(ctx context.Context, c client.Client, xr *unstructured.Unstructured) error {
	tree, err := installation.Tree(ctx, c, xr)
	if err != nil {
		return err
	}
	fmt.Println(tree)
	_, reason, _ := kube.Condition(xr, "Ready")
	fmt.Printf("condition Ready: True (%s)\n", reason)
	server, err := installation.Reach(ctx, c, xr.GetNamespace(), xr.GetName())
	if err != nil {
		return err
	}
	health, words, err := server.Ping(ctx)
	if err != nil {
		return err
	}
	fmt.Printf("server, through its Service: %s\n", words)
	if !health.OK() {
		return errors.New("the server, its database or its file store does not work")
	}
	fmt.Printf("\nLook around with:\n  export KUBECONFIG=%s\n  %s -n %s get mmi\nTake it all down with: make down\n",
		location.Kubeconfig(), location.Kubectl(), xr.GetNamespace())
	return nil
}
