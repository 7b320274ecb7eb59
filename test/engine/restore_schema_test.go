package engine

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestRestoreRules: what the API server says to a MattermostRestore, before the function
// ever sees it.
func TestRestoreRules(t *testing.T) {
	const (
		chat    = "mattermostClusterName: chat\n"
		archive = chat + "from: {archive: {objectStore: old, serverName: s"
	)
	a := apiOf(t, "MattermostRestore")
	for name, tc := range map[string]struct {
		reason    string
		spec, old string
		want      string
	}{
		"Object":        {reason: "An object of a bucket.", spec: chat + "initBucketURL: s3://bucket/key\nrestoreSecret: s"},
		"Backup":        {reason: "A backup, by its name.", spec: chat + "from: {backup: nightly, name: nightly-1}"},
		"BackupMoment":  {reason: "A moment of a backup's archive.", spec: chat + "from: {backup: nightly, pointInTime: '2026-03-01T10:30:00Z'}"},
		"Database":      {reason: "The end of an archive.", spec: chat + "from: {database: chat}"},
		"Moment":        {reason: "A moment elsewhere.", spec: chat + "from: {database: chat, pointInTime: '2026-03-01T10:30:00.123456+05:45'}"},
		"Archive":       {reason: "All there is to say of an archive.", spec: archive + ", databaseName: talk, version: '16'}, pointInTime: '2026-03-01T10:30:00Z'}"},
		"Nothing":       {reason: "Something is restored.", spec: chat, want: "set exactly one of initBucketURL"},
		"Both":          {reason: "And nothing else.", spec: chat + "initBucketURL: s3://bucket/key\nfrom: {database: chat}", want: "set exactly one of initBucketURL"},
		"NoSource":      {reason: "A moment of what?", spec: chat + "from: {pointInTime: '2026-03-01T10:30:00Z'}", want: "spec.from: set exactly one of backup"},
		"TwoSources":    {reason: "Two are one too many.", spec: chat + "from: {backup: nightly, database: chat}", want: "spec.from: set exactly one of backup"},
		"ThreeSources":  {reason: "And three more so.", spec: archive + "}, backup: nightly, database: chat}", want: "spec.from: set exactly one of backup"},
		"NameAndMoment": {reason: "A backup has its own moment.", spec: chat + "from: {backup: nightly, name: nightly-1, pointInTime: '2026-03-01T10:30:00Z'}", want: "spec.from.name chooses a backup"},
		"NameOfNothing": {reason: "Only backups have names.", spec: chat + "from: {database: chat, name: nightly-1}", want: "spec.from.name chooses a backup"},
		"NameOfPath":    {reason: "A backup must belong to the MattermostBackup.", spec: chat + "from: {backup: nightly, name: ../../other/nightly/nightly-1}", want: "spec.from.name must be the name of a backup"},
		"NameOfParent":  {reason: "A parent folder is not a name.", spec: chat + "from: {backup: nightly, name: '..'}", want: "spec.from.name must be the name of a backup"},
		"ServerOfPath":  {reason: "An archive must be a single folder.", spec: chat + "from: {archive: {objectStore: old, serverName: ../other/s}}", want: "spec.from.archive.serverName must be the name of a folder"},
		"KeyOfParents":  {reason: "A key must not lead to another one.", spec: chat + "initBucketURL: s3://bucket/a/../b", want: "spec.initBucketURL must have no part"},
		"KeyOfNothing":  {reason: "A part must not be empty.", spec: chat + "initBucketURL: s3://bucket//b", want: "spec.initBucketURL must have no part"},
		"KeyOfControls": {reason: "A key must be printable.", spec: chat + "initBucketURL: \"s3://bucket/a\\x07b\"", want: "no control characters"},
		"KeyOfAFolder":  {reason: "A folder may end with a slash, and names may have dots.", spec: chat + "initBucketURL: s3://bucket/a.b/..c/"},
		"LocalTime":     {reason: "Nobody knows whose noon it is.", spec: chat + "from: {database: chat, pointInTime: '2026-03-01T12:00:00'}", want: "with its time zone"},
		"Words":         {reason: "Words are no moment.", spec: chat + "from: {database: chat, pointInTime: yesterday}", want: "must be a moment of RFC 3339"},
		"NoServer":      {reason: "An archive is of a server.", spec: chat + "from: {archive: {objectStore: old}}", want: "serverName"},
		"Minor":         {reason: "A minor version is none.", spec: archive + ", version: '17.5'}}", want: "must be a major version"},
		"SecretToo":     {reason: "Nobody would use it.", spec: chat + "restoreSecret: s\nfrom: {database: chat}", want: "spec.restoreSecret goes with spec.initBucketURL"},
		"AnotherMoment": {reason: "A restore is made once.", old: chat + "from: {database: chat}", spec: chat + "from: {database: chat, pointInTime: '2026-03-01T10:30:00Z'}", want: "create another MattermostRestore"},
		"AnotherSource": {reason: "In every respect.", old: archive + "}}", spec: archive + ", version: '16'}}", want: "create another MattermostRestore"},
		"Consent":       {reason: "Consent may come later.", old: chat + "from: {database: chat}", spec: chat + "from: {database: chat}\nreplacedData: Delete"},
	} {
		t.Run(name, func(t *testing.T) {
			manifest := func(spec string) map[string]any {
				m := named(t, "undo", spec)
				m["kind"] = "MattermostRestore"
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

// TestRecoveriesAreAccepted has the API of CloudNativePG judge what is composed.
func TestRecoveriesAreAccepted(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("..", "..", "function", "restore", "testdata", "recover*.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	judged := 0
	for _, file := range files {
		judged += judgeGoldens(t, file)
	}
	if _, err := os.Stat(foreignCRDs); err == nil && judged != 4 {
		t.Errorf("%d objects were judged, want 4", judged)
	}
}
