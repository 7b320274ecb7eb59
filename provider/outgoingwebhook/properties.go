package outgoingwebhook

import (
	"cmp"

	"github.com/mattermost/mattermost/server/public/model"
	"k8s.io/utils/ptr"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/server/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/provider/drift"
)

// contentTypeForm is what a server posts if nothing else is declared.
const contentTypeForm = "application/x-www-form-urlencoded"

// displayName of mg's webhook, by which it is known.
func displayName(mg *v1alpha1.OutgoingWebhook) string {
	return cmp.Or(ptr.Deref(mg.Spec.ForProvider.DisplayName, ""), mg.GetName())
}

// compare what is declared with the webhook.
func compare(mg *v1alpha1.OutgoingWebhook, hook *model.OutgoingWebhook) drift.Drift {
	var d drift.Drift

	p, name := mg.Spec.ForProvider, displayName(mg)

	drift.Field(&d, "channelId", p.ChannelID, hook.ChannelId)
	drift.Set(&d, "callbackUrls", p.CallbackURLs, hook.CallbackURLs)
	drift.Set(&d, "triggerWords", p.TriggerWords, hook.TriggerWords)
	drift.Field(&d, "triggerWhen", p.TriggerWhen, int32(hook.TriggerWhen)) //nolint:gosec // It is 0 or 1.
	drift.Field(&d, "contentType", p.ContentType, hook.ContentType)
	drift.Field(&d, "displayName", &name, hook.DisplayName)
	drift.Field(&d, "description", p.Description, hook.Description)
	drift.Field(&d, "username", p.Username, hook.Username)
	drift.Field(&d, "iconUrl", p.IconURL, hook.IconURL)

	return d
}

// desired is hook with everything that is declared.
func desired(mg *v1alpha1.OutgoingWebhook, hook model.OutgoingWebhook) *model.OutgoingWebhook {
	p := mg.Spec.ForProvider

	hook.TeamId = ptr.Deref(p.TeamID, hook.TeamId)
	hook.ChannelId = ptr.Deref(p.ChannelID, hook.ChannelId)
	hook.CallbackURLs = p.CallbackURLs
	hook.TriggerWhen = int(ptr.Deref(p.TriggerWhen, int32(hook.TriggerWhen))) //nolint:gosec // It is 0 or 1.
	hook.ContentType = cmp.Or(ptr.Deref(p.ContentType, hook.ContentType), contentTypeForm)
	hook.DisplayName = displayName(mg)
	hook.Description = ptr.Deref(p.Description, hook.Description)
	hook.Username = ptr.Deref(p.Username, hook.Username)
	hook.IconURL = ptr.Deref(p.IconURL, hook.IconURL)

	if p.TriggerWords != nil {
		hook.TriggerWords = p.TriggerWords
	}

	return &hook
}

// observation of a webhook. Its callback URLs may be as secret as its token.
func observation(hook *model.OutgoingWebhook) v1alpha1.OutgoingWebhookObservation {
	return v1alpha1.OutgoingWebhookObservation{
		ID:           hook.Id,
		TeamID:       hook.TeamId,
		ChannelID:    hook.ChannelId,
		DisplayName:  hook.DisplayName,
		TriggerWords: hook.TriggerWords,
		CreatorID:    hook.CreatorId,
		CreateAt:     hook.CreateAt,
		UpdateAt:     hook.UpdateAt,
	}
}
