package installation

import (
	"fmt"
	"testing"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/decision"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/factstest"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/scaling"
)

func TestDowntimeCondition(t *testing.T) {
	const onVolume = "database: {external: {secret: db}}\nfileStore: {externalVolume: {volumeClaimName: v}}"
	cases := map[string]struct {
		reason   string
		given    factstest.Given
		replicas int32
		want     string
	}{
		"Replicated":  {reason: "One serves while another is replaced.", given: factstest.Given{Spec: factstest.Accepted}, replicas: 2, want: "True Replicated"},
		"Single":      {reason: "What is under way may fail.", given: factstest.Given{Spec: factstest.Accepted}, replicas: 1, want: "True SingleReplica"},
		"Stopped":     {reason: "Nothing serves.", given: factstest.Given{Spec: factstest.Accepted}, want: "True Stopped"},
		"SharedClaim": {reason: "Each node can mount it.", given: factstest.Given{Spec: onVolume, Volume: "spec: {accessModes: [ReadWriteMany]}"}, replicas: 2, want: "True Replicated"},
		"NodeClaim":   {reason: "One node can mount it.", given: factstest.Given{Spec: onVolume, Volume: "spec: {accessModes: [ReadWriteOnce]}"}, replicas: 2, want: "False SingleNodeVolume"},
		"PodClaim":    {reason: "One pod can mount it.", given: factstest.Given{Spec: onVolume, Volume: "spec: {accessModes: [ReadWriteOncePod]}"}, replicas: 2, want: "False SingleNodeVolume"},
		"LocalClaim":  {reason: "By default a claim is shared.", given: factstest.Given{Spec: external + "fileStore: {local: {enabled: true}}"}, replicas: 2, want: "True Replicated"},
		"LocalNode":   {reason: "The user chose one node.", given: factstest.Given{Spec: external + "fileStore: {local: {enabled: true, accessModes: [ReadWriteOnce]}}"}, replicas: 2, want: "False SingleNodeVolume"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			f := tc.given.Facts(t)
			d := &decision.Decisions{Stage: decision.Accepted, Server: assemble(f, decision.Sizing{})}
			d.Sizing.Replicas = tc.replicas
			c := scaling.Feature.Conditions(f, d)[1]
			if got := fmt.Sprintf("%s %s", c.Status, c.Reason); got != tc.want {
				t.Errorf("%s\n%s, want %s", tc.reason, got, tc.want)
			}
			if (c.Reason == "Replicated") != (c.Message == "") {
				t.Errorf("%s\nthe message of %s is %q", tc.reason, c.Reason, c.Message)
			}
		})
	}
}
