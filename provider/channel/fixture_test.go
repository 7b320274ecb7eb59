package channel

import (
	"context"

	"github.com/crossplane/crossplane-runtime/v2/pkg/meta"
	"github.com/mattermost/mattermost/server/public/model"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/server/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/provider/kindtest"
)

const id = "aaaaaaaaaaaaaaaaaaaaaaaaaa"

const team = "tttttttttttttttttttttttttt"

// fake is a server with at most one channel, that records what it was asked.
type fake struct {
	kindtest.Record

	channel *model.Channel

	patched *model.ChannelPatch
	created *model.Channel
}

func (f *fake) get(request string, there bool) (*model.Channel, *model.Response, error) {
	if err := f.Call(request); err != nil {
		return nil, nil, err
	}

	if !there {
		return nil, nil, kindtest.NotFound()
	}

	channel := *f.channel

	return &channel, &model.Response{}, nil
}

func (f *fake) answer(request string) (*model.Channel, *model.Response, error) {
	return f.get(request, f.channel != nil)
}

func (f *fake) GetChannel(_ context.Context, id, _ string) (*model.Channel, *model.Response, error) {
	return f.get("GetChannel", f.channel != nil && f.channel.Id == id)
}

func (f *fake) GetChannelByNameIncludeDeleted(_ context.Context, name, teamID, _ string) (*model.Channel, *model.Response, error) {
	return f.get("GetChannelByName", f.channel != nil && f.channel.Name == name && f.channel.TeamId == teamID)
}

func (f *fake) CreateChannel(_ context.Context, channel *model.Channel) (*model.Channel, *model.Response, error) {
	f.created, f.channel = channel, &model.Channel{Id: id}
	return f.answer("CreateChannel")
}

func (f *fake) RestoreChannel(context.Context, string) (*model.Channel, *model.Response, error) {
	return f.answer("RestoreChannel")
}

func (f *fake) PatchChannel(_ context.Context, _ string, patch *model.ChannelPatch) (*model.Channel, *model.Response, error) {
	f.patched = patch
	return f.answer("PatchChannel")
}

func (f *fake) UpdateChannelPrivacy(context.Context, string, model.ChannelType) (*model.Channel, *model.Response, error) {
	return f.answer("UpdateChannelPrivacy")
}

func (f *fake) UpdateChannelScheme(context.Context, string, string) (*model.Response, error) {
	_, rsp, err := f.answer("UpdateChannelScheme")
	return rsp, err
}

func (f *fake) DeleteChannel(context.Context, string) (*model.Response, error) {
	_, rsp, err := f.answer("DeleteChannel")
	return rsp, err
}

func (f *fake) PermanentDeleteChannel(context.Context, string) (*model.Response, error) {
	_, rsp, err := f.answer("PermanentDeleteChannel")
	return rsp, err
}

// declared returns a Channel named alerts, changed by change.
func declared(change ...func(mg *v1alpha1.Channel)) *v1alpha1.Channel {
	mg := &v1alpha1.Channel{Spec: v1alpha1.ChannelSpec{ForProvider: v1alpha1.ChannelParameters{
		TeamID: ptr.To(team), Name: "alerts", Deletion: v1alpha1.DeletionArchive,
	}}}

	for _, c := range change {
		c(mg)
	}

	return mg
}

func named(externalName string) func(mg *v1alpha1.Channel) {
	return func(mg *v1alpha1.Channel) { meta.SetExternalName(mg, externalName) }
}

func deleted(mg *v1alpha1.Channel) { mg.DeletionTimestamp = ptr.To(metav1.Now()) }

func permanently(mg *v1alpha1.Channel) { mg.Spec.ForProvider.Deletion = v1alpha1.DeletionPermanent }

// existing returns the channel alerts, changed by change.
func existing(change ...func(channel *model.Channel)) *model.Channel {
	channel := &model.Channel{Id: id, TeamId: team, Name: "alerts", DisplayName: "Alerts", Type: model.ChannelTypeOpen}

	for _, c := range change {
		c(channel)
	}

	return channel
}

func archived(channel *model.Channel) { channel.DeleteAt = 1 }
