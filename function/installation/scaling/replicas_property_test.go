package scaling

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/composed"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/factstest"
)

// TestNumberOfReplicasIsKept applies random steps of users, the server and its provider.
// The number of replicas changes only in steps that change the size, spec.replicas or the
// license, and a Server that reports nothing removes no replica.
func TestNumberOfReplicasIsKept(t *testing.T) {
	servers := []string{
		"", reportingServer("False", ""), reportingServer("False", "version: 11.4.0, license: {highAvailability: true}"),
		reportingServer("True", "version: 11.4.0, license: {highAvailability: true}"), reportingServer("True", "version: 11.4.0, license: {id: a}"),
		reportingServer("True", "version: 11.4.0"), reportingServer("True", "version: 11.4.0, license: {highAvailability: false}"),
	}
	rapid.Check(t, func(rt *rapid.T) {
		type asked struct{ size, replicas, license, server string }
		var before asked
		was := basis{}
		for step := range 12 {
			now := asked{
				size:     rapid.SampledFrom([]string{"1000users", "50000users"}).Draw(rt, "size"),
				replicas: rapid.SampledFrom([]string{"", "", "\nreplicas: 3"}).Draw(rt, "replicas"),
				license:  rapid.SampledFrom([]string{"", "\nlicenseSecret: license"}).Draw(rt, "license"),
				server:   rapid.SampledFrom(servers).Draw(rt, "server"),
			}
			observed := map[string]string{}
			if step > 0 {
				observed[composed.Deployment] = sizedDeployment(was.String())
			}
			if now.server != "" {
				observed[composed.Server] = now.server
			}
			f := factstest.Given{Spec: factstest.Accepted + "size: " + now.size + now.replicas + now.license, Composed: observed}.Facts(t)
			b := decideReplicas(f)
			edited := now.size != before.size || now.replicas != before.replicas || now.license != before.license
			if step > 0 && !edited && b.replicas != was.replicas && b.license.clusters() == was.license.clusters() {
				rt.Fatalf("%s became %s, and nothing changed", was, b)
			}
			silent := licenseReportedBy(f.Observed(composed.Server)) == licenseUnknown
			// A license that was removed from the spec counts as long as a Server may still
			// report it.
			waited := was.license == licenseGiven && now.license == ""
			if step > 0 && !edited && silent && !waited && b.replicas < was.replicas {
				rt.Fatalf("%s became %s, and the Server says nothing: %s", was, b, strings.TrimSpace(now.server))
			}
			before, was = now, b
		}
	})
}
