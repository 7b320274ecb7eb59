package engine

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestBackupRules: what the API server says to a MattermostBackup, before the function
// ever sees it.
func TestBackupRules(t *testing.T) {
	const (
		bucket   = "installation: chat\nstore: {bucket: backups}\n"
		daily    = "schedule: 0 3 * * *\n"
		external = "installation: chat\nstore: {external: {url: s3, bucket: b, "
	)
	a := apiOf(t, "MattermostBackup")
	for name, tc := range map[string]struct {
		reason    string
		spec, old string
		want      string
	}{
		"Once":             {reason: "A bucket is enough.", spec: bucket},
		"Scheduled":        {reason: "Everything that a schedule may have.", spec: bucket + daily + "timeZone: Europe/Berlin\nsuspend: true\nretention: {count: 1, days: 1}"},
		"Native":           {reason: "The platform says where.", spec: "installation: chat\nmethod: Native\nfiles: false"},
		"NoStore":          {reason: "A dump goes somewhere.", spec: "installation: chat", want: "spec.store is required"},
		"TwoStores":        {reason: "And nowhere else.", spec: external + "secret: s}, bucket: backups}", want: "set exactly one of bucket"},
		"NoKey":            {reason: "A bucket that exists is opened somehow.", spec: external + "region: r}}", want: "set either secret"},
		"NativeStore":      {reason: "Nobody else says where.", spec: bucket + "method: Native", want: "it must be left out"},
		"NativeFiles":      {reason: "The operator knows of no files.", spec: "installation: chat\nmethod: Native\nfiles: true", want: "set spec.files: false"},
		"OnceRetained":     {reason: "One backup has no others to delete.", spec: bucket + "retention: {count: 1}", want: "need spec.schedule"},
		"NothingRetained":  {reason: "Retention has a limit.", spec: bucket + daily + "retention: {}", want: "set count, days or both"},
		"NoSchedule":       {reason: "Words are no schedule.", spec: bucket + "schedule: daily", want: "five fields of cron"},
		"KeyWithoutKMS":    {reason: "Only a managed key has a name.", spec: "installation: chat\nstore: {bucket: b, encryption: {type: AES256, kmsKeyID: k}}", want: "kmsKeyID needs type: KMS"},
		"Prefix":           {reason: "A slash at an end is one too many.", spec: "installation: chat\nstore: {bucket: b, prefix: a/}", want: "spec.store.prefix must be parts"},
		"PrefixOfParents":  {reason: "The prefix would lead to another one.", spec: "installation: chat\nstore: {bucket: b, prefix: a/../b}", want: "spec.store.prefix must have no part"},
		"PrefixOfDots":     {reason: "A part must be a name.", spec: "installation: chat\nstore: {bucket: b, prefix: ./a}", want: "spec.store.prefix must have no part"},
		"PrefixWithDots":   {reason: "Dots in a name are fine.", spec: "installation: chat\nstore: {bucket: b, prefix: .a/b..c/...}"},
		"PrefixOfRoot":     {reason: "The prefix must begin with a name.", spec: "installation: chat\nstore: {bucket: b, prefix: /a}", want: "spec.store.prefix must be parts"},
		"AnotherSchedule":  {reason: "Moments may change.", old: bucket + daily, spec: bucket + "schedule: 0 4 * * *"},
		"OnceThenDaily":    {reason: "One backup is not made every day.", old: bucket, spec: bucket + daily, want: "spec.schedule cannot be added or removed"},
		"AnotherServer":    {reason: "Backups of two are not mixed.", old: bucket, spec: strings.Replace(bucket, "chat", "talk", 1), want: "spec.installation cannot change"},
		"AnotherRetention": {reason: "Retention may change.", old: bucket + daily, spec: bucket + daily + "retention: {days: 7}"},
	} {
		t.Run(name, func(t *testing.T) {
			manifest := func(spec string) map[string]any {
				m := named(t, "nightly", spec)
				m["kind"] = "MattermostBackup"
				return m
			}
			var old map[string]any
			if tc.old != "" {
				old = manifest(tc.old)
			}
			problems, unknown := a.Judge(t.Context(), manifest(tc.spec), old)
			said := strings.Join(append(problems, unknown...), "; ")
			if tc.want == "" && said != "" || !strings.Contains(said, tc.want) {
				t.Errorf("%s\nthe API says %q, want %q", tc.reason, said, tc.want)
			}
		})
	}
}

// TestNativeBackupsAreAccepted has the API of CloudNativePG judge what is composed.
func TestNativeBackupsAreAccepted(t *testing.T) {
	judged := 0
	for _, name := range []string{"native.yaml", "native-nightly.yaml"} {
		judged += judgeGoldens(t, filepath.Join("..", "..", "function", "backup", "testdata", name))
	}
	if _, err := os.Stat(foreignCRDs); err == nil && judged != 2 {
		t.Errorf("%d objects were judged, want 2", judged)
	}
}
