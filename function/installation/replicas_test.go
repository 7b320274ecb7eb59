package installation

import (
	"fmt"
	"strings"
	"testing"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
)

// reportingServer is a Server with what is observed of it, healthy or not.
func reportingServer(ready, at string) string {
	return fmt.Sprintf(`{apiVersion: mattermost.m.crossplane.io/v1alpha1, kind: Server, metadata: {name: chat}, `+
		`status: {conditions: [{type: Ready, status: %q}], atProvider: {%s}}}`, ready, at)
}

// sizedDeployment runs two replicas, whose number was decided on a basis.
func sizedDeployment(basis string) string {
	return strings.Replace(observedDeployment(wantedImage, 2), "name: chat,", fmt.Sprintf("name: chat, annotations: {%s: %q},", annotationSizing, basis), 1)
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
			reason: "A size of one replica needs none.",
			spec:   once, want: "100users/None/1",
		},
		"LicenseSecret": {
			reason: "The Secret with the license counts.",
			spec:   twice + "licenseSecret: license", want: "1000users/Given/2",
		},
		"LicenseVariable": {
			reason: "So does the license itself.",
			spec:   twice + "mattermostEnv: [{name: MM_LICENSE, value: x}]", want: "1000users/Given/2",
		},
		"LicenseVariableOfSecret": {
			reason: "So does one from elsewhere.",
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
			reason: "A license that was uploaded is told by the Server.",
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
			reason: "A Server that does not know yet scales nothing down.",
			spec:   twice, server: reportingServer("False", ""), deployment: sizedDeployment("1000users/Reported/2"), want: "1000users/Reported/2",
		},
		"ReadyAndSilent": {
			reason: "Nor does one that says nothing of itself.",
			spec:   twice, server: reportingServer("True", ""), deployment: sizedDeployment("1000users/Reported/2"), want: "1000users/Reported/2",
		},
		"OlderProvider": {
			reason: "Nor does one whose provider does not ask for high availability.",
			spec:   twice, server: reportingServer("True", "version: 11.4.0, license: {id: a}"), deployment: sizedDeployment("1000users/Reported/2"), want: "1000users/Reported/2",
		},
		"NotAskedAnyMore": {
			reason: "Nor does a Server that is not there any more.",
			spec:   twice, deployment: sizedDeployment("1000users/Reported/2"), want: "1000users/Reported/2",
		},
		"Expired": {
			reason: "A license that the server lost is lost.",
			spec:   twice, server: reportingServer("True", "version: 11.4.0"), deployment: sizedDeployment("1000users/Reported/2"), want: "1000users/None/1",
		},
		"TakenOut": {
			reason: "So is one that the user takes out of the spec.",
			spec:   twice, deployment: sizedDeployment("1000users/Given/2"), want: "1000users/None/1",
		},
		"TakenOutAndReported": {
			reason: "Unless the server still has it.",
			spec:   twice, server: clusters, deployment: sizedDeployment("1000users/Given/2"), want: "1000users/Reported/2",
		},
		"TakenOutAndSilent": {
			reason: "Or does not say yet whether it has it.",
			spec:   twice, server: reportingServer("False", ""), deployment: sizedDeployment("1000users/Given/2"), want: "1000users/Given/2",
		},
		"Added": {
			reason: "With a license the size's number is used.",
			spec:   twice + "licenseSecret: license", deployment: sizedDeployment("1000users/None/1"), want: "1000users/Given/2",
		},
		"PreviousRelease": {
			reason: "What runs by the size's number, without a license, goes on to.",
			spec:   twice, deployment: observedDeployment(wantedImage, 2), want: "1000users/None/2",
		},
		"PreviousReleaseRemembered": {
			reason: "Also in every release that follows.",
			spec:   twice, deployment: sizedDeployment("1000users/None/2"), want: "1000users/None/2",
		},
		"PreviousReleaseUnlicensed": {
			reason: "Also where the Server says that there is no license: none is what there always was.",
			spec:   twice, server: reportingServer("True", "version: 11.4.0"), deployment: observedDeployment(wantedImage, 2), want: "1000users/None/2",
		},
		"PreviousReleaseResized": {
			reason: "Until the size changes.",
			spec:   five, deployment: sizedDeployment("1000users/None/2"), want: "50000users/None/1",
		},
		"ResizedByMemory": {
			reason: "A license that is remembered counts for another size, too.",
			spec:   five, deployment: sizedDeployment("1000users/Reported/2"), want: "50000users/Reported/5",
		},
		"ExplicitTakenOut": {
			reason: "When the user's number goes, it is decided anew.",
			spec:   twice, deployment: sizedDeployment("spec.replicas/None/2"), want: "1000users/None/1",
		},
		"TableChanges": {
			reason: "A release with another table scales nothing.",
			spec:   twice + "licenseSecret: license", deployment: sizedDeployment("1000users/Given/4"), want: "1000users/Given/4",
		},
		"Garbled": {
			reason: "What cannot be read is as if it was never written.",
			spec:   twice, deployment: sizedDeployment("1000users/None/many"), want: "1000users/None/2",
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			composed := map[string]string{}
			if tc.deployment != "" {
				composed[nameDeployment] = tc.deployment
			}
			if tc.server != "" {
				composed[nameServer] = tc.server
			}
			g := given{spec: accepted + tc.spec, composed: composed}.gather(t)
			if got := decideReplicas(g).String(); got != tc.want {
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
		"Licensed":   {reason: "A license makes a cluster of them.", spec: "size: 1000users\nlicenseSecret: license", want: "True Licensed "},
		"Unlicensed": {reason: "The condition says what a license changes.", spec: "size: 50000users", want: "True SingleReplica one replica runs, because several are a cluster only with a license for high availability, and none is known: with spec.licenseSecret, size 50000users gives 5"},
		"Small":      {reason: "A license changes nothing for a size of one replica.", spec: "size: 100users", want: "True SingleReplica "},
		"Explicit":   {reason: "Who asks for one replica is told nothing.", spec: "size: 1000users\nreplicas: 1", want: "True SingleReplica "},
		"Insists":    {reason: "Who asks for two is told what they lack.", spec: "size: 1000users\nreplicas: 2", want: "False Unlicensed several replicas run, and no license for high availability is known: replicas without one are not a cluster, so that a post through one does not reach users who are connected to another: set spec.licenseSecret, or spec.replicas: 1"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			g := given{spec: accepted + tc.spec}.gather(t)
			c := clusteredCondition(g, decideSize(g))
			if got := fmt.Sprintf("%s %s %s", c.Status, c.Reason, c.Message); got != tc.want || c.Type != conditionClustered || c.Status != compose.True && c.Waiting {
				t.Errorf("%s\n%q, want %q", tc.reason, got, tc.want)
			}
		})
	}
}
