package backup

import (
	"strings"
	"testing"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/composetest"
	"github.com/crossplane-mattermost/crossplane-mattermost/input/v1beta1"
)

const (
	nativeOnce    = "installation: chat\nmethod: Native"
	nativeNightly = nativeOnce + "\nschedule: 0 3 * * *"
)

func nativeThere() map[string]string {
	return map[string]string{
		requirementInstallation: installed,
		requirementDatabase:     "{metadata: {name: chat}, status: {backend: CloudNativePG}}",
		requirementCluster:      "{metadata: {name: chat-pg}, spec: {plugins: [{name: barman-cloud.cloudnative-pg.io}]}}",
	}
}

// variants of what can be asked for: little, and much.
var variants = map[string]given{
	"once":    {spec: once, required: there()},
	"nightly": {spec: nightly, required: there()},
	"nightly-full": {
		spec: "installation: chat\nschedule: 0 3 * * *\ntimeZone: Europe/Berlin\nsuspend: true\nretention: {count: 7, days: 30}\n" +
			"store: {prefix: a/b, encryption: {type: KMS, kmsKeyID: key}, external: {url: s3.example.com, bucket: b, region: eu-central-1, useServiceAccount: true}}",
		policy:   v1beta1.Input{Labels: map[string]string{"team": "a"}, Tool: &v1beta1.Tool{Image: "registry.example.com/dbtool:v2"}},
		required: with(there(), requirementInstallation, onVolume),
	},
	"native":         {spec: nativeOnce, required: nativeThere()},
	"native-nightly": {spec: nativeNightly + "\nsuspend: true", required: nativeThere()},
}

var onVolume = strings.Replace(installed, "    bucket: {secretName: chat-s3, keys: {accessKey: accesskey, secretKey: secretkey}, values: {endpoint: 'http://chat-s3:7070', bucket: chat}}\n", "    volumeClaimName: chat\n", 1)

func TestGolden(t *testing.T) {
	answers := map[string]*fnv1.RunFunctionResponse{}
	for name, in := range variants {
		answers[name] = in.safe(t)
		if got := composetest.Said(answers[name], "Accepted"); got != "True Accepted" {
			t.Fatalf("%s is refused: %s", name, got)
		}
	}
	composetest.GoldenAnswers(t, answers, nil)
}
