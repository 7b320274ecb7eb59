package installation

import (
	"strings"
	"testing"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/factstest"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/feature"
)

// TestAdmission: specs that Kubernetes refuses once they are composed were accepted. The rules
// themselves are tested in package admission: here is that each field is judged.
func TestAdmission(t *testing.T) {
	const onVolume = "database: {external: {secret: db}}\nfileStore: {local: {enabled: true}}\n"
	cases := map[string]struct{ spec, want string }{
		"Variable":     {factstest.Accepted + "mattermostEnv: [{name: A, value: b, valueFrom: {secretKeyRef: {name: db, key: password}}}]", "spec.mattermostEnv[A].valueFrom: Forbidden"},
		"Volume":       {factstest.Accepted + "volumes: [{name: a, secret: {}}]", "spec.volumes[a].secret.secretName: Required value"},
		"Mount":        {factstest.Accepted + "volumes: [{name: a, emptyDir: {}}]\nvolumeMounts: [{name: a, mountPath: /a, subPath: ../b}]", "spec.volumeMounts[/a].subPath: Invalid value"},
		"Data":         {onVolume + "volumes: [{name: a, emptyDir: {}}]\nvolumeMounts: [{name: a, mountPath: /mattermost/data/}]", "spec.volumeMounts[/mattermost/data/].mountPath: Forbidden: the installation mounts the volume of spec.fileStore there"},
		"NoData":       {factstest.Accepted + "volumes: [{name: a, emptyDir: {}}]\nvolumeMounts: [{name: a, mountPath: /mattermost/data}]", ""},
		"License":      {factstest.Accepted + "licenseSecret: license\nvolumes: [{name: a, emptyDir: {}}]\nvolumeMounts: [{name: a, mountPath: /mattermost-license}]", "spec.volumeMounts[/mattermost-license].mountPath: Forbidden: the installation mounts the Secret of spec.licenseSecret there"},
		"Resources":    {factstest.Accepted + "scheduling: {resources: {requests: {cpu: 3}, limits: {cpu: 1}}}", "spec.scheduling.resources.requests[cpu]: Invalid value"},
		"JobResources": {factstest.Accepted + "updateJob: {resources: {requests: {foo: 3}}}", "spec.updateJob.resources.requests[foo]: Invalid value"},
		"Annotation":   {factstest.Accepted + "ingress: {enabled: true, host: a.b, annotations: {'a b': c}}", "spec.ingress.annotations: Invalid value"},
		"Opens":        {factstest.Accepted + "upgrade: {channel: ESR, window: {opens: 99 99 * * *, closes: 0 4 * * *}}", "spec.upgrade.window.opens: Invalid value"},
		"Closes":       {factstest.Accepted + "upgrade: {channel: ESR, window: {opens: 0 4 * * *, closes: 0 4 30 2 *}}", "spec.upgrade.window.closes: Invalid value"},
		"TimeZone":     {factstest.Accepted + "upgrade: {channel: ESR, window: {opens: 0 4 * * *, closes: 0 5 * * *, timeZone: Mars/Phobos}}", "spec.upgrade.window.timeZone: Invalid value"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			secrets := factstest.Secrets()
			secrets["license"] = map[string]string{"license": "x"}
			f := factstest.Given{Spec: tc.spec, Secrets: secrets}.Facts(t)
			refusals := feature.Refusals(f, decide(f), features)
			if tc.want == "" {
				if len(refusals) > 0 {
					t.Errorf("refused: %v", refusals)
				}
				return
			}
			if len(refusals) != 1 || refusals[0].Reason != "SpecInvalid" || !strings.HasPrefix(refusals[0].Message, tc.want) {
				t.Errorf("got %v, want %s…", refusals, tc.want)
			}
		})
	}
}
