package incomingwebhook

import (
	"cmp"

	"github.com/mattermost/mattermost/server/public/model"
	"k8s.io/utils/ptr"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/server/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/provider/drift"
)

// Fields that a server may refuse to set.
const (
	fieldUsername = "username"
	fieldIconURL  = "iconUrl"
)

// displayName of mg's webhook, by which it is known.
func displayName(mg *v1alpha1.IncomingWebhook) string {
	return cmp.Or(ptr.Deref(mg.Spec.ForProvider.DisplayName, ""), mg.GetName())
}

// externalName of a webhook. Its id would tell its URL.
func externalName(hook *model.IncomingWebhook) string {
	return hook.ChannelId + "/" + hook.DisplayName
}

// compare what is declared with the webhook.
func compare(mg *v1alpha1.IncomingWebhook, hook *model.IncomingWebhook) drift.Drift {
	var d drift.Drift

	p, name := mg.Spec.ForProvider, displayName(mg)

	drift.Field(&d, "channelId", p.ChannelID, hook.ChannelId)
	drift.Field(&d, "displayName", &name, hook.DisplayName)
	drift.Field(&d, "description", p.Description, hook.Description)
	drift.Field(&d, fieldUsername, p.Username, hook.Username)
	drift.Field(&d, fieldIconURL, p.IconURL, hook.IconURL)
	drift.Field(&d, "channelLocked", p.ChannelLocked, hook.ChannelLocked)

	return d
}

// desired is hook with everything that is declared.
func desired(mg *v1alpha1.IncomingWebhook, hook model.IncomingWebhook) *model.IncomingWebhook {
	p := mg.Spec.ForProvider

	hook.DisplayName = displayName(mg)
	hook.ChannelId = ptr.Deref(p.ChannelID, hook.ChannelId)
	hook.Description = ptr.Deref(p.Description, hook.Description)
	hook.Username = ptr.Deref(p.Username, hook.Username)
	hook.IconURL = ptr.Deref(p.IconURL, hook.IconURL)
	hook.ChannelLocked = ptr.Deref(p.ChannelLocked, hook.ChannelLocked)

	return &hook
}

func observation(hook *model.IncomingWebhook) v1alpha1.IncomingWebhookObservation {
	return v1alpha1.IncomingWebhookObservation{
		ChannelID:     hook.ChannelId,
		DisplayName:   hook.DisplayName,
		Description:   hook.Description,
		Username:      hook.Username,
		IconURL:       hook.IconURL,
		ChannelLocked: hook.ChannelLocked,
		TeamID:        hook.TeamId,
		UserID:        hook.UserId,
		CreateAt:      hook.CreateAt,
		UpdateAt:      hook.UpdateAt,
	}
}
