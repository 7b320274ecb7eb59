package team

import (
	"cmp"

	"github.com/mattermost/mattermost/server/public/model"
	"k8s.io/utils/ptr"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/server/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/provider/drift"
)

// patched are the fields that a patch of a team changes.
var patched = []string{"displayName", "description", "companyName", "allowOpenInvite", "allowedDomains", "groupConstrained"} //nolint:gochecknoglobals // A constant in all but syntax.

// compare what is declared with the team.
func compare(p v1alpha1.TeamParameters, team *model.Team) drift.Drift {
	var d drift.Drift

	drift.Field(&d, "displayName", p.DisplayName, team.DisplayName)
	drift.Field(&d, "description", p.Description, team.Description)
	drift.Field(&d, "companyName", p.CompanyName, team.CompanyName)
	drift.Field(&d, "type", p.Type, team.Type)
	drift.Field(&d, "allowOpenInvite", p.AllowOpenInvite, team.AllowOpenInvite)
	drift.Field(&d, "allowedDomains", p.AllowedDomains, team.AllowedDomains)
	drift.Optional(&d, "groupConstrained", p.GroupConstrained, team.GroupConstrained)
	drift.Optional(&d, "schemeId", p.SchemeID, team.SchemeId)

	return d
}

// desired is a team to create. What needs a license is set by an update, so that a
// server without one has the team, and a condition that says what it lacks.
func desired(p v1alpha1.TeamParameters) *model.Team {
	privacy := ptr.Deref(p.Type, model.TeamInvite)

	return &model.Team{
		Name:            p.Name,
		DisplayName:     cmp.Or(ptr.Deref(p.DisplayName, ""), p.Name),
		Description:     ptr.Deref(p.Description, ""),
		CompanyName:     ptr.Deref(p.CompanyName, ""),
		Type:            privacy,
		AllowOpenInvite: ptr.Deref(p.AllowOpenInvite, privacy == model.TeamOpen),
		AllowedDomains:  ptr.Deref(p.AllowedDomains, ""),
	}
}

// patch of everything that is declared.
func patch(p v1alpha1.TeamParameters) *model.TeamPatch {
	return &model.TeamPatch{
		DisplayName:      p.DisplayName,
		Description:      p.Description,
		CompanyName:      p.CompanyName,
		AllowedDomains:   p.AllowedDomains,
		AllowOpenInvite:  p.AllowOpenInvite,
		GroupConstrained: p.GroupConstrained,
	}
}

func observation(team *model.Team) v1alpha1.TeamObservation {
	return v1alpha1.TeamObservation{
		ID:               team.Id,
		DisplayName:      team.DisplayName,
		Description:      team.Description,
		CompanyName:      team.CompanyName,
		Type:             team.Type,
		AllowOpenInvite:  team.AllowOpenInvite,
		AllowedDomains:   team.AllowedDomains,
		GroupConstrained: ptr.Deref(team.GroupConstrained, false),
		SchemeID:         ptr.Deref(team.SchemeId, ""),
		CreateAt:         team.CreateAt,
		UpdateAt:         team.UpdateAt,
		DeleteAt:         team.DeleteAt,
	}
}
