package main

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/test/audit"
	"github.com/crossplane-mattermost/crossplane-mattermost/test/provider"
)

const (
	// serverPoll is how often the provider looks at a Server, and jitter the fraction by
	// which any such interval is shorter or longer.
	serverPoll = 30 * time.Second
	jitter     = 0.1
	// serverPath is asked for a Server, and for nothing else.
	serverPath = "/api/v4/system/ping"
	// providerMemory in MiB is that of the container that the example runs the provider in.
	providerMemory = 128
	// apart is how many requests the provider and the server may differ by: what is on its
	// way when they are asked how many there were.
	apart = 10
)

// shortest interval between two looks at what is behind a path.
func (c *crowded) shortest(path string) time.Duration {
	if path == serverPath {
		return time.Duration((1 - jitter) * float64(serverPoll))
	}
	return time.Duration((1 - jitter) * float64(c.poll))
}

// watch the provider while nothing changes.
func (c *crowded) watch(ctx context.Context) ([]measure, error) {
	if err := pause(ctx, calm); err != nil {
		return nil, err
	}
	// Long enough for it to look at everything.
	long := time.Duration((1+jitter)*float64(c.poll)) + calm
	say("watching the provider for %.0f s", long.Seconds())
	before, err := provider.Asked(ctx, c.pod)
	if err != nil {
		return nil, err
	}
	from := time.Now()
	if err := pause(ctx, long); err != nil {
		return nil, err
	}
	requests, during := c.counter.since(from), time.Since(from)
	after, err := provider.Asked(ctx, c.pod)
	if err != nil {
		return nil, err
	}
	if err := agree(after.Since(before), requests); err != nil {
		return nil, err
	}
	writes, err := c.writesToCluster(from)
	if err != nil {
		return nil, err
	}
	memory, err := providerPeak(ctx, c.cluster, c.pod, "provider-memory-steady")
	if err != nil {
		return nil, err
	}
	asked, err := c.asked(requests, during)
	return append(asked, writes, memory), err
}

// asked is what a server was asked, which was everything once at least.
func (c *crowded) asked(requests []request, during time.Duration) ([]measure, error) {
	reads := readsPerPoll(requests, c.shortest)
	if len(reads) != len(c.objects) {
		return nil, errors.Errorf("%d paths were read, of %d objects: this is no steady state", len(reads), len(c.objects))
	}
	written := slices.DeleteFunc(slices.Clone(requests), func(r request) bool { return r.method == http.MethodGet })
	perMinute := float64(len(c.objects)-1)/c.shortest("").Minutes() + 1/c.shortest(serverPath).Minutes()
	return []measure{
		{
			name: "provider-requests", value: float64(len(requests)) / during.Minutes(), unit: "/min", limit: perMinute,
			detail: fmt.Sprintf("%d objects, each looked at every %s", len(c.objects), c.poll),
		},
		{name: "provider-reads-per-poll", value: float64(slices.Max(slices.Collect(maps.Values(reads)))), unit: "reads", limit: 1, detail: "of an object, at most"},
		{name: "provider-writes", value: float64(len(written)), unit: "writes", nothing: true, detail: "to the server"},
	}, nil
}

// agree fails unless the provider counts the requests that the server does.
func agree(counted provider.Requests, requests []request) error {
	if of := counted.Reads + counted.Writes - len(requests); of < -apart || of > apart || counted.Unanswered > 0 {
		return errors.Errorf("the provider counts %+v, and the server %d requests", counted, len(requests))
	}
	return nil
}

// writesToCluster are all by the provider, whatever they are of.
func (c *crowded) writesToCluster(since time.Time) (measure, error) {
	events, err := audit.Writes(since)
	kinds := map[string]int{}
	total := 0
	for _, e := range events {
		if e.User.Username != "system:serviceaccount:"+c.pod.Namespace+":"+c.pod.Spec.ServiceAccountName || e.ObjectRef == nil {
			continue
		}
		kinds[strings.Trim(e.Verb+" "+e.ObjectRef.Resource+"/"+e.ObjectRef.Subresource, "/")]++
		total++
	}
	detail := "to the API server"
	for _, kind := range slices.Sorted(maps.Keys(kinds)) {
		detail += fmt.Sprintf(", %d %s", kinds[kind], kind)
	}
	return measure{name: "provider-status-writes", value: float64(total), unit: "writes", nothing: true, detail: detail}, err
}

// providerPeak is the most memory that the provider ever had resident since it was
// started, which was once.
func providerPeak(ctx context.Context, c client.Client, pod *corev1.Pod, name string) (measure, error) {
	if err := c.Get(ctx, client.ObjectKeyFromObject(pod), pod); err != nil {
		return measure{}, errors.Wrap(err, "cannot read the provider's pod")
	}
	container := pod.Status.ContainerStatuses[0]
	if container.RestartCount > 0 {
		return measure{}, errors.Errorf("the provider was restarted %d times", container.RestartCount)
	}
	pid, err := processOf(container.ContainerID)
	if err != nil {
		return measure{}, err
	}
	kibibytes, err := peakResident(pid)
	return measure{name: name, value: float64(kibibytes) / 1024, unit: "MiB", limit: providerMemory, detail: "the most since it was started"}, err
}
