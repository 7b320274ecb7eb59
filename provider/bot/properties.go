package bot

import (
	"github.com/mattermost/mattermost/server/public/model"
	"k8s.io/utils/ptr"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/server/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/provider/drift"
)

// patched are the fields that a patch of a bot changes.
var patched = []string{"username", "displayName", "description"} //nolint:gochecknoglobals // A constant in all but syntax.

// compare what is declared with the bot.
func compare(p v1alpha1.BotParameters, bot *model.Bot) drift.Drift {
	var d drift.Drift

	drift.Field(&d, "username", &p.Username, bot.Username)
	drift.Field(&d, "displayName", p.DisplayName, bot.DisplayName)
	drift.Field(&d, "description", p.Description, bot.Description)

	return d
}

// desired is a bot to create.
func desired(p v1alpha1.BotParameters) *model.Bot {
	return &model.Bot{
		Username:    p.Username,
		DisplayName: ptr.Deref(p.DisplayName, ""),
		Description: ptr.Deref(p.Description, ""),
	}
}

// patch of all declared fields, except those that must stay as they are.
func patch(p v1alpha1.BotParameters, left drift.Drift) *model.BotPatch {
	out := &model.BotPatch{DisplayName: p.DisplayName, Description: p.Description}
	if !left.Has("username") {
		out.Username = &p.Username
	}

	return out
}

// observation of a bot, whose access token has the id tokenID.
func observation(bot *model.Bot, tokenID string) v1alpha1.BotObservation {
	return v1alpha1.BotObservation{
		UserID:      bot.UserId,
		Username:    bot.Username,
		DisplayName: bot.DisplayName,
		Description: bot.Description,
		OwnerID:     bot.OwnerId,
		TokenID:     tokenID,
		CreateAt:    bot.CreateAt,
		UpdateAt:    bot.UpdateAt,
		DeleteAt:    bot.DeleteAt,
	}
}
