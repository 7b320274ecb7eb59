package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/test/backends"
	"github.com/crossplane-mattermost/crossplane-mattermost/test/cluster/artifact"
	"github.com/crossplane-mattermost/crossplane-mattermost/test/cluster/location"
	"github.com/crossplane-mattermost/crossplane-mattermost/test/installation"
	"github.com/crossplane-mattermost/crossplane-mattermost/test/kube"
)

const (
	firstVersion = artifact.Mattermost11Earlier
	newVersion   = artifact.Mattermost11
	// rounds that count. One more goes before them, in which images are pulled, files
	// are cached and everything is done for the first time.
	rounds = 3
	// contestLimit of how much longer than the operator's an installation or a new
	// version of it may take.
	contestLimit = 1.1
	// rest between an installation and its new version. Nobody upgrades within seconds,
	// and Crossplane meters how often an installation wakes it: a hundred times, and once
	// more each second.
	rest = 100 * time.Second
	// calm before each measure: servers that have just become ready are still busy.
	calm = 10 * time.Second
	// namespaces of everything here begin with this.
	namespaces = "bench-"
	// removalLimit of all that is removed in the end, whatever happened.
	removalLimit = 10 * time.Minute
)

// contest of the products on one cluster, with the same images, storage and size.
type contest struct {
	cluster client.WithWatch
	rounds  [][]*installed
	// took is how long each took, by what was measured.
	took map[string][]time.Duration
}

// againstOperator is how long an installation and a new version of it take, next to
// the Mattermost operator. Everything that it needs on the cluster goes again.
func againstOperator(ctx context.Context) (measures []measure, err error) {
	operator, err := makeOperator(ctx)
	if err != nil {
		return nil, err
	}
	cluster, err := kube.Connect(location.Kubeconfig())
	if err != nil {
		return nil, errors.Wrap(err, "no cluster runs; `make bench` brings one up")
	}
	c := &contest{cluster: cluster, took: map[string][]time.Duration{}}
	if err := c.plan(); err != nil {
		return nil, err
	}
	defer func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), removalLimit)
		defer cancel()
		say("removing everything from the cluster again")
		err = errors.Join(err, c.remove(ctx, slices.Concat(c.rounds...)...), removeNamespace(ctx, cluster, namespaces+"storage"), operator.removeKinds(ctx, cluster))
	}()
	if err := operator.serveKinds(ctx, cluster); err != nil {
		return nil, err
	}
	if err := c.prepare(ctx); err != nil {
		return nil, err
	}
	ctx, stop, err := operator.run(ctx)
	if err != nil {
		return nil, err
	}
	defer stop()
	if err := c.run(ctx); err != nil {
		return nil, err
	}
	return slices.Concat(c.compare("install"), c.compare("upgrade")), nil
}

func (c *contest) plan() error {
	for round := range rounds + 1 {
		var all []*installed
		for _, p := range products() {
			i, err := p.plan(fmt.Sprintf("%s%s-%d", namespaces, p.name, round))
			if err != nil {
				return err
			}
			all = append(all, i)
		}
		// Neither is always the one that the other was before.
		if round%2 == 1 {
			slices.Reverse(all)
		}
		c.rounds = append(c.rounds, all)
	}
	return nil
}

// prepare storage, and a database and a bucket for every installation, in place of
// what a run that was killed may have left.
func (c *contest) prepare(ctx context.Context) error {
	all := slices.Concat(c.rounds...)
	if err := c.remove(ctx, all...); err != nil {
		return err
	}
	say("preparing databases and buckets")
	storage, err := runStorage(ctx, c.cluster, namespaces+"storage")
	if err != nil {
		return err
	}
	for _, i := range all {
		if err := i.prepare(ctx, c.cluster, storage); err != nil {
			return err
		}
	}
	return nil
}

// runStorage apart from that of others, so that it can go again.
func runStorage(ctx context.Context, c client.Client, namespace string) (*installation.Storage, error) {
	if err := kube.Namespace(ctx, c, namespace); err != nil {
		return nil, err
	}
	postgres, err := backends.RunPostgres(ctx, c, namespace)
	if err != nil {
		return nil, err
	}
	s3, err := backends.RunS3(ctx, c, namespace, backends.S3Options{Name: "s3"})
	return &installation.Storage{Postgres: postgres, S3: s3}, err
}

// run the rounds, each installed while the one before it rests, but never two
// measures at a time.
func (c *contest) run(ctx context.Context) error {
	for round := range len(c.rounds) + 1 {
		if round < len(c.rounds) {
			if err := c.measure(ctx, round, "install", firstVersion); err != nil {
				return err
			}
		}
		if round == 0 {
			continue
		}
		if err := c.measure(ctx, round-1, "upgrade", newVersion); err != nil {
			return err
		}
		if err := c.remove(ctx, c.rounds[round-1]...); err != nil {
			return err
		}
	}
	return nil
}

// measure how long the installations of a round take, one after the other, to become
// a version.
func (c *contest) measure(ctx context.Context, round int, what, version string) error {
	for _, i := range c.rounds[round] {
		if err := pause(ctx, max(calm, time.Until(i.since.Add(rest)))); err != nil {
			return err
		}
		took, err := i.becomes(ctx, c.cluster, version)
		if err != nil {
			return err
		}
		name := what + "-" + i.name
		if round == 0 {
			say("%s to warm up: %.2f s", name, took.Seconds())
			continue
		}
		say("%s in round %d: %.2f s", name, round, took.Seconds())
		c.took[name] = append(c.took[name], took)
	}
	return nil
}

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// remove installations, all at a time, and all that can be.
func (c *contest) remove(ctx context.Context, all ...*installed) error {
	group := errgroup.Group{}
	for _, i := range all {
		group.Go(func() error { return i.remove(ctx, c.cluster) })
	}
	return group.Wait()
}

// compare what was measured of both products.
func (c *contest) compare(what string) []measure {
	ours, theirs := c.took[what+"-ours"], c.took[what+"-operator"]
	return []measure{
		{name: what + "-ours", value: median(ours).Seconds(), unit: "s", detail: "median of " + seconds(ours)},
		{name: what + "-operator", value: median(theirs).Seconds(), unit: "s", detail: "median of " + seconds(theirs)},
		{name: what + "-ratio", value: float64(median(ours)) / float64(median(theirs)), unit: "x", limit: contestLimit},
	}
}

func seconds(of []time.Duration) string {
	out := make([]string, 0, len(of))
	for _, d := range of {
		out = append(out, fmt.Sprintf("%.2f", d.Seconds()))
	}
	return strings.Join(out, ", ")
}
