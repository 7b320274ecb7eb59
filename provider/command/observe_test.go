package command

import (
	"testing"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/crossplane/crossplane-runtime/v2/pkg/reconciler/managed"
	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	"github.com/mattermost/mattermost/server/public/model"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/server/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/provider/kindtest"
)

func TestObserve(t *testing.T) {
	boom := errors.New("boom")
	token := managed.ConnectionDetails{"token": []byte("token")}

	cases := map[string]struct {
		reason string
		server *fake
		mg     *v1alpha1.Command
		want   kindtest.Observed
	}{
		"UpToDate": {
			reason: "a command that is as declared costs one read",
			server: &fake{commands: []*model.Command{existing()}},
			mg:     declared(named),
			want: kindtest.Observed{
				Observation:  managed.ExternalObservation{ResourceExists: true, ResourceUpToDate: true, ConnectionDetails: token},
				Calls:        []string{"GetCommandById"},
				ExternalName: id,
				Ready:        xpv2.Available(),
			},
		},
		"Undeclared": {
			reason: "what is not declared is the server's, whatever it is",
			server: &fake{commands: []*model.Command{existing(func(command *model.Command) { command.Description, command.Username = "theirs", "theirs" })}},
			mg:     declared(named),
			want: kindtest.Observed{
				Observation:  managed.ExternalObservation{ResourceExists: true, ResourceUpToDate: true, ConnectionDetails: token},
				Calls:        []string{"GetCommandById"},
				ExternalName: id,
				Ready:        xpv2.Available(),
			},
		},
		"Drift": {
			reason: "every field that differs is named",
			server: &fake{commands: []*model.Command{existing()}},
			mg:     declared(named, different),
			want: kindtest.Observed{
				Observation:  managed.ExternalObservation{ResourceExists: true, ConnectionDetails: token, Diff: "trigger, url, method, username, iconUrl, autoComplete, autoCompleteDesc, autoCompleteHint, displayName, description"},
				Calls:        []string{"GetCommandById"},
				ExternalName: id,
				Ready:        xpv2.Available(),
			},
		},
		"LeftByAnInterruptedCreation": {
			reason: "a command whose id was never recorded is found by its trigger",
			server: &fake{commands: []*model.Command{{Id: other, TeamId: teamID, Trigger: "other"}, existing()}},
			mg:     declared(),
			want: kindtest.Observed{
				Observation:  managed.ExternalObservation{ResourceExists: true, ResourceUpToDate: true, ResourceLateInitialized: true, ConnectionDetails: token},
				Calls:        []string{"ListCommands"},
				ExternalName: id,
				Ready:        xpv2.Available(),
			},
		},
		"NotFound": {
			reason: "a command that is not there is to be created",
			server: &fake{},
			mg:     declared(named),
			want:   kindtest.Observed{Calls: []string{"GetCommandById", "ListCommands"}, ExternalName: id},
		},
		"Unreachable": {
			reason: "an error says nothing about the command",
			server: &fake{Record: kindtest.Fails("GetCommandById", boom)},
			mg:     declared(named),
			want:   kindtest.Observed{Err: boom, Calls: []string{"GetCommandById"}, ExternalName: id},
		},
		"CannotList": {
			reason: "an error says nothing about the command",
			server: &fake{Record: kindtest.Fails("ListCommands", boom)},
			mg:     declared(),
			want:   kindtest.Observed{Err: boom, Calls: []string{"ListCommands"}},
		},
		"TeamIsGone": {
			reason: "a command is gone with its team",
			server: &fake{Record: kindtest.Fails("ListCommands", kindtest.NotFound())},
			mg:     declared(),
			want:   kindtest.Observed{Calls: []string{"ListCommands"}},
		},
		"TriggerOfAnother": {
			reason: "a command that is gone does not take another one of its trigger with it when its resource is deleted",
			server: &fake{commands: []*model.Command{existing(func(command *model.Command) { command.Id = other })}},
			mg:     declared(named, deleted),
			want:   kindtest.Observed{Calls: []string{"GetCommandById"}, ExternalName: id},
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			kindtest.Observe(t, tc.reason, &external{server: tc.server}, &tc.server.Record, tc.mg, tc.want)
		})
	}
}
