package command

import (
	"context"
	"testing"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/crossplane/crossplane-runtime/v2/pkg/meta"
	"github.com/crossplane/crossplane-runtime/v2/pkg/reconciler/managed"
	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/mattermost/mattermost/server/public/model"
	"k8s.io/utils/ptr"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/server/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/provider/kindtest"
)

const (
	id     = "aaaaaaaaaaaaaaaaaaaaaaaaaa"
	other  = "bbbbbbbbbbbbbbbbbbbbbbbbbb"
	teamID = "tttttttttttttttttttttttttt"
)

// fake is a server with some commands, that records what it was asked.
type fake struct {
	kindtest.Record

	commands []*model.Command

	wrote *model.Command
	moved string
}

func (f *fake) GetCommandById(_ context.Context, id string) (*model.Command, *model.Response, error) { //nolint:revive // The client's name.
	if err := f.Call("GetCommandById"); err != nil {
		return nil, nil, err
	}

	for _, command := range f.commands {
		if command.Id == id {
			found := *command
			return &found, nil, nil
		}
	}

	return nil, nil, kindtest.NotFound()
}

func (f *fake) ListCommands(_ context.Context, team string, customOnly bool) ([]*model.Command, *model.Response, error) {
	if err := f.Call("ListCommands"); err != nil {
		return nil, nil, err
	}

	if team != teamID || !customOnly {
		return nil, nil, nil
	}

	return f.commands, nil, nil
}

func (f *fake) CreateCommand(_ context.Context, command *model.Command) (*model.Command, *model.Response, error) {
	f.wrote = command
	created := *command
	created.Id, created.Token = id, "token"

	return &created, nil, f.Call("CreateCommand")
}

func (f *fake) UpdateCommand(_ context.Context, command *model.Command) (*model.Command, *model.Response, error) {
	f.wrote = command
	return command, nil, f.Call("UpdateCommand")
}

func (f *fake) DeleteCommand(context.Context, string) (*model.Response, error) {
	return nil, f.Call("DeleteCommand")
}

func (f *fake) MoveCommand(_ context.Context, team, _ string) (*model.Response, error) {
	f.moved = team
	return nil, f.Call("MoveCommand")
}

// declared returns the Command /deploy, changed by change.
func declared(change ...func(mg *v1alpha1.Command)) *v1alpha1.Command {
	mg := &v1alpha1.Command{Spec: v1alpha1.CommandSpec{ForProvider: v1alpha1.CommandParameters{TeamID: ptr.To(teamID), Trigger: "deploy", URL: "https://a"}}}

	for _, c := range change {
		c(mg)
	}

	return mg
}

// different declares another value of every field that an update changes.
func different(mg *v1alpha1.Command) {
	mg.Spec.ForProvider = v1alpha1.CommandParameters{
		TeamID:           ptr.To(teamID),
		Trigger:          "build",
		URL:              "https://b",
		Method:           ptr.To("G"),
		Username:         ptr.To("a"),
		IconURL:          ptr.To("b"),
		AutoComplete:     ptr.To(true),
		AutoCompleteDesc: ptr.To("c"),
		AutoCompleteHint: ptr.To("d"),
		DisplayName:      ptr.To("e"),
		Description:      ptr.To("f"),
	}
}

// asDifferent changes a command to what different declares.
func asDifferent(command *model.Command) *model.Command {
	command.TeamId, command.Trigger, command.URL, command.Method = teamID, "build", "https://b", "G"
	command.Username, command.IconURL, command.DisplayName, command.Description = "a", "b", "e", "f"
	command.AutoComplete, command.AutoCompleteDesc, command.AutoCompleteHint = true, "c", "d"

	return command
}

func named(mg *v1alpha1.Command) { meta.SetExternalName(mg, id) }

// existing returns the command /deploy, changed by change.
func existing(change ...func(command *model.Command)) *model.Command {
	command := &model.Command{Id: id, Token: "token", TeamId: teamID, Trigger: "deploy", URL: "https://a", Method: "P"}

	for _, c := range change {
		c(command)
	}

	return command
}

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
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			kindtest.Observe(t, tc.reason, &external{server: tc.server}, &tc.server.Record, tc.mg, tc.want)
		})
	}
}

func TestCreate(t *testing.T) {
	boom := errors.New("boom")
	token := managed.ConnectionDetails{"token": []byte("token")}

	type want struct {
		err          error
		calls        []string
		wrote        *model.Command
		details      managed.ConnectionDetails
		externalName string
	}

	cases := map[string]struct {
		reason string
		server *fake
		mg     *v1alpha1.Command
		want   want
	}{
		"Defaults": {
			reason: "a command that is declared by its trigger and URL posts",
			server: &fake{},
			mg:     declared(),
			want:   want{calls: []string{"ListCommands", "CreateCommand"}, wrote: existing(func(command *model.Command) { command.Id, command.Token = "", "" }), details: token, externalName: id},
		},
		"Declared": {
			reason: "a command is created as declared",
			server: &fake{},
			mg:     declared(different),
			want:   want{calls: []string{"ListCommands", "CreateCommand"}, wrote: asDifferent(&model.Command{}), details: token, externalName: id},
		},
		"Raced": {
			reason: "a command that somebody made meanwhile is taken over",
			server: &fake{commands: []*model.Command{existing()}},
			mg:     declared(),
			want:   want{calls: []string{"ListCommands"}, details: token, externalName: id},
		},
		"CannotFind": {
			reason: "nothing is created while it is unknown what is there",
			server: &fake{Record: kindtest.Fails("ListCommands", boom)},
			mg:     declared(),
			want:   want{err: boom, calls: []string{"ListCommands"}},
		},
		"CannotCreate": {
			reason: "what fails has no external name",
			server: &fake{Record: kindtest.Fails("CreateCommand", boom)},
			mg:     declared(),
			want:   want{err: boom, calls: []string{"ListCommands", "CreateCommand"}, wrote: existing(func(command *model.Command) { command.Id, command.Token = "", "" })},
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			creation, err := (&external{server: tc.server}).Create(t.Context(), tc.mg)
			got := want{err: err, calls: tc.server.Calls, wrote: tc.server.wrote, details: creation.ConnectionDetails, externalName: meta.GetExternalName(tc.mg)}

			if diff := cmp.Diff(tc.want, got, cmp.AllowUnexported(want{}), cmpopts.EquateErrors()); diff != "" {
				t.Errorf("\n%s\nCreate(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestUpdate(t *testing.T) {
	boom := errors.New("boom")

	type want struct {
		err   error
		calls []string
		wrote *model.Command
		moved string
	}

	cases := map[string]struct {
		reason string
		server *fake
		mg     *v1alpha1.Command
		want   want
	}{
		"Properties": {
			reason: "properties are written, and those that are not declared are left alone",
			server: &fake{commands: []*model.Command{existing(func(command *model.Command) { command.Username = "theirs" })}},
			mg:     declared(named, func(mg *v1alpha1.Command) { mg.Spec.ForProvider.Description = ptr.To("new") }),
			want: want{
				calls: []string{"GetCommandById", "UpdateCommand"},
				wrote: existing(func(command *model.Command) { command.Username, command.Description = "theirs", "new" }),
			},
		},
		"Everything": {
			reason: "every field that can change is written",
			server: &fake{commands: []*model.Command{existing()}},
			mg:     declared(named, different),
			want:   want{calls: []string{"GetCommandById", "UpdateCommand"}, wrote: asDifferent(existing())},
		},
		"Team": {
			reason: "a command moves to another team, where the rest of it is written",
			server: &fake{commands: []*model.Command{existing()}},
			mg: declared(named, func(mg *v1alpha1.Command) {
				mg.Spec.ForProvider.TeamID, mg.Spec.ForProvider.Description = ptr.To(other), ptr.To("new")
			}),
			want: want{
				calls: []string{"GetCommandById", "MoveCommand", "UpdateCommand"},
				moved: other,
				wrote: existing(func(command *model.Command) { command.TeamId, command.Description = other, "new" }),
			},
		},
		"CannotMove": {
			reason: "an error ends the update",
			server: &fake{commands: []*model.Command{existing()}, Record: kindtest.Fails("MoveCommand", boom)},
			mg: declared(named, func(mg *v1alpha1.Command) {
				mg.Spec.ForProvider.TeamID, mg.Spec.ForProvider.Description = ptr.To(other), ptr.To("new")
			}),
			want: want{err: boom, calls: []string{"GetCommandById", "MoveCommand"}, moved: other},
		},
		"Nothing": {
			reason: "what does not differ is not written",
			server: &fake{commands: []*model.Command{existing()}},
			mg:     declared(named),
			want:   want{calls: []string{"GetCommandById"}},
		},
		"Gone": {
			reason: "a command that is gone is not updated",
			server: &fake{},
			mg:     declared(named),
			want:   want{err: cmpopts.AnyError, calls: []string{"GetCommandById", "ListCommands"}},
		},
		"CannotGet": {
			reason: "nothing is written while it is unknown what is there",
			server: &fake{Record: kindtest.Fails("GetCommandById", boom)},
			mg:     declared(named),
			want:   want{err: boom, calls: []string{"GetCommandById"}},
		},
		"CannotUpdate": {
			reason: "an error is passed on",
			server: &fake{commands: []*model.Command{existing()}, Record: kindtest.Fails("UpdateCommand", boom)},
			mg:     declared(named, func(mg *v1alpha1.Command) { mg.Spec.ForProvider.Description = ptr.To("new") }),
			want: want{
				err:   boom,
				calls: []string{"GetCommandById", "UpdateCommand"},
				wrote: existing(func(command *model.Command) { command.Description = "new" }),
			},
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := (&external{server: tc.server}).Update(t.Context(), tc.mg)
			got := want{err: err, calls: tc.server.Calls, wrote: tc.server.wrote, moved: tc.server.moved}

			if diff := cmp.Diff(tc.want, got, cmp.AllowUnexported(want{}), cmpopts.EquateErrors()); diff != "" {
				t.Errorf("\n%s\nUpdate(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestDelete(t *testing.T) {
	boom := errors.New("boom")

	cases := map[string]struct {
		reason string
		fails  error
		want   error
	}{
		"Delete":       {reason: "a command is deleted"},
		"Gone":         {reason: "a command that is gone is deleted", fails: kindtest.NotFound()},
		"CannotDelete": {reason: "an error keeps the object", fails: boom, want: boom},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			server := &fake{Record: kindtest.Fails("DeleteCommand", tc.fails)}
			kindtest.Delete(t, tc.reason, &external{server: server}, &server.Record, declared(named), kindtest.Deleted{Err: tc.want, Calls: []string{"DeleteCommand"}})
		})
	}
}
