package command

import (
	"context"

	"github.com/crossplane/crossplane-runtime/v2/pkg/meta"
	"github.com/mattermost/mattermost/server/public/model"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
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

func deleted(mg *v1alpha1.Command) { mg.DeletionTimestamp = ptr.To(metav1.Now()) }

// existing returns the command /deploy, changed by change.
func existing(change ...func(command *model.Command)) *model.Command {
	command := &model.Command{Id: id, Token: "token", TeamId: teamID, Trigger: "deploy", URL: "https://a", Method: "P"}

	for _, c := range change {
		c(command)
	}

	return command
}
