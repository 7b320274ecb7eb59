package function_test

import (
	"strings"
	"testing"
)

// backupSamples by field of a MattermostBackup.
var backupSamples = map[string]sample{
	"files":                            {without: backedUp, with: backedUp + "files: false"},
	"installation":                     {without: backedUp, with: strings.Replace(backedUp, "chat", "talk", 1)},
	"method":                           {without: backedUp, with: "installation: chat\nmethod: Native"},
	"retention.count":                  {without: backedUp + daily, with: backedUp + daily + "retention: {count: 3}"},
	"retention.days":                   {without: backedUp + daily, with: backedUp + daily + "retention: {days: 3}"},
	"schedule":                         {without: backedUp, with: backedUp + daily},
	"store.bucket":                     {without: backedUp, with: strings.Replace(backedUp, "backups", "others", 1)},
	"store.encryption.kmsKeyID":        {without: storedBy("", "encryption: {type: KMS}"), with: storedBy("", "encryption: {type: KMS, kmsKeyID: k}")},
	"store.encryption.type":            {without: storedBy("", ""), with: storedBy("", "encryption: {type: AES256}")},
	"store.external.bucket":            {without: backedUp, with: storedBy("", "")},
	"store.external.region":            {without: storedBy("", ""), with: storedBy("region: eu-central-1", "")},
	"store.external.secret":            {without: storedBy("", ""), with: strings.Replace(storedBy("", ""), "secret: s", "secret: other", 1)},
	"store.external.url":               {without: storedBy("", ""), with: strings.Replace(storedBy("", ""), "url: s3", "url: other", 1)},
	"store.external.useServiceAccount": {without: storedBy("", ""), with: strings.Replace(storedBy("", ""), "secret: s", "useServiceAccount: true", 1)},
	"store.prefix":                     {without: storedBy("", ""), with: storedBy("", "prefix: a/b")},
	"suspend":                          {without: backedUp + daily, with: backedUp + daily + "suspend: true"},
	"timeZone":                         {without: backedUp + daily, with: backedUp + daily + "timeZone: Europe/Berlin"},
}

func storedBy(external, store string) string {
	return "installation: chat\nstore: {external: {url: s3, bucket: b, secret: s, " + external + "}, " + store + "}\n"
}

func TestEveryFieldOfABackupMatters(t *testing.T) {
	everyFieldMatters(t, "mattermostbackups.yaml", backupManifest, backupSamples)
}

const (
	backedUp = "installation: chat\nstore: {bucket: backups}\n"
	daily    = "schedule: 0 3 * * *\n"

	backupManifest = "{apiVersion: mattermost.crossplane.io/v1alpha1, kind: MattermostBackup, metadata: {name: nightly, namespace: ns, generation: 1, uid: u}}"
)
