package restore

import (
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/utils/ptr"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/composetest"
	"github.com/crossplane-mattermost/crossplane-mattermost/input/v1beta1"
)

// variants of what can be asked for: little, and much.
var variants = map[string]given{
	"check":   {spec: fromS3, required: there("")},
	"replace": {spec: from, required: there(mine("Quiesced", "")), status: "{step: Quiescing}"},
	"check-full": {
		spec:     "mattermostClusterName: chat\ninitBucketURL: s3://b/a/dump.sql\nmattermostDBName: mattermostdb\nmattermostDBUser: owner\nmattermostDBPassword: supersecure\nfiles: false",
		policy:   v1beta1.Input{Labels: map[string]string{"team": "a"}, Tool: &v1beta1.Tool{Image: "registry.example.com/dbtool:v2"}},
		required: there(""),
	},
	"replace-volume": {
		spec:     fromS3 + "\nmattermostDBPasswordSecret: {name: db, key: p}",
		required: with(with(there(""), requirementInstallation, onVolume+"  restore: "+mine("Quiesced", "")), requirementSecret+"db", "{data: {p: "+composetest.Canary+"}}"),
		status:   "{step: Quiescing}",
	},
	"recover": {spec: fromDatabase, policy: v1beta1.Input{Labels: map[string]string{"team": "a"}, ImagePullSecrets: []string{"pull"}}, required: archivedBeside("")},
	"recover-archive": {
		spec:   "mattermostClusterName: chat\nfrom: {archive: {objectStore: old, serverName: talk-pg-0a1b, databaseName: talk, version: '16'}}",
		policy: v1beta1.Input{StorageClass: "slow"}, required: with(archivedBeside(""), requirementOrigin, ""),
	},
	"recover-elsewhere": {
		spec: fromArchive,
		policy: v1beta1.Input{Registry: "mirror.example.com", StorageClass: "slow", Database: &v1beta1.DatabaseBackend{
			CloudNativePG: &v1beta1.CloudNativePGDatabase{Image: "pg", Version: "16", StorageSize: ptr.To(resource.MustParse("40Gi"))},
		}},
		required: with(with(archivedBeside(""), requirementOrigin, ""), requirementOwn, ""),
	},
	"recover-native": {spec: fromNative, required: archivedBeside("")},
	"replace-recovered": {
		spec: fromDatabase, required: archivedBeside(mine("Quiesced", "")), observed: scratch(isRecovered), status: "{step: Quiescing}",
	},
	"forget-volume": {
		spec:     deleting,
		required: with(there(""), requirementInstallation, onVolume+"  restore: "+mine("Serving", resumed)),
		status:   "{step: Resuming, restoredAt: '2026-03-01T03:09:00Z', replaced: replaced_0a1b}",
	},
}

func TestGolden(t *testing.T) {
	answers := map[string]*fnv1.RunFunctionResponse{}
	for name, in := range variants {
		answers[name] = in.answer(t)
	}
	composetest.GoldenAnswers(t, answers, nil)
}

// TestPasswordIsNotInJobs keeps what the spec says in plain in a Secret of its own, while
// a Job may need it.
func TestPasswordIsNotInJobs(t *testing.T) {
	const spec = fromS3 + "\nmattermostDBPassword: supersecure"
	rsp := given{spec: spec, required: there("")}.answer(t)
	for name, r := range rsp.GetDesired().GetResources() {
		if name != namePassword && strings.Contains(r.GetResource().String(), "supersecure") {
			t.Errorf("%s shows the password", name)
		}
	}
	if _, kept := rsp.GetDesired().GetResources()[namePassword]; !kept {
		t.Error("there is no Secret")
	}
	rsp = given{spec: spec, required: there(mine("Serving", resumed)), observed: restores}.answer(t)
	if _, kept := rsp.GetDesired().GetResources()[namePassword]; kept {
		t.Error("the Secret outlives its use")
	}
}

func TestNamesFit(t *testing.T) {
	for _, command := range []string{"check", "restore", "forget"} {
		g := gathered{name: strings.Repeat("n", 45), uid: uid}
		if got := g.jobName(command); len(got) > 63 {
			t.Errorf("Job %s has %d characters, and its pods carry it in a label of at most 63", got, len(got))
		}
	}
}
