package scaling

import (
	"fmt"
	"strings"
	"testing"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/composed"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/facts"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/factstest"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/feature"
)

// reportingServer is a Server with a Ready status and an atProvider.
func reportingServer(ready, at string) string {
	return fmt.Sprintf(`{apiVersion: mattermost.m.crossplane.io/v1alpha1, kind: Server, metadata: {name: chat}, `+
		`status: {conditions: [{type: Ready, status: %q}], atProvider: {%s}}}`, ready, at)
}

// sizedDeployment runs two replicas with a recorded basis.
func sizedDeployment(basis string) string {
	return strings.Replace(factstest.Deployment(factstest.WantedImage, 2), "name: chat,", fmt.Sprintf("name: chat, annotations: {%s: %q},", facts.AnnotationSizing, basis), 1)
}

func TestDecideReplicas(t *testing.T) {
	const (
		twice = "size: 1000users\n"
		five  = "size: 50000users\n"
		once  = "size: 100users\n"
	)
	clusters := reportingServer("True", "version: 11.4.0, license: {highAvailability: true}")
	cases := map[string]struct {
		reason     string
		spec       string
		deployment string
		server     string
		want       string
	}{
		"New": {
			reason: "Replicas without a license are not a cluster.",
			spec:   twice, want: "1000users/None/1",
		},
		"NewSmall": {
			reason: "A size of one replica needs no license.",
			spec:   once, want: "100users/None/1",
		},
		"LicenseSecret": {
			reason: "The Secret with the license counts.",
			spec:   twice + "licenseSecret: license", want: "1000users/Given/2",
		},
		"LicenseVariable": {
			reason: "A license in MM_LICENSE counts.",
			spec:   twice + "mattermostEnv: [{name: MM_LICENSE, value: x}]", want: "1000users/Given/2",
		},
		"LicenseVariableOfSecret": {
			reason: "A license in MM_LICENSE from a Secret counts.",
			spec:   twice + "mattermostEnv: [{name: MM_LICENSE, valueFrom: {secretKeyRef: {name: s, key: k}}}]", want: "1000users/Given/2",
		},
		"LicenseVariableEmpty": {
			reason: "An empty variable is no license.",
			spec:   twice + "mattermostEnv: [{name: MM_LICENSE}]", want: "1000users/None/1",
		},
		"ExplicitUnlicensed": {
			reason: "The user's number wins.",
			spec:   twice + "replicas: 3", want: "spec.replicas/None/3",
		},
		"ExplicitOne": {
			reason: "The user's number wins over a license, too.",
			spec:   twice + "replicas: 1\nlicenseSecret: license", want: "spec.replicas/Given/1",
		},
		"Reported": {
			reason: "The Server reports an uploaded license.",
			spec:   twice, server: clusters, deployment: sizedDeployment("1000users/None/1"), want: "1000users/Reported/2",
		},
		"ReportedWithoutCluster": {
			reason: "A license without high availability changes nothing.",
			spec:   twice, server: reportingServer("True", "version: 11.4.0, license: {highAvailability: false}"),
			deployment: sizedDeployment("1000users/None/1"), want: "1000users/None/1",
		},
		"ReportedWhileAway": {
			reason: "What was reported last counts while the server is away.",
			spec:   twice, server: reportingServer("False", "version: 11.4.0, license: {highAvailability: true}"),
			deployment: sizedDeployment("1000users/Reported/2"), want: "1000users/Reported/2",
		},
		"Silent": {
			reason: "A Server that is not ready scales nothing down.",
			spec:   twice, server: reportingServer("False", ""), deployment: sizedDeployment("1000users/Reported/2"), want: "1000users/Reported/2",
		},
		"ReadyAndSilent": {
			reason: "A Server that reports no version scales nothing down.",
			spec:   twice, server: reportingServer("True", ""), deployment: sizedDeployment("1000users/Reported/2"), want: "1000users/Reported/2",
		},
		"OlderProvider": {
			reason: "A Server that does not report high availability scales nothing down.",
			spec:   twice, server: reportingServer("True", "version: 11.4.0, license: {id: a}"), deployment: sizedDeployment("1000users/Reported/2"), want: "1000users/Reported/2",
		},
		"NotAskedAnyMore": {
			reason: "A Server that is gone scales nothing down.",
			spec:   twice, deployment: sizedDeployment("1000users/Reported/2"), want: "1000users/Reported/2",
		},
		"Expired": {
			reason: "A license that the Server no longer reports does not count.",
			spec:   twice, server: reportingServer("True", "version: 11.4.0"), deployment: sizedDeployment("1000users/Reported/2"), want: "1000users/None/1",
		},
		"TakenOut": {
			reason: "A license that the user removed from the spec does not count.",
			spec:   twice, deployment: sizedDeployment("1000users/Given/2"), want: "1000users/None/1",
		},
		"TakenOutAndReported": {
			reason: "A license that the user removed from the spec counts if the Server still reports it.",
			spec:   twice, server: clusters, deployment: sizedDeployment("1000users/Given/2"), want: "1000users/Reported/2",
		},
		"TakenOutAndSilent": {
			reason: "A license that the user removed from the spec counts until the Server is ready.",
			spec:   twice, server: reportingServer("False", ""), deployment: sizedDeployment("1000users/Given/2"), want: "1000users/Given/2",
		},
		"Added": {
			reason: "With a license the size's number is used.",
			spec:   twice + "licenseSecret: license", deployment: sizedDeployment("1000users/None/1"), want: "1000users/Given/2",
		},
		"PreviousRelease": {
			reason: "A server that runs the size's number without a license keeps it.",
			spec:   twice, deployment: factstest.Deployment(factstest.WantedImage, 2), want: "1000users/None/2",
		},
		"PreviousReleaseRemembered": {
			reason: "It keeps the number in later releases.",
			spec:   twice, deployment: sizedDeployment("1000users/None/2"), want: "1000users/None/2",
		},
		"PreviousReleaseUnlicensed": {
			reason: "It keeps the number if the Server reports that there is no license, since nothing changed.",
			spec:   twice, server: reportingServer("True", "version: 11.4.0"), deployment: factstest.Deployment(factstest.WantedImage, 2), want: "1000users/None/2",
		},
		"PreviousReleaseResized": {
			reason: "Until the size changes.",
			spec:   five, deployment: sizedDeployment("1000users/None/2"), want: "50000users/None/1",
		},
		"ResizedByMemory": {
			reason: "A recorded license counts for another size, too.",
			spec:   five, deployment: sizedDeployment("1000users/Reported/2"), want: "50000users/Reported/5",
		},
		"ExplicitTakenOut": {
			reason: "When spec.replicas is removed, the number is decided again.",
			spec:   twice, deployment: sizedDeployment("spec.replicas/None/2"), want: "1000users/None/1",
		},
		"TableChanges": {
			reason: "A release with other sizes scales nothing.",
			spec:   twice + "licenseSecret: license", deployment: sizedDeployment("1000users/Given/4"), want: "1000users/Given/4",
		},
		"Garbled": {
			reason: "An annotation that cannot be parsed is ignored.",
			spec:   twice, deployment: sizedDeployment("1000users/None/many"), want: "1000users/None/2",
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			observed := map[string]string{}
			if tc.deployment != "" {
				observed[composed.Deployment] = tc.deployment
			}
			if tc.server != "" {
				observed[composed.Server] = tc.server
			}
			f := factstest.Given{Spec: factstest.Accepted + tc.spec, Composed: observed}.Facts(t)
			if got := decideReplicas(f).String(); got != tc.want {
				t.Errorf("%s\n%q, want %q", tc.reason, got, tc.want)
			}
		})
	}
}

func TestClusteredCondition(t *testing.T) {
	cases := map[string]struct {
		reason string
		spec   string
		want   string
	}{
		"Licensed":   {reason: "With a license, replicas are a cluster.", spec: "size: 1000users\nlicenseSecret: license", want: "True Licensed "},
		"Unlicensed": {reason: "The condition says what a license changes.", spec: "size: 50000users", want: "True SingleReplica one replica runs, because several are a cluster only with a license for high availability, and none is known: with spec.licenseSecret, size 50000users gives 5"},
		"Small":      {reason: "A license changes nothing for a size of one replica.", spec: "size: 100users", want: "True SingleReplica "},
		"Explicit":   {reason: "With spec.replicas: 1 the condition says no more.", spec: "size: 1000users\nreplicas: 1", want: "True SingleReplica "},
		"Insists":    {reason: "With spec.replicas: 2 the condition says what is missing.", spec: "size: 1000users\nreplicas: 2", want: "False Unlicensed several replicas run, and no license for high availability is known: replicas without one are not a cluster, so that a post through one does not reach users who are connected to another: set spec.licenseSecret, or spec.replicas: 1"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			f := factstest.Given{Spec: factstest.Accepted + tc.spec}.Facts(t)
			c := clustered(f, Decide(f))
			if got := fmt.Sprintf("%s %s %s", c.Status, c.Reason, c.Message); got != tc.want || c.Type != feature.ConditionClustered || c.Status != compose.True && c.Waiting {
				t.Errorf("%s\n%q, want %q", tc.reason, got, tc.want)
			}
		})
	}
}
