// Package breaker reads what Crossplane counts of its circuit breakers, which meter how
// often composite resources are woken.
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
	// eventsMetric counts the events that breakers metered, by the controller of a kind and
	// by what became of them. An object that changed counts twice: as it was and as it is.
	eventsMetric = "circuit_breaker_events_total"
	// opensMetric counts how often breakers opened, by the controller of a kind.
	opensMetric = "circuit_breaker_opens_total"
)

// Count of all composite resources of a kind since Crossplane was started.
type Count struct {
	// Tokens that were taken, also of breakers that are open.
	Tokens int
	// Opens of breakers.
	Opens int
}

// Since is what was counted after an earlier count.
func (c Count) Since(before Count) Count {
	return Count{Tokens: c.Tokens - before.Tokens, Opens: c.Opens - before.Opens}
}

// Read the count of a kind of composite resources, by the name of its definition, such as
// mattermostinstallations.mattermost.crossplane.io.
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
