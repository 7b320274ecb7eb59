package function_test

import (
	"slices"
	"strings"
	"testing"

	"google.golang.org/protobuf/types/known/structpb"
	extv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/preview"
)

const (
	restoring   = "mattermostClusterName: chat\ninitBucketURL: s3://b/dump.gz\n"
	restoreFrom = "mattermostClusterName: chat\nfrom: {backup: nightly"

	restoreDatabase = "mattermostClusterName: chat\nfrom: {database: talk"
	restoreArchive  = "mattermostClusterName: chat\nfrom: {archive: {objectStore: old, serverName: talk-pg-0a1b"

	restoreManifest = "{apiVersion: mattermost.crossplane.io/v1alpha1, kind: MattermostRestore, metadata: {name: undo, namespace: ns, generation: 1, uid: u}}"
)

// restoreSamples by field of a MattermostRestore.
var restoreSamples = map[string]sample{
	"files":                           {without: restoring, with: restoring + "files: false"},
	"from.archive.databaseName":       {without: restoreArchive + "}}", with: restoreArchive + ", databaseName: talk}}"},
	"from.archive.objectStore":        {without: restoreArchive + "}}", with: strings.Replace(restoreArchive, "old", "other", 1) + "}}"},
	"from.archive.serverName":         {without: restoreArchive + "}}", with: strings.Replace(restoreArchive, "talk-pg-0a1b", "talk-pg-2c3d", 1) + "}}"},
	"from.archive.version":            {without: restoreArchive + "}}", with: restoreArchive + ", version: '16'}}"},
	"from.backup":                     {without: restoreFrom + "}", with: strings.Replace(restoreFrom, "nightly", "weekly", 1) + "}"},
	"from.database":                   {without: restoreDatabase + "}", with: strings.Replace(restoreDatabase, "talk", "other", 1) + "}"},
	"from.name":                       {without: restoreFrom + "}", with: restoreFrom + ", name: nightly-1}"},
	"from.pointInTime":                {without: restoreDatabase + "}", with: restoreDatabase + ", pointInTime: '2026-03-01T02:30:00Z'}"},
	"initBucketURL":                   {without: restoring, with: strings.Replace(restoring, "dump", "other", 1)},
	"mattermostClusterName":           {without: restoring, with: strings.Replace(restoring, "chat", "talk", 1)},
	"mattermostDBName":                {without: restoring, with: restoring + "mattermostDBName: mattermostdb"},
	"mattermostDBPassword":            {without: restoring, with: restoring + "mattermostDBPassword: supersecure"},
	"mattermostDBPasswordSecret.key":  {without: restoring + "mattermostDBPasswordSecret: {name: s, key: password}", with: restoring + "mattermostDBPasswordSecret: {name: s, key: username}"},
	"mattermostDBPasswordSecret.name": {without: restoring + "mattermostDBPasswordSecret: {name: s, key: password}", with: restoring + "mattermostDBPasswordSecret: {name: other, key: password}"},
	"mattermostDBUser":                {without: restoring, with: restoring + "mattermostDBUser: owner"},
	"replacedData":                    {without: restoring, with: restoring + "replacedData: Delete"},
	"restoreSecret":                   {without: restoring, with: restoring + "restoreSecret: aws"},
}

func TestEveryFieldOfARestoreMatters(t *testing.T) {
	used := map[string]bool{}
	walkLeaves(specSchema(t, "mattermostrestores.yaml"), nil, func(path []string, _ extv1.JSONSchemaProps, _ extv1.ValidationRules) {
		field := strings.Join(path, ".")
		used[field] = true
		t.Run(field, func(t *testing.T) {
			s, ok := restoreSamples[field]
			if !ok {
				t.Fatal("the field has no sample: show that it matters")
			}
			if slices.EqualFunc(restoreAnswers(t, s.without), restoreAnswers(t, s.with), same) {
				t.Error("the field changes nothing")
			}
		})
	})
	for field := range restoreSamples {
		if !used[field] {
			t.Errorf("%s has a sample, and is no field of the spec", field)
		}
	}
}

// restoreAnswers before the installation stops, and after a server has answered.
func restoreAnswers(t *testing.T, spec string) []*fnv1.RunFunctionResponse {
	t.Helper()
	var out []*fnv1.RunFunctionResponse
	for _, part := range []string{"{}", "{restore: {name: undo, uid: u, phase: Serving, dataReplaced: true}}"} {
		for _, r := range settle(t, restoreCluster(t, spec, part)) {
			out = append(out, r.Response)
		}
	}
	return out
}

// restoreCluster has everything that a restore needs, and an installation that says of
// restores what a part of its status says.
func restoreCluster(t *testing.T, spec, part string) *preview.Cluster {
	t.Helper()
	c := &preview.Cluster{Composite: document(t, restoreManifest), Input: document(t, platform)}
	c.Composite.Fields["spec"] = structpb.NewStructValue(document(t, spec))
	c.Lookup = func(kind, name string) *structpb.Struct {
		o := preview.CompleteObject(kind, name)
		if kind == "MattermostInstallation" {
			o.GetFields()["status"].GetStructValue().Fields["restore"] = document(t, part).GetFields()["restore"]
		}
		return o
	}
	return c
}
