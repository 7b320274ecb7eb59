package restore_test

import (
	"strings"

	"pgregory.net/rapid"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
)

// archive of a database, and what belongs to it, by kind.
var archive = map[string]string{
	"MattermostDatabase": "{metadata: {name: talk}, status: {backend: CloudNativePG, archive: {objectStore: talk-pg, serverName: s, destinationPath: 's3://b', databaseName: mattermost, version: '17'}}}",
	"ObjectStore":        "{metadata: {name: talk-pg}, status: {serverRecoveryWindow: {s: {firstRecoverabilityPoint: '2026-01-01T00:00:00Z'}}}}",
	"Cluster":            "{metadata: {name: talk-pg}, spec: {imageName: 'pg:17', storage: {size: 1Gi}}}",
}

// findArchive is what a restore from an archive looks up, nil for other kinds.
func (w *world) findArchive(selector *fnv1.ResourceSelector) *fnv1.Resources {
	out := &fnv1.Resources{}
	if text, ok := archive[selector.GetKind()]; ok {
		out.Items = append(out.Items, &fnv1.Resource{Resource: w.document(text)})
		return out
	}
	cluster, recovers := strings.CutSuffix(selector.GetMatchName(), "-1-full-recovery")
	if !recovers {
		return nil
	}
	if w.hopeless[cluster] {
		out.Items = append(out.Items, &fnv1.Resource{Resource: w.document("{kind: Job, metadata: {name: j}, status: {conditions: [{type: Failed, status: 'True'}]}}")})
	}
	return out
}

// recovery goes on, whichever: the Cluster is there, has failed for good, or is deleted by
// somebody.
func (w *world) recovery() {
	key := w.one(w.keys("Cluster"))
	if key == "" {
		return
	}
	switch rapid.IntRange(0, 9).Draw(w.t, "recovery") {
	case 0:
		delete(w.real, key)
	case 1:
		w.status(key, map[string]any{"phase": "Cluster is unrecoverable and needs manual intervention"})
		w.hopeless[w.view(key).Name()] = true
	default:
		w.recover(key)
	}
}

// recover a Cluster, unless that has failed for good.
func (w *world) recover(key string) {
	if !w.hopeless[w.view(key).Name()] {
		w.status(key, map[string]any{"conditions": []any{map[string]any{"type": "Ready", "status": "True"}}})
	}
}

// readable says whether a Job finds its source, as far as it needs one: what the database
// remembers is not done again.
func (w *world) readable(key string) bool {
	owner, name, _ := strings.Cut(key, "/")
	uid := w.uidOf(key)
	if !w.fromArchive[uid] || name == "forget" || name == "restore" && w.ledger[uid] {
		return true
	}
	of := w.view(owner + "/scratch")
	return of.Exists() && compose.Ready(of)
}

// assertKept fails when a Cluster is let go while a Job reads what is in it.
func (w *world) assertKept(key string) {
	owner, _, _ := strings.Cut(key, "/")
	for _, name := range []string{"check", "restore"} {
		if of := w.view(owner + "/" + name); of.Exists() && !finished(of) && w.readable(owner+"/"+name) && !w.ledger[w.uidOf(owner+"/"+name)] {
			w.t.Fatalf("%s is deleted while Job %s reads it", key, name)
		}
	}
}

// source of another restore: an object of a bucket, or an archive.
func (w *world) source(name string) string {
	if !rapid.Bool().Draw(w.t, "archive") {
		return "initBucketURL: 's3://bucket/key'"
	}
	w.fromArchive["uid-"+name] = true
	return "from: {database: talk}"
}

// fail a Job.
func (w *world) fail(key string) {
	w.status(key, map[string]any{"failed": 1, "conditions": []any{map[string]any{"type": "Failed", "status": "True", "reason": "BackoffLimitExceeded"}}})
}

// noCopies fails when a Cluster is left over.
func (w *world) noCopies() {
	if left := w.keys("Cluster"); len(left) > 0 {
		w.t.Fatalf("%v are left in the end: %s", left, w.tell())
	}
}

// collect what belongs to an object that is gone, as the cluster does.
func (w *world) collect(key string) {
	delete(w.real, key+"/scratch")
}
