package installation

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/composed"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/factstest"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/feature"
	"github.com/crossplane-mattermost/crossplane-mattermost/input/v1beta1"
)

func TestRulebook(t *testing.T) {
	refuse := func(condition, reason, message string) []compose.Condition {
		return []compose.Condition{{Type: condition, Status: compose.False, Reason: reason, Message: message}}
	}
	const files = "\nfileStore: {external: {url: s3, bucket: b, secret: files}}"
	const db = "\ndatabase: {external: {secret: db}}"
	observedVolume := map[string]string{composed.Volume: "{kind: PersistentVolumeClaim, metadata: {name: chat}}"}
	cases := map[string]struct {
		reason string
		given  factstest.Given
		want   []compose.Condition
	}{
		"Accepted":   {reason: "Nothing is wrong.", given: factstest.Given{Spec: factstest.Accepted}},
		"Postgresql": {reason: "PostgreSQL has two schemes.", given: factstest.Given{Spec: "database: {external: {secret: db2}}" + files}},
		"NoDatabase": {
			reason: "Nothing is provisioned silently.",
			given:  factstest.Given{Spec: files},
			want:   refuse("DatabaseReady", "DatabaseMissing", "spec.database is required: set spec.database.claim: {}, or name in spec.database.external.secret a Secret with key DB_CONNECTION_STRING"),
		},
		"NoDatabaseSecret": {
			reason: "The Secret does not exist.",
			given:  factstest.Given{Spec: "database: {external: {secret: absent}}" + files},
			want:   refuse("DatabaseReady", "SecretNotFound", `spec.database.external.secret: Secret "absent" does not exist in namespace "ns": create it with key DB_CONNECTION_STRING`),
		},
		"NoConnectionString": {
			reason: "The Secret has no connection string.",
			given:  factstest.Given{Spec: "database: {external: {secret: empty}}" + files},
			want:   refuse("DatabaseReady", "SecretKeyMissing", `spec.database.external.secret: Secret "empty" has no value under key "DB_CONNECTION_STRING": add it`),
		},
		"MySQL": {
			reason: "Servers from 11.0 on cannot use it.",
			given:  factstest.Given{Spec: "version: 11.4.0\ndatabase: {external: {secret: mysql}}" + files},
			want:   refuse("DatabaseReady", "DatabaseUnsupported", "spec.database.external.secret: key DB_CONNECTION_STRING is a MySQL URL, which servers from 11.0 on cannot use: move the data to PostgreSQL, or set spec.version below 11.0"),
		},
		"MySQLBefore11":     {reason: "Servers before 11.0 can.", given: factstest.Given{Spec: "version: 10.11.3\ndatabase: {external: {secret: mysql}}" + files}},
		"MySQLBefore11Only": {reason: "A digest beside the tag does not hide it.", given: factstest.Given{Spec: "version: 10.11.3@sha256:00\ndatabase: {external: {secret: mysql}}" + files}},
		"MySQLAndDigest": {
			reason: "A digest does not say whether the server can.",
			given:  factstest.Given{Spec: "version: sha256:00\ndatabase: {external: {secret: mysql}}" + files},
			want:   refuse("DatabaseReady", "DatabaseUnsupported", "spec.database.external.secret: key DB_CONNECTION_STRING is a MySQL URL, which servers from 11.0 on cannot use: move the data to PostgreSQL, or set spec.version below 11.0"),
		},
		"DataSource": {
			reason: "A data source without scheme is no URL.",
			given:  factstest.Given{Spec: "database: {external: {secret: dsn}}" + files},
			want:   refuse("DatabaseReady", "DatabaseUnsupported", "spec.database.external.secret: key DB_CONNECTION_STRING must begin with postgres:// (or mysql:// for servers before 11.0)"),
		},
		"NoFileStore": {
			reason: "Nothing is provisioned silently.",
			given:  factstest.Given{Spec: db},
			want:   refuse("FileStoreReady", "FileStoreMissing", "spec.fileStore names 0 file stores: set exactly one of claim, external, externalVolume or local with enabled: true"),
		},
		"TwoFileStores": {
			reason: "Files would be in one of two.",
			given:  factstest.Given{Spec: db + "\nfileStore: {local: {enabled: true}, externalVolume: {volumeClaimName: v}}"},
			want:   refuse("FileStoreReady", "FileStoreMissing", "spec.fileStore names 2 file stores: set exactly one of claim, external, externalVolume or local with enabled: true"),
		},
		"Claims": {reason: "The platform provides both.", given: factstest.Given{Spec: factstest.Claiming}},
		"ClaimedSecretMissing": {
			reason: "What answers promised a Secret.",
			given:  factstest.Given{Spec: factstest.Claiming, Composed: map[string]string{composed.Database: factstest.AnsweredDatabase("absent", "{password: password}")}},
			want:   refuse("Accepted", "SecretNotFound", `MattermostDatabase "chat": status.connection: Secret "absent" does not exist in namespace "ns": create it with key password`),
		},
		"ClaimedKeyMissing": {
			reason: "What answers promised a key.",
			given:  factstest.Given{Spec: factstest.Claiming, Composed: map[string]string{composed.Database: factstest.AnsweredDatabase("parts", "{password: pass, username: user}")}},
			want:   refuse("Accepted", "SecretKeyMissing", `MattermostDatabase "chat": status.connection: Secret "parts" has no value under key "user": add it`),
		},
		"ClaimedBucketKeyMissing": {
			reason: "What answers promised a key.",
			given:  factstest.Given{Spec: factstest.Claiming, Composed: map[string]string{composed.Bucket: factstest.AnsweredBucket("half", "{accessKey: accesskey, secretKey: secretkey}")}},
			want:   refuse("Accepted", "SecretKeyMissing", `MattermostBucket "chat": status.connection: Secret "half" has no value under key "secretkey": add it`),
		},
		"DatabaseLeft": {
			reason: "The data would stay behind.",
			given:  factstest.Given{Spec: factstest.Accepted, Composed: map[string]string{composed.Database: factstest.AnsweredDatabase("parts", "{}")}},
			want:   refuse("DatabaseReady", "DatabaseInUse", `spec.database: MattermostDatabase "chat" holds this installation's data and would be left behind: move the data, then set spec.database.discardClaim: true, or go back to spec.database.claim`),
		},
		"DatabaseDiscarded": {
			reason: "The user consents.",
			given:  factstest.Given{Spec: "database: {discardClaim: true, external: {secret: db}}" + files, Composed: map[string]string{composed.Database: factstest.AnsweredDatabase("parts", "{}")}},
		},
		"BucketLeft": {
			reason: "The files would stay behind.",
			given:  factstest.Given{Spec: factstest.Accepted, Composed: map[string]string{composed.Bucket: factstest.AnsweredBucket("files", "{}")}},
			want:   refuse("FileStoreReady", "BucketInUse", `spec.fileStore: MattermostBucket "chat" holds this installation's files and would be left behind: copy them to the new store, then set spec.fileStore.discardClaim: true, or go back to spec.fileStore.claim`),
		},
		"BucketDiscarded": {
			reason: "The user consents.",
			given:  factstest.Given{Spec: db + "\nfileStore: {discardClaim: true, local: {enabled: true}}", Composed: map[string]string{composed.Bucket: factstest.AnsweredBucket("files", "{}")}},
		},
		"DatabaseVanished": {
			reason: "A new database would be empty.",
			given:  factstest.Given{Spec: factstest.Claiming, Composed: map[string]string{composed.Deployment: factstest.ServingClaims("bucket,database"), composed.Bucket: factstest.AnsweredBucket("files", "{accessKey: accesskey, secretKey: secretkey}")}},
			want:   refuse("DatabaseReady", "ClaimVanished", `spec.database.claim: MattermostDatabase "chat" does not exist any more, and a new one would not hold the data of this installation: if its data was retained, create it again with label crossplane.io/composite: chat; else restore its data to another database and name that in spec.database.external`),
		},
		"BucketVanished": {
			reason: "A new bucket would be empty.",
			given:  factstest.Given{Spec: "database: {external: {secret: db}}\nfileStore: {claim: {}}", Composed: map[string]string{composed.Deployment: factstest.ServingClaims("bucket")}},
			want:   refuse("FileStoreReady", "ClaimVanished", `spec.fileStore.claim: MattermostBucket "chat" does not exist any more, and a new one would not hold the data of this installation: if its data was retained, create it again with label crossplane.io/composite: chat; else restore its files to another store and name that in spec.fileStore`),
		},
		"ClaimsToCome": {
			reason: "A server that runs without claims may get claims.",
			given:  factstest.Given{Spec: factstest.Claiming, Composed: map[string]string{composed.Deployment: factstest.Deployment(factstest.WantedImage, 2)}},
		},
		"DisabledLocal": {reason: "A store that is off does not count.", given: factstest.Given{Spec: db + "\nfileStore: {local: {enabled: false}, external: {url: s3, bucket: b, useServiceAccount: true}}"}},
		"HalfAFileStoreSecret": {
			reason: "An empty value is none.",
			given:  factstest.Given{Spec: db + "\nfileStore: {external: {url: s3, bucket: b, secret: half}}"},
			want:   refuse("FileStoreReady", "SecretKeyMissing", `spec.fileStore.external.secret: Secret "half" has no value under key "secretkey": add it`),
		},
		"NoFileStoreSecret": {
			reason: "The message names both keys.",
			given:  factstest.Given{Spec: db + "\nfileStore: {external: {url: s3, bucket: b, secret: absent}}"},
			want:   refuse("FileStoreReady", "SecretNotFound", `spec.fileStore.external.secret: Secret "absent" does not exist in namespace "ns": create it with keys accesskey and secretkey`),
		},
		"NoExternalVolume": {
			reason: "The claim does not exist.",
			given:  factstest.Given{Spec: db + "\nfileStore: {externalVolume: {volumeClaimName: v}}"},
			want:   refuse("FileStoreReady", "ClaimNotFound", `spec.fileStore.externalVolume.volumeClaimName: PersistentVolumeClaim "v" does not exist in namespace "ns": create it, or use spec.fileStore.local`),
		},
		"LostExternalVolume": {
			reason: "The claim's volume is gone.",
			given:  factstest.Given{Spec: db + "\nfileStore: {externalVolume: {volumeClaimName: v}}", Volume: "status: {phase: Lost}"},
			want:   refuse("FileStoreReady", "ClaimLost", `spec.fileStore.externalVolume.volumeClaimName: PersistentVolumeClaim "v" lost its volume: bind it to a volume again`),
		},
		"PendingExternalVolume": {
			reason: "A claim may wait for its first pod.",
			given:  factstest.Given{Spec: db + "\nfileStore: {externalVolume: {volumeClaimName: v}}", Volume: "status: {phase: Pending}"},
		},
		"LocalLeft": {
			reason: "The claim would be deleted, with the files.",
			given:  factstest.Given{Spec: factstest.Accepted, Composed: observedVolume},
			want:   refuse("FileStoreReady", "LocalVolumeInUse", `spec.fileStore: PersistentVolumeClaim "chat" holds this installation's files and would be deleted: copy them to the new store, then set spec.fileStore.discardLocal: true, or go back to spec.fileStore.local`),
		},
		"LocalDiscarded": {
			reason: "The user consents.",
			given:  factstest.Given{Spec: db + "\nfileStore: {discardLocal: true, external: {url: s3, bucket: b, secret: files}}", Composed: observedVolume},
		},
		"LocalStays": {reason: "Nothing is left.", given: factstest.Given{Spec: db + "\nfileStore: {local: {enabled: true}}", Composed: observedVolume}},
		"SizeUnknown": {
			reason: "The message lists what is known.",
			given:  factstest.Given{Spec: factstest.Accepted + "size: 250000users"},
			want: refuse("Accepted", "SizeUnknown", `spec.size "250000users" is not a known size: use one of 100000users, 10000users, 1000users, 100users, 15000users, 200000users, 2000users, 200users, 25000users, 30000users, 50000users, 5000users, 80000users, 90000users, cloud100users, cloud10users, miniHA, miniSingleton; `+
				"for more than 200000 users ask Mattermost for sizing, then set spec.replicas and spec.scheduling.resources"),
		},
		"SizeNotOffered": {
			reason: "The platform offers less.",
			given:  factstest.Given{Spec: factstest.Accepted + "size: 5000users", Policy: v1beta1.Input{Sizes: []string{"100users", "1000users"}}},
			want:   refuse("Accepted", "SizeNotOffered", `spec.size "5000users" is not offered on this platform: use one of 100users, 1000users`),
		},
		"SizeOffered": {reason: "The platform offers it.", given: factstest.Given{Spec: factstest.Accepted + "size: 1000users", Policy: v1beta1.Input{Sizes: []string{"100users", "1000users"}}}},
		"VersionNotAllowed": {
			reason: "The platform allows others.",
			given:  factstest.Given{Spec: factstest.Accepted + "version: 11.8.1", Policy: v1beta1.Input{Versions: []string{">=10.11 <10.12", ">=11.7 <11.8"}}},
			want:   refuse("Accepted", "VersionNotAllowed", `spec.version "11.8.1" is not allowed on this platform: use a release that satisfies >=10.11 <10.12 or >=11.7 <11.8`),
		},
		"VersionAllowed":          {reason: "One constraint is enough.", given: factstest.Given{Spec: factstest.Accepted + "version: 11.7.9", Policy: v1beta1.Input{Versions: []string{">=10.11 <10.12", ">=11.7 <11.8"}}}},
		"VersionAllowedAndPinned": {reason: "A digest beside the tag does not hide it.", given: factstest.Given{Spec: factstest.Accepted + "version: 11.7.9@sha256:00", Policy: v1beta1.Input{Versions: []string{"11.7.x"}}}},
		"VersionUncomparable": {
			reason: "A digest says no version.",
			given:  factstest.Given{Spec: factstest.Accepted + "version: sha256:00", Policy: v1beta1.Input{Versions: []string{"11.7.x"}}},
			want:   refuse("Accepted", "VersionNotAllowed", `spec.version "sha256:00" is not a version that can be compared: use a release that satisfies 11.7.x`),
		},
		"HostMissing": {
			reason: "An Ingress needs a host.",
			given:  factstest.Given{Spec: factstest.Accepted + "ingress: {enabled: true}"},
			want:   refuse("Accepted", "HostMissing", "spec.ingress.host is required when spec.ingress.enabled is true"),
		},
		"HostNotNeeded": {reason: "No Ingress, no host.", given: factstest.Given{Spec: factstest.Accepted + "ingress: {enabled: false}"}},
		"License":       {reason: "The licence is there.", given: factstest.Given{Spec: factstest.Accepted + "licenseSecret: license"}},
		"LicenseMissing": {
			reason: "The Secret has no licence.",
			given:  factstest.Given{Spec: factstest.Accepted + "licenseSecret: empty"},
			want:   refuse("Accepted", "SecretKeyMissing", `spec.licenseSecret: Secret "empty" has no value under key "license": add it`),
		},
		"Search": {reason: "The credentials are there.", given: factstest.Given{Spec: factstest.Accepted + "elasticSearch: {host: h, secret: search}"}},
		"SearchSecretMissing": {
			reason: "The credentials are not there.",
			given:  factstest.Given{Spec: factstest.Accepted + "elasticSearch: {host: h, secret: absent}"},
			want:   refuse("Accepted", "SecretNotFound", `spec.elasticSearch.secret: Secret "absent" does not exist in namespace "ns": create it with keys username and password`),
		},
		"EnvSecretKeyMissing": {
			reason: "A pod could not start.",
			given:  factstest.Given{Spec: factstest.Accepted + "mattermostEnv: [{name: A, value: b}, {name: MM_X, valueFrom: {secretKeyRef: {name: license, key: x}}}]"},
			want:   refuse("Accepted", "SecretKeyMissing", `spec.mattermostEnv[MM_X].valueFrom.secretKeyRef: Secret "license" has no value under key "x": add it`),
		},
		"EnvOptional": {
			reason: "A pod starts without what is optional.",
			given:  factstest.Given{Spec: factstest.Accepted + "mattermostEnv: [{name: MM_X, valueFrom: {secretKeyRef: {name: absent, key: x, optional: true}}}]"},
		},
		"EverythingWrong": {
			reason: "A user learns of each chapter's first at once.",
			given:  factstest.Given{Spec: "size: big\ningress: {enabled: true}"},
			want: []compose.Condition{
				{Type: "DatabaseReady", Status: compose.False, Reason: "DatabaseMissing"},
				{Type: "FileStoreReady", Status: compose.False, Reason: "FileStoreMissing"},
				{Type: "Accepted", Status: compose.False, Reason: "SizeUnknown"},
			},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			tc.given.Secrets = factstest.Secrets()
			f := tc.given.Facts(t)
			got := feature.Refusals(f, decide(f), features)
			if strings.Contains(fmt.Sprint(got), factstest.Canary) {
				t.Error("a message shows a secret value")
			}
			if len(tc.want) > 1 {
				for i := range got {
					got[i].Message = ""
				}
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s\n-want, +got refusals:\n%s", tc.reason, diff)
			}
		})
	}
}
