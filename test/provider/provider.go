// Package provider looks at the provider that runs in the cluster, as whoever operates it
// would: at its pod and at its metrics.
package provider

import (
	"context"
	"net"
	"net/http"
	"slices"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
)

const (
	// Namespace that the provider's pods are in.
	Namespace = "crossplane-system"

	providerPackage = "crossplane-mattermost-provider-mattermost"
	metricsPort     = "8080"
	// requestsMetric counts requests to servers, by method and by the status of the answer.
	requestsMetric = "mattermost_requests_total"
	noAnswer       = "none"
	// readyMetric counts managed resources that are Ready, by their kind.
	readyMetric = "crossplane_managed_resource_ready"
)

// AllPods of the provider, also those that end.
func AllPods(ctx context.Context, c client.Client) ([]corev1.Pod, error) {
	list := &corev1.PodList{}
	err := c.List(ctx, list, client.InNamespace(Namespace), client.MatchingLabels{"pkg.crossplane.io/provider": providerPackage})
	return list.Items, errors.Wrap(err, "cannot list the provider's pods")
}

// Pods that run the provider, without those that end.
func Pods(ctx context.Context, c client.Client) ([]corev1.Pod, error) {
	all, err := AllPods(ctx, c)
	return slices.DeleteFunc(all, func(p corev1.Pod) bool { return p.DeletionTimestamp != nil }), err
}

// Pod that runs the provider. It is an error when another number of pods does.
func Pod(ctx context.Context, c client.Client) (*corev1.Pod, error) {
	pods, err := Pods(ctx, c)
	if err != nil {
		return nil, err
	}
	if len(pods) != 1 {
		return nil, errors.Errorf("the provider has %d pods, want 1", len(pods))
	}
	return &pods[0], nil
}

// Requests that a provider sent to servers since it was started.
type Requests struct {
	// Reads and Writes are those that were answered, Unanswered all others.
	Reads, Writes, Unanswered int
}

// Since is what was sent after an earlier count.
func (r Requests) Since(before Requests) Requests {
	return Requests{Reads: r.Reads - before.Reads, Writes: r.Writes - before.Writes, Unanswered: r.Unanswered - before.Unanswered}
}

// Asked is what the provider in a pod counts of its requests.
func Asked(ctx context.Context, pod *corev1.Pod) (Requests, error) {
	families, err := scrape(ctx, pod)
	if err != nil {
		return Requests{}, err
	}
	out := Requests{}
	for _, m := range families[requestsMetric].GetMetric() {
		labels := labelsOf(m)
		switch n := int(m.GetCounter().GetValue()); {
		case labels["code"] == noAnswer:
			out.Unanswered += n
		case labels["method"] == http.MethodGet:
			out.Reads += n
		default:
			out.Writes += n
		}
	}
	return out, nil
}

// Ready is how many resources of a kind the provider in a pod counts as Ready.
func Ready(ctx context.Context, pod *corev1.Pod, kind schema.GroupVersionKind) (int, error) {
	families, err := scrape(ctx, pod)
	if err != nil {
		return 0, err
	}
	for _, m := range families[readyMetric].GetMetric() {
		if labelsOf(m)["gvk"] == kind.String() {
			return int(m.GetGauge().GetValue()), nil
		}
	}
	return 0, nil
}

func labelsOf(m *dto.Metric) map[string]string {
	out := map[string]string{}
	for _, l := range m.GetLabel() {
		out[l.GetName()] = l.GetValue()
	}
	return out
}

func scrape(ctx context.Context, pod *corev1.Pod) (map[string]*dto.MetricFamily, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+net.JoinHostPort(pod.Status.PodIP, metricsPort)+"/metrics", http.NoBody)
	if err != nil {
		return nil, errors.Wrap(err, "cannot ask for the provider's metrics")
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, errors.Wrap(err, "cannot get the provider's metrics")
	}
	defer func() { _ = response.Body.Close() }()
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(response.Body)
	return families, errors.Wrap(err, "cannot read the provider's metrics")
}
