package command

import (
	"github.com/mattermost/mattermost/server/public/model"
	"k8s.io/utils/ptr"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/server/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/provider/drift"
)

// updated are the fields that an update of a command changes.
var updated = []string{ //nolint:gochecknoglobals // A constant in all but syntax.
	"trigger", "url", "method", "username", "iconUrl", "autoComplete", "autoCompleteDesc", "autoCompleteHint", "displayName", "description",
}

// compare what is declared with the command.
func compare(p v1alpha1.CommandParameters, command *model.Command) drift.Drift {
	var d drift.Drift

	drift.Field(&d, fieldTeam, p.TeamID, command.TeamId)
	drift.Field(&d, "trigger", &p.Trigger, command.Trigger)
	drift.Field(&d, "url", &p.URL, command.URL)
	drift.Field(&d, "method", p.Method, command.Method)
	drift.Field(&d, "username", p.Username, command.Username)
	drift.Field(&d, "iconUrl", p.IconURL, command.IconURL)
	drift.Field(&d, "autoComplete", p.AutoComplete, command.AutoComplete)
	drift.Field(&d, "autoCompleteDesc", p.AutoCompleteDesc, command.AutoCompleteDesc)
	drift.Field(&d, "autoCompleteHint", p.AutoCompleteHint, command.AutoCompleteHint)
	drift.Field(&d, "displayName", p.DisplayName, command.DisplayName)
	drift.Field(&d, "description", p.Description, command.Description)

	return d
}

// desired is command with everything that is declared.
func desired(p v1alpha1.CommandParameters, command model.Command) *model.Command {
	command.TeamId = ptr.Deref(p.TeamID, command.TeamId)
	command.Trigger = p.Trigger
	command.URL = p.URL
	command.Method = ptr.Deref(p.Method, command.Method)
	command.Username = ptr.Deref(p.Username, command.Username)
	command.IconURL = ptr.Deref(p.IconURL, command.IconURL)
	command.AutoComplete = ptr.Deref(p.AutoComplete, command.AutoComplete)
	command.AutoCompleteDesc = ptr.Deref(p.AutoCompleteDesc, command.AutoCompleteDesc)
	command.AutoCompleteHint = ptr.Deref(p.AutoCompleteHint, command.AutoCompleteHint)
	command.DisplayName = ptr.Deref(p.DisplayName, command.DisplayName)
	command.Description = ptr.Deref(p.Description, command.Description)

	return &command
}

// observation of a command. Its URL may be as secret as its token.
func observation(command *model.Command) v1alpha1.CommandObservation {
	return v1alpha1.CommandObservation{
		ID:          command.Id,
		TeamID:      command.TeamId,
		Trigger:     command.Trigger,
		DisplayName: command.DisplayName,
		CreatorID:   command.CreatorId,
		CreateAt:    command.CreateAt,
		UpdateAt:    command.UpdateAt,
	}
}
