// Package breaker reads the metrics of Crossplane's circuit breakers, which limit how often
// composite resources are reconciled.
package breaker

import (
	"context"
	"net"
	"net/http"

	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
)

const (
	namespace   = "crossplane-system"
	metricsPort = "8080"
	// eventsMetric counts the metered events by controller and result. A changed object
	// counts twice, once for its old and once for its new state.
	eventsMetric = "circuit_breaker_events_total"
	// opensMetric counts how often breakers opened, by controller.
	opensMetric = "circuit_breaker_opens_total"
)

// Count for all composite resources of a kind since Crossplane was started.
type Count struct {
	// Tokens that were used, including those of open breakers.
	Tokens int
	// Opens of breakers.
	Opens int
}

// Since returns the difference to an earlier count.
func (c Count) Since(before Count) Count {
	return Count{Tokens: c.Tokens - before.Tokens, Opens: c.Opens - before.Opens}
}

// Read the count for a kind of composite resources, given the name of its definition, such
// as mattermostinstallations.mattermost.crossplane.io.
func Read(ctx context.Context, c client.Client, definition string) (Count, error) {
	pods := &corev1.PodList{}
	if err := c.List(ctx, pods, client.InNamespace(namespace), client.MatchingLabels{"app": "crossplane", "release": "crossplane"}); err != nil {
		return Count{}, errors.Wrap(err, "cannot list Crossplane's pods")
	}
	if len(pods.Items) != 1 {
		return Count{}, errors.Errorf("Crossplane has %d pods, want 1", len(pods.Items))
	}
	return scrape(ctx, pods.Items[0].Status.PodIP, "composite/"+definition)
}

func scrape(ctx context.Context, host, controller string) (Count, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+net.JoinHostPort(host, metricsPort)+"/metrics", http.NoBody)
	if err != nil {
		return Count{}, errors.Wrap(err, "cannot ask for Crossplane's metrics")
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return Count{}, errors.Wrap(err, "cannot get Crossplane's metrics")
	}
	defer func() { _ = response.Body.Close() }()
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(response.Body)
	if err != nil {
		return Count{}, errors.Wrap(err, "cannot read Crossplane's metrics")
	}
	sum := func(metric string) (out int) {
		for _, m := range families[metric].GetMetric() {
			for _, l := range m.GetLabel() {
				if l.GetName() == "controller" && l.GetValue() == controller {
					out += int(m.GetCounter().GetValue())
				}
			}
		}
		return out
	}
	return Count{Tokens: sum(eventsMetric), Opens: sum(opensMetric)}, nil
}
