package restore

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/composetest"
)

var (
	checked  = map[string]string{nameCheck: jobOf(checkName, succeeded)}
	replaces = map[string]string{nameCheck: jobOf(checkName, succeeded), nameReplace: jobOf(replaceName, running)}
	restores = map[string]string{nameCheck: jobOf(checkName, succeeded), nameReplace: jobOf(replaceName, succeeded)}
	fails    = map[string]string{nameCheck: jobOf(checkName, succeeded), nameReplace: jobOf(replaceName, failedJob)}
	forgets  = func(status string) map[string]string { return with(restores, nameForget, jobOf(forgetName, status)) }

	doneOf = podOf(replaceName, 0, done)
)

const (
	deleting  = fromS3 + "\nreplacedData: Delete"
	anothers  = "{name: other, uid: other, phase: Quiesced}"
	anotherIs = "{name: other, uid: other, phase: Serving}"
	resumed   = ", dataReplaced: true"
)

// TestDecide is the state machine: the step, the state, what is composed, whether it is
// ready, and what DataRestored says, of whatever is seen.
func TestDecide(t *testing.T) {
	cases := map[string]struct {
		reason string
		given  given
		want   string
	}{
		"Begins":         {"Everything is there.", given{spec: fromS3, required: there("")}, "Checking restoring [check], False NotBegun"},
		"Missing":        {"The installation is not there yet.", given{spec: fromS3, required: with(there(""), requirementInstallation, "")}, "Waiting restoring [], False NotBegun"},
		"Refused":        {"The Secret is not there yet.", given{spec: fromS3, required: with(there(""), requirementSecret+"aws", "")}, "Waiting restoring [], False NotBegun"},
		"Checks":         {"The check runs.", given{spec: fromS3, required: there(""), observed: map[string]string{nameCheck: jobOf(checkName, running)}}, "Checking restoring [check], False NotBegun"},
		"ChecksRefused":  {"The Secret is gone while the check runs.", given{spec: fromS3, required: with(there(""), requirementSecret+"aws", ""), observed: map[string]string{nameCheck: jobOf(checkName, running)}}, "Checking restoring [check], False NotBegun"},
		"Rejected":       {"The check failed, and the installation never noticed.", given{spec: fromS3, required: there(""), observed: map[string]string{nameCheck: jobOf(checkName, failedJob)}}, "Done failed [check], False NotVerified"},
		"RejectedLost":   {"A check that failed is not tried again.", given{spec: fromS3, required: there(""), status: "{state: failed, step: Done}"}, "Done failed [], False Internal"},
		"Asks":           {"The check is complete.", given{spec: fromS3, required: there(""), observed: checked}, "Quiescing restoring [check], False Quiescing"},
		"AsksNotTwice":   {"A check that was complete is not made again.", given{spec: fromS3, required: there(""), status: "{step: Quiescing}"}, "Quiescing restoring [], False Quiescing"},
		"AsksRefused":    {"The installation refuses its spec.", given{spec: fromS3, required: with(there(""), requirementInstallation, installed("")+"  conditions: [{type: Accepted, status: 'False', message: m}]"), observed: checked}, "Quiescing restoring [check], False InstallationRefused"},
		"Queues":         {"Another restore has its turn.", given{spec: fromS3, required: there(anothers), observed: checked}, "Quiescing restoring [check], False WaitingForTurn"},
		"After":          {"Another restore is over.", given{spec: fromS3, required: there(anotherIs), observed: checked}, "Quiescing restoring [check], False Quiescing"},
		"Stopping":       {"Replicas still stop.", given{spec: fromS3, required: there(mine("Stopping", "")), observed: checked}, "Quiescing restoring [check], False Quiescing"},
		"Replaces":       {"No server runs.", given{spec: fromS3, required: there(mine("Quiesced", "")), observed: checked}, "Replacing restoring [check restore], False Replacing"},
		"OtherDatabase":  {"The Secret leads to another database by now: the Job would replace its data.", given{spec: fromS3, required: with(there(""), requirementInstallation, installed(mine("Quiesced", ""))+"  conditions: [{type: DatabaseReady, status: 'False', reason: DatabaseChanged}]"), observed: checked}, "Quiescing restoring [check], False Waiting"},
		"SecretGone":     {"What it needs is gone: a Job could not start.", given{spec: fromS3, required: with(there(mine("Quiesced", "")), requirementSecret+"aws", ""), observed: checked}, "Quiescing restoring [check], False Waiting"},
		"PodLeft":        {"The pod of a Job that somebody deleted still works.", given{spec: fromS3, required: there(mine("Quiesced", "")), observed: checked, pods: []string{"{metadata: {name: p}, status: {phase: Running}}"}}, "Quiescing restoring [check], False Quiescing"},
		"Replacing":      {"The Job runs, whatever else is seen.", given{spec: fromS3, required: map[string]string{}, observed: replaces}, "Replacing restoring [check restore], False Replacing"},
		"Leaving":        {"A Job that is being deleted would run again, applied again.", given{spec: fromS3, required: there(mine("Quiesced", "")), observed: with(checked, nameReplace, strings.Replace(jobOf(replaceName, running), "metadata: {", "metadata: {deletionTimestamp: now, ", 1))}, "Replacing restoring [check], False Replacing"},
		"Lost":           {"A Job of which nobody knows what it came to is made again: the database knows.", given{spec: fromS3, required: there(mine("Quiesced", "")), status: "{step: Replacing}"}, "Replacing restoring [restore], False Replacing"},
		"Restored":       {"The installation is to serve again.", given{spec: fromS3, required: there(mine("Quiesced", "")), observed: restores}, "Resuming restoring [check restore], True Restored"},
		"Resuming":       {"The data is migrated.", given{spec: fromS3, required: there(mine("Resuming", resumed)), observed: restores}, "Resuming restoring [check restore], True Restored"},
		"Finished":       {"A server has answered.", given{spec: fromS3, required: there(mine("Serving", resumed)), observed: restores}, "Done finished [check restore] ready, True Restored"},
		"StaysFinished":  {"Another restore comes after.", given{spec: fromS3, required: there(anothers), observed: restores, status: "{step: Done, state: finished, restoredAt: '2026-03-01T03:09:00Z'}"}, "Done finished [check restore] ready, True Restored"},
		"JobsLost":       {"What is over needs no Jobs.", given{spec: fromS3, required: there(anothers), status: "{step: Done, state: finished, restoredAt: '2026-03-01T03:09:00Z'}"}, "Done finished [] ready, True Restored"},
		"Wiped":          {"The Job tells, and that another has its turn tells the rest.", given{spec: fromS3, required: there(anothers), observed: restores}, "Done finished [check restore] ready, True Restored"},
		"WipedAndLost":   {"The installation tells.", given{spec: fromS3, required: there(mine("Serving", resumed))}, "Done finished [] ready, True Restored"},
		"WipedFailure":   {"The installation tells that it is on its old data.", given{spec: fromS3, required: there(mine("Resuming", ""))}, "Resuming failed [], False Internal"},
		"Superseded":     {"Another restore replaced what could not be migrated.", given{spec: fromS3, required: there(anothers), observed: restores, status: "{step: Resuming, restoredAt: '2026-03-01T03:09:00Z'}"}, "Done failed [check restore], False Superseded"},
		"StaySuperseded": {"That does not change.", given{spec: deleting, required: there(anotherIs), observed: restores, status: "{step: Done, state: failed, restoredAt: '2026-03-01T03:09:00Z'}"}, "Done failed [check restore], False Superseded"},
		"Failed":         {"Nothing was replaced, and the server is to serve again.", given{spec: fromS3, required: there(mine("Quiesced", "")), observed: fails}, "Resuming failed [check restore], False PodFailurePolicy"},
		"FailedServing":  {"It serves the old data.", given{spec: deleting, required: there(mine("Serving", "")), observed: fails}, "Done failed [check restore], False PodFailurePolicy"},
		"FailedLost":     {"It is never tried again.", given{spec: fromS3, required: there(mine("Quiesced", "")), status: "{state: failed, step: Resuming}"}, "Resuming failed [], False Internal"},
		"FailedInPart":   {"The database was replaced before it failed: that counts.", given{spec: fromS3, required: there(mine("Quiesced", "")), observed: fails, pods: []string{podOf(replaceName, 1, partial)}}, "Resuming restoring [check restore], False Incomplete"},
		"ServesInPart":   {"A server has answered on it.", given{spec: fromS3, required: there(mine("Serving", resumed)), observed: fails, pods: []string{podOf(replaceName, 1, partial)}}, "Done finished [check restore], False Incomplete"},
		"Drops":          {"What was replaced is dropped when a server has answered.", given{spec: deleting, required: there(mine("Serving", resumed)), observed: restores, pods: []string{doneOf}}, "Dropping finished [check forget restore], True Restored"},
		"DropsNotYet":    {"No server has answered.", given{spec: deleting, required: there(mine("Resuming", resumed)), observed: restores, pods: []string{doneOf}}, "Resuming restoring [check restore], True Restored"},
		"DropsNothing":   {"There was no data before.", given{spec: deleting, required: there(mine("Serving", resumed)), observed: restores, pods: []string{podOf(replaceName, 0, fresh)}}, "Done finished [check restore] ready, True Restored"},
		"DropsUntold":    {"Whether there was data before is not known any more.", given{spec: deleting, required: there(mine("Serving", resumed)), observed: restores}, "Dropping finished [check forget restore], True Restored"},
		"DropsLater":     {"The user consents later.", given{spec: deleting, required: there(anotherIs), observed: restores, status: "{step: Done, state: finished, replaced: replaced_0a1b, restoredAt: '2026-03-01T03:09:00Z'}"}, "Dropping finished [check forget restore], True Restored"},
		"DropsOnce":      {"It is dropped already.", given{spec: deleting, required: there(anotherIs), status: "{step: Done, state: finished, restoredAt: '2026-03-01T03:09:00Z'}"}, "Done finished [] ready, True Restored"},
		"Dropping":       {"The Job runs.", given{spec: deleting, required: there(mine("Serving", resumed)), observed: forgets(running)}, "Dropping finished [check forget restore], True Restored"},
		"Dropped":        {"It is over.", given{spec: deleting, required: there(mine("Serving", resumed)), observed: forgets(succeeded), status: "{step: Dropping, replaced: replaced_0a1b}"}, "Done finished [check forget restore] ready, True Restored"},
		"DropFailed":     {"It is over, and what was replaced is still there.", given{spec: deleting, required: there(mine("Serving", resumed)), observed: forgets(failedJob), status: "{step: Dropping, replaced: replaced_0a1b}"}, "Done finished [check forget restore], True Restored"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			rsp := tc.given.answer(t)
			if diff := cmp.Diff(tc.want, spell(rsp)); diff != "" {
				t.Errorf("%s\n-want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

// spell an answer in one line.
func spell(rsp *fnv1.RunFunctionResponse) string {
	var names []string
	ready := rsp.GetDesired().GetComposite().GetReady() != fnv1.Ready_READY_FALSE
	for _, name := range []string{nameCheck, nameForget, nameReplace, nameScratch} {
		if r, ok := rsp.GetDesired().GetResources()[name]; ok {
			names = append(names, name)
			ready = ready && r.GetReady() == fnv1.Ready_READY_TRUE
		}
	}
	out := composetest.Status(rsp).String("step") + " " + composetest.Status(rsp).String("state") + " [" + strings.Join(names, " ") + "]"
	if ready {
		out += " ready"
	}
	return out + ", " + short(rsp, conditionRestored)
}
