package main

import (
	"context"
	"os"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/test/cluster/location"
	"github.com/crossplane-mattermost/crossplane-mattermost/test/installation"
	"github.com/crossplane-mattermost/crossplane-mattermost/test/kube"
	"github.com/crossplane-mattermost/crossplane-mattermost/test/provider"
)

// What is measured unless it is said: a thousand channels, each with a member, looked at
// as often as the provider's example says.
const (
	channels = 1000
	poll     = 5 * time.Minute
)

// crowdLimit is far above what any number of objects takes.
const crowdLimit = 20 * time.Minute

type providerCommand struct {
	Channels int           `default:"${channels}" help:"How many channels to have, each with a member."`
	Poll     time.Duration `default:"${poll}" help:"How often to look at each object."`
}

// Run the measures of the provider that the cluster runs.
func (p *providerCommand) Run(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, deadline)
	defer cancel()
	return measureAll(os.Stdout, func() ([]measure, error) { return manyObjects(ctx, p.Channels, p.Poll) })
}

// crowded is a server with many objects inside, and the provider that manages them.
type crowded struct {
	*installed

	cluster client.WithWatch
	objects []*unstructured.Unstructured
	// poll is how often each is looked at.
	poll    time.Duration
	counter *counter
	pod     *corev1.Pod
}

// manyObjects is what the provider asks of a server and of the API server while nothing
// changes, and the memory that it took to come there. Everything goes again.
func manyObjects(ctx context.Context, channels int, poll time.Duration) (measures []measure, err error) {
	cluster, err := kube.Connect(location.Kubeconfig())
	if err != nil {
		return nil, errors.Wrap(err, "no cluster runs; `make bench` brings one up")
	}
	i, err := products()[0].plan(namespaces + "provider")
	if err != nil {
		return nil, err
	}
	c := &crowded{installed: i, cluster: cluster, objects: crowd(i.manifest.GetNamespace(), channels, poll), poll: poll}
	if err := c.clear(ctx); err != nil {
		return nil, err
	}
	defer func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), removalLimit)
		defer cancel()
		say("removing everything from the cluster again")
		err = errors.Join(err, c.clear(ctx), removeNamespace(ctx, cluster, namespaces+"storage"))
	}()
	if err := c.install(ctx); err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, c.counter.close()) }()
	if err := c.fill(ctx); err != nil {
		return nil, err
	}
	creation, err := providerPeak(ctx, c.cluster, c.pod, "provider-memory-creation")
	if err != nil {
		return nil, err
	}
	if err := c.restart(ctx); err != nil {
		return nil, err
	}
	measures, err = c.watch(ctx)
	return append(measures, creation), err
}

// clear away the server with all that is in it, or what a run that was killed left.
func (c *crowded) clear(ctx context.Context) error {
	if err := abandon(ctx, c.cluster, c.objects); err != nil {
		return err
	}
	return c.remove(ctx, c.cluster)
}

// install the server, which is reached through a counter.
func (c *crowded) install(ctx context.Context) error {
	say("installing a server")
	storage, err := runStorage(ctx, c.cluster, namespaces+"storage")
	if err != nil {
		return err
	}
	if err := c.prepare(ctx, c.cluster, storage); err != nil {
		return err
	}
	if err := unstructured.SetNestedField(c.manifest.Object, int64(1), "spec", "replicas"); err != nil {
		return errors.Wrap(err, "cannot fill in the manifest")
	}
	if err := kube.Apply(ctx, c.cluster, c.manifest); err != nil {
		return err
	}
	if err := kube.ConditionIs(ctx, c.cluster, c.manifest.DeepCopy(), changeLimit, "RolloutComplete", "True"); err != nil {
		return err
	}
	server, err := installation.Reach(ctx, c.cluster, c.manifest.GetNamespace(), c.manifest.GetName())
	if err != nil {
		return err
	}
	c.counter, err = countAt(ctx, location.Bridge, server.Address())
	return err
}

// fill the server, by a provider that is started anew for it: what it needed until then is
// not of this measure.
func (c *crowded) fill(ctx context.Context) (err error) {
	if c.pod, err = restartProvider(ctx, c.cluster); err != nil {
		return err
	}
	namespace := c.manifest.GetNamespace()
	if err := connection(ctx, c.cluster, namespace, c.counter.url); err != nil {
		return err
	}
	say("creating %d objects", len(c.objects))
	ctx, cancel := context.WithTimeout(ctx, crowdLimit)
	defer cancel()
	began := time.Now()
	if err := forEach(ctx, c.objects, func(ctx context.Context, o *unstructured.Unstructured) error { return kube.Apply(ctx, c.cluster, o) }); err != nil {
		return err
	}
	applied := time.Since(began)
	if err := settled(ctx, c.cluster, c.objects); err != nil {
		return err
	}
	say("applied in %.0f s, Ready and Synced after %.0f s, with %d requests", applied.Seconds(), time.Since(began).Seconds(), len(c.counter.since(began)))
	return nil
}

// restart the provider, and wait until it has looked at everything.
func (c *crowded) restart(ctx context.Context) (err error) {
	began := time.Now()
	if c.pod, err = restartProvider(ctx, c.cluster); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, crowdLimit)
	defer cancel()
	for {
		requests := c.counter.since(began)
		if seen := len(readsPerPoll(requests, c.shortest)); seen >= len(c.objects) {
			say("started anew, it has looked at everything after %.0f s, with %d requests", time.Since(began).Seconds(), len(requests))
			return nil
		}
		if err := pause(ctx, look); err != nil {
			return errors.Wrap(err, "the provider does not look at everything")
		}
	}
}

// restartProvider ends the provider, and waits until another pod runs it.
func restartProvider(ctx context.Context, c client.Client) (*corev1.Pod, error) {
	before, err := provider.Pod(ctx, c)
	if err != nil {
		return nil, err
	}
	if err := c.Delete(ctx, before); err != nil {
		return nil, errors.Wrap(err, "cannot end the provider")
	}
	var now *corev1.Pod
	return now, kube.Until(ctx, changeLimit, func(ctx context.Context) (err error) {
		if now, err = provider.Pod(ctx, c); err != nil {
			return err
		}
		if now.UID == before.UID || !slices.ContainsFunc(now.Status.Conditions, func(c corev1.PodCondition) bool {
			return c.Type == corev1.PodReady && c.Status == corev1.ConditionTrue
		}) {
			return errors.New("no other pod of the provider runs")
		}
		return nil
	})
}
