package incomingwebhook

import (
	"context"
	"path"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/crossplane/crossplane-runtime/v2/pkg/meta"
	"github.com/crossplane/crossplane-runtime/v2/pkg/reconciler/managed"
	"github.com/mattermost/mattermost/server/public/model"
	"k8s.io/utils/ptr"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/server/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/provider/mattermost"
	"github.com/crossplane-mattermost/crossplane-mattermost/provider/secret"
)

// keyURL of the connection Secret.
const keyURL = "url"

// details to publish of a webhook.
func (e *external) details(hook *model.IncomingWebhook) managed.ConnectionDetails {
	return managed.ConnectionDetails{keyURL: []byte(e.url + "/hooks/" + hook.Id)}
}

// find the webhook that mg stands for, or nil. One whose id is gone is looked for by its
// channel and display name. One whose object is being deleted is gone then: whatever has
// its name by now is somebody else's.
func (e *external) find(ctx context.Context, mg *v1alpha1.IncomingWebhook) (*model.IncomingWebhook, error) {
	published, err := secret.Published(ctx, e.kube, mg)
	if err != nil {
		return nil, err
	}

	known := false

	for _, id := range []string{path.Base(string(published[keyURL])), meta.GetExternalName(mg)} {
		if !model.IsValidId(id) {
			continue
		}

		hook, _, err := e.server.GetIncomingWebhook(ctx, id, "")
		if !mattermost.IsNotFound(err) {
			return hook, errors.Wrap(mattermost.WithoutURL(err), "cannot get webhook")
		}

		known = true
	}

	if known && meta.WasDeleted(mg) {
		return nil, nil
	}

	return e.search(ctx, ptr.Deref(mg.Spec.ForProvider.ChannelID, ""), displayName(mg))
}

// search for the oldest webhook of a name in a channel, or nil.
func (e *external) search(ctx context.Context, channelID, name string) (*model.IncomingWebhook, error) {
	channel, _, err := e.server.GetChannel(ctx, channelID, "")
	if err != nil {
		return nil, errors.Wrap(mattermost.IgnoreNotFound(err), "cannot get the channel of webhook")
	}

	var oldest *model.IncomingWebhook

	list := func(page int) ([]*model.IncomingWebhook, *model.Response, error) {
		return e.server.GetIncomingWebhooksForTeam(ctx, channel.TeamId, page, mattermost.PageSize, "")
	}

	err = mattermost.EachListed(list, func(hook *model.IncomingWebhook) {
		if hook.ChannelId == channelID && hook.DisplayName == name && (oldest == nil || hook.CreateAt < oldest.CreateAt) {
			oldest = hook
		}
	})
	if err != nil {
		return nil, errors.Wrap(err, "cannot list webhooks")
	}

	return oldest, nil
}
